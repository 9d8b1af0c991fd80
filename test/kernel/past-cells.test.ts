/** What the child remembers of cells: their lines and requests, for as many as a session can need. */
import { expect, test } from "vitest";
import { formatTraceback } from "../../dist/kernel/cell/traceback.js";
import { transformCell } from "../../dist/kernel/cell/transform.js";
import { PastCells } from "../../dist/kernel/child/past-cells.js";

function start(cells: PastCells, index: number, source: string): void {
  const url = `cell:${index}`;
  cells.start({ type: "execute", job: `job ${index}`, url, serial: index, source, executionCount: index, silent: false, allowStdin: false, userExpressions: {} });
  cells.transformed(url, transformCell(source, { url }).edits);
}

/** The lines of the traceback of an error that a function of a cell has thrown. */
function tracebackThrough(cells: PastCells, index: number, line: number): string {
  const lines = formatTraceback({ name: "Error", message: "no", stack: `Error: no\n    at f (cell:${index}:${line}:9)` }, cells.sources);
  return lines.join("\n").replace(/\u001b\[[\d;]*m/g, "");
}

test("a place in an earlier cell is found though another one has run since, and its types were taken out", () => {
  const cells = new PastCells();
  const source = "enum Colour { Red, Green }\nfunction f(x: number): void {\n  throw new Error(`no`)\n}";
  start(cells, 1, source);
  start(cells, 2, "f(1)");
  const place = { line: 3, column: 9 };
  expect(cells.sources.get("cell:1")!.edits.original(place)).toEqual(transformCell(source, { url: "cell:1" }).edits.original(place));
  expect(tracebackThrough(cells, 1, 3)).toContain("Cell [1], line 3, in f\n  2 | function f(x: number): void {\n  3 |   throw new Error(`no`)\n    |         ^");
});

test("of very many cells the newest are kept, and a traceback through an older one says that it is gone", () => {
  const cells = new PastCells();
  for (let index = 1; index <= 6000; index++) start(cells, index, `${index}`);
  expect(cells.all()).toHaveLength(5000);
  expect(cells.jobOf("cell:1000")).toBeUndefined();
  expect(cells.jobOf("cell:1001")).toBe("job 1001");
  expect(tracebackThrough(cells, 7, 1)).toBe("Error: no\n\na cell that ran long ago, whose text is no longer kept, in f");
});

test("of very long cells fewer are kept, but always the one that runs", () => {
  const cells = new PastCells();
  const long = `/* ${"long ".repeat(2_000_000)}*/ 1`;
  for (let index = 1; index <= 4; index++) start(cells, index, long);
  expect(cells.all().map(({ executionCount }) => executionCount)).toEqual([4]);
});

test("a cell that could not be transformed has no lines to show, and its text serves for hints", () => {
  const cells = new PastCells();
  cells.start({ type: "execute", job: "job", url: "cell:1", serial: 1, source: "let = ", executionCount: 1, silent: false, allowStdin: false, userExpressions: {} });
  cells.fail("cell:1");
  expect([...cells.sources]).toEqual([]);
  expect(cells.all()).toMatchObject([{ source: "let = ", hasFailed: true }]);
});
