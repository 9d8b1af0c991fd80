/** What every step of the transform of a cell, or of a local module, works on. */
import ts from "#typescript";
import type { Edits } from "./edits.ts";
import type { JsxCalls } from "./jsx.ts";

export interface CellContext {
  /** The tree of the text that `edits` edits. */
  readonly file: ts.SourceFile;
  readonly edits: Edits;
  /** A cell's code reaches the kernel through `__kernel` and may be declared again; a module's file is left as it is. */
  readonly kind: "cell" | "module";
  /** What elements become calls of; not there where there are none. */
  readonly jsx?: JsxCalls;
  /** Stops the transform with an error at an offset of the text. */
  readonly fail: (message: string, offset: number) => never;
}

/** The offset behind white space and comments. */
export function skipTrivia(text: string, from: number): number {
  const trivia = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/y;
  trivia.lastIndex = from;
  trivia.exec(text);
  return trivia.lastIndex;
}

/** Whether a node carries a modifier such as `declare` or `abstract`. */
export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);
}

/** Whether a function-like node opens a scope of its own for `var`. */
export function opensVariableScope(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isModuleBlock(node);
}
