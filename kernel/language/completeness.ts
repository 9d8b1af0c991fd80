/** Whether a text is a whole cell, for front ends where Enter may mean "run" or "go on". */
import ts from "#typescript";
import { mayBeJsx } from "../cell/jsx.ts";

export type Completeness = { readonly status: "complete" | "invalid" } | { readonly status: "incomplete"; readonly indent: string };

/** "Unterminated template literal", "'*\/' expected" and elements that are not closed: open at the end whatever place the parser names. */
const OPEN_ENDED = new Set([1010, 1160, 17008, 17014]);

const INDENT = "  ";

/**
 * Parses a text. An error at its very end means that more is to come, any other that it is wrong.
 * @param source The text as it stands in the front end.
 */
export function completeness(source: string): Completeness {
  const plain = judge(source, "cell.ts");
  if (plain.status === "complete" || !mayBeJsx(source)) return plain;
  const withElements = judge(source, "cell.tsx");
  return withElements.status === "invalid" ? plain : withElements;
}

function judge(source: string, fileName: string): Completeness {
  const text = source.trimEnd();
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, jsx: ts.JsxEmit.Preserve };
  // Read as a module, so that `await` may stand at its top.
  const output = ts.transpileModule(`${text}\nexport {};`, { fileName, reportDiagnostics: true, compilerOptions });
  const error = output.diagnostics?.[0];
  if (error === undefined) return { status: "complete" };
  const isAtEnd = (error.start ?? 0) >= text.length || OPEN_ENDED.has(error.code);
  if (!isAtEnd) return { status: "invalid" };
  const lastLine = text.slice(text.lastIndexOf("\n") + 1);
  const indent = /^\s*/.exec(lastLine)![0] + (/[{([]$/.test(lastLine) ? INDENT : "");
  return { status: "incomplete", indent };
}
