/**
 * What a cell declares and speaks of: read from its syntax alone, so that it is cheap and works for a cell that is being
 * written or has never run.
 */
import ts from "#typescript";
import { hasModifier } from "./context.ts";
import { mayBeJsx } from "./jsx.ts";

/** What a name of a cell can be, as far as the way matters in which another cell takes it in. */
export type NameKind = "assignable" | "fixed";

/** What a cell declares and speaks of. */
export interface CellOutline {
  /** The names that the cell gives to later cells. */
  readonly names: ReadonlyMap<string, NameKind>;
  /** Those that the cell does not export itself. */
  readonly unexported: readonly string[];
  /** Every identifier of the cell; among them are the names that it takes from other cells. */
  readonly identifiers: ReadonlySet<string>;
  /** Whether the cell is one object literal, which alone would be read as a block. */
  readonly isObject: boolean;
  /** Whether it cannot be parsed. */
  readonly isBroken: boolean;
  /** Whether there are elements in it, so that it is to be read as TSX. */
  readonly isJsx: boolean;
}

interface Parsed {
  readonly file: ts.SourceFile;
  readonly isBroken: boolean;
}

function parse(text: string, kind: ts.ScriptKind = ts.ScriptKind.TS): Parsed {
  const file = ts.createSourceFile("cell.mts", text, ts.ScriptTarget.ESNext, false, kind);
  // Errors of parsing alone: not part of the declared interface.
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly unknown[] };
  return { file, isBroken: parseDiagnostics.length > 0 };
}

/** Reads what a cell declares. A cell that cannot be parsed is read as far as it goes. */
export function outlineCell(source: string): CellOutline {
  if (/^\s*\{/.test(source)) {
    const object = parse(`(${source}\n)`);
    const [only, ...more] = object.file.statements;
    const isObject = !object.isBroken && more.length === 0 && only !== undefined && ts.isExpressionStatement(only);
    if (isObject) return { names: new Map(), unexported: [], identifiers: identifiersOf(object.file), isObject, isBroken: false, isJsx: false };
  }
  const { file, isBroken, isJsx } = parseCell(source);
  const names = new Map<string, NameKind>();
  const exported = new Set<string>();
  for (const statement of file.statements) {
    for (const [name, kind] of declaredNames(statement)) {
      names.set(name, kind);
      if (hasModifier(statement, ts.SyntaxKind.ExportKeyword)) exported.add(name);
    }
    hoistedVariables(statement, (name) => names.has(name) || names.set(name, "assignable"));
  }
  const unexported = [...names.keys()].filter((name) => !exported.has(name));
  return { names, unexported, identifiers: identifiersOf(file), isObject: false, isBroken, isJsx };
}

/** A cell that is no plain TypeScript may have JSX in it. */
function parseCell(source: string): Parsed & { readonly isJsx: boolean } {
  const parsed = parse(source);
  const withElements = parsed.isBroken && mayBeJsx(source) ? parse(source, ts.ScriptKind.TSX) : undefined;
  return withElements?.isBroken === false ? { ...withElements, isJsx: true } : { ...parsed, isJsx: false };
}

function identifiersOf(file: ts.SourceFile): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.add(node.text);
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  found.delete("");
  return found;
}

function declaredNames(node: ts.Statement): [string, NameKind][] {
  if (ts.isVariableStatement(node)) {
    const isUsing = (node.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Using;
    const kind = isUsing || node.declarationList.flags & ts.NodeFlags.Const ? "fixed" : "assignable";
    return node.declarationList.declarations.flatMap(({ name }) => boundNames(name).map((each): [string, NameKind] => [each, kind]));
  }
  if (ts.isImportDeclaration(node)) return importedNames(node.importClause).map((name) => [name, "fixed"]);
  if (ts.isImportEqualsDeclaration(node)) return [[node.name.text, "fixed"]];
  if (ts.isModuleDeclaration(node)) {
    const isGlobal = (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
    return ts.isIdentifier(node.name) && !isGlobal ? [[node.name.text, "fixed"]] : [];
  }
  const isNamed = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node);
  const name = isNamed ? node.name?.text : undefined;
  return name === undefined || name === "" ? [] : [[name, "fixed"]];
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  const named = bindings === undefined ? [] : ts.isNamespaceImport(bindings) ? [bindings.name] : bindings.elements.map((each) => each.name);
  return [...(clause?.name === undefined ? [] : [clause.name]), ...named].map((each) => each.text).filter((name) => name !== "");
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return name.text === "" ? [] : [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

/** `var` in a block, a loop or a condition at the top of a cell is the cell's own. */
function hoistedVariables(statement: ts.Statement, found: (name: string) => void): void {
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
      for (const { name } of node.declarations) boundNames(name).forEach(found);
    }
    ts.forEachChild(node, visit);
  };
  visit(statement);
}
