/**
 * Derivatives checked against central differences: (f(x + eps) - f(x - eps)) / (2 eps), which knows nothing of how `f` is
 * differentiated. Names, defaults and the criterion are those of PyTorch's `torch.autograd.gradcheck`.
 */
import { tensor as tensorOf } from "../tensor/creation.ts";
import { isFloating } from "../tensor/dtype.ts";
import { DTypeError, GradientError } from "../tensor/errors.ts";
import { enableGrad, noGrad } from "../tensor/grad-mode.ts";
import { formatShape } from "../tensor/shape.ts";
import { isTensor, requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradientsOf } from "./backward.ts";

export interface GradcheckOptions {
  /** How far each element is moved to both sides; 1e-6 when not given. */
  eps?: number;
  /** Largest difference allowed; 1e-5 when not given. */
  atol?: number;
  /** Added to it: this times the size of the numerical value; 0.001 when not given. */
  rtol?: number;
}

/** A function of several tensors with one or several results. */
export type CheckedFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/** Where an element lies, as [i, j]. */
function indexOf(position: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = position;
  for (let d = shape.length - 1; d >= 0; d--) {
    index.unshift(rest % shape[d]!);
    rest = Math.floor(rest / shape[d]!);
  }
  return formatShape(index);
}

/** The floating results of a function, whose derivatives are checked. */
function resultsOf(op: string, f: CheckedFunction, inputs: readonly Tensor[]): Tensor[] {
  const results = f(...inputs);
  return (isTensor(results) ? [results] : [...results]).filter((result) => isFloating(requireTensor(op, result).dtype));
}

/** Derivatives by central differences: of result k with respect to input i, `[k][element of the input]`, over the result. */
function numerical(op: string, f: CheckedFunction, inputs: readonly Tensor[], i: number, eps: number): Float64Array[][] {
  const start = inputs[i]!.data();
  const columns: Float64Array[][] = [];
  for (let element = 0; element < start.length; element++) {
    const at = (move: number): Float64Array[] => {
      const moved = Float64Array.from(start);
      moved[element]! += move;
      const stand = inputs.map((input, j) => (j === i ? tensorOf(moved, { shape: input.shape }) : input.detach()));
      return noGrad(() => resultsOf(op, f, stand)).map((result) => Float64Array.from(result.data()));
    };
    const [above, below] = [at(eps), at(-eps)];
    above.forEach((values, k) => {
      (columns[k] ??= [])[element] = values.map((value, r) => (value - below[k]![r]!) / (2 * eps));
    });
  }
  return columns;
}

/**
 * Checks the first derivatives of a function, every result by every element of every input that requires gradients (all
 * of them when none does), against central differences.
 * @param inputs float64 tensors; what is not floating is passed through.
 * @returns true.
 * @throws GradientError naming the first element that differs, with both values.
 * @throws DTypeError for float32, in which central differences have no digits left.
 */
export function gradcheck(f: CheckedFunction, inputs: readonly Tensor[], options: GradcheckOptions = {}): true {
  return check("gradcheck", f, inputs, options);
}

function check(op: string, f: CheckedFunction, given: readonly Tensor[], options: GradcheckOptions): true {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  const chosen = checkedInputs(op, given);
  const inputs = given.map((input, i) => (chosen.includes(i) ? input.detach().clone().requiresGrad_() : input));
  const results = enableGrad(() => resultsOf(op, f, inputs));
  const wanted = chosen.map((i) => inputs[i]!);
  const differences = chosen.map((i) => numerical(op, f, inputs, i, eps));
  results.forEach((result, k) => {
    for (let r = 0; r < result.numel; r++) {
      const analytical = rowOf(op, result, r, wanted);
      chosen.forEach((i, n) => {
        analytical[n]!.forEach((own, element) => {
          const other = differences[n]![k]![element]![r]!;
          if (Math.abs(own - other) <= atol + rtol * Math.abs(other)) return;
          throw new GradientError(
            `${op}: the derivative of result ${k} at ${indexOf(r, result.shape)} with respect to input ${i} at ` +
              `${indexOf(element, inputs[i]!.shape)} is ${own} by backward() and ${other} by central differences`,
          );
        });
      });
    }
  });
  return true;
}

/** The positions of the inputs to be checked. */
function checkedInputs(op: string, inputs: readonly Tensor[]): number[] {
  const floating = inputs.map((_, i) => i).filter((i) => isFloating(requireTensor(op, inputs[i]).dtype));
  const asked = floating.filter((i) => inputs[i]!.requiresGrad);
  const chosen = asked.length > 0 ? asked : floating;
  if (chosen.length === 0) throw new GradientError(`${op}: none of the inputs has a floating type`);
  for (const i of chosen) {
    if (inputs[i]!.dtype === "float64") continue;
    throw new DTypeError(`${op}: input ${i} is float32, in which central differences drown in rounding; use .to("float64")`);
  }
  return chosen;
}

/** The derivatives of one element of a result, by backward. */
function rowOf(op: string, result: Tensor, element: number, inputs: readonly Tensor[]): Float64Array[] {
  const unit = new Float64Array(result.numel);
  unit[element] = 1;
  const gradient = tensorOf(unit, { shape: result.shape }).to(result.dtype);
  const rows = gradientsOf(op, result, inputs, { gradient, retainGraph: true, zeros: true });
  return rows.map((row) => Float64Array.from(row.data()));
}

/**
 * Checks second derivatives: that the gradients of a function, as functions of its inputs and of the gradients that come
 * back to its results, are differentiated rightly.
 * @throws GradientError naming the first element that differs, with both values.
 */
export function gradgradcheck(f: CheckedFunction, inputs: readonly Tensor[], options: GradcheckOptions = {}): true {
  const chosen = checkedInputs("gradgradcheck", inputs);
  const results = noGrad(() => resultsOf("gradgradcheck", f, inputs));
  // Not all the same, so that a mistake in one place is not evened out by another.
  const seeds = results.map((result) => {
    const values = Float64Array.from({ length: result.numel }, (_, i) => 0.5 + (i % 7) / 8);
    return tensorOf(values, { shape: result.shape }).requiresGrad_();
  });
  const starts = inputs.map((input, i) => (chosen.includes(i) ? input.detach().clone().requiresGrad_() : input));
  const gradients: CheckedFunction = (...all) => {
    const at = all.slice(0, inputs.length).map((input, i) => (chosen.includes(i) && !input.requiresGrad ? input.requiresGrad_() : input));
    const incoming = all.slice(inputs.length);
    return enableGrad(() => {
      const outputs = resultsOf("gradgradcheck", f, at);
      const weighted = outputs.map((output, k) => output.mul(incoming[k]!).sum());
      const total = weighted.reduce((sum, each) => sum.add(each));
      return gradientsOf("gradgradcheck", total, chosen.map((i) => at[i]!), { createGraph: true, zeros: true });
    });
  };
  return check("gradgradcheck", gradients, [...starts, ...seeds], options);
}
