/**
 * The table is kept honest: an op whose gradient nobody checks, whose values nobody compares with PyTorch's and with the
 * reference, or that says nothing of itself, fails here by name. What a case says it exercises is looked at too.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { manualSeed } from "../../src/index.ts";
import { ops } from "../../src/tensor/ops.ts";
import type { NamedRow } from "../../src/tensor/ops.ts";
import { drawInputs, drawnInput } from "./checks/case.ts";
import type { Case } from "./checks/case.ts";
import { scalarOf } from "./checks/gradients.ts";
import { observeRows } from "./checks/observed.ts";
import { readStored } from "./checks/pytorch.ts";
import { everyCall, notDrawn } from "./properties/every-call.ts";

const folder = new URL("ops/", import.meta.url);
const families = readdirSync(folder);
const casesOf: Record<string, readonly Case[]> = {};
for (const family of families) {
  casesOf[family] = ((await import(new URL(`${family}/cases.ts`, folder).href)) as { cases: readonly Case[] }).cases;
}
const cases = Object.values(casesOf).flat();
const rows = Object.values(ops) as NamedRow[];

/** The ops named by the cases that a condition picks. */
const covered = (pick: (each: Case) => boolean): Set<string> => new Set(cases.filter(pick).flatMap((each) => each.ops));

const called = new Set(Object.keys(everyCall).flatMap((names) => names.split(" ")));
const differentiated = covered(({ derivatives = 2 }) => derivatives >= 1);
const compared = covered(({ pytorch }) => pytorch !== false);
const isDifferentiable = ({ derivative, jointDerivative }: NamedRow): boolean => derivative !== undefined || jointDerivative !== undefined;
// Random streams differ from PyTorch's by design: theirs are tested by moments and published vectors. Optimisers are compared
// step by step, over whole runs.
const hasOwnComparison = ({ name }: NamedRow): boolean => name in notDrawn || /Step$/.test(name);

/** What an op may lack. */
const lacks: Record<string, (row: NamedRow) => boolean> = {
  "a check of its derivative against finite differences": (row) => isDifferentiable(row) && !differentiated.has(row.name),
  "a comparison with PyTorch": (row) => !compared.has(row.name) && !hasOwnComparison(row),
  "calls compared with the reference": ({ name }) => !called.has(name) && !(name in notDrawn),
  "a sentence that says what it is": ({ summary }) => !/^.{12,}\.$/s.test(summary),
};

describe("every op of the table has", () => {
  for (const [what, isLacking] of Object.entries(lacks)) {
    test(what, () => expect(rows.filter(isLacking).map(({ name }) => name)).toEqual([]));
  }

  test("all of it, or is named: an op that is only a row lacks everything", () => {
    const bare = { ...ops.exp, name: "bare", summary: "" } as unknown as NamedRow;
    expect(Object.values(lacks).map((isLacking) => isLacking(bare))).toEqual([true, true, true, true]);
  });
});

describe("the cases", () => {
  test("exercise the ops they name", () => {
    const wrong = cases.flatMap((each) => {
      const seen = new Set<string>();
      observeRows(seen, () => {
        manualSeed(1);
        const constant = each.inputs.map((input) => drawnInput(input).constant === true);
        const inputs = drawInputs(each, 5).map((input, i) => (constant[i] || each.derivatives === 0 ? input : input.requiresGrad_()));
        const results = each.run(...inputs);
        if (each.derivatives !== 0) scalarOf(results).backward();
      });
      const missing = each.ops.filter((name) => !seen.has(name));
      return missing.length > 0 ? [`${each.name}: ${missing.join(", ")}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  test("of every family are run by a test file beside them", () => {
    for (const family of families) {
      const file = new URL(`${family}/${family}.test.ts`, folder);
      expect(existsSync(file), `${family}.test.ts`).toBe(true);
      const text = readFileSync(file, "utf8");
      const referenced = casesOf[family]!.some(({ reference }) => reference !== undefined);
      const checks = ["checkGradients(cases)", "checkPyTorch(cases, new URL(\"pytorch.json\"", ...(referenced ? ["checkReference(cases)"] : [])];
      for (const check of checks) expect(text, `${family}.test.ts runs ${check}`).toContain(check);
      expect(Object.keys(readStored(new URL(`${family}/pytorch.json`, folder)).cases).length).toBeGreaterThan(0);
    }
  });
});
