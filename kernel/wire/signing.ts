/** The signature of a message: HMAC-SHA256 over its four JSON frames, in hexadecimal. An empty key means no signatures. */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";

export class Signer {
  /** Made once: from a text, each signature would make one of its own. */
  readonly #key: KeyObject | undefined;

  /** @param key The `key` of the connection file; empty for a session without signatures. */
  constructor(key: string) {
    this.#key = key === "" ? undefined : createSecretKey(Buffer.from(key));
  }

  /** The signature of some frames. */
  sign(frames: readonly (Uint8Array | string)[]): string {
    if (this.#key === undefined) return "";
    const hmac = createHmac("sha256", this.#key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest("hex");
  }

  /** Whether a signature is that of the frames, compared in constant time. */
  verify(frames: readonly Uint8Array[], signature: Uint8Array): boolean {
    if (this.#key === undefined) return true;
    const expected = Buffer.from(this.sign(frames));
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
}
