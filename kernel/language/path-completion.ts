/** Completion inside the quotes of an import: files beside the notebook, packages, Node's own modules. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Dirent } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import ts from "#typescript";
import type { NotebookPlace } from "./host.ts";

/** What could stand between the quotes. */
export interface PathCompletion {
  /** Where the part begins that the matches take the place of. */
  readonly start: number;
  readonly matches: readonly { readonly text: string; readonly type: "path" | "module" }[];
}

const IMPORTABLE = /\.(?:[cm]?[jt]s|json)$/;

/** @returns Nothing when the place is not in the name of a module. */
export function completePath(file: ts.SourceFile, position: number, place: NotebookPlace): PathCompletion | undefined {
  const literal = moduleNameAt(file, position);
  if (literal === undefined) return undefined;
  const start = literal.getStart(file) + 1;
  const typed = file.text.slice(start, position);
  if (/^\.{0,2}\/|^\.{1,2}$/.test(typed)) {
    const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
    const found = filesIn(resolve(place.directory, folder || "."), typed.slice(folder.length));
    // `import ".` is the beginning of `./` and `../`.
    if (folder === "") return { start, matches: ["./", "../"].filter((each) => each.startsWith(typed)).map((text) => ({ text, type: "path" })) };
    return { start: start + folder.length, matches: found.map((text) => ({ text, type: "path" })) };
  }
  const names = [...packagesOf(place), ...builtinModules.filter((name) => !name.startsWith("_")).map((name) => `node:${name}`)];
  const matches = [...new Set(names)].filter((name) => name.startsWith(typed) || (name.startsWith("node:") && name.startsWith(`node:${typed}`)));
  return { start, matches: matches.map((text) => ({ text, type: "module" })) };
}

/** The string that names a module, if the place is in one. */
function moduleNameAt(file: ts.SourceFile, position: number): ts.StringLiteralLike | undefined {
  const find = (node: ts.Node): ts.StringLiteralLike | undefined => {
    if (node.pos > position || node.end < position) return undefined;
    if (ts.isStringLiteralLike(node)) return node.getStart(file) < position && namesModule(node) && isInside(node, file, position) ? node : undefined;
    return ts.forEachChild(node, find);
  };
  return find(file);
}

/** Whether the place is before the closing quote, which may not be there yet. */
function isInside(node: ts.StringLiteralLike, file: ts.SourceFile, position: number): boolean {
  const text = node.getText(file);
  return position < node.end || text.length === 1 || text.at(-1) !== text[0];
}

function namesModule({ parent }: ts.StringLiteralLike): boolean {
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent)) return true;
  if (!ts.isCallExpression(parent)) return false;
  return parent.expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(parent.expression) && parent.expression.text === "require");
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function filesIn(folder: string, typed: string): string[] {
  const isShown = (name: string): boolean => name.startsWith(typed) && (typed !== "" || !name.startsWith("."));
  const entries = entriesOf(folder).filter(({ name }) => isShown(name) && name !== "node_modules");
  const folders = entries.filter((each) => each.isDirectory()).map(({ name }) => `${name}/`);
  return [...folders.sort(), ...entries.filter((each) => !each.isDirectory() && IMPORTABLE.test(each.name)).map(({ name }) => name).sort()];
}

/** Packages that are installed for the notebook, and what the kernel was set up with: its own package and what that needs. */
function packagesOf({ directory, packagesRoot }: NotebookPlace): string[] {
  const names: string[] = [];
  for (let folder = directory; folder !== packagesRoot; folder = dirname(folder)) {
    for (const { name } of entriesOf(join(folder, "node_modules"))) {
      if (name.startsWith("@") && name !== "@types") names.push(...entriesOf(join(folder, "node_modules", name)).map((each) => `${name}/${each.name}`));
      else if (!/^[.@]/.test(name)) names.push(name);
    }
    if (dirname(folder) === folder) break;
  }
  const manifest = packagesRoot === undefined ? undefined : join(packagesRoot, "package.json");
  if (manifest === undefined || !existsSync(manifest)) return names;
  const { name, dependencies } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; dependencies?: Record<string, string> };
  return [...(name === undefined ? [] : [name]), ...names, ...Object.keys(dependencies ?? {})];
}
