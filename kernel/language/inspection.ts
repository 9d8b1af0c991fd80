/** What stands at a place of a cell: its signature, what is said of it, the call around it, and on demand its source. */
import ts from "#typescript";
import { say } from "../messages/say.ts";
import type { Cells } from "./cells.ts";
import { describe, withoutPaths } from "./documentation.ts";
import type { Described } from "./documentation.ts";
import { signatureAt } from "./signature-help.ts";
import { sourceOf } from "./source-text.ts";

export interface InspectionContext {
  readonly service: ts.LanguageService;
  readonly cells: Cells;
  readonly fileName: string;
  readonly fileOf: (module: string) => string;
  /** Before this, the file is not the cell's. */
  readonly shift: number;
  /** The cell as a title, for a place in a cell. */
  readonly titleOf: (fileName: string) => string | undefined;
}

/** @param detail 1 for the source as well. @returns Nothing where there is nothing to say. */
export function inspectAt(position: number, detail: 0 | 1, context: InspectionContext): Described | undefined {
  const { service, fileName } = context;
  const word = wordAt(service.getProgram()!.getSourceFile(fileName)!.text, position);
  const parts: Described[] = [];
  const hovered = word === undefined || word < context.shift ? undefined : hoverAt(word, context);
  if (hovered !== undefined) parts.push(hovered);
  const called = signatureAt(position, service, fileName);
  if (called !== undefined && hovered === undefined) parts.push(called);
  const from = hovered !== undefined ? word : called?.callee;
  if (detail === 1 && from !== undefined) {
    const source = sourceOf(from, context);
    if (source !== undefined) parts.push(source);
  }
  if (parts.length === 0) return undefined;
  return { plain: parts.map(({ plain }) => plain).join("\n\n"), markdown: parts.map(({ markdown }) => markdown).join("\n\n") };
}

/** Where the word at or just before a place begins. */
function wordAt(text: string, position: number): number | undefined {
  const before = /[\p{ID_Continue}$\u200c\u200d#]*$/u.exec(text.slice(0, position))![0].length;
  const isWord = before > 0 || /^[\p{ID_Continue}$#]/u.test(text.slice(position, position + 2));
  return isWord ? position - before : undefined;
}

function hoverAt(position: number, context: InspectionContext): Described | undefined {
  const { service, fileName } = context;
  const origin = originOf(position, context);
  const info = origin === undefined ? service.getQuickInfoAtPosition(fileName, position) : service.getQuickInfoAtPosition(origin.fileName, origin.position);
  if (info?.displayParts === undefined) return undefined;
  const signature = withoutAlias(withoutPaths(ts.displayPartsToString(info.displayParts)));
  // All that TypeScript knows of a name that nothing declares.
  if (info.kind === ts.ScriptElementKind.unknown && signature === "any") return undefined;
  const { plain, markdown } = describe(info.documentation, info.tags);
  const remark = origin?.remark ?? "";
  return {
    plain: [signature, plain, remark].filter((each) => each !== "").join("\n\n"),
    markdown: [`\`\`\`typescript\n${signature}\n\`\`\``, markdown, remark === "" ? "" : `*${remark}*`].filter((each) => each !== "").join("\n\n"),
  };
}

/** How a name of another cell comes into this one is our affair, not the reader's. */
function withoutAlias(signature: string): string {
  return signature.replace(/^\(alias\) /, "").replace(/\n(?:import|export) [^\n]*$/, "").replace(/^import (\S+)$/, "$1");
}

interface Origin {
  readonly fileName: string;
  readonly position: number;
  readonly remark: string;
}

/** Where the name at a place was declared, if that was another cell. */
function originOf(position: number, { service, cells, fileName, fileOf, shift }: InspectionContext): Origin | undefined {
  const program = service.getProgram()!;
  const file = program.getSourceFile(fileName)!;
  const checker = program.getTypeChecker();
  const node = identifierAt(file, position);
  const declaration = node === undefined ? undefined : checker.getSymbolAtLocation(node)?.declarations?.[0];
  if (node === undefined || declaration?.getSourceFile() !== file || declaration.getStart(file) >= shift) return undefined;
  const source = cells.sourceOf(node.text);
  const origin = source === undefined ? undefined : program.getSourceFile(fileOf(source.module));
  const module = origin === undefined ? undefined : checker.getSymbolAtLocation(origin);
  const exported = module === undefined ? undefined : checker.getExportsOfModule(module).find(({ name }) => name === node.text)?.declarations?.[0];
  if (source === undefined || origin === undefined || exported === undefined) return undefined;
  const name = ts.getNameOfDeclaration(exported as ts.Declaration) ?? exported;
  const count = cells.get(source.module)?.executionCount;
  return { fileName: origin.fileName, position: name.getStart(origin), remark: count === undefined ? say("notRunYet") : say("declaredInCell", { count }) };
}

/** The identifier that begins at a place. */
export function identifierAt(file: ts.SourceFile, position: number): ts.Identifier | undefined {
  const find = (node: ts.Node): ts.Identifier | undefined => {
    if (node.pos > position || node.end <= position) return undefined;
    if (ts.isIdentifier(node)) return node.getStart(file) === position ? node : undefined;
    return ts.forEachChild(node, find);
  };
  return find(file);
}
