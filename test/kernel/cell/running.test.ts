/** Cells as V8 runs them: each expectation is what a reader of TypeScript would say the cell does. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CellSyntaxError } from "../../../kernel/cell/syntax-error.ts";
import { ReplSession } from "./repl-session.ts";

let session: ReplSession;
beforeAll(() => {
  session = new ReplSession();
});
afterAll(() => session.close());

describe("a cell's value", () => {
  test.each([
    ["1 + 1", 2],
    ["1 + 1;", 2],
    ["const a1 = 1", undefined],
    ["5; const a2 = 1", undefined],
    ["for (const x of [1, 2]) x * 2", undefined],
    ["if (true) { 3 }", undefined],
    ["7; function a3() {}", undefined],
    ["", undefined],
    ["// only a comment", undefined],
    ["'text'", "text"],
    ["8 // a comment at the end", 8],
    ["await Promise.resolve(9)", 9],
    ["{ a: 1, b: [2] }", { a: 1, b: [2] }],
    ["{}", {}],
    ["  { a: 1 } // an object", { a: 1 }],
    ["{ const inside = 4; inside }", undefined],
    ["export default 5 as number", 5],
    ["export default { a: 1 } as object", { a: 1 }],
    ["6;;", 6],
    ["NaN", NaN],
    ["12345678901234567890n", 12345678901234567890n],
  ])("of %s is %s", async (source, value) => {
    expect(await session.value(source)).toEqual(value);
  });

  test("that is a promise stays a promise when the cell does not await it", async () => {
    expect((await session.run("Promise.resolve(1)")).value).toBeInstanceOf(Promise);
  });
});

describe("a name may be declared again, as any kind, in a later cell", () => {
  const kinds = {
    let: "let NAME = 'let'",
    const: "const NAME: string = 'const'",
    var: "var NAME: string = 'var'",
    function: "function NAME() { return 'function' }",
    class: "class NAME { static kind = 'class' }",
    enum: "enum NAME { Kind = 'enum' }",
    namespace: "namespace NAME { export const kind = 'namespace' }",
    import: "import { imported as NAME } from 'library'",
  };
  const read =
    "typeof NAME === 'string' ? NAME : (NAME as any).kind ?? (NAME as any).Kind ?? (NAME as any)()";
  for (const [first, declareFirst] of Object.entries(kinds)) {
    test(`declared with ${first} first`, async () => {
      session.kernel.modules["library"] = { imported: "import" };
      for (const [second, declareSecond] of Object.entries(kinds)) {
        const name = `again_${first}_${second}`;
        const cell = (text: string): string => text.replaceAll("NAME", name);
        expect(await session.value(cell(declareFirst))).toBeUndefined();
        expect(await session.value(cell(read))).toBe(first);
        expect(await session.value(cell(declareSecond))).toBeUndefined();
        expect(await session.value(cell(read))).toBe(second);
      }
    });
  }

  test("and a function of an earlier cell sees the new one", async () => {
    await session.value("let rate = 1; function step() { return rate * factor() } function factor() { return 10 }");
    await session.value("let rate = 2; function factor() { return 100 }");
    expect(await session.value("step()")).toBe(200);
  });
});

describe("functions and var are hoisted as in a program", () => {
  test("a function may be called above its declaration", async () => {
    expect(await session.value("const early = twice(4)\nfunction twice(x: number): number { return 2 * x }\nearly")).toBe(8);
  });
  test("functions may call each other in any order", async () => {
    const source = "even(10)\nfunction even(n: number): boolean { return n === 0 || odd(n - 1) }\nfunction odd(n: number): boolean { return n !== 0 && even(n - 1) }\neven(7)";
    expect(await session.value(source)).toBe(false);
  });
  test("a function keeps its name, and may be async or a generator", async () => {
    expect(await session.value("async function* numbers<T>(a: T) { yield a; yield await a }\nconst seen = []; for await (const n of numbers(3)) seen.push(n)\n;[numbers.name, ...seen]")).toEqual(["numbers", 3, 3]);
  });
  test("what stands behind a function is not called with it", async () => {
    expect(await session.value("function alone() { return 1 }\n(globalThis as any).afterAlone = 2\nalone()")).toBe(1);
    expect(await session.value("alone2; const one = 1\nfunction alone2() { return 1 }\n(2)")).toBe(2);
  });
  test("var in a loop, in a block, destructured and without a value belongs to the cell", async () => {
    const source = "for (var i = 0, n = 3; i < n; i++) { var last = i }\nvar { p, q: [r] } = { p: 1, q: [2] }, s = 5\nvar later: number\nfor (var key in { k: 1 });\nif (s) var t = 6\nelse var u = 7\n;[i, last, p, r, s, later, key, t, u]";
    expect(await session.value(source)).toEqual([3, 2, 1, 2, 5, undefined, "k", 6, undefined]);
  });
  test("var inside a function stays inside", async () => {
    expect(await session.value("function inner() { var hidden = 1; return hidden }\ninner() + typeof hidden")).toBe("1undefined");
  });
});

describe("modules", () => {
  test("every form of import declares what it names", async () => {
    session.kernel.modules["m"] = { default: "d", a: 1, b: 2, "odd name": 3 };
    const source = 'import d, { a, b as c, type T, "odd name" as odd } from "m"\nimport * as all from "m"\nimport e, * as rest from "m"\nimport "m"\nimport type { U } from "m"\nimport old = require("m")\n;[d, a, c, odd, all.b, e, rest.a, old]';
    expect(await session.value(source)).toEqual(["d", 1, 2, 3, 2, "d", 1, "d"]);
  });
  test("an import counts for the whole cell, as in a module", async () => {
    session.kernel.modules["m2"] = { value: 4 };
    expect(await session.value('const doubled = value * 2\nimport { value } from "m2"\ndoubled')).toBe(8);
  });
  test("import() and import.meta reach the kernel", async () => {
    session.kernel.modules["m3"] = { value: 5 };
    expect(await session.value('const { value: five } = await import("m3"); [five, import.meta.url]')).toEqual([5, "file:///notebook/"]);
  });
  test("export is dropped and what it declares stays", async () => {
    const source = "export const k1 = 1; export function k2() { return 2 }\nexport class K3 { v = 3 }\nexport enum K4 { V = 4 }\nexport default function k5() { return 5 }\nexport { k1 }; export type K6 = string\n;[k1, k2(), new K3().v, K4.V, k5()]";
    expect(await session.value(source)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("the rest of TypeScript", () => {
  test("a parameter property is assigned after super()", async () => {
    const source = "class Base { constructor(public name: string) {} }\nclass Layer extends Base { constructor(name: string, private readonly size = 3) { super(name + '!') } area() { return this.size ** 2 } }\nconst layer = new Layer('fc'); [layer.name, layer.area(), Object.keys(layer)]";
    expect(await session.value(source)).toEqual(["fc!", 9, ["name", "size"]]);
  });
  test("enums count on, look back, hold strings and merge in their cell", async () => {
    const source = "enum E { A, B = 5, C, D = 'd', F = A | B << 1, G }\nenum E { H = 100 }\n;[E.A, E.C, E.D, E.F, E.G, E[5], E.H, Object.keys(E).includes('d')]";
    expect(await session.value(source)).toEqual([0, 6, "d", 10, 11, "B", 100, false]);
    expect(await session.value("enum E { Only } ; Object.keys(E)")).toEqual(["0", "Only"]);
  });
  test("a namespace merges with a function of its cell, and one of types alone vanishes", async () => {
    expect(await session.value("function box() { return box.size }\nnamespace box { export let size: number = 2 }\nnamespace Types { export type A = 1 }\n[box(), typeof Types]")).toEqual([2, "undefined"]);
  });
  test("decorators run, on classes and on methods", async () => {
    const source = "const log: string[] = []\nfunction seen(value: unknown, context: DecoratorContext) { log.push(String(context.name)) }\n@seen class Net { @seen forward(): void {} }\n;[log, new Net() instanceof Net]";
    expect(await session.value(source)).toEqual([["forward", "Net"], true]);
  });
  test("using disposes at the end of its block", async () => {
    const source = "const order: string[] = []\nasync function work() { await using r = { async [Symbol.asyncDispose]() { order.push('closed') } }; order.push('open'); return 1 }\nconst got = await work(); if (got) { using s = { [Symbol.dispose]() { order.push('second') } } }\norder";
    expect(await session.value(source)).toEqual(["open", "closed", "second"]);
  });
  test("every await in a cell goes through the kernel, in async functions too", async () => {
    const before = session.kernel.awaits;
    await session.value("async function wait() { await 1; return await 2 }\nawait wait(); await (async () => await 3 as number)()");
    expect(session.kernel.awaits - before).toBe(5);
  });
  test("a cell is strict, as a module is: a mistyped name is an error, not a new variable", async () => {
    const { error } = await session.run("mistyped = 1");
    expect(String(error)).toBe("ReferenceError: mistyped is not defined");
  });
});

describe("a cell that cannot run", () => {
  test.each([
    ["let x = ;", 1, 9, "Expression expected."],
    ["const ok = 1\nfunction f( { return 1 }\n", 2, 22, "expected"],
    ["const view = <div>hello</b>", 1, 26, "Expected corresponding JSX closing tag for 'div'."],
    ["using x = open()", 1, 1, "block"],
    ["import { a } from library", 1, 19, "string"],
    ["const fixed = 1\nfixed = 2", 2, 1, "Cannot assign to 'fixed' because it is a constant."],
    ["const { p: [deep] } = { p: [1] }\n;({ deep } = { deep: 2 })", 2, 5, "'deep'"],
    ["const count = 1\nfunction f() { return () => { (count as number)++ } }", 2, 32, "'count'"],
    ["import { got } from 'm'\n[got] = [1]", 2, 2, "'got'"],
    ["const each = 1; for (each of [1]);", 1, 22, "'each'"],
    ["'unterminated", 1, 14, "Unterminated string literal."],
  ])("%j is one clear error at its place", async (source, line, column, message) => {
    const error = await session.run(source).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CellSyntaxError);
    expect(error).toMatchObject({ name: "SyntaxError", line, column, message: expect.stringContaining(message) as string });
    expect((error as CellSyntaxError).frame.split("\n").at(-1)).toBe(`  | ${" ".repeat(column - 1)}^`);
  });

  test("a constant of the same name as another variable, or of an earlier cell, is none of its business", async () => {
    expect(await session.value("const same = 1; { let same = 2; same = 3 } ((same: number) => { same = 4 })(1); same")).toBe(1);
    expect(await session.value("same = 5; same")).toBe(5);
    expect(await session.value("const holder = { a: 1 }; holder.a = 2; holder['a']++; holder.a")).toBe(3);
  });

  test("a type error does not stop it", async () => {
    expect(await session.value("const wrong: number = 'text'; wrong")).toBe("text");
  });
});
