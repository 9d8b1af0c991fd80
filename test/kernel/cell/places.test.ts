/** Every place of the code that runs leads back to the place of the cell that the learner wrote. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transformCell } from "../../../kernel/cell/transform.ts";
import { ReplSession } from "./repl-session.ts";

let session: ReplSession;
beforeAll(() => {
  session = new ReplSession();
});
afterAll(() => session.close());

/** Where V8 says an error of the cell was made, taken back to the cell. */
async function placeOfError(source: string): Promise<{ line: number; column: number }> {
  const { edits, code } = transformCell(source, { url: "cell:77" });
  session.declareImports("cell:77", ["m", "m"]);
  const { error } = await session.evaluate(code);
  const found = /cell:77:(\d+):(\d+)/.exec((error as Error).stack ?? "");
  if (found === null) throw new Error(`no place in ${(error as Error).stack}`);
  return edits.original({ line: Number(found[1]), column: Number(found[2]) });
}

/** The cell with the place of the error marked by « in front of it. */
function split(marked: string): { source: string; line: number; column: number } {
  const before = marked.slice(0, marked.indexOf("«")).split("\n");
  return { source: marked.replace("«", ""), line: before.length, column: before.at(-1)!.length + 1 };
}

describe("an error maps exactly", () => {
  test.each([
    ["line 7, column 9", "const a: number = 1\n\n\n\n\n\n  throw «new Error('x')"],
    ["behind a type on its line", "const a: Map<string, number> = (null as any).«x"],
    ["behind imports", "import * as all from 'm'\nimport type { T } from 'm'\nimport { a } from 'm'\nconst b: number = «missing1"],
    ["in a function moved to the top", "deep()\nconst z = 1\nfunction deep(a?: number): void {\n  const t: string = ''\n  throw «new Error(t)\n}"],
    ["behind a function moved to the top", "deep2()\nfunction deep2(): number {\n  return 1\n}\n\n(null as any).«x"],
    ["in a function declared in place", "function inPlace<T>(a: T): T {\n  «missing2\n}\ninPlace(1)"],
    ["in an awaited call", "const f3 = async (x: number): Promise<void> => { throw «new Error('x') }\nawait f3(1)"],
    ["in an enum's initialiser", "enum E4 {\n  A,\n  B = «missing3 as any,\n}"],
    ["in a constructor with parameter properties", "class C5 { constructor(private a: number, readonly b?: string) {\n  throw «new Error('x')\n} }\nnew C5(1)"],
    ["in a namespace", "namespace N6 {\n  export type T = 1\n  export function f(): void {\n    throw «new Error('x')\n  }\n}\nN6.f()"],
    ["in a decorated class", "function d7(v: any, c: any) {}\n@d7 class D7 {\n  @d7 m(): void {\n    throw «new Error('x')\n  }\n}\nnew D7().m()"],
    ["in an object that is the whole cell", "{ a: 1,\n  b: «missing4 }"],
    ["behind characters outside the first plane", "const wide: string = '😀'; «missing5"],
    ["in a var of the cell", "var first: number = 1,\n  second = (null as any).«x"],
  ])("%s", async (_, marked) => {
    session.kernel.modules["m"] = {};
    const { source, line, column } = split(marked);
    const found = await placeOfError(source);
    expect(found).toEqual({ line, column });
  });
});

test("a place in the cell leads to the generated code and back", () => {
  const source = "go()\ninterface I { a: 1 }\nfunction go(): number {\n  const a: number = 1\n  return await2(a)\n}\nconst b = await go()";
  const { edits, code } = transformCell(source, { url: "cell:1" });
  const lines = code.split("\n");
  for (const [line, column, text] of [[4, 9, "a"], [5, 3, "return"], [1, 1, "go()"], [7, 17, "go()"]] as const) {
    const place = edits.generated({ line, column })!;
    expect(lines[place.line - 1]!.slice(place.column - 1)).toMatch(new RegExp(`^${text.replace(/[()]/g, "\\$&")}`));
    expect(edits.original(place)).toEqual({ line, column });
  }
});

test("a place beyond the text gives its end, not a failure", () => {
  const { edits } = transformCell("1", { url: "cell:1" });
  expect(edits.original({ line: 99, column: 99 })).toEqual({ line: 1, column: 2 });
});
