/**
 * A planned program as the words that native/program/build.cpp reads.
 */
import { byteSize, codeOf } from "../tensor/dtype.ts";
import { positionsCheckNumber } from "../tensor/positions.ts";
import type { Shape } from "../tensor/shape.ts";
import { stridesAlong } from "./fusion.ts";
import type { Plan } from "./plan.ts";
import { inputsOf, outputsOf } from "./traced.ts";
import type { CallStep, Operand } from "./traced.ts";
import { codeOfOp } from "./tracer.ts";

const Slot = { captured: 0, argument: 1, result: 2, immediate: 3, buffer: 4 } as const;
const StepWord = { call: 0, check: 1, tiles: 2 } as const;

/** What a program is given beside its plan. */
export interface Slots {
  readonly arguments: number;
  readonly numbers: number;
  /** Handles of the captured storages; the arena's comes behind them. */
  readonly captured: readonly number[];
}

/** Writes a program. The last captured storage is the arena. */
export function encode(plan: Plan, slots: Slots): Float64Array {
  const words: number[] = [slots.arguments, slots.numbers, slots.captured.length, ...slots.captured];
  words.push(plan.resultBytes.length, ...plan.resultBytes);
  const alone = plan.groups.filter(({ tiled }) => !tiled).flatMap(({ steps }) => steps);
  const calls = alone.filter(({ kind }) => kind === "call").length;
  words.push(calls, alone.length - calls, plan.groups.length - alone.length, plan.groups.length);
  const arena = slots.captured.length - 1;
  plan.groups.forEach(({ steps, tiled }, i) => {
    if (tiled) {
      writeGroup(words, plan, arena, steps as readonly CallStep[], plan.bufferCounts[i]!);
      return;
    }
    const step = steps[0]!;
    if (step.kind === "check") {
      words.push(StepWord.check, positionsCheckNumber(step.op, step.what), step.size);
      writeOperand(words, plan, arena, step.positions);
    } else {
      words.push(StepWord.call);
      writeCall(words, step, (operand) => writeOperand(words, plan, arena, operand));
    }
  });
  return Float64Array.from(words);
}

function writeCall(words: number[], step: CallStep, writeEach: (operand: Operand) => void): void {
  words.push(codeOfOp(step.op), step.inputs.length, step.outputs.length, step.attributes.length, step.precision);
  for (const operand of [...step.inputs, ...step.outputs]) writeEach(operand);
  words.push(...step.attributes, step.changing.length);
  for (const { attribute, number } of step.changing) words.push(attribute, number);
}

/** Where an operand lies: slot kind, slot, type, offset in elements. */
function writeSlot(words: number[], plan: Plan, arena: number, operand: Operand): void {
  const { value, dtype, offset } = operand;
  const type = codeOf(dtype);
  if (value === undefined) {
    words.push(Slot.immediate, 0, type, offset);
    return;
  }
  if (value.origin !== "made") {
    words.push(value.origin === "argument" ? Slot.argument : Slot.captured, value.index, type, offset);
    return;
  }
  const place = plan.places.get(value)!;
  if (place.kind === "arena") words.push(Slot.captured, arena, type, offset + place.byte / byteSize(dtype));
  else words.push(place.kind === "result" ? Slot.result : Slot.buffer, place.index, type, offset);
}

function writeOperand(words: number[], plan: Plan, arena: number, operand: Operand): void {
  writeSlot(words, plan, arena, operand);
  words.push(operand.shape.length, ...operand.shape, ...operand.strides);
}

/** Dimensions that every operand walks as if they were one, merged: the fewer there are, the longer the tiles' rows. */
function mergedDimensions(shape: Shape, strides: readonly (readonly number[])[]): { sizes: number[]; starts: number[] } {
  const sizes: number[] = [];
  const starts: number[] = [];
  shape.forEach((size, d) => {
    if (size === 1) return;
    const before = starts.at(-1);
    if (before !== undefined && strides.every((own) => own[before] === own[d]! * size)) {
      sizes[sizes.length - 1]! *= size;
      starts[starts.length - 1] = d;
    } else {
      sizes.push(size);
      starts.push(d);
    }
  });
  return { sizes, starts };
}

function writeGroup(words: number[], plan: Plan, arena: number, steps: readonly CallStep[], buffers: number): void {
  const { shape } = steps[0]!.outputs[0]!;
  const operands = steps.flatMap((step) => [...inputsOf(step), ...outputsOf(step)]);
  const { sizes, starts } = mergedDimensions(shape, operands.map((operand) => stridesAlong(operand, shape)));
  // A single element has no dimension to walk along, and a group needs one.
  const single = sizes.length === 0;
  words.push(StepWord.tiles, single ? 1 : sizes.length, ...(single ? [1] : sizes), buffers, steps.length);
  for (const step of steps) {
    writeCall(words, step, (operand) => {
      const along = stridesAlong(operand, shape);
      writeSlot(words, plan, arena, operand);
      words.push(...(single ? [0] : starts.map((d) => along[d]!)));
    });
  }
}
