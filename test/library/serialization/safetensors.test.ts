/** Safetensors: what the reference package wrote is read, what is written is read back, and no damage goes through. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arange, FileFormatError, loadSafetensors, NablaError, saveSafetensors, tensor, zeros } from "../../../src/index.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../src/serialization/safetensors.ts";
import { crc32, crc32ByTable } from "../../../src/serialization/crc32.ts";
import { cutOff, errorOf, flipped } from "./damage.ts";
import { recorded } from "./recorded.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla-safetensors-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const state = {
  "fc.weight": tensor([[1, -2.5], [3e-40, NaN]]),
  "fc.wide": tensor([0.1, -0], { dtype: "float64" }),
  steps: tensor([7, -7], { dtype: "int32" }),
  bytes: tensor([0, 255], { dtype: "uint8" }),
  mask: tensor([true, false, true]),
  scalar: tensor(4),
  empty: zeros([0, 3]),
};
const whole = Buffer.concat(encodeSafetensors(state, { epoch: "3" }));
/** A file of this header and so many bytes of data. */
const written = (header: unknown, dataBytes: number): Uint8Array => {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataBytes)]);
};

describe("a safetensors file", () => {
  it(`that the safetensors package ${recorded.safetensors} wrote is read value for value`, () => {
    const { tensors, metadata } = decodeSafetensors(Buffer.from(recorded.weights.file, "base64"));
    expect(metadata).toEqual({ epoch: "3" });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(recorded.weights.tensors).sort());
    for (const [name, { shape, values }] of Object.entries(recorded.weights.tensors)) {
      expect(tensors[name]!.shape, name).toEqual(shape);
      expect([...tensors[name]!.data()], name).toEqual(values);
    }
    expect(Object.fromEntries(Object.entries(tensors).map(([name, { dtype }]) => [name, dtype]))).toEqual({
      "a.weight": "float32", b: "int32", mask: "bool", half: "float32", scalar: "float64", empty: "uint8",
    });
  });

  it("written here is read back bit for bit, with its metadata, and nothing else is left in the folder", () => {
    const file = path.join(folder, "model.safetensors");
    saveSafetensors(file, state, { epoch: "3" });
    saveSafetensors(file, state, { epoch: "4" });
    const { tensors, metadata } = loadSafetensors(file);
    expect(metadata).toEqual({ epoch: "4" });
    for (const [name, value] of Object.entries(state)) {
      expect([tensors[name]!.shape, tensors[name]!.dtype], name).toEqual([value.shape, value.dtype]);
      expect(Buffer.from(tensors[name]!.data().buffer), name).toEqual(Buffer.from(value.data().buffer));
    }
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
  });

  it("aligns every tensor to its elements", () => {
    const start = 8 + Number(whole.readBigUInt64LE());
    expect(start % 8).toBe(0);
    const header = JSON.parse(whole.toString("utf8", 8, start)) as Record<string, { dtype: string; data_offsets: [number, number] }>;
    expect(header["fc.wide"]!.data_offsets[0] % 8).toBe(0);
    expect(header["fc.weight"]!.data_offsets[0] % 4).toBe(0);
  });

  it("is not written with what the format cannot hold", () => {
    expect(() => encodeSafetensors({ __metadata__: tensor(1) })).toThrow(NablaError);
    expect(() => encodeSafetensors({ a: tensor(1) }, { epoch: 3 as unknown as string })).toThrow(/metadata "epoch" is number/);
    expect(() => encodeSafetensors({ a: 3 as never })).toThrow(/a: expected a tensor/);
  });
});

describe("a damaged safetensors file", () => {
  it("is refused wherever it is cut off, and where something follows", () => {
    for (const cut of cutOff(whole)) expect(errorOf(() => decodeSafetensors(cut)), `${cut.length} bytes`).toBeInstanceOf(FileFormatError);
    expect(() => decodeSafetensors(whole.subarray(0, whole.length - 1), "w")).toThrow(/w, byte \d+: cut off within tensor "mask"/);
    expect(() => decodeSafetensors(Buffer.concat([whole, Buffer.from([1])]))).toThrow(/the last tensor ends here, but 1 bytes follow/);
  });

  it("is refused whichever bit is flipped, as it carries checksums", () => {
    for (let bit = 0; bit < 8; bit++) {
      for (let at = 0; at < whole.length; at++) {
        const damaged = new Uint8Array(whole);
        damaged[at]! ^= 1 << bit;
        expect(errorOf(() => decodeSafetensors(damaged)), `bit ${bit} of byte ${at}`).toBeInstanceOf(FileFormatError);
      }
    }
  });

  it("names the tensor and its bytes when one of them changed, and can be read all the same", () => {
    const damaged = new Uint8Array(whole);
    damaged[whole.length - 20]! ^= 1;
    expect(() => decodeSafetensors(damaged)).toThrow(/bytes \d+ to \d+: the CRC-32 of tensor "[\w.]+" should be [0-9a-f]{8}, but is/);
    expect(Object.keys(decodeSafetensors(damaged, "w", { verify: false }).tensors)).toHaveLength(7);
  });

  it("is refused for a header that does not describe it, without checksums too", () => {
    const F32 = (shape: number[], ...offsets: number[]) => ({ dtype: "F32", shape, data_offsets: offsets });
    const refusals: [Uint8Array, RegExp][] = [
      [written("[1, 2]", 0), /not a safetensors file/],
      [written('{"a": ', 0), /the header is not JSON/],
      [written(Buffer.from([0x7b, 0xff]).toString("latin1"), 0), /not JSON|not UTF-8/],
      [written({ a: 3 }, 0), /"a" is not described/],
      [written({ a: { dtype: "F8_E4M3", shape: [1], data_offsets: [0, 1] } }, 1), /has dtype "F8_E4M3"; known are/],
      [written({ a: { dtype: "toString", shape: [1], data_offsets: [0, 1] } }, 1), /has dtype "toString"/],
      [written({ a: F32([-1], 0, 4) }, 4), /has shape \[-1\]/],
      [written({ a: F32([1.5], 0, 6) }, 6), /has shape \[1\.5\]/],
      [written({ a: F32([2], 0, 4) }, 4), /of F32 \[2\] needs 8 bytes, but has 4/],
      [written({ a: F32([1], 4, 0) }, 4), /not a range of bytes/],
      [written({ a: F32([1], 4, 8) }, 8), /leaves a gap after byte/],
      [written({ a: F32([1], 0, 4), b: F32([1], 2, 6) }, 6), /tensor "b" overlaps the tensor before it/],
      [written({ a: F32([2 ** 40, 2 ** 40], 0, 4) }, 4), /needs \d\S* bytes, but has 4/],
      [written({ __metadata__: { a: 1 } }, 0), /__metadata__ must hold texts/],
      [Buffer.concat([written({ a: { dtype: "BOOL", shape: [1], data_offsets: [0, 1] } }, 0), Buffer.from([2])]), /tensor "a": a boolean is stored as 0 or 1, but this one is 2/],
    ];
    for (const [file, message] of refusals) expect(() => decodeSafetensors(file)).toThrow(message);
    for (const [file] of refusals) expect(errorOf(() => decodeSafetensors(file))).toBeInstanceOf(FileFormatError);
    const longHeader = new Uint8Array(whole);
    longHeader[7] = 0x7f;
    expect(() => decodeSafetensors(longHeader)).toThrow(/byte 0: not a safetensors file/);
  });

  it("cannot reach an object's own machinery by a tensor's name", () => {
    const file = written('{"__proto__": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}', 1);
    const { tensors } = decodeSafetensors(file);
    expect(Object.keys(tensors)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });
});

it("the check is CRC-32, computed alike with and without Node's own", () => {
  // The check value that the catalogues of such checks print for these nine digits.
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
  expect(crc32ByTable(Buffer.from("123456789"))).toBe(0xcbf43926);
  const bytes = new Uint8Array(arange(1000).to("uint8").data());
  expect(crc32ByTable(bytes)).toBe(crc32(bytes));
  expect(flipped(bytes).length).toBe(1000);
});
