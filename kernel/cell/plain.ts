/**
 * Cells that are JavaScript as they stand: `1 + 1`, `model.parameters().length`, `console.log(loss.item())`.
 *
 * Most small cells show a value or call something. To make one ready takes TypeScript a tree, a dozen visits and an edit
 * list, longer than V8 takes to run it. So a text of expressions alone, in letters that have one meaning in both languages,
 * is handed to V8 as it is. It is a guess: what V8 does not compile, `a as number` for one, goes the whole way.
 */
import { Script } from "node:vm";

/** Names, numbers, calls, arithmetic, plain strings. No braces, no assignment, nothing that may open a type. */
const LETTERS = /^[\w$ \t\r\n.,;+\-*/%&|^~()[\]"']*[\w$)\]"'][; \t\r\n]*$/;

/** A comment, or a slash that may open a regular expression, in which quotes and brackets mean nothing. */
const COMMENT_OR_PATTERN = /\/[/*]|(?:^|[^\w$\s)\]"'])\s*\//;

/** Statements, and what needs the kernel: an `await` that can be interrupted, an `import`. */
const KEYWORD = /\b(?:await|break|const|continue|debugger|do|else|export|for|if|import|let|return|throw|using|var|while|with|yield)\b/;

/** How long a text is looked at. UTF-16 units. */
const LONGEST = 1000;

/** The code of a cell of this kind, the same as the whole way gives; nothing for any other cell. */
export function plainCode(source: string, url: string): string | undefined {
  if (source.length > LONGEST || !LETTERS.test(source) || COMMENT_OR_PATTERN.test(source) || KEYWORD.test(source)) return undefined;
  return `"use strict"; ${source}\n//# sourceURL=${url}`;
}

/** A cell of this kind as a script; nothing for any other cell, and where V8 does not take it. */
export function plainScript(source: string, url: string): Script | undefined {
  const code = plainCode(source, url);
  if (code === undefined) return undefined;
  try {
    return new Script(code, { filename: url });
  } catch {
    return undefined;
  }
}
