/**
 * The reference: every op once more in plain TypeScript, as short and obvious as it can be, on nested loops over double
 * precision numbers. It is the oracle for kernels on every device, never used by the library.
 */

/** A dense array in row-major order. */
export interface ReferenceArray {
  shape: readonly number[];
  values: number[];
}

/** Number of elements. */
export const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Every index of a shape, in row-major order. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  for (let position = 0; position < count(shape); position++) {
    const index: number[] = [];
    let rest = position;
    for (let d = shape.length - 1; d >= 0; d--) {
      index.unshift(rest % shape[d]!);
      rest = Math.floor(rest / shape[d]!);
    }
    yield index;
  }
}

/** The element at an index; a dimension of size 1 answers for every position, and missing ones are ignored. */
export function get(array: ReferenceArray, index: readonly number[]): number {
  const own = index.slice(index.length - array.shape.length);
  let position = 0;
  array.shape.forEach((size, d) => {
    position = position * size + (size === 1 ? 0 : own[d]!);
  });
  return array.values[position]!;
}

/** An array of a shape, each element computed from its index. */
export function build(shape: readonly number[], element: (index: number[]) => number): ReferenceArray {
  return { shape, values: [...indices(shape)].map(element) };
}

/** The shape two broadcast to. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], d: number): number => shape[shape.length - rank + d] ?? 1;
  return Array.from({ length: rank }, (_, d) => (at(a, d) === 1 ? at(b, d) : at(a, d)));
}
