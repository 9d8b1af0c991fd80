/**
 * Discrete Fourier transforms in the reference: by their definition, a sum for each number.
 */
import { build, get } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

/** The definition: a sum of n products for each of `length` results, along the last dimension. */
export function transform(re: ReferenceArray, im: ReferenceArray | undefined, sign: number, length: number): [ReferenceArray, ReferenceArray] {
  const n = re.shape.at(-1)!;
  const sum = (index: readonly number[], part: "re" | "im"): number => {
    let total = 0;
    for (let j = 0; j < n; j++) {
      const at = [...index.slice(0, -1), j];
      const angle = (sign * 2 * Math.PI * ((j * index.at(-1)!) % n)) / n;
      const [x, y] = [get(re, at), im === undefined ? 0 : get(im, at)];
      total += part === "re" ? x * Math.cos(angle) - y * Math.sin(angle) : x * Math.sin(angle) + y * Math.cos(angle);
    }
    return sign > 0 ? total / n : total;
  };
  const shape = [...re.shape.slice(0, -1), length];
  return [build(shape, (index) => sum(index, "re")), build(shape, (index) => sum(index, "im"))];
}

/** The real numbers of which `re` and `im` are the first half of the transform: the other half is its mirror. */
export function inverseOfHalf(re: ReferenceArray, im: ReferenceArray, n: number): ReferenceArray {
  const whole = (part: ReferenceArray, sign: number): ReferenceArray =>
    build([...part.shape.slice(0, -1), n], (index) => {
      const k = index.at(-1)!;
      const mirrored = 2 * k > n;
      const own = sign < 0 && (k === 0 || 2 * k === n) ? 0 : get(part, [...index.slice(0, -1), mirrored ? n - k : k]);
      return mirrored ? sign * own : own;
    });
  return transform(whole(re, 1), whole(im, -1), 1, n)[0];
}
