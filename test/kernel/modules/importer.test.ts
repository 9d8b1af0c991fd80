/** Modules as cells load them, in a Node process of their own: the loader's hooks are one set for a process. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const importerUrl = new URL("../../../dist/kernel/modules/importer.js", import.meta.url).href;
/** Another Node to check with, `NABLA_TEST_NODE=/path/to/node`. */
const node = process.env["NABLA_TEST_NODE"] ?? process.execPath;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla importer (1) "));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Runs a program that sees `importer`, `write(path, text)` and `say(value)`; gives what it said. */
async function run(program: string): Promise<unknown[]> {
  const script = join(folder, "program.mjs");
  writeFileSync(
    script,
    `import { createImporter } from ${JSON.stringify(importerUrl)}; import { writeFileSync, utimesSync } from "node:fs"; import { join } from "node:path";
    const folder = ${JSON.stringify(folder)}; const said = [];
    const importer = createImporter({ directory: join(folder, "notebook"), packagesRoot: join(folder, "fallback") });
    const say = (...values) => said.push(...values);
    const write = (path, text) => writeFileSync(join(folder, path), text);
    ${program}
    process.stdout.write(JSON.stringify(said, (key, value) => value === undefined ? null : value));`,
  );
  const { stdout, stderr } = await promisify(execFile)(node, [script]);
  // No warning of Node's, experimental or deprecated, may reach the learner.
  expect(stderr).toBe("");
  return JSON.parse(stdout) as unknown[];
}

test("TypeScript, JSON, CommonJS, ES modules, packages and Node's own modules load", async () => {
  write("notebook/model.ts", 'import type { T } from "./types.ts"; import { scale, type U } from "./inner"; import { V } from "./types"; import data from "./data.json"; import fs from "node:fs"; import { fromPackage } from "pkg"; import { fromFallback } from "house";\nexport enum Kind { A = 1 }\nexport class Model { constructor(private x: number) {} get y(): number { return this.x * scale } }\nexport const v: V = { ok: data.ok && typeof fs.readFileSync === "function" && fromPackage && fromFallback };');
  write("notebook/types.ts", "export interface T { a: 1 }\nexport type U = 1; export interface V { ok: boolean }");
  write("notebook/inner.mts", "export const scale: number = 2; export type U = number");
  write("notebook/data.json", '{ "ok": true, "__proto__": 1 }');
  write("notebook/old.cjs", 'module.exports = { old: require("./data.json").ok, "named": 1 };');
  write("notebook/esm.js", 'export const esm = 1; import { scale } from "./inner.mjs"; export { scale };');
  write("notebook/script.js", "exports.script = 1;");
  write("notebook/node_modules/pkg/package.json", '{ "name": "pkg", "exports": "./i.cjs" }');
  write("notebook/node_modules/pkg/i.cjs", "exports.fromPackage = true;");
  write("fallback/package.json", '{ "name": "house", "type": "module", "exports": "./house.js" }');
  write("fallback/house.js", "export const fromFallback = true;");
  const said = await run(`
    const { Model, v, Kind } = await importer.import("./model");
    say(new Model(3).y, v, Kind.A, (await importer.import("./data.json")).default, (await importer.import("./old.cjs")).default, (await importer.import("./esm.js")).scale,
      (await importer.import("./script")).script, (await importer.import("house")).fromFallback, typeof (await importer.import("node:os")).cpus, (await importer.import("pkg")).fromPackage,
      importer.require("pkg").fromPackage, importer.require("node:os") === (await importer.import("os")).default, (await importer.import("house")) === (await importer.import("house")))`);
  expect(said).toEqual([6, { ok: true }, 1, JSON.parse('{ "ok": true, "__proto__": 1 }'), { old: true, named: 1 }, 2, 1, true, "function", true, true, true, true]);
});

test("an edit in a file, or in one that it imports, gives a new module at the next import, and no edit the same one", async () => {
  write("notebook/outer.ts", 'import { n } from "./inner"; export const f = (): string => "outer " + n; export { n } from "./inner"');
  write("notebook/inner.ts", 'import { m } from "./leaf.js"; export const n: number = m');
  write("notebook/leaf.ts", "export const m = 1");
  write("notebook/other.ts", 'import { m } from "./leaf"; export const other = () => m');
  write("notebook/common.cjs", "exports.c = 1");
  write("notebook/data.json", "[1]");
  const said = await run(`
    const first = await importer.import("./outer.ts"); const other = await importer.import("./other"); say(first.f(), first === await importer.import("./outer"));
    const leaf = await importer.import("./leaf");
    write("notebook/leaf.ts", "export const m = 22"); const second = await importer.import("./outer"); say(second.f(), first.f(), second === first);
    say((await importer.import("./other")).other(), (await importer.import("./leaf")).m, leaf.m);
    write("notebook/outer.ts", 'import { n } from "./inner"; export const f = () => "changed " + n'); const third = await importer.import("./outer"); say(third.f(), third === await importer.import("./outer"));
    await importer.import("./common.cjs"); write("notebook/common.cjs", "exports.c = 333"); say((await importer.import("./common.cjs")).c);
    await importer.import("./data.json"); write("notebook/data.json", "[1, 2]"); say((await importer.import("./data.json")).default)`);
  expect(said).toEqual(["outer 1", true, "outer 22", "outer 1", false, 22, 22, 1, "changed 22", true, 333, [1, 2]]);
});

test("files that import each other load once and reload together", async () => {
  write("notebook/a.ts", 'import { b } from "./b"; export const a = () => "a1"; export const both = () => a() + b()');
  write("notebook/b.ts", 'import { a } from "./a"; export const b = () => "b" + a().length');
  const said = await run(`
    const one = await importer.import("./a"); say(one.both(), one === await importer.import("./a"));
    write("notebook/b.ts", 'export const b = () => "B!"'); say((await importer.import("./a")).both())`);
  expect(said).toEqual(["a1b2", true, "a1B!"]);
});

test("a file that is mended, or made after it was missing, loads at the next import", async () => {
  write("notebook/bad.ts", "export const x = ;");
  write("notebook/lost.ts", 'import { y } from "./later"; export const z = y');
  const said = await run(`
    const attempt = (specifier) => importer.import(specifier).then(() => "loaded", (error) => error.name + ": " + error.message);
    say(await attempt("./bad"), await attempt("./lost"), await attempt("absent"));
    write("notebook/bad.ts", "export const x = 4"); write("notebook/later.ts", "export const y = 5");
    say((await importer.import("./bad")).x, (await importer.import("./lost")).z)`);
  expect(said[0]).toContain("SyntaxError: Expression expected.");
  expect(said[0]).toContain("bad.ts:1:18");
  expect(said[1]).toContain('Cannot find "./later"');
  expect(said[2]).toMatch(/^ModuleNotFound: .*absent/);
  expect(said.slice(3)).toEqual([4, 5]);
});

test("an error in a local file has the file's own line and column", async () => {
  write("notebook/deep.ts", "interface A {\n  x: number;\n}\nexport function fail(a?: A): never {\n  type T = 1;\n  throw new Error(`x`);\n}");
  const said = await run(`try { (await importer.import("./deep")).fail() } catch (error) { say(error.stack.split("\\n")[1]) }`);
  expect(said[0]).toMatch(/deep\.ts\?version=[0-9a-f]+:6:9\)?$/);
});
