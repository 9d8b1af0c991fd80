/** Numbers of tensors as a view's state holds them: exact, as short as the type allows, and JSON where a number is not finite. */
import type { DType } from "../../tensor/dtype.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { observedBy } from "../../tensor/call-observer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { StateNumber } from "../../view/states/stepper.ts";

/** The shortest number that is the same in single precision: 0.1 and not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** One number of a type. */
export function stateNumber(value: number, dtype: DType): StateNumber {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "Infinity";
  if (value === -Infinity) return "-Infinity";
  return dtype === "float64" ? value : shortest(value);
}

/** The number that the state's form stands for. */
export function numberOf(value: StateNumber): number {
  return Number(value);
}

/** The elements of a tensor in row-major order, whatever watches or records at the moment. */
export function stateNumbers(tensor: Tensor): StateNumber[] {
  const elements = observedBy(undefined, () => noGrad(() => tensor.detach().data()));
  return Array.from(elements, (element) => stateNumber(Number(element), tensor.dtype));
}

/** A number as a drawing shows it, in at most seven characters or so. */
export function shown(value: StateNumber): string {
  if (typeof value === "string") return value === "-Infinity" ? "−∞" : value === "Infinity" ? "∞" : value;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(1).replace("e+", "e").replaceAll("-", "−");
  return String(Number(size >= 1 ? value.toPrecision(size >= 1000 ? 5 : 4) : value.toFixed(4))).replaceAll("-", "−");
}
