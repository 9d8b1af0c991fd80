/**
 * Random calls of every op of the table, over shapes, broadcasts, types and views, against the reference: values, and the slope
 * of float64 results. The same calls are drawn each time; random-calls.long.test.ts draws many more.
 */
import { describe, expect, test } from "vitest";
import { ops } from "../../../src/tensor/ops.ts";
import { checkRandomCalls, everyCall, notDrawn } from "./every-call.ts";

describe("random calls give what the reference gives", () => {
  for (const name of Object.keys(everyCall)) test(name, () => checkRandomCalls(name, { runs: 60, seed: 1 }));
});

test("every op of the table is called at random, or says why not", () => {
  const drawn = Object.keys(everyCall).flatMap((names) => names.split(" "));
  expect([...drawn, ...Object.keys(notDrawn)].sort()).toEqual(Object.keys(ops).sort());
});
