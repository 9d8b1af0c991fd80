/**
 * What a row of the table of ops says. From the rows come the C++ enum, the types of the methods with their documentation,
 * the page of ops and the gradient tests (`npm run generate`); adding an op is a row here, a line in the reference, a CPU
 * kernel and a CUDA kernel, and a test says which is missing.
 *
 * Rows are data: they import no tensor, and their derivatives are written with the methods of the gradient they receive, so
 * that a derivative can itself be differentiated. The idea of one table with many uses is PyTorch's derivatives.yaml.
 */
import type { DType } from "../dtype.ts";
import type { Derivative, JointDerivative } from "../graph.ts";
import type { Shape } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** How test inputs of a gradient check look. */
export interface GradientExample {
  /** Shapes of the tensors, in order. */
  shapes: readonly Shape[];
  /** The arguments that follow the tensors. */
  arguments?: readonly unknown[];
  /** Values are drawn from this interval; `[-2, 2]` when not given. */
  interval?: readonly [number, number];
}

interface RowBase {
  /** One sentence of documentation. */
  readonly summary: string;
  readonly derivative?: readonly (Derivative | undefined)[];
  /** In place of `derivative`: the gradients of all inputs at once. */
  readonly jointDerivative?: JointDerivative;
  readonly saves?: "inputs" | "output" | "both";
  readonly examples?: readonly GradientExample[];
  /** Called by the library alone: no method is generated. */
  readonly internal?: boolean;
}

/** One tensor in, a tensor of the same shape out. */
export interface UnaryRow extends RowBase {
  readonly kind: "unary";
  /** `float`: integers become the default floating type first. `same`: the type stays. `bool`: the result is boolean. */
  readonly result: "float" | "same" | "bool";
}

/** Two operands, at most one of them a plain number, broadcast against each other. */
export interface BinaryRow extends RowBase {
  readonly kind: "binary";
  /** `promoted`: the wider type of the two. `float`: at least the default floating type. `bool`: boolean. */
  readonly result: "promoted" | "float" | "bool";
}

/** Some dimensions folded into one value each. */
export interface ReductionRow extends RowBase {
  readonly kind: "reduction";
  /**
   * `sum`: small integers become int32. `float`: needs a floating type. `same`: the type stays. `bool`: boolean.
   * `index`: int32 positions, over one dimension or all.
   */
  readonly result: "sum" | "float" | "same" | "bool" | "index";
}

/** Anything else: the row plans the call itself. */
export interface GeneralRow extends RowBase {
  readonly kind: "general";
  /** The parameters after the tensor itself, as TypeScript writes them. */
  readonly parameters: string;
  /** Checks the arguments and says what to run. */
  readonly plan: (...operands: never) => CallPlan;
}

/**
 * Several results of one call. No method is generated: what a user calls is written by hand (methods/), names the results,
 * and runs the row through `callMultiple`. A derivative is a `jointDerivative`.
 */
export interface MultipleRow extends RowBase {
  readonly kind: "multiple";
  /** Checks the arguments and says what to run. */
  readonly plan: (...operands: never) => MultiplePlan;
}

/** Called by the library with a plan made at the spot: creation, random numbers, updates in place. */
export interface PrimitiveRow extends RowBase {
  readonly kind: "primitive";
}

export type OpRow = UnaryRow | BinaryRow | ReductionRow | GeneralRow | MultipleRow | PrimitiveRow;

/** What one call reads and makes. */
export interface CallPlan {
  /** A plain number takes the result's type and shape. */
  inputs: readonly TensorLike[];
  /** Shapes to which inputs are stretched, where they differ from their own. */
  stretch?: readonly (Shape | undefined)[];
  shape: Shape;
  dtype: DType;
  /** Numbers for the kernel; native/cpu/README.md lists their meaning. */
  attributes?: readonly number[];
  /** What the derivatives need beside tensors. */
  details?: unknown;
  /** A tensor among whose elements are all those of the result: what is known of them holds for it too. */
  among?: Tensor | undefined;
}

/** One result of a call that has several. */
export interface PlannedOutput {
  shape: Shape;
  dtype: DType;
  /** Only the derivative reads it: it has no gradient of its own. */
  auxiliary?: boolean;
  /** Nobody but the derivative ever sees it: its memory is freed with the call's record, not left to the collector. */
  unseen?: boolean;
}

/** What a call with several results reads and makes. Plain numbers among the inputs take the first input's type. */
export interface MultiplePlan extends Omit<CallPlan, "shape" | "dtype" | "among"> {
  outputs: readonly PlannedOutput[];
}

/** What a reduction's derivative is told of its call. */
export interface ReductionDetails {
  /** The reduced dimensions, in increasing order. */
  dims: readonly number[];
  /** The result's shape with each reduced dimension as size 1. */
  kept: Shape;
}

export function unary(row: Omit<UnaryRow, "kind">): UnaryRow {
  return { kind: "unary", ...row };
}

export function binary(row: Omit<BinaryRow, "kind">): BinaryRow {
  return { kind: "binary", ...row };
}

export function reduction(row: Omit<ReductionRow, "kind">): ReductionRow {
  return { kind: "reduction", ...row };
}

export function general<Operands extends unknown[]>(
  row: Omit<GeneralRow, "kind" | "plan"> & { plan: (...operands: Operands) => CallPlan },
): GeneralRow & { readonly plan: (...operands: Operands) => CallPlan } {
  return { kind: "general", ...row };
}

export function multiple<Operands extends unknown[]>(
  row: Omit<MultipleRow, "kind" | "plan"> & { plan: (...operands: Operands) => MultiplePlan },
): MultipleRow & { readonly plan: (...operands: Operands) => MultiplePlan } {
  return { kind: "multiple", ...row };
}

export function primitive(row: Omit<PrimitiveRow, "kind">): PrimitiveRow {
  return { kind: "primitive", ...row };
}
