/**
 * A cell: TypeScript in, JavaScript for V8's `Runtime.evaluate` in `replMode` out.
 *
 * `replMode` brings top-level `await` and `let`, `const`, `class` that a later cell may declare again. What it lacks is
 * added here: types are erased, imports become declarations, `var` and `function` become redeclarable, an `await` can be
 * interrupted, and only an expression at the end of a cell is its value. The tree is made once; type errors do not matter.
 */
import ts from "#typescript";
import { refuseConstantAssignments } from "./constants.ts";
import type { CellContext } from "./context.ts";
import { Edits, type EditList } from "./edits.ts";
import { Erasure } from "./erasure.ts";
import { Imports, type ImportRequest } from "./imports.ts";
import { isAboutElements, jsxCallsOf, mayBeJsx } from "./jsx.ts";
import { CellSyntaxError } from "./syntax-error.ts";
import { declareFunctions } from "./top-level.ts";

export type { ImportRequest } from "./imports.ts";

/** A cell made ready to run. */
export interface TransformedCell {
  /** JavaScript for `Runtime.evaluate` in `replMode`; it ends with a `sourceURL` of the cell's address. */
  readonly code: string;
  /** The modules to load before the code runs. */
  readonly imports: ImportRequest[];
  /** The way from places in `code` back to the cell. */
  readonly edits: EditList;
}

/**
 * Makes a cell ready to run.
 * @param source The cell's text.
 * @param options `url` is the cell's address in stacks, `cell:<n>`.
 * @throws CellSyntaxError when the text is not TypeScript, with the place in the cell.
 */
export function transformCell(source: string, { url }: { readonly url: string }): TransformedCell {
  const { file, lead } = parseCell(source, url);
  const jsx = file.languageVariant === ts.LanguageVariant.JSX ? jsxCallsOf(source) : undefined;
  const edits = new Edits(file.text, source, lead);
  const context: CellContext = {
    file,
    edits,
    kind: "cell",
    ...(jsx && { jsx }),
    fail: (message, offset) => {
      throw errorAt(message, offset - lead, url, source);
    },
  };
  refuseConstantAssignments(context);
  const erasure = new Erasure(context);
  const imports = new Imports(context, erasure);
  if (jsx?.runtime !== undefined) imports.addRuntime(jsx.runtime);
  const functions = declareFunctions(context, erasure);
  for (const statement of file.statements) {
    if (functions.has(statement) || imports.visit(statement)) continue;
    erasure.visit(statement);
  }
  const { code: declarations, requests } = imports.finish(url);
  const names = [...erasure.variables].filter((name) => !functions.names.has(name));
  edits.prepend(`"use strict"; ${declarations}${names.length > 0 ? `let ${names.join(", ")}; ` : ""}`);
  // Without this, a loop or the directive at the top would leave a value behind.
  if (!endsInExpression(file)) edits.append("\n;void 0");
  edits.append(`\n//# sourceURL=${url}`);
  return { ...edits.render(), imports: requests };
}

function parse(text: string, kind: ts.ScriptKind): { file: ts.SourceFile; errors: readonly ts.DiagnosticWithLocation[] } {
  const file = ts.createSourceFile(
    kind === ts.ScriptKind.TSX ? "cell.tsx" : "cell.ts",
    text,
    {
      languageVersion: ts.ScriptTarget.ESNext,
      // A cell is read as a module even if it imports nothing, so that `await` is a keyword at its top.
      setExternalModuleIndicator: (each) => {
        (each as { externalModuleIndicator?: true }).externalModuleIndicator = true;
      },
    },
    true,
    kind,
  );
  // Errors of parsing alone: not part of the declared interface, and what every other way to them reads.
  const errors = (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics;
  return { file, errors };
}

/** @returns The tree, and the number of characters its text has in front of the cell's own. */
function parseCell(source: string, url: string): { file: ts.SourceFile; lead: number } {
  if (/^\s*\{/.test(source)) {
    // `{ a: 1 }` alone is an object, as in every console, unless it only makes sense as a block.
    const object = parse(`(${source}\n)`, ts.ScriptKind.TS);
    const [only, ...more] = object.file.statements;
    if (object.errors.length === 0 && more.length === 0 && only !== undefined && ts.isExpressionStatement(only)) {
      if (ts.isParenthesizedExpression(only.expression)) return { file: object.file, lead: 1 };
    }
  }
  const { file, errors } = parse(source, ts.ScriptKind.TS);
  const error = errors[0];
  if (error === undefined) return { file, lead: 0 };
  const tsx = mayBeJsx(source) ? parse(source, ts.ScriptKind.TSX) : undefined;
  if (tsx?.errors.length === 0) return { file: tsx.file, lead: 0 };
  const told = tsx?.errors.find(({ code }) => isAboutElements(code)) ?? error;
  throw errorAt(ts.flattenDiagnosticMessageText(told.messageText, "\n"), told.start, url, source);
}

function errorAt(message: string, offset: number, url: string, source: string): CellSyntaxError {
  const before = source.slice(0, Math.max(0, offset)).split(/\r\n|[\n\r\u2028\u2029]/);
  return new CellSyntaxError(message, url, source, { line: before.length, column: before.at(-1)!.length + 1 });
}

/** Whether the last statement that does anything is an expression: only then a cell has a value. */
function endsInExpression(file: ts.SourceFile): boolean {
  const last = file.statements.findLast((statement) => !ts.isEmptyStatement(statement));
  return last !== undefined && (ts.isExpressionStatement(last) || ts.isExportAssignment(last));
}
