/**
 * Which sum or mean ends a card's kernel: one over what a chain of elementwise calls has made, along its last dimensions, its first ones or
 * all, so that the kernel adds up what it makes (native/cuda/fused/reduction.h). It need not stand right behind the chain: where nothing
 * between the two has a part in it, it is done sooner.
 */
import { contiguousStrides, elementCount, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { inputsOf, outputsOf, valuesOf } from "./traced.ts";
import type { CallStep, Operand, Step, Value } from "./traced.ts";

const reductions = new Set(["sum", "mean"]);

/** Beyond this a block would make so many elements one after the other that a chain of its own, spread over the card, is quicker. */
const mostElements = 1 << 12;

/**
 * Sums over first dimensions read and write with gaps as wide as a row, which caches make up for where all of it is small: gradients of a
 * layer's bias.
 */
const mostWithGaps = 1 << 16;

/**
 * The reduction that the kernel of a chain may end in.
 * @param chain calls that one kernel does, over one shape.
 * @param later the steps behind the chain, in order.
 * @param fits whether the kernel has room for one more call.
 * @returns the reduction, which may be done right behind the chain; undefined where there is none.
 */
export function trailingReduction(chain: readonly CallStep[], later: Iterable<Step>, fits: (step: CallStep) => boolean): CallStep | undefined {
  const made = new Map(chain.map(({ outputs }) => [outputs[0]!.value!, outputs[0]!]));
  const written = new Set<Value>();
  const touched = new Set<Value>(chain.flatMap((step) => valuesOf([...inputsOf(step), ...outputsOf(step)])));
  for (const step of later) {
    if (step.kind === "call" && reductions.has(step.op) && reduces(step, made)) {
      if (!written.has(step.inputs[0]!.value!) && !touched.has(step.outputs[0]!.value!) && fits(step)) return step;
    }
    for (const value of valuesOf(outputsOf(step))) written.add(value);
    for (const value of valuesOf([...inputsOf(step), ...outputsOf(step)])) touched.add(value);
  }
  return undefined;
}

/** Whether a reduction goes over what a chain has made, in a way that its kernel can. */
function reduces({ inputs, outputs, attributes }: CallStep, made: ReadonlyMap<Value, Operand>): boolean {
  const [input] = inputs;
  const [output] = outputs;
  if (input?.value === undefined || output?.value === undefined) return false;
  const from = made.get(input.value);
  // Memory from outside may overlap any other.
  if (from === undefined || input.value.origin !== "made" || output.value.origin !== "made") return false;
  const { shape, offset, strides, dtype } = from;
  if (dtype !== "float32" || input.dtype !== dtype || output.dtype !== dtype) return false;
  if (input.offset !== offset || !sameShape(input.shape, shape) || !sameShape(input.strides, strides)) return false;
  if (!sameShape(output.strides, contiguousStrides(output.shape))) return false;
  const { elements, first, apart } = along(shape, attributes);
  return elements <= mostElements && !apart && (!first || elementCount(shape) <= mostWithGaps);
}

/** What a reduction with these attributes goes over: how many elements, whether first dimensions, and whether others lie between them. */
function along(shape: Shape, attributes: readonly number[]): { elements: number; first: boolean; apart: boolean } {
  const listed = attributes.slice(1, 1 + attributes[0]!);
  const reduced = shape.map((_, d) => listed.length === 0 || listed.includes(d));
  const walked = reduced.filter((_, d) => shape[d] !== 1);
  const changes = walked.filter((each, i) => i > 0 && each !== walked[i - 1]).length;
  const elements = shape.reduce((count, size, d) => (reduced[d]! ? count * size : count), 1);
  return { elements, first: changes > 0 && walked[0]!, apart: changes > 1 };
}
