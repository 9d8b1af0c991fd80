/** What the type checker has to say about a cell that was sent to run: TypeScript's findings, ours, and a hint for each. */
import ts from "#typescript";
import { isNoise } from "./compiler-options.ts";
import type { CellModule } from "./cell-text.ts";
import { withoutPaths } from "./documentation.ts";
import { findTensorMistakes } from "./tensor-mistakes.ts";
import { hintFor } from "./problem-hints.ts";

/** One problem, at a range of the cell (UTF-16 units). */
export interface Problem {
  readonly start: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string | undefined;
  /** The name that is nowhere declared, if that is the problem: running the cell says so as well. */
  readonly missing: string | undefined;
}

/** What a problem is looked at with. */
export interface ProblemContext {
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile;
  /** What is said about a name that nothing declares. */
  readonly aboutMissing: (name: string) => string | undefined;
}

/** TypeScript's codes for a name or a module that it does not find. */
const MISSING_NAMES = new Set([2304, 2307, 2503, 2552, 2582, 2584, 2591, 18004]);
/** How many lines of a long chain of reasons are shown. */
const LINES = 4;

/** The problems of a cell, in the order of its text. */
export function problemsOf(diagnostics: readonly ts.Diagnostic[], { source, module }: { readonly source: string; readonly module: CellModule }, context: ProblemContext): Problem[] {
  const problems: Problem[] = [];
  const add = (start: number, length: number, message: string, hint: string | undefined, missing?: string): void => {
    const from = start - module.shift;
    // The line in front and the exports behind are ours.
    if (from < 0 || from >= source.length) return;
    problems.push({ start: from, length: Math.max(1, Math.min(length, source.length - from)), message, hint, missing });
  };
  for (const diagnostic of diagnostics) {
    const { code, start, length } = diagnostic;
    if (start === undefined || isNoise(code)) continue;
    const missing = MISSING_NAMES.has(code) ? context.file.text.slice(start, start + (length ?? 0)) : undefined;
    const hint = missing === undefined ? hintFor(diagnostic, context) : context.aboutMissing(missing);
    add(start, length ?? 1, readable(diagnostic.messageText), hint, missing);
  }
  for (const { node, message, hint } of findTensorMistakes(context)) add(node.getStart(context.file), node.getWidth(context.file), message, hint);
  return problems.sort((a, b) => a.start - b.start);
}

/** A message and the first of its reasons. */
function readable(message: string | ts.DiagnosticMessageChain): string {
  const lines = ts.flattenDiagnosticMessageText(message, "\n").split("\n");
  return withoutPaths(lines.slice(0, LINES).join("\n"));
}
