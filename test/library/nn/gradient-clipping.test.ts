/**
 * Clipping of gradients is PyTorch's, compiled or not, and keeps exploding gradients finite.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile, nn, tensor, zeros } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

interface Stored {
  torch: string;
  shapes: number[][];
  gradients: number[][];
  results: Record<string, Record<"float32" | "float64", { norm: number | null; gradients: number[][] }>>;
}
const stored = JSON.parse(readFileSync(new URL("gradient-clipping.json", import.meta.url), "utf8")) as Stored;
const clips: Record<string, (parameters: Tensor[]) => Tensor | void> = {
  "a norm of 2": (parameters) => nn.clipGradNorm_(parameters, 2),
  "a norm of 1000": (parameters) => nn.clipGradNorm_(parameters, 1000),
  "a sum of 3": (parameters) => nn.clipGradNorm_(parameters, 3, { normType: 1 }),
  "a largest element of 0.5": (parameters) => nn.clipGradNorm_(parameters, 0.5, { normType: Infinity }),
  "a value of 0.7": (parameters) => nn.clipGradValue_(parameters, 0.7),
};

/** Parameters with the stored gradients, and one that has none. */
function withGradients(dtype: DType): Tensor[] {
  const parameters = stored.shapes.map((shape, i) => {
    const parameter = zeros(shape, { dtype, requiresGrad: true });
    parameter.grad = tensor(new Float64Array(stored.gradients[i]!), { shape }).to(dtype);
    return parameter;
  });
  return [...parameters, zeros([2], { dtype, requiresGrad: true })];
}

describe(`clipped gradients are those of PyTorch ${stored.torch}`, () => {
  test("every stored case is run", () => expect(Object.keys(clips)).toEqual(Object.keys(stored.results)));
  for (const [name, clip] of Object.entries(clips)) {
    test.each([["float32", 1e-6], ["float64", 1e-12]] as const)(`${name}, %s`, (dtype, tolerance) => {
      const parameters = withGradients(dtype);
      const norm = clip(parameters);
      const expected = stored.results[name]![dtype];
      expect(norm === undefined).toBe(expected.norm === null);
      if (norm !== undefined) expectClose([norm.item()], [expected.norm!], tolerance, "norm");
      expected.gradients.forEach((gradient, i) => expectClose(parameters[i]!.grad!.data(), gradient, tolerance, `gradient ${i}`));
      expect(parameters.at(-1)!.grad).toBeNull();
    });
  }
});

test("a compiled step clips as the eager one does", () => {
  const results = [false, true].map((compiled) => {
    const weight = tensor([1, -2, 3], { requiresGrad: true });
    const own = (x: Tensor): Tensor => {
      weight.grad = null;
      weight.mul(x).sum().backward();
      return nn.clipGradNorm_([weight], 1);
    };
    const step = compiled ? compile(own) : own;
    return [[1, 2, 2], [0.1, 0, 0.2], [30, 0, 0]].map((x) => [step(tensor(x)).item(), weight.grad!.toArray()]);
  });
  expect(results[1]).toEqual(results[0]);
  expect(results[0]![2]).toEqual([30, [expect.closeTo(1, 6), 0, 0]]);
});

test("norms that are not finite are reported when asked for, and limits below 0 are refused", () => {
  const weight = tensor([1, 2], { requiresGrad: true });
  weight.grad = tensor([NaN, 1]);
  expect(() => nn.clipGradNorm_([weight], 1, { errorIfNonfinite: true })).toThrow("the norm of the gradients is NaN");
  expect(weight.grad.toArray()).toEqual([NaN, 1]);
  expect(nn.clipGradNorm_([weight], 1).item()).toBeNaN();
  expect(() => nn.clipGradNorm_([weight], -1)).toThrow("clipGradNorm_: maxNorm is -1");
  expect(() => nn.clipGradValue_([weight], -1)).toThrow("clipGradValue_: clipValue is -1");
  expect(nn.clipGradNorm_([zeros([2], { requiresGrad: true })], 1).item()).toBe(0);
});
