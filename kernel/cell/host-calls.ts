/**
 * The few places where a cell's code must reach the kernel.
 *
 * `await X` becomes `await __kernel.awaited(X)`, at any depth, so that an interrupt can reject a wait that is pending;
 * `for await (const x of Y)` becomes `for await (const x of __kernel.iterated(Y))` for the same reason. Code that V8's
 * inspector evaluates has no module of its own, hence `import(x)` is `__kernel.import(x)` and `import.meta` is `__kernel.meta`.
 */
import ts from "#typescript";
import { skipTrivia } from "./context.ts";
import type { Edits } from "./edits.ts";

/**
 * Rewrites one node if it is such a place.
 * @param visitChildren Visits the node's children; called exactly once, between the opening and the closing edit.
 */
export function rewriteHostCall(node: ts.Node, file: ts.SourceFile, edits: Edits, visitChildren: () => void): void {
  if (ts.isAwaitExpression(node)) {
    edits.insert(node.expression.getStart(file), "__kernel.awaited(");
    visitChildren();
    edits.insert(node.expression.end, ")");
    return;
  }
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) {
    edits.insert(node.expression.getStart(file), "__kernel.iterated(");
    visitChildren();
    edits.insert(node.expression.end, ")");
    return;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    edits.replace(node.expression.getStart(file), node.expression.end, "__kernel.import");
  } else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
    const start = node.getStart(file);
    const dot = skipTrivia(edits.source, start + "import".length);
    edits.replace(start, dot, "__kernel");
  }
  visitChildren();
}
