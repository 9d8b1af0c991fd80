/**
 * The table is kept honest: an op whose gradient nobody checks, whose values nobody compares with PyTorch's and with the
 * reference, or that says nothing of itself, fails here by name.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ops } from "../../src/tensor/ops.ts";
import type { NamedRow } from "../../src/tensor/ops.ts";
import type { Case } from "./checks/case.ts";
import { readStored } from "./checks/pytorch.ts";
import * as reference from "./reference/ops.ts";

const folder = new URL("ops/", import.meta.url);
const families = readdirSync(folder);
const cases: Case[] = [];
for (const family of families) {
  const { cases: own } = (await import(new URL(`${family}/cases.ts`, folder).href)) as { cases: readonly Case[] };
  cases.push(...own);
}
const rows = Object.values(ops) as NamedRow[];

/** The ops named by the cases that a condition picks. */
const covered = (pick: (each: Case) => boolean): Set<string> => new Set(cases.filter(pick).flatMap((each) => each.ops));

const lacking = (wanted: readonly NamedRow[], known: ReadonlySet<string>): string[] =>
  wanted.map(({ name }) => name).filter((name) => !known.has(name));

describe("every op of the table", () => {
  test("that has a derivative has it checked against finite differences", () => {
    const differentiable = rows.filter((row) => row.derivative !== undefined || row.jointDerivative !== undefined);
    const checked = covered(({ derivatives = 2 }) => derivatives >= 1);
    expect(lacking(differentiable, checked)).toEqual([]);
  });

  test("is compared with PyTorch, or is drawn at random or steps an optimiser, which have comparisons of their own", () => {
    const compared = covered(({ pytorch }) => pytorch !== false);
    // Random streams differ by design: theirs are tested by moments and published vectors. Optimisers are compared step by
    // step, over whole runs.
    const own = new Set([...reference.random, ...rows.map(({ name }) => name).filter((name) => /Step$/.test(name))]);
    expect(lacking(rows, compared).filter((name) => !own.has(name))).toEqual([]);
  });

  test("is in the reference in plain TypeScript", () => {
    const known = new Set([...reference.names, ...covered((each) => each.reference !== undefined)]);
    expect(lacking(rows, known)).toEqual([]);
  });

  test("says what it is", () => {
    expect(rows.filter(({ summary }) => !/^.{12,}\.$/s.test(summary)).map(({ name }) => name)).toEqual([]);
  });
});

describe("the cases", () => {
  test("name ops that exist", () => {
    const known = new Set(rows.map(({ name }) => name as string));
    expect([...covered(() => true)].filter((name) => !known.has(name))).toEqual([]);
  });

  test("of every family are run by a test file beside them", () => {
    for (const family of families) {
      const file = new URL(`${family}/${family}.test.ts`, folder);
      expect(existsSync(file), `${family}.test.ts`).toBe(true);
      const text = readFileSync(file, "utf8");
      for (const check of ["checkGradients", "checkPyTorch"]) expect(text, `${family}.test.ts runs ${check}`).toContain(check);
      expect(Object.keys(readStored(new URL(`${family}/pytorch.json`, folder)).cases).length).toBeGreaterThan(0);
    }
  });
});
