/** `.npy` and `.npz`: what NumPy wrote is read value for value, what is written is read back, and damage is refused. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arange, FileAccessError, FileFormatError, loadNpy, loadNpz, saveNpy, saveNpz, tensor, zeros } from "../../../src/index.ts";
import type { DType } from "../../../src/index.ts";
import { decodeNpy, encodeNpy } from "../../../src/serialization/npy.ts";
import { decodeNpz, encodeNpz } from "../../../src/serialization/npz.ts";
import { encodeZip } from "../../../src/serialization/zip.ts";
import { cutOff, errorOf, flipped } from "./damage.ts";
import { recorded } from "./recorded.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla-numpy-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (base64: string): Uint8Array => Buffer.from(base64, "base64");

describe(`an .npy file that NumPy ${recorded.numpy} wrote`, () => {
  it.each(Object.entries(recorded.npy))("of %s is read value for value", (_, { file, shape, dtype, values }) => {
    const read = decodeNpy(bytes(file));
    expect([...read.shape]).toEqual(shape);
    expect(read.dtype).toBe(dtype);
    expect(read.isContiguous()).toBe(true);
    expect([...read.data()]).toEqual(values);
  });

  it.each(Object.entries(recorded.tooWide))("with an integer beyond int32 (%s) is refused with its place", (_, file) => {
    expect(errorOf(() => decodeNpy(bytes(file)))).toBeInstanceOf(FileFormatError);
    expect(() => decodeNpy(bytes(file), "labels.npy")).toThrow(/labels\.npy, byte \d+: element 1: the integer -?\d+ does not fit in int32/);
  });

  it("with what no tensor can hold is refused with what it is", () => {
    expect(() => decodeNpy(bytes(recorded.refused.objects))).toThrow(/Python objects/);
    expect(() => decodeNpy(bytes(recorded.refused.text))).toThrow(/elements of type "<U1"/);
    expect(() => decodeNpy(bytes(recorded.refused.fields))).toThrow(/named fields/);
    expect(() => decodeNpy(bytes(recorded.refused.complex))).toThrow(/elements of type "<c16"/);
  });
});

describe("an .npy file written here", () => {
  const tensors = ([[2, 3], [], [0, 4], [1], [2, 1, 3]] as number[][]).flatMap((shape) =>
    (["float32", "float64", "int32", "uint8", "bool"] as DType[]).map((dtype) => ({ shape, dtype })));

  it.each(tensors)("of $dtype $shape is read back bit for bit, in both orders", ({ shape, dtype }) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const value = arange(count).sub(2).mul(0.7).abs().reshape(shape).to(dtype);
    for (const fortranOrder of [false, true]) {
      const read = decodeNpy(encodeNpy(value, { fortranOrder }));
      expect([read.shape, read.dtype]).toEqual([value.shape, dtype]);
      expect(read.data()).toEqual(value.data());
    }
  });

  it("of a transposed view holds what the view shows", () => {
    const view = arange(6).reshape([2, 3]).transpose(0, 1);
    saveNpy(path.join(folder, "view.npy"), view);
    expect(loadNpy(path.join(folder, "view.npy")).toArray()).toEqual([[0, 3], [1, 4], [2, 5]]);
  });

  it("replaces the old one whole or not at all", () => {
    const file = path.join(folder, "a.npy");
    saveNpy(file, tensor([1, 2]));
    saveNpy(file, tensor([3]));
    expect(loadNpy(file).toArray()).toEqual([3]);
    expect(readdirSync(folder)).toEqual(["a.npy"]);
    expect(() => saveNpy(path.join(folder, "none", "a.npy"), tensor([1]))).toThrow(FileAccessError);
    expect(() => loadNpy(path.join(folder, "none.npy"))).toThrow(/loadNpy: cannot read .*none\.npy/);
  });
});

describe("a damaged .npy file", () => {
  const whole = encodeNpy(arange(6).reshape([2, 3]).to("float32"));
  const withHeader = (dictionary: string, version = 1): Uint8Array => {
    const text = Buffer.from(dictionary);
    return Buffer.concat([Buffer.from([0x93, ...Buffer.from("NUMPY"), version, 0, text.length, 0]), text]);
  };

  it("cut off anywhere is refused where it ends", () => {
    for (const cut of cutOff(whole)) expect(errorOf(() => decodeNpy(cut)), `${cut.length} bytes`).toBeInstanceOf(FileFormatError);
    expect(() => decodeNpy(whole.subarray(0, 140), "a.npy")).toThrow(/a\.npy, byte 140: cut off: the elements of <f4 \(2, 3\) end at byte 152/);
    expect(() => decodeNpy(Buffer.concat([whole, Buffer.from([0])]))).toThrow(/byte 152: too long/);
  });

  it("with a wrong header is refused where it is wrong", () => {
    expect(() => decodeNpy(Buffer.from("not NumPy's"))).toThrow(/byte 0: not an \.npy file/);
    expect(() => decodeNpy(withHeader("{}", 9))).toThrow(/byte 6: \.npy version 9\.0/);
    expect(() => decodeNpy(withHeader("{'descr': <f4}"))).toThrow(/byte 20: .*expected a string/);
    expect(() => decodeNpy(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"))).toThrow(/whole number of at least 0/);
    expect(() => decodeNpy(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"))).toThrow(/a dimension of 9+ elements/);
    expect(() => decodeNpy(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999,)}"))).toThrow(/cut off/);
    expect(() => decodeNpy(withHeader("{'descr': '<f4', 'shape': (1,)}"))).toThrow(/must give/);
    expect(() => decodeNpy(withHeader("{'descr': '<f4', 'descr': '<f4'}"))).toThrow(/'descr' is there twice/);
    expect(() => decodeNpy(withHeader("{'descr': '<f4'} __import__('os')"))).toThrow(/text after the dictionary/);
  });

  it("with a boolean that is neither 0 nor 1 is refused at that byte", () => {
    const booleans = new Uint8Array(encodeNpy(tensor([true, false])));
    booleans[booleans.length - 1] = 7;
    expect(() => decodeNpy(booleans)).toThrow(/byte 129: element 1: a boolean is stored as 0 or 1, but this one is 7/);
  });
});

describe("an .npz file", () => {
  it.each(["stored", "compressed"] as const)("that NumPy wrote %s is read value for value", (kind) => {
    const { weight, labels } = decodeNpz(bytes(recorded.npz[kind]));
    expect([weight!.shape, weight!.dtype, [...weight!.data()]]).toEqual([[3, 4], "float64", recorded.npz.weight]);
    expect([labels!.shape, labels!.dtype, [...labels!.data()]]).toEqual([[2, 3, 2], "int32", recorded.npz.labels]);
  });

  it.each([false, true])("written here (compressed: %s) is read back", (compressed) => {
    const file = path.join(folder, "a.npz");
    saveNpz(file, { "größe": arange(4), "layer/weight": zeros([2, 100]), none: zeros([0]) }, { compressed });
    const read = loadNpz(file);
    expect(Object.keys(read)).toEqual(["größe", "layer/weight", "none"]);
    expect(read["größe"]!.toArray()).toEqual([0, 1, 2, 3]);
    expect(read["layer/weight"]!.shape).toEqual([2, 100]);
    expect(readFileSync(file).length < 900).toBe(compressed);
  });

  it.each(["stored", "compressed"] as const)("that is cut off or has a flipped bit is refused (%s), or the bit carried no meaning", (kind) => {
    const whole = bytes(recorded.npz[kind]);
    for (const cut of cutOff(whole)) expect(errorOf(() => decodeNpz(cut)), `${cut.length} bytes`).toBeInstanceOf(FileFormatError);
    for (const { at, bytes: damaged } of flipped(whole, 5000)) {
      try {
        // Dates, versions and the like do not matter; names may be changed, but never a value.
        const values = Object.values(decodeNpz(damaged)).map((value) => [...value.data()]);
        expect(values, `bit in byte ${at}`).toEqual([recorded.npz.weight, recorded.npz.labels]);
      } catch (error) {
        expect(error, `bit in byte ${at}: ${String(error)}`).toBeInstanceOf(FileFormatError);
      }
    }
  });

  it("names the array whose content is damaged, and its checks", () => {
    const whole = Buffer.concat(encodeNpz({ a: arange(3), b: arange(3) }));
    whole[whole.indexOf("b.npy") + 100]! ^= 4;
    expect(() => decodeNpz(whole, "w.npz")).toThrow(/w\.npz, byte \d+: entry "b\.npy": its CRC-32 should be [0-9a-f]{8}, but is/);
  });

  it.each(["../a", "x/../../a", "/etc/a", "C:\\a", "..\\a"])("with an entry that points outside (%s) is refused, read and written", (name) => {
    const archive = Buffer.concat(encodeZip([{ name: `${name}.npy`, bytes: encodeNpy(arange(2)) }], { deflated: false }));
    expect(() => decodeNpz(archive)).toThrow(/points outside the archive/);
    expect(() => encodeNpz({ [name]: arange(2) })).toThrow(/points outside an archive/);
  });

  it("whose entry unpacks to more than it says is refused without filling the memory", () => {
    const archive = Buffer.concat(encodeZip([{ name: "a.npy", bytes: new Uint8Array(50_000_000) }], { deflated: true }));
    const sizes = [archive.indexOf(Buffer.from("PK\u0001\u0002")) + 24, 22];
    for (const at of sizes) archive.writeUInt32LE(100, at);
    expect(() => decodeNpz(archive)).toThrow(/cannot be uncompressed/);
  });

  it("with something else than arrays, or an array twice, is refused", () => {
    const text = { name: "note.txt", bytes: Buffer.from("hello") };
    expect(() => decodeNpz(Buffer.concat(encodeZip([text], { deflated: false })))).toThrow(/entry "note\.txt": an \.npz file holds only \.npy files/);
    expect(() => decodeNpz(Buffer.concat(encodeZip([text, text], { deflated: false })))).toThrow(/there twice/);
    writeFileSync(path.join(folder, "a.npz"), "nothing of the kind");
    expect(() => loadNpz(path.join(folder, "a.npz"))).toThrow(/byte 0: not a zip archive/);
  });
});
