/** Problems of a cell as a person reads them: the line, a mark under what is meant, what is wrong, what helps. */
import { codeFrame } from "../cell/syntax-error.ts";
import { say } from "../messages/say.ts";
import type { Problem } from "./problems.ts";

const yellow = (text: string): string => `\u001b[33m${text}\u001b[0m`;
const bold = (text: string): string => `\u001b[1m${text}\u001b[0m`;
const dim = (text: string): string => `\u001b[2m${text}\u001b[0m`;

/** How many problems of one cell are shown. */
const MOST = 5;

/** Lines with ANSI colours, as Jupyter's front ends show them. */
export function problemLines(problems: readonly Problem[], { source, executionCount }: { readonly source: string; readonly executionCount: number }): string[] {
  const lines: string[] = [];
  for (const { start, length, message, hint } of problems.slice(0, MOST)) {
    const before = source.slice(0, start).split(/\r\n|[\n\r\u2028\u2029]/);
    const place = { line: before.length, column: before.at(-1)!.length + 1 };
    const [first, ...rest] = message.split("\n");
    if (lines.length > 0) lines.push("");
    lines.push(say("typeProblem", { place: yellow(say("cellLine", { count: executionCount, line: place.line })), message: bold(first!) }), ...rest.map((line) => `  ${line}`));
    const frame = codeFrame(source, place, length);
    lines.push(...frame.map((line, index) => `  ${index === frame.length - 1 ? line.replace(/\^+$/, yellow) : line}`));
    if (hint !== undefined) lines.push(`  ${say("hint", { text: hint })}`);
  }
  if (problems.length > MOST) lines.push("", dim(say("more", { count: problems.length - MOST })));
  return lines;
}
