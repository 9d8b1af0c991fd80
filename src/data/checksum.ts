/** The checksum by which data files and sets are told apart. */
import { createHash } from "node:crypto";

/** MD5 of the pieces as if they were one, in hexadecimal digits. */
export function md5(...pieces: readonly Uint8Array[]): string {
  const hash = createHash("md5");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
