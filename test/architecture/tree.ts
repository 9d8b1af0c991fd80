/**
 * The source tree as the architecture rules see it: paths (with `/`, from the checkout) to texts, and who imports whom.
 * A rule takes a tree, so a test can also give it a small doctored one.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

export type Tree = ReadonlyMap<string, string>;

/** One arrow: the file at `from` names `to`, a file of the tree or (a package, a system header) just a word. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Whether only types cross, so that nothing is left of the import when the program runs. */
  readonly typesOnly: boolean;
}

const sourceSuffix = /\.(ts|mts|mjs|js|py|h|hpp|cpp|cc|cu|cuh)$/;
const outside = new Set(["node_modules", "dist", "build", "labextension", "screenshots-out"]);

/** Reads every source file of these folders; a folder that is not there has no files. */
export function readTree(root: string, folders: readonly string[]): Tree {
  const tree = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const place = `${folder}/${entry.name}`;
      if (entry.name.startsWith(".") || outside.has(entry.name)) continue;
      if (entry.isDirectory()) visit(place);
      else if (sourceSuffix.test(entry.name)) tree.set(place, readFileSync(path.join(root, place), "utf8"));
    }
  };
  const present = new Set(readdirSync(root));
  for (const folder of folders) if (present.has(folder)) visit(folder);
  return tree;
}

function isNative(file: string): boolean {
  return /\.(h|hpp|cpp|cc|cu|cuh)$/.test(file);
}

/** An included file is looked for beside the including one, then in the include folders, as the compiler does. */
function resolveInclude(tree: Tree, from: string, named: string): string {
  const candidates = [path.posix.join(path.posix.dirname(from), named), path.posix.join("native", named)];
  return candidates.find((candidate) => tree.has(candidate)) ?? named;
}

type Named = Pick<Arrow, "to" | "typesOnly">;

function includedBy(text: string): Named[] {
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]/gm)].map((match) => ({ to: match[1] ?? "", typesOnly: false }));
}

function carriesOnlyTypes(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return clause.name === undefined && bindings !== undefined && ts.isNamedImports(bindings)
    && bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

/** Static imports and re-exports with their kind, and the dynamic imports that are written with a plain string. */
function importedBy(file: string, text: string): Named[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const named: Named[] = [];
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const specifier = statement.moduleSpecifier;
    if (specifier && ts.isStringLiteral(specifier)) named.push({ to: specifier.text, typesOnly: carriesOnlyTypes(statement) });
  }
  const seen = new Set(named.map(({ to }) => to));
  const others = ts.preProcessFile(text, true, true).importedFiles.map((imported) => imported.fileName);
  for (const to of others) if (!seen.has(to)) named.push({ to, typesOnly: false });
  return named;
}

/** Every arrow of the tree, type-only and dynamic imports too. */
export function arrows(tree: Tree): Arrow[] {
  const found: Arrow[] = [];
  for (const [from, text] of tree) {
    if (from.endsWith(".py")) continue;
    if (isNative(from)) {
      for (const { to, typesOnly } of includedBy(text)) found.push({ from, to: resolveInclude(tree, from, to), typesOnly });
    } else {
      const beside = path.posix.dirname(from);
      for (const { to, typesOnly } of importedBy(from, text)) {
        found.push({ from, to: to.startsWith(".") ? path.posix.join(beside, to) : to, typesOnly });
      }
    }
  }
  return found;
}
