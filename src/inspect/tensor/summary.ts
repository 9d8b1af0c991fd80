/**
 * All elements of a tensor in five numbers and a small histogram. The native reductions run first: when smallest, largest and
 * mean are finite, so is every element. Only otherwise are the elements read here, a piece at a time.
 */
import { isFloating } from "../../tensor/dtype.ts";
import type { TypedArray } from "../../tensor/dtype.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { TensorHistogram, TensorNumbers } from "../../view/states/tensor.ts";

/** Elements that are read at once. */
const PIECE = 1 << 20;
/** Elements that the histogram counts at most, at equal distances. */
const MOST_COUNTED = 1 << 17;
const PARTS = 32;

/** Six digits are more than is shown. */
const short = (value: number): number => Number(value.toPrecision(6));

/** Smallest, largest and mean of the finite elements, and how many are not. */
export function numbersOf(tensor: Tensor): TensorNumbers {
  return noGrad(() => {
    // Whole numbers of up to 32 bits are exact as floating ones of 64.
    const plain = isFloating(tensor.dtype) ? tensor.detach() : tensor.to(tensor.dtype === "int32" ? "float64" : "float32");
    if (plain.numel > 0) {
      const [min, max, mean] = [plain.amin().item(), plain.amax().item(), plain.mean().item()];
      if (Number.isFinite(min) && Number.isFinite(max) && Number.isFinite(mean)) return { min: short(min), max: short(max), mean: short(mean), nan: 0, inf: 0 };
    }
    return numbersByPieces(plain.reshape([-1]));
  });
}

function numbersByPieces(flat: Tensor): TensorNumbers {
  let [min, max, sum, nan, inf] = [Infinity, -Infinity, 0, 0, 0];
  for (let start = 0; start < flat.numel; start += PIECE) {
    const elements = flat.narrow(0, start, Math.min(PIECE, flat.numel - start)).data();
    for (let i = 0; i < elements.length; i++) {
      const value = elements[i]!;
      // Only of a finite number the difference to itself is zero.
      if (value - value === 0) {
        sum += value;
        if (value < min) min = value;
        if (value > max) max = value;
      } else if (value === value) inf++;
      else nan++;
    }
  }
  const finite = flat.numel - nan - inf;
  return finite === 0 ? { min: null, max: null, mean: null, nan, inf } : { min: short(min), max: short(max), mean: short(sum / finite), nan, inf };
}

/** Elements at equal distances, not more than are counted. */
function sampleOf(tensor: Tensor): TypedArray {
  return noGrad(() => {
    let part = tensor.detach();
    // Every so many of the longest dimension, which copies nothing before it is small.
    while (part.numel > MOST_COUNTED) {
      const longest = part.shape.reduce((best, size, dimension) => (size > part.shape[best]! ? dimension : best), 0);
      const size = part.shape[longest]!;
      part = part.slice(longest, 0, size, Math.min(size, Math.ceil(part.numel / MOST_COUNTED)));
    }
    return part.data();
  });
}

/** How the finite elements lie between the smallest and the largest. */
export function histogramOf(tensor: Tensor, { min, max }: TensorNumbers): TensorHistogram {
  const counts = new Array<number>(PARTS).fill(0);
  if (min === null || max === null) return { counts };
  const elements = sampleOf(tensor);
  const scale = max > min ? PARTS / (max - min) : 0;
  for (const value of elements) {
    if (Number.isFinite(value)) counts[Math.max(0, Math.min(PARTS - 1, Math.floor((value - min) * scale)))]!++;
  }
  return { counts, ...(elements.length === tensor.numel ? {} : { sampled: elements.length }) };
}
