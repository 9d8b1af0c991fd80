/**
 * How a record travels between the kernel's two processes.
 *
 * A record is a JSON object and any number of binary buffers. On the pipe it is a sequence of little-endian 32-bit lengths
 * and bytes: the length of all that follows, the number of buffers, each buffer's length, the JSON's length, the JSON,
 * the buffers.
 */

/** A record's JSON part: `type` says which kind it is. */
export interface RecordHead {
  readonly type: string;
}

export interface Framed<Head> {
  readonly head: Head;
  readonly buffers: Uint8Array[];
}

/** Writes one record. */
export function encodeRecord(head: RecordHead, buffers: readonly Uint8Array[] = []): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const prefix = 4 * (3 + buffers.length);
  const total = buffers.reduce((sum, buffer) => sum + buffer.byteLength, prefix + json.length);
  const record = Buffer.allocUnsafe(total);
  let offset = record.writeUInt32LE(total - 4, 0);
  offset = record.writeUInt32LE(buffers.length, offset);
  for (const buffer of buffers) offset = record.writeUInt32LE(buffer.byteLength, offset);
  offset = record.writeUInt32LE(json.length, offset);
  json.copy(record, offset);
  offset += json.length;
  for (const buffer of buffers) {
    record.set(buffer, offset);
    offset += buffer.byteLength;
  }
  return record;
}

function decodeRecord<Head>(record: Buffer): Framed<Head> {
  const count = record.readUInt32LE(0);
  const jsonLength = record.readUInt32LE(4 + 4 * count);
  let offset = 8 + 4 * count;
  const head = JSON.parse(record.toString("utf8", offset, offset + jsonLength)) as Head;
  offset += jsonLength;
  const buffers: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const length = record.readUInt32LE(4 + 4 * index);
    // A copy with memory of its own: the pipe's chunk is reused, and a typed array on top needs an aligned start.
    buffers.push(new Uint8Array(record.subarray(offset, offset + length)));
    offset += length;
  }
  return { head, buffers };
}

/** Cuts a stream of bytes into records. */
export class RecordDecoder<Head> {
  #chunks: Buffer[] = [];
  #length = 0;
  #wanted = 4;

  /** Takes the next bytes and gives every record that is complete. */
  *push(chunk: Buffer): Generator<Framed<Head>> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    for (;;) {
      this.#wanted = bytes.length < 4 ? 4 : 4 + bytes.readUInt32LE(0);
      if (bytes.length < this.#wanted) break;
      yield decodeRecord<Head>(bytes.subarray(4, this.#wanted));
      bytes = bytes.subarray(this.#wanted);
    }
    this.#chunks = bytes.length > 0 ? [bytes] : [];
    this.#length = bytes.length;
  }
}
