/**
 * Which neighbouring calls run together, tile by tile (native/program/tiles.h): elementwise calls over one shape. What a
 * call of a group makes and no other step reads then never reaches memory.
 *
 * Calls of a group are executed tile after tile instead of one after the other, so an element written by one of them must
 * not be read by another at a different place. That is seen from the operands; memory of arguments may overlap any other that
 * was there before, so it is not mixed with changes in place.
 */
import type { NamedRow } from "../tensor/ops.ts";
import { contiguousStrides, elementCount, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { CallStep, Operand, Step, Value } from "./traced.ts";

/** Rows without a kind of their own whose kernels treat every element by itself. */
const elementwiseOps = new Set(["where", "clamp", "copy", "fill"]);

/** True when each element of an op's result depends on the elements at the same place alone. */
export function isElementwise(row: NamedRow): boolean {
  return row.kind === "unary" || row.kind === "binary" || elementwiseOps.has(row.name);
}

/** Below this a group's operands stay in the caches between calls anyway. */
const fewestElements = 1 << 13;

/** One or several calls that run together. */
export interface Group {
  readonly steps: readonly Step[];
  /** True when they run tile by tile. */
  readonly tiled: boolean;
}

/** Cuts a list of steps into groups, in order. */
export function groupSteps(steps: readonly Step[]): Group[] {
  const groups: Group[] = [];
  let open: CallStep[] = [];
  const close = (): void => {
    if (open.length > 1) groups.push({ steps: open, tiled: true });
    else if (open.length === 1) groups.push({ steps: open, tiled: false });
    open = [];
  };
  for (const step of steps) {
    if (step.kind !== "call" || !canBeTiled(step)) {
      close();
      groups.push({ steps: [step], tiled: false });
      continue;
    }
    if (!canJoin(open, step)) close();
    open.push(step);
  }
  close();
  return groups;
}

function canBeTiled(step: CallStep): boolean {
  const output = step.outputs[0]!;
  return (
    step.elementwise &&
    step.outputs.length === 1 &&
    elementCount(output.shape) >= fewestElements &&
    sameShape(output.strides, contiguousStrides(output.shape))
  );
}

/** The strides of an operand along the dimensions of a group's shape. */
export function stridesAlong(operand: Operand, shape: Shape): number[] {
  const missing = shape.length - operand.shape.length;
  return shape.map((_, d) => (d < missing || operand.shape[d - missing] === 1 ? 0 : operand.strides[d - missing]!));
}

function sameWindow(a: Operand, b: Operand, shape: Shape): boolean {
  return a.offset === b.offset && a.dtype === b.dtype && sameShape(stridesAlong(a, shape), stridesAlong(b, shape));
}

function canJoin(group: readonly CallStep[], step: CallStep): boolean {
  const first = group[0];
  if (first === undefined) return true;
  const { shape } = first.outputs[0]!;
  if (!sameShape(shape, step.outputs[0]!.shape)) return false;
  const all = [...group, step].flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  const written = [...group, step].map(({ outputs }) => outputs[0]!);
  for (const target of written) {
    for (const other of all) {
      if (other.value === undefined) continue;
      if (other.value === target.value ? !sameWindow(other, target, shape) : mayOverlap(other.value, target.value!)) return false;
    }
  }
  return true;
}

/** True for different values that may turn out to be the same memory: an argument, and anything else that was there before. */
export function mayOverlap(a: Value, b: Value): boolean {
  if (a.origin === "made" || b.origin === "made") return false;
  return a.origin === "argument" || b.origin === "argument";
}
