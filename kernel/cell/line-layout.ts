/**
 * Puts the lines of emitted code back on the lines that they came from.
 *
 * TypeScript's emitter lays code out anew, and everything below would be on another line than in its file: wrong in a stack
 * and wrong for a breakpoint. Only line breaks of the emitter's own are moved, which stand where any white space may.
 */
import ts from "#typescript";

/** A place of emitted code and the source's line that it came from; both lines count from 0. */
export interface LinedPlace {
  readonly offset: number;
  readonly line: number;
}

/**
 * Lays code out anew.
 * @param code Code without line comments.
 * @param places Where it came from, in the order of their offsets.
 * @param last The line that the code is to end on.
 * @returns The code, and the way from an offset in the old code to one in the new.
 */
export function keepLines(code: string, places: readonly LinedPlace[], last: number): { code: string; moved: (offset: number) => number } {
  const literals = literalsWithBreaks(code);
  const shifts: { from: number; by: number }[] = [];
  let laidOut = "";
  let at = 0;
  let line = 0;
  let next = 0;
  const copyTo = (end: number): void => {
    laidOut += code.slice(at, end);
    at = end;
  };
  const breaks = [...code.matchAll(/\r?\n/g)];
  for (const [index, found] of breaks.entries()) {
    copyTo(found.index);
    if (literals.some(({ start, end }) => start <= found.index && found.index < end)) {
      line++;
      continue;
    }
    const lineEnd = breaks[index + 1]?.index ?? code.length;
    while (next < places.length && places[next]!.offset <= found.index) next++;
    const place = places[next];
    const wanted = place !== undefined && place.offset <= lineEnd ? Math.min(place.line, last) : line;
    laidOut += wanted > line ? "\n".repeat(wanted - line) : " ";
    line = Math.max(line, wanted);
    at = found.index + found[0].length;
    shifts.push({ from: at, by: laidOut.length - at });
  }
  copyTo(code.length);
  const moved = (offset: number): number => offset + (shifts.findLast(({ from }) => from <= offset)?.by ?? 0);
  return { code: laidOut + "\n".repeat(Math.max(0, last - line)), moved };
}

/** Strings and templates that hold line breaks. */
function literalsWithBreaks(code: string): { start: number; end: number }[] {
  const file = ts.createSourceFile("emitted.mts", code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
  const found: { start: number; end: number }[] = [];
  const visit = (node: ts.Node): void => {
    const isLiteral = ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);
    if (isLiteral && /\n/.test(code.slice(node.pos, node.end))) found.push({ start: node.getStart(file), end: node.end });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
