/**
 * Division that leaves a remainder, with the rule of the language for whole numbers: dividing by 0 is an error.
 */
import { observer } from "../call-observer.ts";
import { callBinary } from "../dispatch.ts";
import { promote, promoteWithNumber, isFloating } from "../dtype.ts";
import { NablaError } from "../errors.ts";
import { ops } from "../ops.ts";
import { checkRange, isAtHand } from "../range-checks.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

export interface DivisionMethods {
  /** The quotient rounded down, element by element. @throws NablaError when a whole number is divided by 0. */
  floorDivide(other: TensorLike): Tensor;
  /** What is left after division; it has the divisor's sign, as Python's `%`. @throws NablaError when a whole number is divided by 0. */
  remainder(other: TensorLike): Tensor;
  /** What is left after division; it has the dividend's sign, as JavaScript's `%`. @throws NablaError when a whole number is divided by 0. */
  fmod(other: TensorLike): Tensor;
}

function divided(name: "floorDivide" | "remainder" | "fmod", self: Tensor, other: TensorLike): Tensor {
  const common = typeof other === "number" ? promoteWithNumber(self.dtype, other) : promote(self.dtype, requireTensor(name, other).dtype);
  if (!isFloating(common)) {
    const error = (): NablaError => new NablaError(`${name}: a whole number is divided by 0; convert to "float32" for Infinity and NaN`);
    if (typeof other === "number") {
      if (other === 0) throw error();
    } else if (other.device === "cpu" || observer !== undefined) {
      if (other.eq(0).any().item() !== 0) throw error();
    } else if (isAtHand(other)) {
      if (other.data().includes(0)) throw error();
    } else {
      checkRange(name, other.ne(0), { low: 1, high: 1, name: `${name}: divisor`, error });
    }
  }
  return callBinary(ops[name], common === "bool" ? self.to("int32") : self, other);
}

export const divisionMethods: DivisionMethods & ThisType<Tensor> = {
  floorDivide(other) {
    return divided("floorDivide", this, other);
  },
  remainder(other) {
    return divided("remainder", this, other);
  },
  fmod(other) {
    return divided("fmod", this, other);
  },
};
