/**
 * Values that are one number everywhere, as the gradient with which `backward()` begins, and what is computed from them alone: calls that
 * can take a plain number get the number, so that a card starts no kernel for it and nothing waits for one.
 */
import { byteSize } from "../tensor/dtype.ts";
import type { DType } from "../tensor/dtype.ts";
import { elementCount, sameShape, contiguousStrides } from "../tensor/shape.ts";
import { canBeInKernel } from "./fusion.ts";
import { outputsOf, valuesOf } from "./traced.ts";
import type { CallStep, Operand, Step, Value } from "./traced.ts";

/** Which inputs may be plain numbers on a card, of ops of which not all may. */
const numberInputs: Readonly<Record<string, readonly number[]>> = { crossEntropyBackward: [2], mseLossBackward: [2] };

/** What is rounded once, from exact numbers: the bits are those of any device. */
const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  copy: (a) => a,
  neg: (a) => -a,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

/** A number as an element of a floating type; undefined for other types. */
function rounded(number: number, dtype: DType): number | undefined {
  return dtype === "float32" ? Math.fround(number) : dtype === "float64" ? number : undefined;
}

/** Puts numbers in the place of values that are one number everywhere. What nobody needs after that is left to be dropped. */
export function withNumbers(steps: readonly Step[]): Step[] {
  const writes = new Map<Value, number>();
  for (const step of steps) {
    for (const value of valuesOf(outputsOf(step))) writes.set(value, (writes.get(value) ?? 0) + 1);
  }
  const numbers = new Map<Value, number>();
  const numberOf = ({ value, offset, dtype }: Operand): number | undefined => (value === undefined ? rounded(offset, dtype) : numbers.get(value));
  return steps.map((step) => {
    if (step.kind !== "call") return step;
    const made = madeNumber(step, numberOf);
    if (made === undefined) return withInputs(step, numberOf);
    const output = step.outputs[0]!;
    if (writes.get(output.value!) === 1) numbers.set(output.value!, made);
    // Where it is needed in memory it waits for nothing.
    return { ...step, op: "fill", inputs: [], attributes: [made], elementwise: true };
  });
}

/** The number that a call writes all over a new value; undefined where there is none. */
function madeNumber({ op, inputs, outputs, attributes, changing }: CallStep, numberOf: (operand: Operand) => number | undefined): number | undefined {
  const [output] = outputs;
  if (outputs.length !== 1 || changing.length > 0 || output!.value?.origin !== "made") return undefined;
  const { dtype, shape, strides } = output!;
  if (elementCount(shape) * byteSize(dtype) !== output!.value.bytes || !sameShape(strides, contiguousStrides(shape))) return undefined;
  if (op === "fill") return rounded(attributes[0]!, dtype);
  const compute = arithmetic[op];
  if (compute === undefined || attributes.length > 0) return undefined;
  const known = inputs.map(numberOf);
  if (known.includes(undefined)) return undefined;
  return rounded(compute(known[0]!, known[1]!), dtype);
}

function withInputs(step: CallStep, numberOf: (operand: Operand) => number | undefined): CallStep {
  const all = canBeInKernel(step);
  const inputs = step.inputs.map((input, i): Operand => {
    const number = all || numberInputs[step.op]?.includes(i) === true ? numberOf(input) : undefined;
    return number === undefined || input.value === undefined ? input : { ...input, value: undefined, offset: number, strides: input.shape.map(() => 0) };
  });
  // A kernel for elements finds its type and its sizes by one that lies in memory.
  return all && inputs.every(({ value }) => value === undefined) ? step : { ...step, inputs };
}
