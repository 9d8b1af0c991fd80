/**
 * The reference of products: sums over nested loops.
 */
import { build, get } from "./array.ts";
import type { ReferenceArray } from "./array.ts";
import { general } from "./ops.ts";

const reshaped = (a: ReferenceArray, shape: readonly number[]): ReferenceArray => ({ shape, values: a.values });

/** matmul with PyTorch's rules for vectors. */
export function matmul(a: ReferenceArray, b: ReferenceArray): ReferenceArray {
  const left = a.shape.length === 1 ? reshaped(a, [1, a.shape[0]!]) : a;
  const right = b.shape.length === 1 ? reshaped(b, [b.shape[0]!, 1]) : b;
  const product = general.matmul(left, right);
  const rank = product.shape.length;
  const isDropped = (d: number): boolean => (a.shape.length === 1 && d === rank - 2) || (b.shape.length === 1 && d === rank - 1);
  return reshaped(product, product.shape.filter((_, d) => !isDropped(d)));
}

/** x weight^T + bias. */
export function linear(x: ReferenceArray, weight: ReferenceArray, bias?: ReferenceArray): ReferenceArray {
  const [outputs, features] = weight.shape as [number, number];
  return build([...x.shape.slice(0, -1), outputs], (index) => {
    const output = index.at(-1)!;
    let sum = bias === undefined ? 0 : bias.values[output]!;
    for (let k = 0; k < features; k++) sum += get(x, [...index.slice(0, -1), k]) * get(weight, [output, k]);
    return sum;
  });
}
