/**
 * The random calls of all ops, and the ops that are not called at random.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { OpName } from "../../../src/tensor/ops.ts";
import { observeRows } from "../checks/observed.ts";
import { checkCall } from "./call.ts";
import type { CallTable } from "./call.ts";
import { formulaCalls } from "./formulas.ts";
import { kinds } from "./kinds.ts";
import { lineCalls } from "./lines.ts";
import { matrixCalls } from "./matrices.ts";
import { placeCalls } from "./places.ts";
import { sequenceCalls } from "./sequences.ts";
import { windowCalls } from "./windows.ts";

export const everyCall: CallTable = {
  ...kinds,
  ...formulaCalls,
  ...lineCalls,
  ...placeCalls,
  ...matrixCalls,
  ...windowCalls,
  ...sequenceCalls,
};

const stream = "what it draws is a stream of numbers, held against published vectors and moments";

/** Why an op has no random calls. */
export const notDrawn: Partial<Record<OpName, string>> = {
  uniform: stream,
  normal: stream,
  randint: stream,
  bernoulli: stream,
  multinomial: stream,
  truncatedNormal: stream,
  randperm: stream,
};

/** Draws calls of an op, or of an op and its way back, checks each, and sees that they are calls of these ops. */
export function checkRandomCalls(name: string, { runs, seed }: { runs: number; seed: number }): void {
  const seen = new Set<string>();
  const property = fc.property(fc.gen(), (g) => observeRows(seen, () => checkCall(name, everyCall[name]!(g))));
  fc.assert(property, { numRuns: runs, seed });
  expect([...seen]).toEqual(expect.arrayContaining(name.split(" ")));
}
