/**
 * Reads the bytes of an ONNX file into its messages. A file that is cut off or corrupted is refused with the byte and the
 * path of the message, such as `graph.node[3].attribute[0]`, where it broke.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FileFormatError } from "../serialization/file-format-error.ts";
import { messages } from "./schema.ts";
import type { Field, FieldKind, MessageName, ModelProto } from "./schema.ts";

const byNumber = Object.fromEntries(
  Object.entries(messages).map(([name, fields]) => [name, new Map(fields.map((field) => [field.number, field]))]),
) as Record<MessageName, Map<number, Field>>;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** How a single value of a kind is stored. */
const wireTypes: Partial<Record<FieldKind, WireType>> = { int: WireType.Varint, float: WireType.Bit32, double: WireType.Bit64 };

/** Messages inside messages; deeper files would only be made to break their reader. */
const deepest = 32;

class Decoder {
  readonly #reader: BinaryReader;
  readonly #bytes: Uint8Array;
  readonly #file: string;

  constructor(bytes: Uint8Array, file: string) {
    this.#reader = new BinaryReader(bytes);
    this.#bytes = bytes;
    this.#file = file;
  }

  message(name: MessageName, end: number, path: string, depth: number): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (const { name: field, repeated } of messages[name]) if (repeated) found[field] = [];
    if (depth > deepest) throw this.#broken(this.#reader.pos, path, `messages are nested more than ${deepest} deep`);
    const reader = this.#reader;
    while (reader.pos < end) {
      const start = reader.pos;
      const [number, wire] = this.#guarded(path, end, () => reader.tag());
      const field = byNumber[name].get(number);
      if (field === undefined) {
        this.#guarded(path, end, () => reader.skip(wire, number));
        continue;
      }
      const list = field.repeated ? (found[field.name] as unknown[]) : undefined;
      const place = `${path === "" ? "" : `${path}.`}${field.name}${list === undefined ? "" : `[${list.length}]`}`;
      const wanted = wireTypes[field.kind];
      if (wanted !== undefined && list !== undefined && wire === WireType.LengthDelimited) {
        const stop = this.#length(place, end);
        while (reader.pos < stop) list.push(this.#number(field.kind, place, stop));
        continue;
      }
      if (wire !== (wanted ?? WireType.LengthDelimited)) {
        throw this.#broken(start, place, `the value is stored in wire format ${wire}, expected ${wanted ?? WireType.LengthDelimited}`);
      }
      const value = wanted === undefined ? this.#delimited(field.kind, place, end, depth) : this.#number(field.kind, place, end);
      if (list === undefined) found[field.name] = value;
      else list.push(value);
    }
    return found;
  }

  #delimited(kind: FieldKind, place: string, end: number, depth: number): unknown {
    const reader = this.#reader;
    const stop = this.#length(place, end);
    if (kind !== "bytes" && kind !== "text") return this.message(kind as MessageName, stop, place, depth + 1);
    const bytes = this.#bytes.subarray(reader.pos, stop);
    const start = reader.pos;
    reader.pos = stop;
    if (kind === "bytes") return bytes;
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.#broken(start, place, "the text is not UTF-8");
    }
  }

  /** Reads a length, and says where what has it ends. */
  #length(place: string, end: number): number {
    const start = this.#reader.pos;
    const length = this.#guarded(place, end, () => this.#reader.uint32());
    const stop = this.#reader.pos + length;
    if (stop > end) {
      throw this.#broken(start, place, `${length} bytes are announced, ${end - this.#reader.pos} are left; the file is cut off or corrupted`);
    }
    return stop;
  }

  #number(kind: FieldKind, place: string, end: number): number {
    return this.#guarded(place, end, () => {
      if (kind === "int") return Number(this.#reader.int64());
      return kind === "float" ? this.#reader.float() : this.#reader.double();
    });
  }

  /** What `read` gives; what goes wrong in it, or goes beyond the end, is the file's fault. */
  #guarded<T>(place: string, end: number, read: () => T): T {
    const start = this.#reader.pos;
    try {
      const value = read();
      if (this.#reader.pos <= end) return value;
    } catch (error) {
      throw this.#broken(start, place, `cannot be read (${(error as Error).message}); the file is cut off or corrupted`);
    }
    throw this.#broken(start, place, "a value goes beyond the end of what holds it; the file is cut off or corrupted");
  }

  #broken(byte: number, place: string, problem: string): FileFormatError {
    return new FileFormatError(this.#file, place === "" ? byte : `byte ${byte} (${place})`, problem);
  }
}

/**
 * The model in the bytes of an ONNX file. Weights are not copied: their bytes are views of the file's.
 * @throws FileFormatError naming the byte and the message where the file broke.
 */
export function decodeModel(bytes: Uint8Array, file: string): ModelProto {
  if (bytes.length === 0) throw new FileFormatError(file, 0, "the file is empty");
  return new Decoder(bytes, file).message("Model", bytes.length, "", 0) as unknown as ModelProto;
}
