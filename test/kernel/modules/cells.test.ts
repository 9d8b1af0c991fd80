/** Modules as cells import them, in a running kernel: packages of both kinds, JSON, local files, and files that are edited. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "../frontend.ts";

let folder: string;
let frontend: Frontend;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-cells-"));
  write("node_modules/only-esm/package.json", '{ "name": "only-esm", "type": "module", "exports": { "import": "./index.js" } }');
  write("node_modules/only-esm/index.js", "export const kind = 'esm'; export default await Promise.resolve('default');");
  write("node_modules/old/package.json", '{ "name": "old", "main": "main.js", "version": "3.2.1" }');
  write("node_modules/old/main.js", "exports.kind = 'cjs'; exports.self = () => exports.kind; exports.nested = require('./data.json').n;");
  write("node_modules/old/data.json", '{ "n": 5 }');
  write("data.json", '{ "rows": [1, 2] }');
  frontend = await Frontend.start({ cwd: folder });
});
afterAll(async () => {
  await frontend.stop();
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The value of a cell, as JSON. */
async function value(code: string): Promise<unknown> {
  const { reply, value: text } = await frontend.execute(code);
  if (reply["status"] !== "ok") throw new Error(JSON.stringify(reply));
  return JSON.parse(text!.slice(1, -1)) as unknown;
}

test("packages of both kinds give their names and their default", async () => {
  expect(await value('import whole, { kind } from "only-esm"; import old, { kind as oldKind, nested } from "old"; JSON.stringify([whole, kind, oldKind, nested, old.self()])')).toEqual(["default", "esm", "cjs", 5, "cjs"]);
  expect(await value('import all = require("old"); const { kind: lazily } = await import("only-esm"); JSON.stringify([all.kind, lazily, require("old").kind])')).toEqual(["cjs", "esm", "cjs"]);
});

test("JSON is imported with and without its attribute, also of a package and by a local file", async () => {
  write("reads.ts", 'import data from "./data.json" with { type: "json" }; export const first: number = data.rows[0]!;');
  expect(await value('import plain from "./data.json"; import marked from "./data.json" with { type: "json" }; import { version } from "old/package.json"; import { first } from "./reads"; JSON.stringify([plain.rows, marked.rows, version, first])'))
    .toEqual([[1, 2], [1, 2], "3.2.1", 1]);
});

test("a local file with enums, decorators and parameter properties is imported with and without its extension, and by its compiled name", async () => {
  write("lib/net.ts", "export enum Kind { Dense, Sparse = 4 }\nconst seen: string[] = [];\nfunction log(_: unknown, { name }: ClassMethodDecoratorContext) { seen.push(String(name)); }\nexport class Net { constructor(readonly kind: Kind) {} @log forward(): Kind { return this.kind } }\nexport { seen };");
  for (const specifier of ["./lib/net", "./lib/net.ts", "./lib/net.js"]) {
    expect(await value(`import { Kind, Net, seen } from "${specifier}"; JSON.stringify([new Net(Kind.Sparse).forward(), seen])`)).toEqual([4, ["forward"]]);
  }
});

test("a file that was edited is new in the cell that is run again, with everything that depends on it", async () => {
  write("deep/leaf.ts", "export const size = 1;");
  write("deep/middle.ts", 'export { size } from "./leaf.ts"; export const at = Math.random();');
  write("model.ts", 'import { size, at } from "./deep/middle"; export const described = `size ${size}`; export { at };');
  const cell = 'import { described, at } from "./model"; JSON.stringify([described, at])';
  const [first, again] = [await value(cell), await value(cell)] as [string, number][];
  expect(again).toEqual(first);
  write("deep/leaf.ts", "export const size = 22;");
  const edited = (await value(cell)) as [string, number];
  expect(edited[0]).toBe("size 22");
  expect(edited[1]).not.toBe(first![1]);
});

test("import.meta says where the notebook is, and what a specifier stands for", async () => {
  const said = await value('JSON.stringify([import.meta.dirname, import.meta.url.startsWith(new URL(".", import.meta.url).href), import.meta.filename.startsWith(import.meta.dirname), import.meta.resolve("./not/yet.ts"), import.meta.resolve("old")])');
  expect(said).toEqual([folder, true, true, pathToFileURL(join(folder, "not", "yet.ts")).href, pathToFileURL(join(folder, "node_modules", "old", "main.js")).href]);
});
