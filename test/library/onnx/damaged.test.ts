/**
 * Damaged and unsupported files: refused with the place where they broke, whatever the damage; and files that other programs
 * write otherwise than ours.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { FileFormatError, nn, onnx, tensor, zeros } from "../../../src/index.ts";
import { decodeModel } from "../../../src/onnx/decode.ts";
import { encodeModel } from "../../../src/onnx/encode.ts";
import { moduleOfBytes } from "../../../src/onnx/load.ts";
import { ints } from "../../../src/onnx/graph-writer.ts";
import type { GraphProto, ModelProto } from "../../../src/onnx/schema.ts";
import { ownFolder } from "./runtime.ts";

const folder = ownFolder();
const file = path.join(folder, "model.onnx");
onnx.export(new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.ReLU(), new nn.Dropout(0.1)), zeros([2, 3]), file);
const whole = readFileSync(file);

/** Loads the bytes of a file; those that are refused one by one need not be written for it. */
const loadBytes = (bytes: Uint8Array, options?: onnx.LoadOptions): onnx.OnnxModule => moduleOfBytes(bytes, "damaged.onnx", options);

/** Loads the file with something changed in its messages; without its checksums. */
function loadChanged(change: (model: ModelProto & { graph: GraphProto }) => void): onnx.OnnxModule {
  const model = decodeModel(whole, file) as ModelProto & { graph: GraphProto };
  model.metadataProps = [];
  change(model);
  return loadBytes(Buffer.concat(encodeModel(model)));
}

describe("a damaged file is refused", () => {
  test("cut off anywhere", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => loadBytes(whole.subarray(0, length)), `cut off after ${length} bytes`).toThrow(FileFormatError);
    }
    expect(() => loadBytes(whole.subarray(0, whole.length - 1))).toThrow(/byte \d+ \(graph\): \d+ bytes are announced, \d+ are left; the file is cut off/);
  });

  test("with a bit flipped anywhere, unless the bit says nothing", () => {
    const x = tensor([[0.3, -1, 2], [1, 0.5, -0.25]]);
    const sound = loadBytes(whole).eval().forward(x).toArray();
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      try {
        expect(loadBytes(flipped).eval().forward(x).toArray()).toEqual(sound);
      } catch (error) {
        expect(error, `bit ${at % 8} of byte ${at}`).toBeInstanceOf(FileFormatError);
        refused++;
      }
    }
    // What is left are names of the producer and of the property with the checksums.
    expect(refused).toBeGreaterThan(0.9 * whole.length);
  });

  test("naming the weight that is not what was written, unless that is wanted", () => {
    const flipped = Buffer.from(whole);
    const weight = decodeModel(whole, file).graph!.initializer[0]!;
    flipped[weight.rawData!.byteOffset - whole.byteOffset]! ^= 1;
    expect(() => loadBytes(flipped)).toThrow(/initializer 0 \("0\.weight"\): its CRC-32 should be [0-9a-f]{8}, but is/);
    expect(loadBytes(flipped, { verify: false })).toBeInstanceOf(onnx.OnnxModule);
  });

  test("and what is no ONNX file at all", () => {
    expect(() => loadBytes(Buffer.from(""))).toThrow(/byte 0: the file is empty/);
    expect(() => loadBytes(Buffer.from("not a model, but some text"))).toThrow(FileFormatError);
    expect(() => loadBytes(Buffer.alloc(1000))).toThrow(FileFormatError);
    const damaged = path.join(folder, "damaged.onnx");
    writeFileSync(damaged, whole.subarray(0, 100));
    expect(() => onnx.load(damaged)).toThrow(/damaged\.onnx, byte \d+/);
    expect(() => onnx.load(path.join(folder, "missing.onnx"))).toThrow(/onnx\.load: cannot read/);
  });
});

describe("what is not supported is refused by its name", () => {
  test("an operator", () => {
    expect(() => loadChanged(({ graph }) => (graph.node[0]!.opType = "Einsum"))).toThrow(/node 0 \(Einsum "0\.Gemm_1"\): the operator Einsum is not supported/);
    expect(() => loadChanged(({ graph }) => (graph.node[0]!.domain = "com.example"))).toThrow(/the operator com\.example\.Gemm is not supported/);
  });

  test("an attribute", () => {
    expect(() => loadChanged(({ graph }) => graph.node[0]!.attribute.push({ ...ints([1]), name: "novelty" }))).toThrow(/attribute novelty is not supported/);
    expect(() => loadChanged(({ graph }) => (graph.node[0]!.attribute[0] = { ...ints([1]), name: "transB" }))).toThrow(/attribute transB is of kind 7, expected 2/);
  });

  test("a version of the operators, or none", () => {
    expect(() => loadChanged((model) => (model.opsetImport = [{ domain: "", version: 99 }]))).toThrow(/opset 99 is not supported; versions 7 to 22 are/);
    expect(() => loadChanged((model) => (model.opsetImport = []))).toThrow(/is it an ONNX file/);
  });

  test("weights of an unknown type, of the wrong length, or in another file", () => {
    expect(() => loadChanged(({ graph }) => (graph.initializer[0]!.dataType = 8))).toThrow(/initializer 0 \("0\.weight"\): elements of ONNX type 8 are not supported/);
    expect(() => loadChanged(({ graph }) => (graph.initializer[0]!.dims = [4, 4]))).toThrow(/48 bytes do not fill shape \[4, 4\], which needs 64/);
    expect(() => loadChanged(({ graph }) => (graph.initializer[0]!.dataLocation = 1))).toThrow(/in another file/);
  });

  test("a graph whose values are not made, or made twice", () => {
    expect(() => loadChanged(({ graph }) => (graph.node[0]!.input[1] = "nowhere"))).toThrow(/its input "nowhere" is made by no node before it/);
    expect(() => loadChanged(({ graph }) => (graph.output[0]!.name = "nowhere"))).toThrow(/the output "nowhere" is made by no node/);
    expect(() => loadChanged(({ graph }) => (graph.node[1]!.output = graph.node[0]!.output))).toThrow(/is made twice/);
  });
});

test("weights that another program kept as lists of numbers are read as well", () => {
  const loaded = loadChanged(({ graph }) => {
    for (const weight of graph.initializer) {
      weight.floatData = Array.from(new Float32Array(new Uint8Array(weight.rawData!).buffer));
      delete weight.rawData;
    }
  });
  const x = tensor([[0.3, -1, 2], [1, 0.5, -0.25]]);
  expect(loaded.eval().forward(x).toArray()).toEqual(onnx.load(file).eval().forward(x).toArray());
});
