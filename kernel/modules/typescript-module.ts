/**
 * A local TypeScript file as a JavaScript module.
 *
 * Types are blanked in place, as in a cell, so that a stack's line is the file's line and no source map is needed. An
 * import that the file uses as a type alone is dropped, as TypeScript's own emitter does.
 */
import { fileURLToPath } from "node:url";
import ts from "#typescript";
import type { CellContext } from "../cell/context.ts";
import { Edits } from "../cell/edits.ts";
import { Erasure } from "../cell/erasure.ts";
import { declareRuntime, jsxCallsOf } from "../cell/jsx.ts";
import { codeFrame } from "../cell/syntax-error.ts";
import { say } from "../messages/say.ts";

/**
 * Turns a file's text into JavaScript.
 * @param url The file's URL, for the error's text.
 * @throws SyntaxError with the file, the line and the line's text.
 */
export function transformModule(source: string, url: string): string {
  const jsx = url.endsWith(".tsx") ? jsxCallsOf(source) : undefined;
  const file = ts.createSourceFile("module.mts", source, ts.ScriptTarget.ESNext, true, jsx === undefined ? ts.ScriptKind.TS : ts.ScriptKind.TSX);
  const edits = new Edits(source);
  const fail = (message: string, offset: number): never => {
    const { line, character } = file.getLineAndCharacterOfPosition(offset);
    const place = { line: line + 1, column: character + 1 };
    const path = url.startsWith("file:") ? fileURLToPath(url) : url;
    throw new SyntaxError(`${message}\n${path}:${place.line}:${place.column}\n${codeFrame(source, place).join("\n")}`);
  };
  // Errors of parsing alone: not part of the declared interface.
  const error = (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics[0];
  if (error !== undefined) fail(ts.flattenDiagnosticMessageText(error.messageText, "\n"), error.start);
  const context: CellContext = { file, edits, kind: "module", fail, ...(jsx && { jsx }) };
  const erasure = new Erasure(context);
  for (const statement of file.statements) if (!isAboutModules(statement)) erasure.visit(statement);
  for (const statement of file.statements) if (isAboutModules(statement)) rewriteModuleStatement(statement, context, erasure);
  // Not on a line of its own, so that a stack's line stays the file's.
  if (jsx?.runtime !== undefined) edits.prepend(`import * as __jsxRuntime from ${JSON.stringify(jsx.runtime)}; ${declareRuntime("__jsxRuntime", "const")}`);
  return edits.render().code;
}

function isAboutModules(node: ts.Statement): boolean {
  return ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node) || ts.isExportDeclaration(node) || ts.isNamespaceExportDeclaration(node);
}

function rewriteModuleStatement(node: ts.Statement, context: CellContext, erasure: Erasure): void {
  const { file, edits, fail } = context;
  if (ts.isImportDeclaration(node)) {
    const clause = node.importClause;
    if (clause === undefined) return;
    if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return erasure.eraseWhole(node);
    rewriteImportClause(node, clause, context, erasure);
  } else if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return erasure.eraseWhole(node);
    if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return;
    const isLocal = node.moduleSpecifier === undefined;
    const types = isLocal ? typeDeclarations(file) : new Set<string>();
    const imported = isLocal ? typeImports(file) : new Set<string>();
    for (const element of node.exportClause.elements) {
      const name = (element.propertyName ?? element.name).text;
      if (element.isTypeOnly || types.has(name) || imported.has(name)) blankListed(element, edits, file);
    }
  } else if (ts.isImportEqualsDeclaration(node) && !node.isTypeOnly) {
    if (ts.isExternalModuleReference(node.moduleReference)) {
      fail(say("importEquals"), node.getStart(file));
    }
    edits.replace(node.getStart(file), node.name.getStart(file), "const ");
  } else erasure.eraseWhole(node);
}

function rewriteImportClause(node: ts.ImportDeclaration, clause: ts.ImportClause, { file, edits }: CellContext, erasure: Erasure): void {
  const exported = localExports(file);
  const isType = (name: string): boolean => erasure.typeNames.has(name) && !erasure.valueNames.has(name) && !exported.has(name);
  const named = clause.namedBindings;
  const elements = named !== undefined && ts.isNamedImports(named) ? named.elements : [];
  const erased = elements.filter((element) => element.isTypeOnly || isType(element.name.text));
  const dropsDefault = clause.name !== undefined && isType(clause.name.text);
  const dropsNamed = named !== undefined && (ts.isNamespaceImport(named) ? isType(named.name.text) : erased.length === elements.length && elements.length > 0);
  if ((clause.name === undefined || dropsDefault) && (named === undefined || dropsNamed)) {
    return erasure.eraseWhole(node);
  }
  if (dropsDefault && clause.name !== undefined) edits.blank(clause.name.getStart(file), named?.getStart(file) ?? clause.name.end);
  if (dropsNamed && named !== undefined) edits.blank(clause.name?.end ?? named.getStart(file), named.end);
  else for (const element of erased) blankListed(element, edits, file);
}

/** Blanks one of a list in braces with the comma behind it. */
function blankListed(element: ts.ImportSpecifier | ts.ExportSpecifier, edits: Edits, file: ts.SourceFile): void {
  const list: ts.NodeArray<ts.Node> = element.parent.elements;
  const next = list[list.indexOf(element) + 1];
  edits.blank(element.getStart(file), next?.pos ?? (list.hasTrailingComma === true ? list.end : element.end));
}

/** Names that the file declares as types and not as values. */
function typeDeclarations(file: ts.SourceFile): Set<string> {
  const types = new Set<string>();
  for (const each of file.statements) if (ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each)) types.add(each.name.text);
  for (const each of file.statements) {
    if (ts.isVariableStatement(each)) each.declarationList.declarations.forEach((one) => types.delete(one.name.getText(file)));
    else if ((ts.isClassDeclaration(each) || ts.isFunctionDeclaration(each) || ts.isEnumDeclaration(each)) && each.name) types.delete(each.name.text);
  }
  return types;
}

/** Names that the file imports with the word `type`. */
function typeImports(file: ts.SourceFile): Set<string> {
  const types = new Set<string>();
  for (const each of file.statements) {
    if (!ts.isImportDeclaration(each) || each.importClause === undefined) continue;
    const isAll = each.importClause.phaseModifier === ts.SyntaxKind.TypeKeyword;
    const named = each.importClause.namedBindings;
    if (named === undefined || !ts.isNamedImports(named)) continue;
    for (const element of named.elements) if (isAll || element.isTypeOnly) types.add(element.name.text);
  }
  return types;
}

/** Names that the file exports by a list, `export { a }`. */
function localExports(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const each of file.statements) {
    if (!ts.isExportDeclaration(each) || each.isTypeOnly || each.moduleSpecifier !== undefined) continue;
    if (each.exportClause === undefined || !ts.isNamedExports(each.exportClause)) continue;
    for (const element of each.exportClause.elements) if (!element.isTypeOnly) names.add((element.propertyName ?? element.name).text);
  }
  return names;
}
