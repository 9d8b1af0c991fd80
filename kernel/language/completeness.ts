/** Whether a text is a whole cell, for front ends where Enter may mean "run" or "go on". */
import ts from "#typescript";

export type Completeness = { readonly status: "complete" | "invalid" } | { readonly status: "incomplete"; readonly indent: string };

/** "Unterminated template literal" and "'*\/' expected": open at the end whatever place the parser names. */
const OPEN_ENDED = new Set([1010, 1160]);

const INDENT = "  ";

/**
 * Parses a text. An error at its very end means that more is to come, any other that it is wrong.
 * @param source The text as it stands in the front end.
 */
export function completeness(source: string): Completeness {
  const text = source.trimEnd();
  // Read as a module, so that `await` may stand at its top.
  const output = ts.transpileModule(`${text}\nexport {};`, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext } });
  const error = output.diagnostics?.[0];
  if (error === undefined) return { status: "complete" };
  const isAtEnd = (error.start ?? 0) >= text.length || OPEN_ENDED.has(error.code);
  if (!isAtEnd) return { status: "invalid" };
  const lastLine = text.slice(text.lastIndexOf("\n") + 1);
  const indent = /^\s*/.exec(lastLine)![0] + (/[{([]$/.test(lastLine) ? INDENT : "");
  return { status: "incomplete", indent };
}
