/**
 * Writes a model as the bytes of an ONNX file: a list of pieces, of which the large ones, the weights, are the tensors' own
 * and are copied no more.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { messages } from "./schema.ts";
import type { FieldKind, MessageName, ModelProto } from "./schema.ts";

const utf8 = new TextEncoder();

const totalLength = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** The numbers of a list in one field, as the format packs them. */
function packed(kind: FieldKind, values: readonly number[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const value of values) {
    if (kind === "int") writer.int64(BigInt(value));
    else if (kind === "float") writer.float(value);
    else writer.double(value);
  }
  return writer.finish();
}

function encodeMessage(name: MessageName, message: Readonly<Record<string, unknown>>): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let writer = new BinaryWriter();
  const delimited = (number: number, content: readonly Uint8Array[]): void => {
    pieces.push(writer.tag(number, WireType.LengthDelimited).uint32(totalLength(content)).finish(), ...content);
    writer = new BinaryWriter();
  };
  for (const { number, name: field, kind, repeated } of messages[name]) {
    const value = message[field];
    const numeric = kind === "int" || kind === "float" || kind === "double";
    if (value === undefined) continue;
    if (numeric && repeated) {
      if ((value as number[]).length > 0) delimited(number, [packed(kind, value as number[])]);
    } else if (kind === "int") {
      writer.tag(number, WireType.Varint).int64(BigInt(value as number));
    } else if (kind === "float") {
      writer.tag(number, WireType.Bit32).float(value as number);
    } else {
      for (const each of repeated ? (value as unknown[]) : [value]) {
        if (kind === "text") delimited(number, [utf8.encode(each as string)]);
        else if (kind === "bytes") delimited(number, [each as Uint8Array]);
        else delimited(number, encodeMessage(kind as MessageName, each as Record<string, unknown>));
      }
    }
  }
  pieces.push(writer.finish());
  return pieces;
}

/** The pieces of the file of a model, in order. */
export function encodeModel(model: ModelProto): Uint8Array[] {
  return encodeMessage("Model", model as unknown as Record<string, unknown>);
}
