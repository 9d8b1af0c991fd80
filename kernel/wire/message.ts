/**
 * A Jupyter message as its parts, and as the frames that travel.
 *
 * Format: "The wire protocol" in Jupyter's messaging specification, version 5.5.
 * The frames are: routing identities, `<IDS|MSG>`, signature, header, parent header, metadata, content, binary buffers.
 */
import { randomUUID } from "node:crypto";
import type { Signer } from "./signing.ts";

export const PROTOCOL_VERSION = "5.5";

const DELIMITER = Buffer.from("<IDS|MSG>");

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** A JSON object whose fields have not been looked at yet. */
export type Content = Record<string, unknown>;

/** A message that has arrived. */
export interface Message {
  /** The frames by which a ROUTER socket finds the sender again. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  /** The `msg_id` of the message that this one answers; empty for none. */
  readonly parent: string;
  readonly metadata: Content;
  readonly content: Content;
  readonly buffers: readonly Buffer[];
}

/** A message that is to be sent. */
export interface Outgoing {
  /** Routing identities, or the topic on iopub. */
  readonly identities: readonly Uint8Array[];
  readonly type: string;
  /** Its `msg_id`, for who waits for an answer; else a fresh one. */
  readonly id?: string;
  /** The header of the message that this one answers; none for messages that nothing asked for. */
  readonly parent: Header | undefined;
  readonly content: object;
  readonly metadata?: object;
  readonly buffers?: readonly Uint8Array[];
}

/** A message that cannot be accepted: cut off, unsigned or not JSON. It is dropped, and the sentence is for the log. */
export class WireError extends Error {
  override readonly name = "WireError";
}

function parseObject(frame: Buffer, part: string): Content {
  let value: unknown;
  try {
    value = JSON.parse(frame.toString("utf8"));
  } catch {
    throw new WireError(`dropped a message whose ${part} is not JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new WireError(`dropped a message whose ${part} is not a JSON object`);
  }
  return value as Content;
}

/**
 * Reads a message.
 * @throws WireError when the frames are no message or the signature is not ours.
 */
export function parseMessage(frames: readonly Buffer[], signer: Signer): Message {
  const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (delimiter < 0 || frames.length < delimiter + 6) {
    throw new WireError(`dropped a message of ${frames.length} frames: it is cut off or has no <IDS|MSG> delimiter`);
  }
  const [signature, header, parent, metadata, content] = frames.slice(delimiter + 1, delimiter + 6) as [Buffer, Buffer, Buffer, Buffer, Buffer];
  if (!signer.verify([header, parent, metadata, content], signature)) {
    throw new WireError("dropped a message with a wrong signature: its sender does not have this session's key");
  }
  const parsed = parseObject(header, "header");
  if (typeof parsed["msg_id"] !== "string" || typeof parsed["msg_type"] !== "string") {
    throw new WireError("dropped a message whose header lacks msg_id or msg_type");
  }
  return {
    identities: frames.slice(0, delimiter),
    header: parsed as unknown as Header,
    parent: String(parseObject(parent, "parent header")["msg_id"] ?? ""),
    metadata: parseObject(metadata, "metadata"),
    content: parseObject(content, "content"),
    buffers: frames.slice(delimiter + 6),
  };
}

/** The last parent header and its JSON: what is said of one request repeats it. */
let lastParent: { readonly header: Header | undefined; readonly text: string } = { header: undefined, text: "{}" };

function parentText(header: Header | undefined): string {
  if (header !== lastParent.header) lastParent = { header, text: JSON.stringify(header ?? {}) };
  return lastParent.text;
}

/**
 * Writes a message as frames, with a header of its own and the signature.
 *
 * The JSON parts stay strings: zeromq copies those, while it sends a buffer of more than 128 bytes from where it lies and
 * wakes this thread afterwards to let go of it, which costs more than the copy.
 */
export function formatMessage(message: Outgoing, session: string, signer: Signer): (Uint8Array | string)[] {
  const header: Header = {
    msg_id: message.id ?? randomUUID(),
    msg_type: message.type,
    session,
    username: "kernel",
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  };
  const { parent, metadata, content } = message;
  const parts = [JSON.stringify(header), parentText(parent), metadata === undefined ? "{}" : JSON.stringify(metadata), JSON.stringify(content)];
  return [...message.identities, DELIMITER, signer.sign(parts), ...parts, ...(message.buffers ?? [])];
}
