/**
 * What the back-propagation stepper needs: the graph of a computation with its values and gradients, the numbers behind each
 * gradient, and the order in which they come about. Everything is JSON and complete: a page steps through it without a kernel.
 */
import type { Point } from "./network.ts";

/** A number as JSON can hold it. */
export type StateNumber = number | "NaN" | "Infinity" | "-Infinity";

/** A tensor of the computation. `values` are all its elements in row-major order; undefined where they are not known. */
export interface StepperTensor {
  readonly shape: readonly number[];
  readonly values?: readonly StateNumber[];
}

/** Why the values of a tensor are not there. */
export type Missing = "not-kept" | "too-large";

/** One result of a call, or a tensor that the computation began with. */
export interface StepperValue extends StepperTensor {
  readonly dtype: string;
  /** The name of the learner's variable, or one made up (`v1`, `v2`, …). */
  readonly name: string;
  readonly named: boolean;
  readonly missing?: Missing;
  /** The whole gradient of the result by this; undefined where none arrives. */
  readonly gradient?: readonly StateNumber[];
  /** Corner of the value's matrix in the box. */
  readonly y: number;
}

export interface StepperBox {
  readonly id: number;
  /** `parameter`: a leaf that collects a gradient. `constant`: what needs none. `call`: made by an operation. */
  readonly kind: "parameter" | "constant" | "call";
  /** The operation's name. */
  readonly operation?: string;
  /** The call as text: `x @ w`. */
  readonly expression?: string;
  readonly values: readonly StepperValue[];
  /** What a call was called with: the id of the arrow that leads from it, or a plain number. */
  readonly operands: readonly ({ readonly arrow: number } | { readonly number?: number })[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The derivatives of a call's results by one of its inputs, without the zeros: element `i` of the input meets the entries
 * `starts[i]` … `starts[i + 1] - 1`, each with the position of an element of the results (those of all results one after the
 * other, in the order of the box) and the derivative of that by this.
 */
export interface LocalDerivatives {
  readonly starts: readonly number[];
  readonly of: readonly number[];
  readonly values: readonly StateNumber[];
}

/** An operand of a call. */
export interface StepperArrow {
  readonly id: number;
  /** The box of the operand, and which of its values it is. */
  readonly from: number;
  readonly output: number;
  /** The box of the call, and which of its operands this is. */
  readonly to: number;
  readonly position: number;
  readonly points: readonly Point[];
  /** The local derivative as a formula, or the whole contribution as a product of matrices; undefined where there is none in the table. */
  readonly rule?: string;
  readonly isProduct?: boolean;
  /** What comes back along the arrow, shaped as the operand; undefined where no gradient does. */
  readonly contribution?: readonly StateNumber[];
  /** Undefined where the numbers would be too many. */
  readonly local?: LocalDerivatives;
}

/** One step of the tour. */
export type StepperStep =
  | { readonly kind: "forward"; readonly box: number }
  /** The gradient of the result by itself. */
  | { readonly kind: "seed"; readonly box: number }
  /** A gradient arrives along an arrow; `sum` is what has arrived at the operand so far, this included. */
  | { readonly kind: "backward"; readonly arrow: number; readonly sum?: readonly StateNumber[]; readonly arrivals: number };

/** Sizes inside of a box, in pixels: the height of its header, the width of the column of labels, and of the matrices' cells. */
export interface StepperGeometry {
  readonly header: number;
  readonly plainHeader: number;
  readonly label: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Between a value's matrix and its gradient's. */
  readonly gap: number;
  /** Larger matrices are cut off in the box. */
  readonly mostRows: number;
  readonly mostColumns: number;
  readonly padding: number;
}

export interface StepperState {
  readonly width: number;
  readonly height: number;
  /** Which way the values go. */
  readonly direction: "right" | "down";
  readonly geometry: StepperGeometry;
  readonly boxes: readonly StepperBox[];
  readonly arrows: readonly StepperArrow[];
  readonly steps: readonly StepperStep[];
  /** The name of what is differentiated. */
  readonly result: string;
}
