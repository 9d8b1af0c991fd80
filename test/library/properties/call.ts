/**
 * One random call, checked: its values against the reference's, and the gradients of float64 inputs against the reference's
 * slope, the difference of two of its values a little apart along a random direction.
 */
import { expect } from "vitest";
import { tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { ops } from "../../../src/tensor/ops.ts";
import type { NamedRow, OpName } from "../../../src/tensor/ops.ts";
import { resultsOf } from "../checks/case.ts";
import { expectClose } from "../checks/closeness.ts";
import type { ReferenceArray } from "../reference/array.ts";
import { numbers } from "./tensors.ts";
import type { Draw, RandomTensor } from "./tensors.ts";

/** What is called with what, in the library and in the reference. */
export interface RandomCall {
  inputs: readonly RandomTensor[];
  run: (...inputs: Tensor[]) => Tensor | readonly Tensor[];
  expected: (...inputs: ReferenceArray[]) => ReferenceArray | readonly ReferenceArray[];
  /** Relative error of values by the results' type; 1e-5 and 1e-11 when not given. */
  within?: { float32?: number; float64?: number };
  /** Of gradients; 1e-6 when not given. */
  gradientWithin?: number;
}

/** How calls of an op are drawn. */
export type RandomCalls = (g: Draw) => RandomCall;

/** Calls under the names of the rows that they run, the rows of their derivatives among them: `"lstm lstmBackward"`. */
export type CallTable = Readonly<Record<string, RandomCalls>>;

const listOf = (result: ReferenceArray | readonly ReferenceArray[]): readonly ReferenceArray[] =>
  Array.isArray(result) ? (result as readonly ReferenceArray[]) : [result as ReferenceArray];

/** A number for each element, none of them 0. */
function weightsOf(length: number, seed: number): number[] {
  const next = numbers(seed);
  return Array.from({ length }, () => (next() < 0.5 ? -1 : 1) * (0.5 + next()));
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Compares values, shapes and gradients of a call. */
export function checkCall(name: string, call: RandomCall): void {
  const { inputs, run, expected, within = {} } = call;
  const asked = inputs.map(({ tensor: each, constant }) => !constant && each.dtype === "float64");
  inputs.forEach(({ tensor: each }, i) => asked[i] && each.requiresGrad_());
  const results = resultsOf(run(...inputs.map((each) => each.tensor)));
  const wanted = listOf(expected(...inputs.map(({ array }) => array)));
  expect(results.map(({ shape }) => [...shape])).toEqual(wanted.map(({ shape }) => [...shape]));
  results.forEach((result, i) => {
    const tolerance = { float32: within.float32 ?? 1e-5, float64: within.float64 ?? 1e-11, int32: 0, uint8: 0, bool: 0 }[result.dtype];
    expectClose(result.data(), wanted[i]!.values, tolerance, `${name}: ${result.dtype} result ${i}`);
  });

  const smooth = results.map(({ requiresGrad }) => requiresGrad);
  if (asked.some((own, i) => own && inputs[i]!.array.values.length > 0)) {
    const row = ops[name.split(" ")[0] as OpName] as NamedRow;
    if (row.derivative !== undefined || row.jointDerivative !== undefined) expect(smooth, `${name} is differentiable`).toContain(true);
    if (smooth.includes(true)) checkSlope(name, call, results, asked, smooth);
  }
}

function checkSlope(name: string, call: RandomCall, results: readonly Tensor[], asked: readonly boolean[], smooth: readonly boolean[]): void {
  const { inputs, expected } = call;
  const weights = results.map(({ numel }, i) => weightsOf(numel, 100 + i));
  results
    .map((result, i) => (smooth[i] ? result.mul(tensor(weights[i]!, { dtype: "float64" }).reshape(result.shape)).sum() : undefined))
    .filter((term) => term !== undefined)
    .reduce((sum, term) => sum.add(term))
    .backward();

  const directions = inputs.map(({ array }, i) => weightsOf(array.values.length, 200 + i).map((value) => (asked[i] ? value : 0)));
  const step = 1e-6;
  const at = (sign: number): readonly number[] => {
    const moved = inputs.map(({ array }, i) => ({ ...array, values: array.values.map((value, k) => value + sign * step * directions[i]![k]!) }));
    // A largest element of nothing is -infinity, and stays it.
    return listOf(expected(...moved)).map(({ values }, i) => (smooth[i] ? dot(values.map((value) => (value === -Infinity ? 0 : value)), weights[i]!) : 0));
  };
  const [above, below] = [at(1), at(-1)];
  const slope = above.reduce((sum, value, i) => sum + (value - below[i]!) / (2 * step), 0);
  let own = 0;
  let scale = 0;
  inputs.forEach(({ tensor: each }, i) => {
    if (!asked[i] || each.grad === null) return;
    expect(each.grad.shape).toEqual(each.shape);
    const gradient = each.grad.data();
    own += dot(gradient, directions[i]!);
    scale += Array.from(gradient).reduce((sum, value) => sum + Math.abs(value), 0);
  });
  const tolerance = (call.gradientWithin ?? 1e-6) * (1 + scale / 4);
  if (!(Math.abs(own - slope) <= tolerance)) {
    expect.fail(`${name}: the gradients have slope ${own}, the reference ${slope}, within ${tolerance}`);
  }
}
