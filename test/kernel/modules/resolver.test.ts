/** Where a specifier leads. Node's own resolution is the judge wherever it has an answer. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execFileSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModuleNotFound, resolveModule } from "../../../kernel/modules/resolver.ts";

let folder: string;
let notebook: string;
const checkout = fileURLToPath(new URL("../../../", import.meta.url));

function write(path: string, text = ""): void {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nabla-resolver-")));
  notebook = join(folder, "course", "week 1");
  for (const file of ["model.ts", "model.js", "layers/index.ts", "plain.mjs", "data.json", "only.mts", "a (copy).ts"]) write(`course/week 1/${file}`);
  const packages: Record<string, object> = {
    main: { main: "./lib/main.js" },
    conditions: { exports: { ".": { types: "./t.d.ts", browser: "./b.js", import: { node: "./i.mjs", default: "./d.mjs" }, require: "./r.cjs" }, "./deep": "./deep.js", "./all/*": "./lib/*.js", "./all/secret/*": null } },
    sugar: { exports: "./sugar.js" },
    list: { exports: { ".": ["./list.js"] } },
    "@scope/scoped": { exports: { ".": "./s.js", "./package.json": "./package.json" } },
  };
  for (const [name, manifest] of Object.entries(packages)) write(`course/node_modules/${name}/package.json`, JSON.stringify({ name, ...manifest }));
  for (const file of ["main/lib/main.js", "main/other.js", "conditions/i.mjs", "conditions/d.mjs", "conditions/r.cjs", "conditions/deep.js", "conditions/lib/x.js", "sugar/sugar.js", "list/list.js", "@scope/scoped/s.js"]) {
    write(`course/node_modules/${file}`);
  }
  write("linked/package.json", JSON.stringify({ name: "linked", exports: "./l.js" }));
  write("linked/l.js");
  symlinkSync(join(folder, "linked"), join(folder, "course/node_modules/linked"));
  write("fallback/package.json", JSON.stringify({ name: "house", exports: { ".": { types: "./t.d.ts", default: "./house.js" } } }));
  write("fallback/house.js");
  write("fallback/node_modules/extra/index.js");
});
afterAll(() => rmSync(folder, { recursive: true }));

const find = (specifier: string): string => resolveModule(specifier, { directory: notebook, packagesRoot: join(folder, "fallback") });
const file = (path: string): string => pathToFileURL(join(folder, path)).href;

describe("a local module", () => {
  test.each([
    ["./model.ts", "model.ts"],
    ["./model", "model.ts"],
    ["./model.js", "model.js"],
    ["./layers", "layers/index.ts"],
    ["./layers/", "layers/index.ts"],
    ["./only.mjs", "only.mts"],
    ["./plain", "plain.mjs"],
    ["./data.json", "data.json"],
    ["./a (copy).ts", "a (copy).ts"],
    ["../week 1/model", "model.ts"],
  ])("%s is %s", (specifier, path) => {
    expect(find(specifier)).toBe(file(`course/week 1/${path}`));
  });
});

describe("a package", () => {
  test.each(["main", "main/other.js", "conditions", "conditions/deep", "conditions/all/x", "sugar", "list", "@scope/scoped", "@scope/scoped/package.json", "linked"])("%s is where Node finds it", (specifier) => {
    const program = `process.stdout.write(import.meta.resolve(${JSON.stringify(specifier)}))`;
    const script = join(notebook, "ask.mjs");
    writeFileSync(script, program);
    expect(find(specifier)).toBe(pathToFileURL(realpathSync(fileURLToPath(execFileSync(process.execPath, [script], { encoding: "utf8" })))).href);
  });
  test("that is missing beside the notebook is looked for in the fallback root, by its own name too", () => {
    expect(find("extra")).toBe(file("fallback/node_modules/extra/index.js"));
    expect(find("house")).toBe(file("fallback/house.js"));
  });
  test("nabla is found from any folder by way of its checkout", () => {
    expect(resolveModule("nabla/package.json", { directory: tmpdir(), packagesRoot: checkout })).toBe(pathToFileURL(join(checkout, "package.json")).href);
  });
  test("Node's own modules have their node: name", () => {
    expect([find("fs"), find("node:fs/promises"), find("node:test")]).toEqual(["node:fs", "node:fs/promises", "node:test"]);
  });
});

describe("what is not there is an error that says where it was looked for and what to do", () => {
  test.each([
    ["./missing", "missing{.ts", "spelled"],
    ["./no/such/folder", "folder", "There is no folder"],
    ["absent", "fallback", "npm install absent"],
    ["@scope/absent/deep", "node_modules", "npm install @scope/absent "],
    ["conditions/private", "package.json", 'does not export "./private"'],
    ["conditions/all/secret/x", "package.json", "does not export"],
    ["https://example.com/x.js", "", "Only files, packages and node: modules"],
  ])("%s", (specifier, place, cure) => {
    let thrown: unknown;
    try {
      find(specifier);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ModuleNotFound);
    expect(thrown).toMatchObject({ name: "ModuleNotFound", specifier });
    expect((thrown as Error).message).toContain(specifier);
    expect((thrown as Error).message).toContain(place);
    expect((thrown as Error).message).toContain(cure);
  });
});
