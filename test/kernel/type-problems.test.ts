/** Type problems of cells that have run: shown under the cell, never in its way, unless the learner asks. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
import { modeOf } from "../../dist/kernel/parent/type-checks.js";
import { Frontend } from "./frontend.ts";
import type { Received, RunningCell } from "./frontend.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start({ env: { NABLA_PACKAGES: ROOT } });
});
afterAll(() => frontend?.stop());

const isDiagnostic = (cell: RunningCell) => ({ type, parent, content }: Received): boolean =>
  type === "display_data" && parent === cell.id && String(content["data"]["text/plain"]).includes("Cell [");

const withoutColours = (text: string): string => text.replace(/\u001b\[[\d;]*m/g, "");

/** Runs a cell and waits for its diagnostic. */
async function problemsOf(code: string): Promise<string[]> {
  const cell = await frontend.run(code);
  await cell.finished;
  const { content } = await frontend.until(isDiagnostic(cell));
  return withoutColours(content["data"]["text/plain"]).split("\n");
}

/** Runs cells, then one that has a problem: when that is shown, the others have been looked at too. @returns Those shown. */
async function diagnosticsOf(...codes: string[]): Promise<string[]> {
  const cells: RunningCell[] = [];
  for (const code of codes) {
    const cell = await frontend.run(code, { stop_on_error: false });
    await cell.finished;
    cells.push(cell);
  }
  await problemsOf("const last: string = 1");
  return cells.flatMap((cell) => frontend.received.filter(isDiagnostic(cell)).map(({ content }) => withoutColours(content["data"]["text/plain"])));
}

describe("by default", () => {
  test("a problem is shown with its line, a mark under it and the message, and the cell has run", async () => {
    const code = "const fine = 1\nlet text: string = fine; text = 'x'";
    const cell = await frontend.run(code);
    const { reply } = await cell.finished;
    expect(reply["status"]).toBe("ok");
    const { content } = await frontend.until(isDiagnostic(cell));
    expect(withoutColours(content["data"]["text/plain"]).split("\n")).toEqual([
      `Cell [${reply["execution_count"]}], line 2: Type 'number' is not assignable to type 'string'.`,
      "  1 | const fine = 1",
      "  2 | let text: string = fine; text = 'x'",
      "    |     ^^^^",
    ]);
  });

  test("a later cell sees the newest declaration, may declare it again with another type, and may assign to a variable", async () => {
    expect(await diagnosticsOf("let value = 1", "value = 2; value++", "const value2 = value.toFixed()", "let value = 'now text'", "value.toUpperCase(); value = 'x'")).toEqual([]);
    expect((await problemsOf("value = 3"))[0]).toMatch(/Type 'number' is not assignable to type 'string'/);
    expect((await problemsOf("value2 * 2"))[0]).toMatch(/must be of type 'any', 'number'/);
  });

  test("classes, types and functions are seen by later cells, and an awaited value has its type", async () => {
    expect(await diagnosticsOf("interface Point { x: number }\nclass Net<T> { constructor(readonly size: T) {} }\nasync function load(): Promise<Point> { return { x: 1 } }", "const point = await load(); const net = new Net(point); const s: number = net.size.x", "{ a: 1, b: 2 }")).toEqual([]);
    expect((await problemsOf("point.y"))[0]).toMatch(/Property 'y' does not exist on type 'Point'/);
  });

  test("what is only untidy is no problem", async () => {
    expect(await diagnosticsOf("function twice(x) { return x * 2 }\nconst unused = [];\nlabel: for (;;) { break label }", "import { join } from 'node:path'; import process from 'node:process'", "globalThis.setTimeout(() => {}, 0); console.log(require('node:os').EOL); display(1).update(2); clearOutput()")).toEqual([]);
  });

  test("a cell that could not be parsed, and a name that the run has missed as well, are told once", async () => {
    expect(await diagnosticsOf("const = 1", "notDeclaredAnywhere")).toEqual([]);
  });

  test("a long cell's problem is shown while it runs", async () => {
    const cell = await frontend.run("const n: string = 5; await new Promise((done) => setTimeout(done, 3000)); n");
    const diagnostic = await frontend.until(isDiagnostic(cell));
    const { published } = await cell.finished;
    expect(published).toContain(diagnostic);
  });
});

describe("hints of ours", () => {
  test("a tensor as a condition and === between tensors", async () => {
    await frontend.execute('import { tensor } from "nabla"\nconst t = tensor([1, 2])\nlet maybe: typeof t | undefined');
    const lines = await problemsOf("if (t) console.log(1)\nconst same = t === t\nif (!t.sum()) {}\nif (maybe) console.log(t === undefined)");
    expect(lines.filter((line) => line.startsWith("Cell"))).toEqual([
      expect.stringMatching(/line 1: This condition is a tensor, so it is always true\.$/),
      expect.stringMatching(/line 2: `===` does not compare the elements of two tensors\.$/),
      expect.stringMatching(/line 3: This negates a tensor, so it is always false\.$/),
    ]);
    expect(lines.find((line) => line.includes("item()"))).toContain("`t.item() !== 0`");
    expect(lines.find((line) => line.includes("equal"))).toContain("`t.equal(t)`");
  });

  test("an operator between tensors, a missing await, a value that may be missing, an import that was forgotten", async () => {
    expect((await problemsOf("t + t")).at(-1)).toBe("  Hint: JavaScript's operators work on numbers alone; write `t.add(t)`.");
    expect((await problemsOf("Promise.resolve([1]).length")).at(-1)).toContain("write await in front");
    expect((await problemsOf("new Map([[1, 2]]).get(1).toFixed()")).at(-1)).toContain("It may be missing here");
    const cell = await frontend.run("if (t.numel > 5) zeros([2])");
    expect(withoutColours((await frontend.until(isDiagnostic(cell))).content["data"]["text/plain"])).toContain('import { zeros } from "nabla"');
  });
});

describe("when the learner asks", () => {
  test("a cell that says so is not run while it has problems, and declares nothing", async () => {
    const { reply, stdout, published } = await frontend.execute("// @check error\nconsole.log('ran')\nconst wrong: number = 'x'");
    expect(stdout).toBe("");
    expect(reply).toMatchObject({ status: "error", ename: "TypeCheckError" });
    expect(withoutColours(reply["traceback"].join("\n"))).toContain("line 3: Type 'string' is not assignable to type 'number'.");
    expect(published.filter(({ type }) => type === "error")).toHaveLength(1);
    expect(await diagnosticsOf("// @check error\nconst wrong = true", "wrong === true")).toEqual([]);
  });

  test("a stop while a cell waits for its check ends it", async () => {
    const cell = await frontend.run("// @check error\nconst again: number = 1");
    await frontend.interrupt();
    const { reply } = await cell.finished;
    // The check may have been quicker.
    expect([["ok"], ["error", "KeyboardInterrupt"]]).toContainEqual(reply["status"] === "ok" ? ["ok"] : [reply["status"], reply["ename"]]);
    expect(await frontend.evaluate("1 + 1")).toBe("2");
  });

  test("a cell that says so, or the whole kernel, is not checked", async () => {
    expect(await diagnosticsOf("// @check off\nconst a1: string = 1", "// @ts-nocheck\nconst a2: string = 1", "// @ts-ignore\nconst a3: string = 1")).toEqual([]);
    expect(modeOf("1", "off")).toBe("off");
    expect(modeOf("1", "error")).toBe("error");
    expect(modeOf("1", undefined)).toBe("warn");
    expect(modeOf("1", "loud")).toBe("warn");
    expect(modeOf("  // @check warn \n1", "off")).toBe("warn");
    expect(modeOf("'@check off'", "warn")).toBe("warn");
  });
});
