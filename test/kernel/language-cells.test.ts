/** Which cells the language service keeps: what a name stands for, and no more however often cells are run. */
import { beforeEach, expect, test } from "vitest";
import { Cells } from "../../dist/kernel/language/cells.js";

let cells: Cells;
let count: number;
beforeEach(() => {
  cells = new Cells();
  count = 0;
});

function run(source: string, cellId?: string): string {
  const url = `cell:${++count}`;
  cells.run({ url, source, executionCount: count, ...(cellId !== undefined && { cellId }) });
  return url;
}

const kept = (): string[] => [...cells.all()].map(([module]) => module);

test("a cell is kept for its names, for those who refer to it, and dropped after that", () => {
  const [a, b, c] = [run("let x = 1"), run("const y = x"), run("let x = 'new'")];
  expect(cells.collect()).toEqual([]);
  expect(cells.sourceOf("x")).toEqual({ module: c, kind: "assignable" });
  const d = run("const y = 2");
  expect(cells.collect()).toEqual([a, b]);
  expect(kept()).toEqual([c, d]);
});

test("a cell that waits for its check is kept with those that it refers to", () => {
  const [a, b, c] = [run("let x = 1"), run("const y = x"), run("let x = 'new'; const y = 2")];
  expect(cells.collect([b])).toEqual([]);
  expect(kept()).toEqual([a, b, c]);
  expect(cells.collect()).toEqual([a, b]);
});

test("ten thousand runs of the same cells keep as many as two", () => {
  for (let i = 0; i < 5000; i++) {
    run("let total = 0");
    run("total += 1; const shown = total");
    run("const broken = ");
    expect(cells.collect().length).toBeLessThan(4);
  }
  expect(kept()).toHaveLength(2);
});

test("cells of the saved notebook that have run, or cannot be parsed, are none that have not run", () => {
  const saved = [{ id: 'a"', source: "const one = 1" }, { id: "b", source: "const two = 2" }, { id: "c", source: "const three =" }];
  cells.setSaved(saved);
  expect(cells.sourceOf("one")?.module).toBe("cell:saved-a%22");
  expect(cells.sourceOf("three")).toBeUndefined();
  run("const two = 2", "b");
  const url = run("const one = 1");
  cells.setSaved(saved);
  expect(cells.sourceOf("one")).toEqual({ module: url, kind: "fixed" });
  expect(kept().filter((module) => module.includes("saved"))).toEqual([]);
});

test("a variable of a loop at the top is the cell's, one of a function is not", () => {
  const url = run("for (var i = 0; i < 2; i++) { var last = i }\nfunction f() { var inner = 1 }\nconst [p, { q, ...rest }] = f()");
  for (const name of ["i", "last", "f", "p", "q", "rest"]) expect(cells.sourceOf(name)?.module).toBe(url);
  expect(cells.sourceOf("inner")).toBeUndefined();
});
