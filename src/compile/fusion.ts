/**
 * Which neighbouring calls run together: elementwise calls over one shape. On the CPU they run tile by tile
 * (native/program/tiles.h), on a card they are one kernel (native/cuda/fused), which may draw random numbers too, and end in a sum of what
 * it makes. What a call of a group makes and no other step reads then never reaches memory.
 *
 * Calls of a group are executed tile after tile instead of one after the other, so an element written by one of them must
 * not be read by another at a different place. That is seen from the operands; memory of arguments may overlap any other that
 * was there before, so it is not mixed with changes in place.
 */
import type { Device } from "../tensor/device.ts";
import { codeOf } from "../tensor/dtype.ts";
import { native } from "../tensor/native.ts";
import type { NamedRow } from "../tensor/ops.ts";
import { contiguousStrides, elementCount, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { CallStep, Operand, Step, Value } from "./traced.ts";
import { trailingReduction } from "./trailing-reductions.ts";

/** Rows without a kind of their own whose kernels treat every element by itself. */
const elementwiseOps = new Set(["where", "clamp", "copy", "fill"]);

/** True when each element of an op's result depends on the elements at the same place alone. */
export function isElementwise(row: NamedRow): boolean {
  return row.kind === "unary" || row.kind === "binary" || elementwiseOps.has(row.name);
}

/** Below this a group's operands stay in the caches between calls anyway. On a card each kernel saved counts. */
const fewestElements: Readonly<Record<Device, number>> = { cpu: 1 << 13, cuda: 1 };

/** What the parameters of one kernel of a card have room for, and its dividers reach to. */
const largestKernel = { windows: 32, calls: 16, elements: 2 ** 31 } as const;

/** One or several calls that run together. */
export interface Group {
  readonly steps: readonly Step[];
  /** True when they run together. */
  readonly tiled: boolean;
}

/** Cuts a list of steps into groups, in order. */
export function groupSteps(steps: readonly Step[], device: Device): Group[] {
  const groups: Group[] = [];
  let open: CallStep[] = [];
  const done = new Set<Step>();
  /** Ends the open group, behind which these steps come. */
  const close = (position: number): void => {
    if (device === "cuda" && open.length > 0) {
      const chain = open;
      const later = steps.slice(position).filter((step) => !done.has(step));
      const reduction = trailingReduction(chain, later, (step) => fitsKernel([...chain, step]));
      if (reduction !== undefined) {
        open.push(reduction);
        done.add(reduction);
      }
    }
    if (open.length > 1) groups.push({ steps: open, tiled: true });
    else if (open.length === 1) groups.push({ steps: open, tiled: false });
    open = [];
  };
  steps.forEach((step, position) => {
    if (done.has(step)) return;
    if (step.kind !== "call" || !canRunWithOthers(step, device)) {
      close(position);
      // It may be the end of the chain that it has closed.
      if (done.has(step)) return;
      groups.push({ steps: [step], tiled: false });
      return;
    }
    if (!canJoin(open, step) || (device === "cuda" && !fitsKernel([...open, step]))) close(position);
    open.push(step);
  });
  close(steps.length);
  return groups;
}

function canRunWithOthers(step: CallStep, device: Device): boolean {
  const output = step.outputs[0]!;
  return (
    (device === "cpu" ? step.elementwise : canBeInKernel(step)) &&
    step.outputs.length === 1 &&
    elementCount(output.shape) >= fewestElements[device] &&
    sameShape(output.strides, contiguousStrides(output.shape))
  );
}

const inKernel = new Map<string, boolean>();

/** Whether a kernel of a card may hold a call, by op and types: those it may are elementwise, with attributes too, or draw. */
export function canBeInKernel({ op, inputs, outputs }: CallStep): boolean {
  const output = outputs[0]!;
  const first = (inputs[0] ?? output).dtype;
  const key = `${op} ${first} ${output.dtype}`;
  let can = inKernel.get(key);
  if (can === undefined) {
    can = native.canFuse(native.ops.indexOf(op), codeOf(first), codeOf(output.dtype));
    inKernel.set(key, can);
  }
  return can && elementCount(output.shape) < largestKernel.elements;
}

function fitsKernel(steps: readonly CallStep[]): boolean {
  const windows = steps.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).filter(({ value }) => value !== undefined);
  const names = new Set(windows.map(({ value, offset, dtype, shape, strides }) => `${value!.origin}${value!.index} ${offset} ${dtype} ${shape} ${strides}`));
  return steps.length <= largestKernel.calls && names.size <= largestKernel.windows;
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
