/** A local TypeScript file must export what TypeScript's own emitter would make it export. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { transformModule } from "../../../kernel/modules/typescript-module.ts";

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-module-"));
  writeFileSync(join(folder, "lib.mjs"), "export default 'd'; export const a = 1, b = 2; export class K {}");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function exportsOf(code: string): Promise<unknown> {
  const path = join(folder, `m${count++}.mjs`);
  writeFileSync(path, code);
  const namespace = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Record<string, unknown>;
  // What can be compared of functions and classes is what they are called and what they give.
  return Object.fromEntries(Object.entries(namespace).map(([name, value]) => [name, typeof value === "function" ? [value.name, show(value)] : value]));
}

function show(value: unknown): unknown {
  try {
    return (value as () => unknown)();
  } catch {
    return { ...(new (value as new () => object)() as object) };
  }
}

test.each([
  ["declarations", "export const x: number = 1, y = <any>2; export let z!: string; export function f<T>(a?: T): number { return 3 as number } export abstract class A { p: number = 1; abstract q(): void }\nexport interface I {} export type T = I; export declare const gone: number"],
  ["defaults", "interface P { a: number }\nexport default function named(this: void, a?: P): number { return a?.a ?? 4 as number }"],
  ["an anonymous default class", "export default class { x: number = 1; constructor(public y = 2) {} }"],
  ["an expression by default", "const five = 5 as const\nexport default five satisfies number"],
  ["lists and types in them", "interface I {} const v = 1; class C { a?: number } enum E { A = 1 }\nexport { v, C, E, type I, v as w }; export type { I as J }; export * from './lib.mjs'; export { a as aa } from './lib.mjs'; export * as lib from './lib.mjs'"],
  ["imports of which some are types alone", "import d, { a, K, type b as B, Missing, Other as M2 } from './lib.mjs'; import * as all from './lib.mjs'; import type X from './nowhere.mjs'; import { OnlyType } from './lib.mjs'\nconst m: Missing | M2 | X | OnlyType | undefined = undefined; export const got = [d, a, all.b, typeof K, m]"],
  ["a default that is a type alone", "import Type, { a } from './lib.mjs'; import Nothing, * as Both from './lib.mjs'\nlet t: Type | Nothing | Both.X; export const got = a"],
  ["enums", "export enum E { A, B = 'b' } export const enum K { C = 3 } enum Local { D } export enum E { Z = 9 }\nexport const local = Local.D"],
  ["namespaces", "export namespace N { export const a = 1; export const b = (() => a + 1)() }\nexport const viaN = N.b; namespace Types { export type X = 1 } export namespace Empty { export interface Y {} }"],
  ["decorated classes", "const seen: unknown[] = []; function d(v: unknown, c: DecoratorContext) { seen.push(c.name) }\n@d export class One { @d m(): void {} }\nexport default @d class Two { v = 2 }\nexport { seen }"],
  ["using and top-level await", "const log: string[] = []; { using r = { [Symbol.dispose]() { log.push('closed') } }; log.push('open') }\nexport const waited: number = await Promise.resolve(1 as number); export { log }"],
])("%s", async (_, source) => {
  const emitted = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText;
  expect(await exportsOf(transformModule(source, "file:///m.ts"))).toEqual(await exportsOf(emitted));
});

test("lines and columns stay where they were", () => {
  const source = "interface A {\n  x: 1;\n}\nimport type { B } from './b.ts'\nexport const f = (a: A): B => {\n  return g(a as never)\n}\n";
  const lines = transformModule(source, "file:///m.ts").split("\n");
  expect(lines.length).toBe(source.split("\n").length);
  expect(lines[5]!.indexOf("g(a")).toBe(source.split("\n")[5]!.indexOf("g(a"));
});

test("a syntax error names the file, the line and the column", () => {
  expect(() => transformModule("const ok = 1\nconst = 2", "file:///folder/m.ts")).toThrow(/\/folder\/m\.ts:2:7\n.*\n2 \| const = 2\n {2}\| {7}\^/);
});

test.each([
  ["a decorated class", "const plain = (v: any, c: any): any => v\n@plain export class Net {\n  // a remark\n  @plain forward(\n    x: number,\n  ): number {\n    MARK_7(x)\n    return x\n  }\n  @plain last = MARK_10\n}\nMARK_12"],
  ["templates of several lines", "const plain = (v: any, c: any): any => v\n@plain class Text {\n  @plain give(): string {\n    return `one\ntwo ${MARK_5}\n` + MARK_6\n  }\n}\nMARK_9"],
  ["a namespace, exported and merged", "export namespace Box {\n  export const size: number = 1\n\n\n  export function open(): void {\n    MARK_6()\n  }\n}\nnamespace Box {\n  MARK_10\n}\nMARK_12"],
  ["a namespace of types", "namespace Types {\n  export type A = 1\n}\nMARK_4"],
  ["a block with using", "{\n  using file: any = open()\n  MARK_3\n}\nMARK_5"],
  ["a decorated class expression", "const plain = (v: any, c: any): any => v\nconst Net = class {\n  @plain go(): void {\n    MARK_4\n  }\n}\nMARK_7"],
  ["an enum and parameter properties", "export enum Colour {\n  Red,\n  Green = MARK_3 as any,\n}\nclass C {\n  constructor(\n    private a: number,\n  ) {\n    MARK_9\n  }\n}\nMARK_12"],
])("every line of %s stays where it is", (_what, source) => {
  const lines = transformModule(source, "file:///lines.ts").split("\n");
  const places = lines.flatMap((line, index) => [...line.matchAll(/MARK_(\d+)/g)].map(([, wanted]) => [Number(wanted), index + 1]));
  expect(places.length).toBe(source.match(/MARK_/g)!.length);
  for (const [wanted, found] of places) expect(found).toBe(wanted);
});
