/**
 * The source of what a name stands for: of a cell, of a local file, of a package that brings its source along.
 *
 * A package can say in its manifest that more belongs to a name than its declaration: `"inspect": ["src/tensor/ops"]` are
 * folders whose objects have members of that name, as the rows of a table of ops with their derivatives.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "#typescript";
import { say } from "../messages/say.ts";
import type { Described } from "./documentation.ts";
import type { InspectionContext } from "./inspection.ts";

/** How many lines of one piece are shown. */
const MOST_LINES = 120;

interface Piece {
  readonly title: string;
  readonly text: string;
}

/** @param position Where the name begins. @returns Nothing where there is no source to show. */
export function sourceOf(position: number, { service, fileName, titleOf }: InspectionContext): Described | undefined {
  const definitions = service.getDefinitionAtPosition(fileName, position) ?? [];
  const pieces: Piece[] = [];
  for (const { fileName: declaredIn, textSpan, name } of definitions.slice(0, 3)) {
    const place = mappedPlace(service, declaredIn, textSpan.start);
    const text = ts.sys.readFile(place.fileName) ?? service.getProgram()?.getSourceFile(place.fileName)?.text;
    if (text === undefined) continue;
    const file = ts.createSourceFile(place.fileName, text, ts.ScriptTarget.ESNext, true);
    const declaration = declarationAt(file, place.position);
    if (declaration === undefined) continue;
    const root = packageOf(place.fileName);
    pieces.push(pieceOf(declaration, file, titleOf(place.fileName), root));
    // What a method's type only announces may be written out in the same file.
    if (isAnnouncement(declaration)) pieces.push(...members(file, name, declaration).map((each) => pieceOf(each, file, undefined, root)));
    if (root !== undefined) pieces.push(...rowsOf(root, name));
  }
  const shown = pieces.filter(({ title, text }, index) => pieces.findIndex((each) => each.title === title && each.text === text) === index);
  if (shown.length === 0) return undefined;
  return {
    plain: shown.map(({ title, text }) => `${say("source", { place: title })}\n${text}`).join("\n\n"),
    markdown: shown.map(({ title, text }) => `${say("source", { place: `\`${title}\`` })}\n\n\`\`\`typescript\n${text}\n\`\`\``).join("\n\n"),
  };
}

interface FilePlace {
  readonly fileName: string;
  readonly position: number;
}

/** From a declaration file to the source that it was made from, by the map beside it. */
function mappedPlace(service: ts.LanguageService, fileName: string, position: number): FilePlace {
  // Not part of the declared interface, and what editors use for the same jump.
  const { getSourceMapper } = service as unknown as { getSourceMapper?(): { tryGetSourcePosition(place: { fileName: string; pos: number }): { fileName: string; pos: number } | undefined } };
  const found = /\.d\.[cm]?ts$/.test(fileName) ? getSourceMapper?.().tryGetSourcePosition({ fileName, pos: position }) : undefined;
  return found === undefined || !existsSync(found.fileName) ? { fileName, position } : { fileName: found.fileName, position: found.pos };
}

/** The declaration whose name stands at a place. */
function declarationAt(file: ts.SourceFile, position: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (node.getStart(file) > position || node.end <= position) return;
    if (isShownWhole(node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isShownWhole(node: ts.Node): boolean {
  if (ts.isVariableStatement(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node) || ts.isTypeElement(node)) return true;
  return ts.isClassLike(node) || (ts.isFunctionLike(node) && node.name !== undefined);
}

function isAnnouncement(node: ts.Node): boolean {
  return ts.isMethodSignature(node) || ts.isPropertySignature(node);
}

/** What objects and functions of a file there are under a name. */
function members(file: ts.SourceFile, name: string, but?: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const isNamed = ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node);
    if (isNamed && node !== but && node.name?.getText(file) === name) found.push(node);
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The rows of a name in the folders that the package names. */
function rowsOf(root: string, name: string): Piece[] {
  const { inspect } = manifestOf(root);
  const folders = Array.isArray(inspect) ? inspect.map(String) : [];
  return folders.flatMap((folder) =>
    filesIn(join(root, folder)).flatMap((path) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes(`${name}:`)) return [];
      const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
      return members(file, name).filter(ts.isPropertyAssignment).map((each) => pieceOf(each, file, undefined, root));
    }),
  );
}

function manifestOf(root: string): { readonly name?: string; readonly inspect?: unknown } {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name?: string; inspect?: unknown };
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".ts")).sort().map((name) => join(folder, name));
}

function pieceOf(node: ts.Node, file: ts.SourceFile, title: string | undefined, root: string | undefined): Piece {
  const start = node.getStart(file);
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  const lines = node.getText(file).split(/\r?\n/);
  // The first line is cut out of its indentation; the others lose as much of theirs.
  const text = lines.map((each, index) => (index === 0 ? each : each.replace(new RegExp(`^\\s{0,${character}}`), "")));
  const shown = text.length > MOST_LINES ? [...text.slice(0, MOST_LINES), "…"] : text;
  const path = root === undefined ? file.fileName : join(manifestOf(root).name ?? "", relative(root, file.fileName));
  return { title: title ?? `${path}:${line + 1}`, text: shown.join("\n") };
}

/** The folder of the package that a file belongs to. */
function packageOf(fileName: string): string | undefined {
  for (let folder = dirname(fileName); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
