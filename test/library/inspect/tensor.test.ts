/** Tensors that show themselves: their numbers counted once more by hand, the parts a page asks for, what a file holds. */
import { inspect as inspectValue } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { arange, inspect, randn, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import type { TensorState } from "../../../src/view/states/tensor.ts";
import { Notebook } from "../view/notebook.ts";

const MIME = "application/vnd.nabla.view.v1+json";
const notebook = new Notebook();
notebook.install();
beforeEach(() => {
  notebook.said.length = 0;
  notebook.buffers.length = 0;
});

const bundleOf = (value: Tensor): Record<string, unknown> => (value as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
const stateOf = (value: Tensor): TensorState => (bundleOf(value)[MIME] as { state: TensorState }).state;
const asked = (name: string, params: object): { value?: unknown; error?: string; buffer: Float32Array } => {
  notebook.says({ type: "request", n: "1", name, params: params as never });
  const [bytes] = notebook.buffers.at(-1) ?? [];
  const buffer = bytes === undefined ? new Float32Array() : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return { ...(notebook.said.at(-1) as { value?: unknown; error?: string }), buffer };
};

describe("the value of a cell", () => {
  it("is text alone for a scalar, a short vector and a small matrix, and a view for more than a hundred elements", () => {
    for (const small of [tensor(3), arange(5), randn([10, 10])]) expect(Object.keys(bundleOf(small))).toEqual(["text/plain"]);
    const large = randn([11, 10]);
    expect(bundleOf(large)["text/plain"]).toBe(large.toString());
    expect(stateOf(large)).toMatchObject({ shape: [11, 10], dtype: "float32", device: "cpu", bytes: 440, requiresGrad: false });
  });

  it("puts a few kilobytes into the file, however large it is", () => {
    expect(JSON.stringify(bundleOf(randn([3, 500, 700]))).length).toBeLessThan(12_000);
  });
});

describe("the numbers", () => {
  it("are those of all finite elements, and count those that are not", () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i % 100 === 7 ? NaN : i % 250 === 3 ? Infinity : i === 500 ? -Infinity : Math.sin(i) * 5));
    const finite = values.filter(Number.isFinite).map(Math.fround);
    const { numbers, histogram } = stateOf(tensor(values).reshape([10, 100]));
    expect(numbers).toEqual({
      min: expect.closeTo(Math.min(...finite), 4), max: expect.closeTo(Math.max(...finite), 4),
      mean: expect.closeTo(finite.reduce((sum, value) => sum + value, 0) / finite.length, 4), nan: 10, inf: 5,
    });
    expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(finite.length);
  });

  it("are right for whole numbers, truth values, transposed and broadcast tensors, and nothing finite at all", () => {
    expect(stateOf(arange(200).to("int32").reshape([20, 10]).t()).numbers).toEqual({ min: 0, max: 199, mean: 99.5, nan: 0, inf: 0 });
    expect(stateOf(arange(200).lt(50)).numbers).toEqual({ min: 0, max: 1, mean: 0.25, nan: 0, inf: 0 });
    expect(stateOf(tensor([[1], [2]]).expand([2, 200])).numbers).toEqual({ min: 1, max: 2, mean: 1.5, nan: 0, inf: 0 });
    expect(stateOf(zeros([200]).div(0)).numbers).toEqual({ min: null, max: null, mean: null, nan: 200, inf: 0 });
  });

  it("of a large tensor have a histogram of elements at equal distances, and say so", () => {
    const { histogram } = stateOf(arange(1_000_000).reshape([1000, 1000]));
    const total = histogram.counts.reduce((sum, count) => sum + count, 0);
    expect(histogram.sampled).toBe(total);
    expect(total).toBeLessThan(1 << 17);
    // Equally many everywhere.
    for (const count of histogram.counts) expect(Math.abs((count / total) * histogram.counts.length - 1)).toBeLessThan(0.2);
  });
});

describe("the page is given", () => {
  it("any part of any matrix of it", () => {
    const x = randn([2, 3, 40, 50]);
    stateOf(x);
    const { value, buffer } = asked("window", { lead: [1, 2], top: 10, left: 20, height: 4, width: 5 });
    expect(value).toEqual({ rows: 4, columns: 5, rowStep: 1, columnStep: 1 });
    const part = (x.toArray() as number[][][][])[1]![2]!.slice(10, 14).flatMap((row) => row.slice(20, 25));
    expect([...buffer]).toEqual(part);
  });

  it("every so many elements of a part larger than it can show", () => {
    const x = arange(300 * 500).reshape([300, 500]);
    stateOf(x);
    const { value, buffer } = asked("window", { lead: [], top: 0, left: 0, height: 300, width: 500 });
    expect(value).toEqual({ rows: 100, columns: 125, rowStep: 3, columnStep: 4 });
    expect([buffer[0], buffer[1], buffer[125]]).toEqual([0, 4, 1500]);
  });

  it("single values as text, NaN included, of vectors too", () => {
    const x = arange(200);
    stateOf(x);
    expect(asked("value", { index: [123] }).value).toBe("123");
    const y = zeros([20, 10]).div(0);
    stateOf(y);
    expect(asked("value", { index: [3, 4] }).value).toBe("NaN");
    expect(asked("value", { index: [30, 4] }).error).toMatch(/30/);
  });
});

it("in a terminal is its summary and its text, whatever its size", () => {
  const shown = inspectValue(inspect.tensor(tensor([1, 2, 3.5])));
  expect(shown.split("\n")).toEqual([
    "Tensor [3] float32 on cpu",
    expect.stringMatching(/^min 1 {2}max 3\.5 {2}mean 2\.167 {2}NaN 0 {2}infinite 0 {2}[▁▂▃▄▅▆▇█]+$/),
    "tensor([1.0000, 2.0000, 3.5000])",
  ]);
});
