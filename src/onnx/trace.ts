/**
 * What a model does with an example, as a list of steps between values: calls of rows of the op table, views, tensors put
 * together from parts, and layers that ONNX knows as one operator.
 */
import type { DType } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AnyModule } from "../nn/module/module.ts";
import type { Size } from "./size.ts";

/** Where a value comes from. */
export type Origin =
  | { readonly from: "input"; readonly index: number }
  | { readonly from: "parameter"; readonly name: string }
  | { readonly from: "constant" }
  | { readonly from: "step" };

export interface TracedValue<N> {
  origin: Origin;
  readonly shape: readonly N[];
  readonly dtype: DType;
  readonly tensor: Tensor;
}

/** A value by its number, or a plain number with the type it takes. */
export type Operand = { readonly value: number } | { readonly number: number; readonly dtype: DType };

/** Where a step was taken: the path of the layer. */
interface Placed {
  readonly path: string;
}

export interface CallStep<N> extends Placed {
  readonly kind: "call";
  readonly op: string;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly number[];
  readonly attributes: readonly N[];
}

export interface ViewStep<N> extends Placed {
  readonly kind: "view";
  readonly rule: string;
  readonly input: number;
  readonly output: number;
  /** What the view's derivative is told. */
  readonly details: Readonly<Record<string, N>> | readonly N[] | undefined;
}

/** A part of a tensor that was put together: where it begins in each dimension, and how far it goes. */
export interface Part<N> {
  readonly source: number;
  readonly start: readonly N[];
  readonly extent: readonly N[];
}

export interface AssembleStep<N> extends Placed {
  readonly kind: "assemble";
  /** What is between the parts. */
  readonly value: number;
  readonly parts: readonly Part<N>[];
  readonly output: number;
}

export interface LayerStep extends Placed {
  readonly kind: "layer";
  readonly layer: AnyModule;
  readonly input: number;
  readonly output: number;
}

export type Step<N> = CallStep<N> | ViewStep<N> | AssembleStep<N> | LayerStep;

/** A trace; `N` is what its numbers are. */
export interface Trace<N = Size> {
  readonly values: readonly TracedValue<N>[];
  readonly steps: readonly Step<N>[];
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
}
