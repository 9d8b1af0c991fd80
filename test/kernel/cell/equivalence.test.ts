/**
 * A cell must do what TypeScript's own emitter would make of it: a corpus of snippets, and random programs of fragments
 * without semicolons, run both ways and compared. What a snippet does is what it hands to `out`.
 */
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ReplSession } from "./repl-session.ts";

let session: ReplSession;
let collected: unknown[] = [];
beforeAll(() => {
  session = new ReplSession();
  (globalThis as { out?: unknown }).out = (...values: unknown[]): void => void collected.push(...values.map(comparable));
});
afterAll(() => session.close());

const AsyncFunction = (async () => {}).constructor as new (...text: string[]) => (...values: unknown[]) => Promise<void>;

/** Two functions are never equal; that both sides hand over one is what can be compared. */
function comparable(value: unknown): unknown {
  return typeof value === "function" ? "a function" : value;
}

async function byEmitter(source: string): Promise<unknown[]> {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, useDefineForClassFields: true },
  });
  const seen: unknown[] = [];
  const out = (...values: unknown[]): void => void seen.push(...values.map(comparable));
  try {
    await new AsyncFunction("out", outputText)(out);
  } catch (error) {
    seen.push(String(error));
  }
  return seen;
}

async function byCell(source: string): Promise<unknown[]> {
  collected = [];
  const outcome = await session.run(source);
  return "error" in outcome ? [...collected, String(outcome.error)] : collected;
}

const snippets: Record<string, string> = {
  annotations: "let a: number = 1, b: string | undefined, c!: Map<string, number[]>\nout(a, b)",
  "functions with optional, rest and default parameters":
    "function f(a: number, b?: string, c: number = 3, ...rest: number[]): [number, string?, ...number[]] { return [a, b, c, ...rest] }\nout(f(1), f(1, 'x', 2, 3))",
  overloads: "function g(a: string): string\nfunction g(a: number): number\nfunction g(a: any) { return a }\nout(g(1), g('b'))",
  "this parameters": "function who(this: { name: string }, suffix: string) { return this.name + suffix }\nfunction self(this: any,) { return 1 }\nout(who.call({ name: 'n' }, '!'), self.length, who.length)",
  "generic arrows": "const id = <T,>(x: T): T => x, pick = <T extends object, K extends keyof T>(o: T, k: K): T[K] => o[k]\nout(id(3), pick({ a: 1 }, 'a'))",
  "an arrow whose return type breaks the line": "const h = (a: number): {\n  x: number\n} => ({ x: a })\nconst k = async <\n  T,\n>(a: T): Promise<\n  T\n> => a\nout(h(1), await k(2))",
  assertions: "const o = <any>{ a: 1 }, p = (o as { a: number }).a as unknown as number satisfies number, q = o!.a!\nout(o, p, q, (<number>p) + 1, [...(<number[]>[1, 2])])",
  "an assertion as an arrow's body": "const make = () => <any>{ a: 1 }, list = [1].map(x => <number>x)\nout(make(), list)",
  "an assertion at the start of a statement": "let seen = 0;\n<any>(() => { seen = 1 })();\n(<any>globalThis).viaAssertion = 2; out(seen, (globalThis as any).viaAssertion)",
  "assignment through an assertion": "let t: any = {}; (t as any).x = 1; (<any>t).y = 2; t!.z = 3; (t as { w: number }).w++; out(Object.entries(t))",
  "operators beside assertions": "const n = 3 as number; out(n as number + 1, (n as number) < 4, n! > 2 ? 'y' : 'n', -(n as number), typeof (n as unknown), `${n as number}`)",
  "an assertion before a line that begins with a parenthesis": "let r = 1 as number\n(out)(r)\nlet s = r satisfies number\n[1, 2].forEach(x => out(x))\nconst u = () => r as number\n;[u()].forEach(x => out(x))",
  "erased statements between others": "let v = out\ninterface Nothing { a: 1 }\n(v)(1)\ntype Also = 2\n;[3].forEach(x => out(x))\ndeclare const never: number\n(out)('end')",
  "a class with every modifier":
    "abstract class A<T> { static readonly count: number = 1; private static hidden = 2; protected abstract area(): number; declare ghost: string; [key: string]: any; constructor(protected readonly side: T, public label?: string) {} get twice(): T { return this.side } set twice(v: T) { } public async later?(): Promise<void> {} }\nclass B extends A<number> implements Iterable<number> { override area(): number { return this.side ** 2 } *[Symbol.iterator](): Iterator<number> { yield this.side } #secret?: number = 4; reveal() { return this.#secret } }\nconst b = new B(3, 'l'); out(b.area(), [...b], b.label, A.count, b.reveal(), Object.keys(b))",
  "class fields without semicolons":
    "class F { a = 1 as number\n  ['b'] = 2\n  get: string\n  x() { return 1 }\n  private ['c'] = 3\n  static: number\n  readonly y = 4 as const;\n  *gen(): Generator<number> { yield 5 }\n  z?: number\n  set = 6\n  w!: string\n}\nconst f = new F(); out(Object.entries(f), f.x(), [...f.gen()])",
  "constructor overloads": "class O { constructor(a: string)\n constructor(a: number)\n constructor(public a: any) { 'use strict'; this.b = a } b: any }\nout({ ...new O(1) })",
  "class expressions": "const C = class<T> { constructor(readonly v: T) {} static make<U>(v: U) { return new C<U>(v) } }\nout(C.make(2).v, new (class Named { n?: number = 1 })().n)",
  "an object's methods": "const o2 = { m<T>(a: T): T { return a }, get g(): number { return 2 }, set g(v: number) {}, async *s(): AsyncGenerator<number> { yield 3 }, ['c' as string]: 4 as const }\nout(o2.m(1), o2.g, o2.c); for await (const x of o2.s()) out(x)",
  "type arguments": "const m = new Map<string, Array<Map<string, number>>>(), w = new Set<number>\nfunction ff<T>(x?: T) { return x }\nout(m.size, w.size, ff<number>(1), ff?.<string>('s'), [1].map<string>(x => String(x)), String.raw<any>`a`)\nconst inst = ff<number>; out(inst(2))",
  "optional chains": "const oc: any = { a: { b: () => 1 } }; out(oc?.a!.b!(), oc.z?.b!.c, oc!?.a.b())",
  enums: "enum E { A, B, C = 10, D, 'quoted key' = 3, Str = 'x', Tpl = `t`, Sum = 'a' + 'b', Alias = Str, F = A | C, G = -1, H, I = E.C << 1, J = 'abc'.length }\nconst enum K { One = 1 }\nout(E, K.One, E[10], E.D)",
  "enums and classes inside functions": "function scope() { enum In { A = 1 } ; enum In { B = 2 } ; class P { constructor(public v = In.B) {} } return [In.A, new P().v] }\nout(...scope())",
  namespaces: "namespace N { export let a = 1; export function inc() { a++; return a } ; export namespace M { export const deep = a + 1 } ; const hidden = 9; export class K { v = hidden } }\nout(N.a, N.inc(), N.a, N.M.deep, new N.K().v); namespace N.M { export const more = 7 } ; out(N.M.more)",
  "a namespace merged with a class": "class Shape { static unit = Shape.name } namespace Shape { export const sides = 4 } out(Shape.sides, Shape.unit)",
  decorators: "const log: any[] = []\nfunction d(n: number) { return (v: any, c: any) => { log.push(n, c.kind, String(c.name)) } }\n@d(1) class D { @d(2) m() { return await2() } @d(3) accessor acc = 4; @d(5) static s: number = 6; @d(7) f = 8 }\nfunction await2() { return 2 }\nconst dd = new D(); out(log, dd.m(), dd.acc, D.s, dd.f)\nconst DE = @d(9) class { v = 1 }; out(new DE().v)",
  using: "const closed: string[] = []\n{ using a = { [Symbol.dispose]() { closed.push('a') } }, b = { [Symbol.dispose]() { closed.push('b') } }; out('in') }\nout(closed)\nif (closed) { await using c = { async [Symbol.asyncDispose]() { closed.push('c') } } }\nout(closed); function early(): number { using e = { [Symbol.dispose]() { closed.push('e') } }; return closed.length as number } out(early(), closed)",
  "catch, loops and labels": "outer: for (const x of <number[]>[1, 2, 3]) { for (let i: number = 0; i < 3; i++) { if (i == x as unknown) continue outer; out([x, i]) } }\ntry { throw new Error('e') } catch (e: unknown) { out((e as Error).message) }\ndo out(1 as number)\nwhile (false as boolean)\nif (1 as number) out('t')\nelse out('f')",
  "var hoisting": "out(typeof late, hoisted()); var late: number = 1; function hoisted(): number { return 2 } { var inBlock = 3 } for (var i = 0 as number, j: number; i < 2; i++) j = i; for (var [k2] of [[5]]) ; out(late, inBlock, i, j!, k2); var late: number, again = 4 as number\nout(late, again)",
  "var in places without a block": "if (true) var one = 1\nelse var two = 2\nwhile (false) var three\nvar {\n  four = 4 } = {} as any\nvar five: number\nout(one, two, four, five)",
  "switch and generators": "function* g2(): Generator<number, void, unknown> { const r = yield 1 as number\n out(r) }\nconst it = g2(); out(it.next().value, it.next('back').done)\nswitch (2 as number) { case 1 as number: out('one'); case <number>2: let y: string = 'two'; out(y); break; default: type Z = 1 }",
  "getters in types and type operators": "type G = { get a(): number; set a(v: number) }; type M = { readonly [K in keyof G]?: G[K] } & { new (): G }; let infer: G extends infer U ? U : never = { a: 1 }; let asserts = 2, is = 3, keyof = 4, type = 5, declare = 6, namespace = 7, abstract = 8\nout(infer, asserts, is, keyof, type, declare, namespace, abstract)\ntype\nout('type is a name here')",
  "assertion functions": "function check(x: unknown): asserts x is string { if (typeof x !== 'string') throw new TypeError('no') }\nconst isS = (x: unknown): x is string => typeof x === 'string'\ncheck('a'); out(isS(1)); check(2)",
  "awaits in odd places": "const v2 = (await Promise.resolve({ a: [1] })).a![0]! + (await 2 as number)\nout(v2, await (async () => { await null; return `${await 1}` })(), [...await Promise.all<number>([1, 2].map(async x => await x! + 1))])\nconst w2 = await Promise.resolve(out)!\n(3)\nfor await (const q of [Promise.resolve(4)] as Promise<number>[]) out(q)",
  "comments inside types": "let cm /* a */ : /* b */ number /* c */ = /* d */ 1 // e\nconst fm = (a /* x */ : number // y\n  , b?: string) : // z\n  number => a\nout(cm, fm(1))",
  "characters outside the first plane": "const wide: string = '𝒳😀' as string; out(wide.length, `${wide as string}é`)",
  "strict mode": "out((function (this: any) { return this })() === undefined); try { (Object.freeze({ a: 1 }) as any).a = 2 } catch (e) { out((e as Error).name) }",
};

for (const [name, source] of Object.entries(snippets)) {
  test(`${name}: the cell does what the emitter's code does`, async () => {
    const expected = await byEmitter(source);
    expect(expected.length).toBeGreaterThan(0);
    expect(await byCell(source)).toEqual(expected);
  });
}

/** Fragments with a hole `#` for a number that keeps their names apart; none ends with a semicolon. */
const fragments = [
  "let a# = # as number", "const b#: number = #", "var c#: number", "var d# = # as any", "interface I# { x: 1 }", "type T# =\n  | 1", "(out)(#)",
  "[#].forEach(x => out(x))", "`${out(#)}`", "declare let e#: number", "let f# = <any>#", "const g# = (x: number): number => x as number",
  "out(#)", "function h#(a?: number): number { return # as number }", "out(typeof h#)", "class C# { a = # as number\n  ['b'] = 1\n  declare x: 1\n  private c\n}\nout(new C#().a)",
  "let i# = async (): Promise<\n  number> => await #!", "out(await i0#?.())", "enum E# { A = #, B }\nout(E#.B)", "if (# as any) out(#)\nelse out(0)", "let j# = out!",
  "for (var k# = 0 as number; k# < 2; k#++) out(k#)", "{ let l = # as number }", "out(# satisfies number)", "export {}", "abstract class A# { abstract m(): void\n  n(): number { return # }\n}",
  "let m# = x => <any>{ x }", "let n# = [] as number[]", "+out(#)", "/a/.test(String(out(#)))", "let o# = function (this: any) { return # as number }",
];

test("random programs of fragments without semicolons do what the emitter's code does", async () => {
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let ran = 0;
  for (let program = 0; program < 400; program++) {
    const parts = Array.from({ length: 2 + random(6) }, (_, index) => fragments[random(fragments.length)]!.replaceAll("#", String(program * 10 + index)));
    const source = parts.join("\n");
    const file = ts.transpileModule(source, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
    // Some neighbours do not parse (`export {}` behind an expression that goes on); those are not programs.
    if ((file.diagnostics ?? []).length > 0) continue;
    const expected = await byEmitter(source.replaceAll("export {}", ";"));
    const actual = await byCell(source);
    expect(actual, source).toEqual(expected);
    ran++;
  }
  expect(ran).toBeGreaterThan(200);
});
