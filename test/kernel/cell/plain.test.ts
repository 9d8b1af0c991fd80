/** A cell that is run as it stands must be one that the whole way would have left as it stands: random texts are made ready both ways. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainCode, plainScript } from "../../../kernel/cell/plain.ts";
import { transformCell } from "../../../kernel/cell/transform.ts";

const url = "cell:7";

describe("a cell of expressions is run as it stands", () => {
  test.each(["1+1", "x", "model.parameters().length", "console.log(loss.item());", "f(a, 'b')[0] * -2", "a\n(b)", "new Map().size", "delete a.b", "'text'", "[1, 2,\n 3]", " (a) ;; \n"])("%j", (source) => {
    expect(plainScript(source, url)).toBeDefined();
    expect(plainCode(source, url)).toBe(transformCell(source, { url }).code);
  });
});

describe("the whole way is gone by", () => {
  test.each([
    ["types", ["x as number", "x!", "f<number>(1)", "let a: number", "type\nA = 1", "x satisfies T"]],
    ["statements", ["let x", "var x", "if (a) b", "for (;;) b", "throw x", "debugger", "a = 1", "function f() {}", ";", "", "x => x"]],
    ["what the kernel has a part in", ["await x", "f(await x)", "import('m')", "import.meta.url", "import 'm'", "'await' + x"]],
    ["objects, templates and comments", ["{ a: 1 }", "({})", "`a`", "// a", "/* a */ 1", "a // b"]],
    ["patterns, in which quotes and brackets mean nothing", ["/a/", "f(/[/]/)", "x + /'/", "/a/.test('a')"]],
    ["mistakes", ["1 +", "f(", "a b", "'a", "enum", "interface", "010", "delete x"]],
  ] as const)("%s", (_kind, sources) => {
    for (const source of sources) expect([source, plainScript(source, url)]).toEqual([source, undefined]);
  });

  test("a text that is very long, or long and no expression, which is found out at once", () => {
    expect(plainCode("1+".repeat(600) + "1", url)).toBeUndefined();
    const started = performance.now();
    for (let time = 0; time < 100; time++) plainCode(`${"a; ".repeat(330)}!`, url);
    expect((performance.now() - started) / 100).toBeLessThan(5);
  });
});

test("whatever is run as it stands is what TypeScript would have left as it stands", () => {
  const word = fc.constantFrom("a", "b", "async", "as", "type", "of", "abstract", "declare", "module", "namespace", "satisfies", "is", "keyof", "infer", "static", "get", "accessor", "new", "typeof", "void", "delete", "in", "instanceof", "this", "null", "super", "function", "class", "await", "let", "yield", "1", "0x1f", "1n", "1.5e3", ".5", "010", "1_0", "$", "_");
  const mark = fc.constantFrom(" ", " ", "\n", "\r\n", "\t", ".", ",", ";", "+", "-", "*", "/", "%", "&", "|", "^", "~", "(", ")", "(", ")", "[", "]", "()", "'b'", '"b"', "'", "//", "/*", "**", "--", "++");
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 4, arbitrary: mark }), { maxLength: 9 }), (pieces) => {
      const source = pieces.join("");
      if (plainScript(source, url) === undefined) return;
      accepted++;
      const { code, imports } = transformCell(source, { url });
      expect(plainCode(source, url)).toBe(code);
      expect(imports).toEqual([]);
    }),
    { numRuns: 8000 },
  );
  expect(accepted).toBeGreaterThan(400);
});
