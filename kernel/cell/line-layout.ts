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
  const isInLiteral = (offset: number): boolean => literals.some(({ start, end }) => start <= offset && offset < end);
  const breaks = [...code.matchAll(/\r?\n/g)].map(({ index, 0: text }) => ({ index, end: index + text.length, wanted: isInLiteral(index) ? "literal" : wantedLine(code, places, index) }) as const);
  const kept = longestAscent(breaks.map(({ wanted }) => (typeof wanted === "number" && wanted <= last ? wanted : undefined)));
  const shifts: { from: number; by: number }[] = [];
  let laidOut = "";
  let at = 0;
  let line = 0;
  for (const [position, { index, end, wanted }] of breaks.entries()) {
    laidOut += code.slice(at, index);
    at = wanted === "literal" ? index : end;
    if (wanted === "literal") line++;
    else {
      const down = kept.has(position) && typeof wanted === "number" ? Math.max(0, wanted - line) : 0;
      laidOut += down > 0 ? "\n".repeat(down) : " ";
      line += down;
      shifts.push({ from: at, by: laidOut.length - at });
    }
  }
  laidOut += code.slice(at);
  const moved = (offset: number): number => offset + (shifts.findLast(({ from }) => from <= offset)?.by ?? 0);
  return { code: laidOut + "\n".repeat(Math.max(0, last - line)), moved };
}

/** The line that what stands behind a line break came from, if anything there came from somewhere. */
function wantedLine(code: string, places: readonly LinedPlace[], lineBreak: number): number | undefined {
  const next = code.indexOf("\n", lineBreak + 2);
  const place = places.find(({ offset }) => offset > lineBreak);
  return place !== undefined && (next < 0 || place.offset <= next) ? place.line : undefined;
}

/**
 * The positions of a longest run of numbers that never fall. What decorates a member is emitted far above the member, and
 * would drag everything between down to its line; most lines are in their order.
 */
function longestAscent(numbers: readonly (number | undefined)[]): Set<number> {
  const before: (number | undefined)[] = [];
  /** For each length, where the run of that length with the smallest end ends. */
  const ends: number[] = [];
  for (const [position, value] of numbers.entries()) {
    if (value === undefined) continue;
    const found = ends.findIndex((end) => numbers[end]! > value);
    const length = found < 0 ? ends.length : found;
    before[position] = ends[length - 1];
    ends[length] = position;
  }
  const run = new Set<number>();
  for (let position = ends.at(-1); position !== undefined; position = before[position]) run.add(position);
  return run;
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
