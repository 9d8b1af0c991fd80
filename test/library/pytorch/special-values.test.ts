/**
 * Zeros, infinities, NaN and ties, where formulas that are right elsewhere give NaN: values are PyTorch's everywhere, and so are
 * gradients wherever the inputs are finite and the function is defined. The numbers are made by special-values.py.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

type StoredNumber = number | "nan" | "inf" | "-inf";
interface Recorded {
  result: StoredNumber[];
  gradients: StoredNumber[][];
}

const stored = JSON.parse(readFileSync(new URL("special-values.json", import.meta.url), "utf8")) as {
  torch: string;
  special: StoredNumber[];
  lines: Record<string, StoredNumber[]>;
  unary: Record<string, Recorded>;
  binary: Record<string, Recorded>;
  folds: Record<string, Record<string, Recorded>>;
};
const numbers = (all: readonly StoredNumber[]): number[] =>
  all.map((each) => (typeof each === "number" ? each : { nan: NaN, inf: Infinity, "-inf": -Infinity }[each]));

const special = numbers(stored.special);
const leaf = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const call = (name: string, self: Tensor, ...rest: Tensor[]): Tensor =>
  (self as unknown as Record<string, (...rest: Tensor[]) => Tensor>)[name]!(...rest);

const same = (own: number, other: number, within: number): boolean =>
  own === other || (Number.isNaN(own) && Number.isNaN(other)) || Math.abs(own - other) <= within * (1 + Math.abs(other));

/** The places at which two lists differ, with what they have there. */
const differences = (own: ArrayLike<number>, expected: readonly StoredNumber[], where: (i: number) => string, isCompared = (_: number): boolean => true, within = 1e-12): string[] =>
  numbers(expected).flatMap((other, i) => (isCompared(i) && !same(own[i]!, other, within) ? [`at ${where(i)}: ${own[i]}, not ${other}`] : []));

describe(`as PyTorch ${stored.torch}`, () => {
  for (const [name, { result, gradients }] of Object.entries(stored.unary)) {
    test(`${name} of special values`, () => {
      const x = leaf(special);
      const y = call(name, x);
      y.sum().backward();
      const where = (i: number): string => String(special[i]);
      expect(differences(y.data(), result, where)).toEqual([]);
      // PyTorch's hardsigmoid multiplies with a sixth in float32.
      expect(differences(x.grad!.data(), gradients[0]!, where, (i) => Number.isFinite(special[i]), name === "hardSigmoid" ? 1e-7 : 1e-12)).toEqual([]);
    });
  }

  const [left, right] = [special.flatMap((x) => special.map(() => x)), special.flatMap(() => special)];
  for (const [name, { result, gradients }] of Object.entries(stored.binary)) {
    test(`${name} of special pairs`, () => {
      const [a, b] = [leaf(left), leaf(right)];
      const y = call(name, a, b);
      y.sum().backward();
      const where = (i: number): string => `${left[i]} and ${right[i]}`;
      expect(differences(y.data(), result, where)).toEqual([]);
      const isDefined = (i: number): boolean => {
        const [x, z] = [left[i]!, right[i]!];
        if (!Number.isFinite(x) || !Number.isFinite(z)) return false;
        if (name === "pow") return x !== 0 || z >= 0;
        return (name !== "remainder" && name !== "fmod") || z !== 0;
      };
      [a, b].forEach(({ grad }, k) => expect(differences(grad!.data(), gradients[k]!, where, isDefined), `gradient ${k}`).toEqual([]));
    });
  }

  const weights = tensor([1, 2, 3], { dtype: "float64" });
  const folds: Record<string, (x: Tensor) => Tensor> = {
    sum: (x) => x.sum(),
    mean: (x) => x.mean(),
    prod: (x) => x.prod(),
    amax: (x) => x.amax({ dim: 0 }),
    amin: (x) => x.amin({ dim: 0 }),
    std: (x) => x.std(),
    var: (x) => x.var(),
    logsumexp: (x) => x.logsumexp(0),
    norm: (x) => x.norm(),
    "norm of 1": (x) => x.norm({ p: 1 }),
    "norm of 3": (x) => x.norm({ p: 3 }),
    "norm of 0.5": (x) => x.norm({ p: 0.5 }),
    "norm of -1": (x) => x.norm({ p: -1 }),
    "largest norm": (x) => x.norm({ p: Infinity }),
    "smallest norm": (x) => x.norm({ p: -Infinity }),
    softmax: (x) => x.softmax(0).mul(weights).sum(),
    logSoftmax: (x) => x.logSoftmax(0).mul(weights).sum(),
    cumsum: (x) => x.cumsum(0).sum(),
    cumprod: (x) => x.cumprod(0).sum(),
    cummax: (x) => x.cummax(0).values.sum(),
    sort: (x) => x.sort().values.mul(weights).sum(),
    clamp: (x) => x.clamp({ min: 0, max: 1 }).sum(),
  };
  test("every fold is stored, and every stored one computed", () => {
    expect(Object.keys(folds).sort()).toEqual(Object.keys(stored.folds).sort());
  });
  for (const [name, run] of Object.entries(folds)) {
    test(`${name} of zeros, ties, infinities and NaN`, () => {
      const wrong = Object.entries(stored.folds[name]!).flatMap(([line, { result, gradients }]) => {
        const values = numbers(stored.lines[line]!);
        const x = leaf(values);
        const y = run(x);
        y.backward();
        const ofGradient = values.every(Number.isFinite) ? differences(x.grad!.data(), gradients[0]!, (i) => `${line}, gradient ${i}`) : [];
        return [...differences(y.data(), result, () => line), ...ofGradient];
      });
      expect(wrong).toEqual([]);
    });
  }
});
