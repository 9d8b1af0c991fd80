/**
 * Functions at the top of a cell.
 *
 * V8 keeps a function declared by a script as a fixed property of the global object: a later cell could not write
 * `let f` or `class f`, nor a function where there was a `const`. So `function f() {}` becomes `let f = function() {}`,
 * at the top of the cell when something before it speaks of `f`, else in its place. (Seen with Node 20, 22 and 24.)
 */
import ts from "#typescript";
import { hasModifier, skipTrivia, type CellContext } from "./context.ts";
import type { Erasure } from "./erasure.ts";

/** The function declarations that have been dealt with, and their names. */
export interface DeclaredFunctions {
  has(statement: ts.Statement): boolean;
  readonly names: ReadonlySet<string>;
}

/** Rewrites a cell's own function declarations, bodies included. */
export function declareFunctions(context: CellContext, erasure: Erasure): DeclaredFunctions {
  const { file, edits } = context;
  const functions = file.statements.filter(
    (each): each is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(each) && each.body !== undefined && !hasModifier(each, ts.SyntaxKind.DeclareKeyword),
  );
  const last = new Map(functions.map((each) => [each.name?.text, each]));
  for (const declaration of functions) {
    const name = declaration.name;
    const start = declaration.getStart(file);
    if (name === undefined || last.get(name.text) !== declaration) {
      // Declared again below (the last one counts), or `export default function () {}`, which nothing can call.
      erasure.eraseWhole(declaration);
      continue;
    }
    const prefix = hasModifier(declaration, ts.SyntaxKind.AsyncKeyword) ? "async function" : "function";
    const star = declaration.asteriskToken === undefined ? "" : "*";
    edits.replace(start, skipTrivia(edits.source, name.end), `let ${name.text} = ${prefix}${star}`);
    erasure.visit(declaration);
    if (mentions(file, name.text, start)) edits.moveToTop(start, declaration.end);
    else edits.insert(declaration.end, ";");
  }
  const set = new Set<ts.Statement>(functions);
  return { has: (statement) => set.has(statement), names: new Set(functions.flatMap((each) => each.name?.text ?? [])) };
}

/** Whether an identifier of this name stands before an offset. */
function mentions(file: ts.SourceFile, name: string, before: number): boolean {
  const find = (node: ts.Node): true | undefined => {
    if (node.pos >= before) return undefined;
    if (ts.isIdentifier(node) && node.text === name && node.getStart(file) < before) return true;
    return ts.forEachChild(node, find);
  };
  return find(file) === true;
}
