/**
 * What a trace is made of: values (memory that calls read and write), and the steps of the program in the order in which
 * they were asked for. Views have no place here: an operand says how it looks at its value's memory.
 */
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";

/** Memory: an argument's, a captured tensor's, or made by one of the calls. */
export interface Value {
  readonly origin: "argument" | "captured" | "made";
  /** Position among the values of the same origin. */
  readonly index: number;
  /** How much of it there is; known of made values alone. */
  readonly bytes: number;
  /** The op that made it, for messages. */
  readonly madeBy: string;
}

/** A window on a value, or a plain number. */
export interface Operand {
  /** Undefined for a plain number, which then is `offset`. */
  readonly value: Value | undefined;
  readonly dtype: DType;
  /** Position of the first element, counted from the value's first one (of an argument: from that of the tensor given). */
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: Shape;
}

/** A call of an op of the table. */
export interface CallStep {
  readonly kind: "call";
  readonly op: string;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
  readonly attributes: readonly number[];
  /** How exact products of float32 had to be (matmul-precision.ts). */
  readonly precision: number;
  /** Attributes that are read anew in each run. */
  readonly changing: readonly { attribute: number; number: number }[];
  /** True for numbers of JavaScript on their way into a value. */
  readonly constant?: true;
  /** True when the table says that each element of the result comes from the elements at the same place. */
  readonly elementwise: boolean;
}

/** Positions compared with a range before they are used. */
export interface CheckStep {
  readonly kind: "check";
  readonly op: string;
  readonly what: string;
  readonly positions: Operand;
  readonly size: number;
}

export type Step = CallStep | CheckStep;

/** Something done outside of calls in each run: numbers for the program, or an action alone. */
export interface HostAction {
  readonly again: () => readonly number[] | void;
  /** Where its numbers go among those of the program. */
  readonly first: number;
  readonly count: number;
}

/** Values an operand list touches. */
export function valuesOf(operands: readonly Operand[]): Value[] {
  return operands.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

export function inputsOf(step: Step): readonly Operand[] {
  return step.kind === "call" ? step.inputs : [step.positions];
}

export function outputsOf(step: Step): readonly Operand[] {
  return step.kind === "call" ? step.outputs : [];
}
