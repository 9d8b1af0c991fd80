/**
 * What a compiled function leaves behind: the value it returns and the gradients it sets, said in a way from which each run
 * makes them anew. Results carry no graph, neither from the run that was traced nor from later ones.
 */
import { Tensor } from "../tensor/tensor.ts";
import type { TensorStorage } from "../tensor/memory.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { withTensors } from "./signature.ts";
import type { LeafRecord, Tracer } from "./tracer.ts";
import type { Value } from "./traced.ts";

/** A window on some memory. */
export interface Window {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
  readonly dtype: DType;
}

/** One of the tensors in a returned value. */
export type Returned =
  | { readonly kind: "made"; readonly value: Value; readonly window: Window; readonly requiresGrad: boolean }
  /** One of the tensors given, as it is. */
  | { readonly kind: "given"; readonly position: number }
  /** A view of an argument: `offset` counts from the argument's first element. */
  | { readonly kind: "view"; readonly value: Value; readonly window: Window }
  | { readonly kind: "fixed"; readonly tensor: Tensor };

/** A leaf outside of the function: a captured tensor, or one of those given. */
export type LeafReference = Tensor | number;

/** What `grad` of a leaf is after a run. */
export interface LeftGradient {
  readonly leaf: LeafReference;
  readonly gradient: Returned | undefined;
}

/** What `grad` of a leaf must be before a run. */
export interface FoundGradient {
  readonly leaf: LeafReference;
  /** Undefined: none. */
  readonly window: Window | undefined;
}

/** Stands for a tensor in a returned value. */
class Place {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

export interface HandedOut {
  /** The returned value with places instead of tensors. */
  readonly pattern: unknown;
  readonly returned: readonly Returned[];
  readonly left: readonly LeftGradient[];
  readonly found: readonly FoundGradient[];
}

function windowOf(tensor: Tensor, start: number): Window {
  const { shape, strides, offset, dtype } = tensor;
  return { shape, strides, offset: offset - start, dtype };
}

/** A tensor on a window of a storage. */
export function tensorOn(storage: TensorStorage, { shape, strides, offset, dtype }: Window, start = 0): Tensor {
  return new Tensor(storage, shape, strides, offset + start, dtype);
}

function detached(tensor: Tensor): Tensor {
  return tensor.requiresGrad && !tensor.isLeaf ? tensor.detach() : tensor;
}

function describe(tensor: Tensor, tracer: Tracer, aliases: readonly Tensor[]): Returned {
  const position = aliases.indexOf(tensor);
  if (position >= 0) return { kind: "given", position };
  const value = tracer.valueOf(tensor.storage);
  const window = windowOf(tensor, tracer.startOf(value));
  if (value.origin === "argument") return { kind: "view", value, window };
  if (value.origin === "captured") return { kind: "fixed", tensor: detached(tensor) };
  return { kind: "made", value, window, requiresGrad: tensor.isLeaf && tensor.requiresGrad };
}

/**
 * Describes what a traced run leaves, and clears it of graphs.
 * @param given the tensors of the caller, and `aliases` those that the function saw in their place.
 * @returns the description, and the value for the caller of this run.
 */
export function describeHandedOut(
  value: unknown,
  tracer: Tracer,
  given: readonly Tensor[],
  aliases: readonly Tensor[],
): { handedOut: HandedOut; result: unknown } {
  const returned: Returned[] = [];
  const seen: Tensor[] = [];
  const results: Tensor[] = [];
  const placeOf = (tensor: Tensor): Place => {
    let index = seen.indexOf(tensor);
    if (index < 0) {
      index = seen.push(tensor) - 1;
      const description = describe(tensor, tracer, aliases);
      returned.push(description);
      results.push(forThisRun(description, tensor, given));
    }
    return new Place(index);
  };
  const pattern = withTensors(value, placeOf);
  const left: LeftGradient[] = [];
  const found: FoundGradient[] = [];
  for (const record of tracer.leaves.values()) {
    const position = aliases.indexOf(record.leaf);
    const leaf = position >= 0 ? position : record.leaf;
    if (record.found !== undefined) found.push({ leaf, window: foundWindow(record) });
    if (!record.written) continue;
    const now = record.leaf.collectedGradient as Tensor | null;
    left.push({ leaf, gradient: now === null ? undefined : describe(now, tracer, aliases) });
    const target = position >= 0 ? given[position]! : record.leaf;
    const same = now === null ? -1 : seen.indexOf(now);
    target.collectedGradient = now === null ? null : same >= 0 ? results[same]! : detached(now);
  }
  return { handedOut: { pattern, returned, left, found }, result: fillPlaces(pattern, results) };
}

function foundWindow({ found, foundAs }: LeafRecord): Window | undefined {
  return found === "none" ? undefined : windowOf(foundAs!, foundAs!.offset);
}

function forThisRun(description: Returned, tensor: Tensor, given: readonly Tensor[]): Tensor {
  if (description.kind === "given") return given[description.position]!;
  if (description.kind === "fixed") return description.tensor;
  return tensor.requiresGrad && !tensor.isLeaf ? tensor.detach() : tensor;
}

/** The returned value, with tensors in their places. */
export function fillPlaces(pattern: unknown, tensors: readonly Tensor[]): unknown {
  if (pattern instanceof Place) return tensors[pattern.index];
  if (Array.isArray(pattern)) return pattern.map((item) => fillPlaces(item, tensors));
  if (typeof pattern !== "object" || pattern === null || Object.getPrototypeOf(pattern) !== Object.prototype) return pattern;
  const filled: Record<string, unknown> = {};
  for (const key of Object.keys(pattern)) filled[key] = fillPlaces((pattern as Record<string, unknown>)[key], tensors);
  return filled;
}
