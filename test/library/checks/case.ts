/**
 * One expression, checked from several sides: its gradients against finite differences, its values against PyTorch's, and
 * against the reference in plain TypeScript. A family of ops lists its cases once (test/library/ops/<family>/cases.ts) and
 * every check runs over the same list; the table's own test reads from them which op is checked by what. The idea is
 * PyTorch's OpInfo.
 */
import { Generator, rand } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import type { ReferenceArray } from "../reference/array.ts";

/** A floating input that is drawn at random. */
export interface DrawnInput {
  shape: readonly number[];
  /** Values are drawn from this interval; `[-2, 2]` when not given. */
  interval?: readonly [number, number];
  /** No gradient is asked for. */
  constant?: true;
}

export interface Case {
  /** Unique within the family; pytorch.py has a case of the same name. */
  name: string;
  /** The rows of the table that it exercises. */
  ops: readonly string[];
  /** The floating inputs: a shape, or more about it. Integer operands are made inside `run`. */
  inputs: readonly (readonly number[] | DrawnInput)[];
  /** The expression; it must work for float32 and float64 inputs alike. */
  run: (...inputs: Tensor[]) => Tensor | readonly Tensor[];
  /** How many times it can be differentiated; 2 when not given, 1 for what has kinks. */
  derivatives?: 0 | 1 | 2;
  /** False where PyTorch has no such thing. */
  pytorch?: false;
  /** What the reference says. */
  reference?: (...inputs: ReferenceArray[]) => ReferenceArray | readonly ReferenceArray[];
  /** Relative error of values; 1e-5 and 1e-10 when not given. Gradients may be ten times as far off. */
  tolerance?: { float32?: number; float64?: number };
}

export const toleranceOf = (each: Case, dtype: DType): number =>
  dtype === "float32" ? (each.tolerance?.float32 ?? 1e-5) : (each.tolerance?.float64 ?? 1e-10);

export function drawnInput(input: readonly number[] | DrawnInput): DrawnInput {
  return "shape" in input ? input : { shape: input };
}

/** The inputs of a case, drawn in float64 whatever the type, so that both types see the same numbers. */
export function drawInputs(each: Case, seed: number, dtype: DType = "float64"): Tensor[] {
  const generator = new Generator(seed);
  return each.inputs.map((input) => {
    const { shape, interval: [low, high] = [-2, 2] } = drawnInput(input);
    return rand(shape, { dtype: "float64", generator }).mul(high - low).add(low).to(dtype);
  });
}

/** The results as a list. */
export function resultsOf(result: Tensor | readonly Tensor[]): readonly Tensor[] {
  return Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
}
