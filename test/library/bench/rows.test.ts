/** The rows of the benchmark do the work that they name, and a result that differs from a peer's ends the run. */
import { expect, it } from "vitest";
import { Disagreement, requireAgreement } from "../../../bench/agreement.mjs";
import { readArguments } from "../../../bench/arguments.mjs";
import { labels, numbers, sampled } from "../../../bench/inputs.mjs";
import { rows } from "../../../bench/rows/index.mjs";
import * as nabla from "../../../src/index.ts";

const row = (name: string) => rows.find((candidate) => candidate.name === name)!;
const result = (name: string): number[] => row(name).prepare(nabla).result();

it("makes inputs by the arithmetic that the peers use, written here with whole numbers of any size", () => {
  const mask = 0xffffffffn;
  const expected = Array.from({ length: 5000 }, (_, i) => {
    let bits = ((BigInt(i) + 3n * 0x10001n) * 0x9e3779b1n) & mask;
    bits = ((bits ^ (bits >> 15n)) * 0x2c1b3c6dn) & mask;
    bits ^= bits >> 12n;
    return Math.fround((Number(bits) / 2 ** 32 - 0.5) * 4);
  });
  expect([...numbers(5000, 3, 4)]).toEqual(expected);
});

it("spreads the inputs evenly and uses every label", () => {
  const values = [...numbers(100_000, 1)];
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0, 2);
  // The variance of uniform numbers on an interval of length 1.
  expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(1 / 12, 2);
  expect(new Set(labels(64, 10)).size).toBe(10);
});

it("multiplies the matrices that it says", () => {
  const [a, b] = [numbers(64 * 64, 1), numbers(64 * 64, 2)];
  const product = Array.from({ length: 64 * 64 }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < 64; k++) sum += a[(at >> 6) * 64 + k]! * b[k * 64 + (at & 63)]!;
    return sum;
  });
  expect(() => requireAgreement("sgemm-64", result("sgemm-64"), sampled(product), 1e-6)).not.toThrow();
});

it("adds a hundred times", () => {
  const [start, y] = [numbers(4, 1), numbers(4, 2)];
  const expected = [...start].map((value, i) => value + 100 * y[i]!);
  expect(() => requireAgreement("add-chain", result("add-chain"), expected, 1e-5)).not.toThrow();
});

it.each(["tanh", "exp"] as const)("takes the %s of a million numbers", (op) => {
  const expected = sampled(numbers(1_000_000, 1, 8).map(Math[op]));
  expect(() => requireAgreement(op, result(`${op}-1m`), expected, 1e-6)).not.toThrow();
});

it("draws normal numbers", () => {
  const [mean, deviation, inside] = result("normal-1m");
  expect(mean).toBeCloseTo(0, 2);
  expect(deviation).toBeCloseTo(1, 2);
  expect(inside).toBeCloseTo(0.6827, 2);
});

it.each([
  "mlp-sgd-eager", "linear-regression", "mlp-2-3-2", "mlp-sgd", "mlp-adam", "lenet5-adam-64", "linear-regression-compiled",
  "mlp-2-3-2-compiled",
])("%s is a step that learns", (name) => {
  const losses = result(name);
  expect(losses).toHaveLength(10);
  for (const [i, loss] of losses.entries()) if (i > 0) expect(loss).toBeLessThan(losses[i - 1]!);
});

it.each([["mlp-sgd", "mlp-sgd-eager"], ["linear-regression-compiled", "linear-regression"], ["mlp-2-3-2-compiled", "mlp-2-3-2"]])(
  "%s does the work of %s, to the last bit",
  (compiled, eager) => expect(result(compiled)).toEqual(result(eager)),
);

it("every row has a name of its own and can be asked for by it", () => {
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  expect(readArguments(["cpu", "--rows", "exp-1m,sgemm-64"])).toMatchObject({ chosen: [{ name: "sgemm-64" }, { name: "exp-1m" }] });
  expect(readArguments(["cuda", "--built", "--rows", "mlp-adam"])).toMatchObject({ subject: "cuda", built: true, chosen: [{ name: "mlp-adam" }] });
  expect(readArguments(["live", "--seconds", "5"])).toMatchObject({ subject: "live", seconds: 5 });
});

it.each([
  [["gpu"], '"cpu", "cuda", "kernel" or "live"'],
  [[], '"cpu", "cuda", "kernel" or "live"'],
  [["live", "--seconds", "soon"], "--seconds is soon"],
  [["cpu", "--rows", "sgemm-63"], "There is no row sgemm-63"],
  [["cpu", "--quick"], "--quick"],
  [["cpu", "--built"], '--built is for "cuda"'],
])("says what is wrong with the arguments %j", (args, words) => {
  expect(() => readArguments(args)).toThrow(words);
});

it.each([
  ["a value that differs", [1, 2.1, 3], [1, 2, 3]],
  ["a value that is not a number", [1, NaN, 3], [1, 2, 3]],
  ["one that is missing", [1, 2], [1, 2, 3]],
  ["nothing at all", [], []],
])("does not take %s for agreement", (_, ours, theirs) => {
  expect(() => requireAgreement("row", ours, theirs, 0.01)).toThrow(Disagreement);
});
