/** Tracebacks as a learner reads them, from real errors of V8 and from stacks in every form that V8 writes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseStack } from "../../../kernel/cell/stack-frames.ts";
import { CellSyntaxError } from "../../../kernel/cell/syntax-error.ts";
import { formatTraceback, type CellSource, type ErrorLike } from "../../../kernel/cell/traceback.ts";
import { transformCell } from "../../../kernel/cell/transform.ts";
import { ReplSession } from "./repl-session.ts";

let session: ReplSession;
const cells = new Map<string, CellSource>();
beforeAll(() => {
  session = new ReplSession();
});
afterAll(() => session.close());

/** Runs a cell under a number and gives its traceback without colours. */
async function tracebackOf(executionCount: number, source: string): Promise<string[]> {
  const url = `cell:t${executionCount}`;
  const { code, edits } = transformCell(source, { url });
  cells.set(url, { source, edits, executionCount });
  const { error } = await session.evaluate(code);
  return plain(error as Error);
}

function plain(error: ErrorLike): string[] {
  return formatTraceback(error, cells).join("\n").replace(/\u001b\[[\d;]*m/g, "").split("\n");
}

test("an error shows its message, the cell, the line and a caret", async () => {
  expect(await tracebackOf(5, "const a: number = 1\n\nthrow new RangeError('too far')")).toEqual(["RangeError: too far", "", "Cell [5], line 3", "  3 | throw new RangeError('too far')", "    |       ^"]);
});

test("frames of other cells follow, innermost first, with the function's name", async () => {
  await tracebackOf(6, "function inner(x: any) {\n  return x.y.z\n}\nthrow 1");
  const lines = await tracebackOf(7, "const go = (): void => inner({});\n[1].map(() => go())");
  expect(lines.filter((line) => /^\S/.test(line))).toEqual([
    "TypeError: Cannot read properties of undefined (reading 'z')",
    "Cell [6], line 2, in inner",
    "Cell [7], line 1, in go",
    "Cell [7], line 2",
  ]);
  expect(lines).toContain("  2 |   return x.y.z");
});

test("causes and the errors of an AggregateError are shown, each with its lines", async () => {
  const caused = await tracebackOf(8, "try {\n  null!.x\n} catch (e) {\n  throw new Error('outer', { cause: e })\n}");
  expect(caused[0]).toBe("Error: outer");
  expect(caused).toContain("Cell [8], line 4");
  expect(caused).toContain("Caused by TypeError: Cannot read properties of null (reading 'x')");
  expect(caused).toContain("Cell [8], line 2");
  const both = await tracebackOf(9, "await Promise.any([\n  Promise.reject(new Error('one')),\n  Promise.reject('two')])");
  expect(both[0]).toBe("AggregateError: All promises were rejected");
  expect(both).toContain("    [1 of 2] Error: one");
  expect(both).toContain("    Cell [9], line 2");
  expect(both).toContain("    [2 of 2] two");
});

test("an error that causes itself does not go on for ever", () => {
  const error = new Error("loop");
  error.cause = error;
  expect(plain(error).at(-1)).toBe("Caused by the same error again");
});

test("recursion is told once", async () => {
  const lines = await tracebackOf(10, "function down(n: number): number {\n  return down(n + 1)\n}\ndown(0)");
  expect(lines[0]).toBe("RangeError: Maximum call stack size exceeded");
  expect(lines.filter((line) => line.startsWith("Cell [10]"))).toEqual([expect.stringMatching(/^Cell \[10\], line [12], in down/)]);
  expect(lines.length).toBeLessThan(8);
});

test("Node's and the kernel's frames are left out, and a package that threw is named", async () => {
  const lines = await tracebackOf(11, "JSON.parse('{')\n");
  expect(lines.join("\n")).not.toMatch(/node:|vitest/);
  expect(plain({ name: "Error", message: "m", stack: "Error: m\n    at f (file:///x/node_modules/pkg/lib/a.js:3:4)\n    at cell:t11:1:20\n    at node:internal/x:1:1" }).at(-1)).toBe("thrown in pkg/lib/a.js:3:4");
});

test("where the library has thrown is named by its source, and no line says where on the machine anything lies", () => {
  const thrownIn = (url: string): string => plain({ name: "Error", message: "m", stack: `Error: m\n    at f (${url}:3:4)\n    at cell:t11:1:20` }).at(-1)!;
  expect(thrownIn(new URL("../../../src/tensor/shape.ts", import.meta.url).href)).toBe("thrown in nabla/src/tensor/shape.ts");
  expect(thrownIn(pathToFileURL(join(process.cwd(), "lib", "a.js")).href)).toBe("thrown in lib/a.js:3:4");
  expect(thrownIn(pathToFileURL(join(process.cwd(), "..", "lib", "a.js")).href)).toBe("thrown in ../lib/a.js:3:4");
  expect(thrownIn("file:///opt/somebody/somewhere/far/lib/a.js")).toBe("thrown in …/lib/a.js:3:4");
  expect(thrownIn("data:text/javascript,throw%201")).toBe("thrown in a data: URL:3:4");
});

test("a frame in a local file shows the file's line", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla (trace) "));
  try {
    const path = join(folder, "my model.ts");
    writeFileSync(path, "export const a = 1\nthrow new Error('in file')\n");
    const stack = `Error: in file\n    at forward (${pathToFileURL(path).href}?version=0123456789ab:2:7)\n    at file://${new URL("../../../kernel/child/main.ts", import.meta.url).pathname}:1:1`;
    expect(plain({ name: "Error", message: "in file", stack })).toEqual(["Error: in file", "", `…/${basename(folder)}/my model.ts:2, in forward`, "  1 | export const a = 1", "  2 | throw new Error('in file')", "    |       ^"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a cell that cannot be parsed shows its line once, without a frame", () => {
  const error = new CellSyntaxError("Expression expected.", "cell:1", "let x = ;", { line: 1, column: 9 });
  expect(plain(error)).toEqual(["SyntaxError: Expression expected.", "line 1, column 9", "1 | let x = ;", "  |         ^"]);
});

test("a place where V8 refused the code is shown though no stack has it", async () => {
  const source = "const ok: number = 1\nlet twice = 1, twice = 2";
  const { code, edits } = transformCell(source, { url: "cell:t12" });
  cells.set("cell:t12", { source, edits, executionCount: 12 });
  const { error, at } = await session.evaluate(code);
  const { name, message, stack } = error as Error;
  const lines = plain({ name, message, stack: stack!, at: { ...at!, url: "cell:t12" } });
  expect(lines.slice(0, 3)).toEqual(["SyntaxError: Identifier 'twice' has already been declared", "", "Cell [12], line 2"]);
  expect(lines.at(-1)).toBe(`    | ${" ".repeat("let twice = 1, ".length)}^`);
});

test("colours are ANSI codes", () => {
  expect(formatTraceback(new TypeError("x"), cells)[0]).toBe("\u001b[1;31mTypeError\u001b[0m: x");
});

test("what is no proper error is still shown", () => {
  expect(plain({})).toEqual(["Error"]);
  expect(plain({ name: "E", message: "two\nlines", stack: "nothing useful" })).toEqual(["E: two", "lines"]);
});

describe("V8's stacks are read in every form", () => {
  test.each([
    ["    at cell:5:3:7", { url: "cell:5", line: 3, column: 7 }],
    ["    at f (cell:5:3:7)", { name: "f", url: "cell:5", line: 3, column: 7 }],
    ["    at async cell:5:3:7", { url: "cell:5", line: 3, column: 7 }],
    ["    at async Net.forward (cell:5:3:7)", { name: "Net.forward", url: "cell:5", line: 3, column: 7 }],
    ["    at new Net (cell:5:3:7)", { name: "new Net", url: "cell:5", line: 3, column: 7 }],
    ["    at Object.<anonymous> (/a (b)/c d.js:1:2)", { url: "/a (b)/c d.js", line: 1, column: 2 }],
    ["    at /a (b)/c.js:1:2", { url: "/a (b)/c.js", line: 1, column: 2 }],
    ["    at Net.f [as g] (file:///x%20y/z.ts?version=1:10:20)", { name: "Net.f [as g]", url: "file:///x%20y/z.ts?version=1", line: 10, column: 20 }],
    ["    at eval (eval at f (cell:5:3:7), <anonymous>:1:1)", { url: "cell:5", line: 3, column: 7 }],
    ["    at C:\\Users\\me (x)\\a.js:1:2", { url: "C:\\Users\\me (x)\\a.js", line: 1, column: 2 }],
  ])("%s", (line, frame) => {
    expect(parseStack(`Error: m\n${line}`, "m").frames).toEqual([frame]);
  });
  test.each(["    at Array.map (<anonymous>)", "    at async Promise.all (index 0)", "    at native"])("%s has no place", (line) => {
    expect(parseStack(`Error: m\n${line}`, "m").frames).toEqual([]);
  });
  test("a message that looks like a frame is not one", () => {
    const message = "bad\n    at home (cell:1:1:1)";
    expect(parseStack(`Error: ${message}\n    at cell:2:1:1`, message)).toEqual({ remark: "", frames: [{ url: "cell:2", line: 1, column: 1 }] });
  });
});
