/** JSX in cells and local files: elements are calls of what the text says, types are checked, and errors name the line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let folder: string;
let frontend: Frontend;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-jsx-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  // A package with the automatic runtime, as React and Preact have it.
  write("node_modules/tiny/package.json", '{ "name": "tiny", "exports": { "./jsx-runtime": "./runtime.js" }, "type": "module" }');
  write("node_modules/tiny/runtime.js", "export const Fragment = 'fragment'; export const jsx = (type, props, key) => ({ one: type, props, key }); export const jsxs = (type, props, key) => ({ many: type, props, key });");
  write("view.tsx", "/** @jsx h */\nimport { h, type Kind, Box } from './h';\nexport const kind: Kind = 'k';\nexport const view = (n: number) => <Box n={n}>{kind}</Box>;\nexport function fails(): unknown {\n  throw new Error('in a view');\n}");
  write("h.ts", "export type Kind = string; export const h = (...parts: unknown[]) => parts; export class Box {}");
  write("auto.tsx", "/** @jsxImportSource tiny */\nexport const made = <a href='x'>{1}{2}</a>;");
  frontend = await Frontend.start({ cwd: folder });
  await frontend.evaluate("const h = (type: unknown, props: object | null, ...children: unknown[]) => [typeof type === 'function' ? type.name : type, props, ...children], Frag = 'frag'; 0");
});
afterAll(async () => {
  await frontend.stop();
  rmSync(folder, { recursive: true });
});

/** The value of a cell, as JSON. */
async function value(code: string): Promise<unknown> {
  const { reply, value: text } = await frontend.execute(code);
  if (reply["status"] !== "ok") throw new Error(JSON.stringify(reply));
  return JSON.parse(text!.slice(1, -1)) as unknown;
}

test("elements, properties, children, fragments and spread are calls of the function that the cell names", async () => {
  expect(await value('/** @jsx h */\nfunction Box() {}\nconst rest = { b: 2 };\nJSON.stringify(<Box a="1" {...rest} on>text {1 + 1 as number}<i/></Box>)')).toEqual(["Box", { a: "1", b: 2, on: true }, "text ", 2, ["i", null]]);
  expect(await value("/* @jsx h\n * @jsxFrag Frag */\nJSON.stringify(<><b>{await Promise.resolve(3)}</b></>)")).toEqual(["frag", null, ["b", null, 3]]);
});

test("only a comment names the function, and only what could be one", async () => {
  expect((await frontend.execute("/* a note */ const mail = 'me@jsx h'; /* another */ <b/>")).reply).toMatchObject({ evalue: "React is not defined" });
  expect(await value("/** Some words.\n * @jsx h\n */\nJSON.stringify(<b/>)")).toEqual(["b", null]);
});

test("a package brings its own functions, in a cell and in a local file", async () => {
  const made = { many: "a", props: { href: "x", children: [1, 2] } };
  expect(await value("/** @jsxImportSource tiny */\nJSON.stringify(<a href='x'>{1}{2}</a>)")).toEqual(made);
  expect(await value("/** @jsxImportSource tiny */\nJSON.stringify(<><b key='k'>one</b></>)")).toEqual({ one: "fragment", props: { children: { one: "b", props: { key: "k", children: "one" }, key: "k" } } });
  expect(await value('import { made } from "./auto"; JSON.stringify(made)')).toEqual(made);
});

test("a local file with elements is found without its extension and keeps its lines", async () => {
  expect(await value('import { view, kind } from "./view"; JSON.stringify([view(4).slice(1), kind])')).toEqual([[{ n: 4 }, "k"], "k"]);
  const { reply } = await frontend.execute('import { fails } from "./view.tsx"; fails()');
  expect(reply["traceback"].join("\n")).toMatch(/view\.tsx.*\b6\b/);
});

test("without a word about it React is called, and said to be missing", async () => {
  expect((await frontend.execute("<b/>")).reply).toMatchObject({ ename: "ReferenceError", evalue: "React is not defined" });
});

test("types are checked around elements, and elements themselves are no problem", async () => {
  const fine = await frontend.run("/** @jsx h */\nconst fine = <b title='t'>{1}</b>; 0");
  await fine.finished;
  const wrong = await frontend.run("/** @jsx h */\nconst wrong: number = 'text'; const other = <b/>; 0");
  const shown = await frontend.until(({ type, parent }) => type === "display_data" && parent === wrong.id);
  expect(shown.content["data"]["text/plain"]).toContain("Type 'string' is not assignable to type 'number'.");
  expect(frontend.outputsOf(fine.id).some(({ type }) => type === "display_data")).toBe(false);
});

test("an error inside an element names its line, and a cell that is neither one nor the other says what is wrong", async () => {
  const { reply } = await frontend.execute("/** @jsx h */\nconst broken = (\n  <b>\n    {(() => { throw new Error('inside') })()}\n  </b>\n);");
  expect(reply["traceback"].join("\n")).toMatch(/line 4/);
  expect((await frontend.execute("const x = <b></i>;")).reply).toMatchObject({ ename: "SyntaxError", evalue: "Expected corresponding JSX closing tag for 'b'." });
});

test("a class with a decorator keeps the imports that it alone uses as values", async () => {
  writeFileSync(join(folder, "decorated.ts"), "import { Box } from './h';\nconst mark = (c: unknown, _: unknown) => c as never;\nlet unused: Box | undefined;\n@mark export class Wide extends Box { size = 2 }");
  expect(await value('import { Wide } from "./decorated"; JSON.stringify(new Wide())')).toEqual({ size: 2 });
});
