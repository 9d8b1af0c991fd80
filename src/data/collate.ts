/** Making one batch of several examples: tensors are stacked, and lists and objects of them part by part. */
import { tensor } from "../tensor/creation.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import { NablaError } from "../tensor/errors.ts";
import { stack } from "../tensor/methods/join.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What a batch of examples is when `collate` makes it. */
export type Collated<Example> = Example extends Tensor | TypedArray | number | boolean ? Tensor
  : Example extends string ? string[]
  : Example extends readonly unknown[] ? { -readonly [Index in keyof Example]: Collated<Example[Index]> }
  : Example extends object ? { -readonly [Key in keyof Example]: Collated<Example[Key]> }
  : never;

/**
 * One batch of examples: tensors and typed arrays are stacked along a new first dimension, numbers and booleans become a
 * tensor as `tensor([…])` makes it (so class labels are best given as int32 tensors), texts a list; lists and plain objects
 * are collated part by part.
 *
 * @throws NablaError when the examples are of different kinds, or of one that cannot be put together.
 */
export function collate<Example>(examples: readonly Example[]): Collated<Example> {
  if (examples.length === 0) throw new NablaError("collate: there are no examples to make a batch of");
  return collateAt(examples, "") as Collated<Example>;
}

function collateAt(examples: readonly unknown[], place: string): unknown {
  const first = examples[0];
  const all = (fits: (example: unknown) => boolean): boolean => examples.every(fits);
  if (all(isTensor)) return stack(examples as Tensor[]);
  if (all((example) => typeof example === "number") || all((example) => typeof example === "boolean")) return tensor(examples as number[]);
  if (all((example) => typeof example === "string")) return [...examples];
  if (all((example) => ArrayBuffer.isView(example))) return stack(examples.map((example) => tensor(example as TypedArray)));
  if (Array.isArray(first) && all((example) => Array.isArray(example) && example.length === first.length)) {
    return first.map((_, i) => collateAt(examples.map((example) => (example as unknown[])[i]), `${place}[${i}]`));
  }
  if (isPlain(first) && all((example) => isPlain(example) && Object.keys(first).every((key) => Object.hasOwn(example, key)))) {
    return Object.fromEntries(Object.keys(first).map((key) => [key, collateAt(examples.map((example) => (example as Record<string, unknown>)[key]), `${place}.${key}`)]));
  }
  const kinds = [...new Set(examples.map(kindOf))].join(", ");
  throw new NablaError(`collate: the examples${place === "" ? "" : `' ${place}`} cannot be put together (${kinds}); give the DataLoader a collate function of your own`);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isTensor(value)) return "a tensor";
  return value === null ? "null" : typeof value === "object" ? `an object with ${Object.keys(value).join(" and ") || "nothing"}` : typeof value;
}
