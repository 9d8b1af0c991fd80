/**
 * An error as a learner reads it: what went wrong, and the lines of the cells and local files that led there.
 *
 * Frames of Node, of the kernel and of packages are left out; a package that threw is named in one line. Colours are the
 * ANSI codes that Jupyter's front ends show.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { EditList, Place } from "./edits.ts";
import { parseStack, type StackFrame } from "./stack-frames.ts";
import { codeFrame } from "./syntax-error.ts";
import { say } from "../messages/say.ts";

/** What a traceback shows of an error; an `Error` is one. */
export interface ErrorLike {
  readonly name?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: unknown;
  /** The errors of an `AggregateError`. */
  readonly errors?: unknown;
  /** Where V8 refused the code before it ran, which no stack says; in the generated code. */
  readonly at?: Place & { readonly url: string };
}

/** A cell that has run. */
export interface CellSource {
  readonly source: string;
  readonly edits: EditList;
  readonly executionCount: number;
}

/** The cells that have run and are remembered, by their address, `cell:<n>`; a map is one. */
export interface CellSources extends Iterable<[string, CellSource]> {
  get(url: string): CellSource | undefined;
}

const KERNEL = new URL("../", import.meta.url).href;
/** The library's code beside the kernel's, compiled or not. */
const LIBRARY = new URL("../../src/", import.meta.url).href;
/** Frames shown of one error, and errors shown of one chain or aggregate. */
const MOST = 8;

const red = (text: string): string => `\u001b[1;31m${text}\u001b[0m`;
const green = (text: string): string => `\u001b[32m${text}\u001b[0m`;
const dim = (text: string): string => `\u001b[2m${text}\u001b[0m`;

/** The cells that an error's stack leads through, by their number. */
export function cellsOf(error: ErrorLike, cells: CellSources): Set<number> {
  const { frames } = parseStack(String(error.stack ?? ""), String(error.message ?? ""));
  return new Set(frames.flatMap(({ url }) => cells.get(url)?.executionCount ?? []));
}

/** The lines of an error's traceback, for the `traceback` of a Jupyter error message. */
export function formatTraceback(error: ErrorLike, cells: CellSources): string[] {
  return formatError(error, cells, new Set());
}

function formatError(error: ErrorLike, cells: CellSources, seen: Set<unknown>): string[] {
  seen.add(error);
  const message = String(error.message ?? "");
  const name = String(error.name ?? "Error");
  const { remark, frames } = parseStack(String(error.stack ?? ""), message);
  const [first, ...rest] = (message === "" ? "" : `: ${message}`).split("\n");
  const lines = [`${red(name)}${first}`, ...rest];
  if (remark !== "") lines.push(...remark.split("\n"));
  lines.push(...formatFrames(error.at === undefined ? frames : [error.at, ...frames], cells));
  if (Array.isArray(error.errors)) {
    const errors = error.errors as unknown[];
    errors.slice(0, MOST).forEach((each, index) => {
      lines.push("", ...formatNested(say("oneOf", { index: index + 1, count: errors.length }), each, cells, seen).map((line) => (line === "" ? "" : `    ${line}`)));
    });
    if (errors.length > MOST) lines.push("", dim(`    ${say("more", { count: errors.length - MOST })}`));
  }
  if (error.cause !== undefined) lines.push("", ...formatNested(say("causedBy"), error.cause, cells, seen));
  return lines;
}

function formatNested(label: string, value: unknown, cells: CellSources, seen: Set<unknown>): string[] {
  if (typeof value !== "object" || value === null || !("message" in value || "stack" in value)) return [`${label}${String(value)}`];
  if (seen.has(value)) return [label + say("sameErrorAgain")];
  if (seen.size >= MOST * 2) return [`${label}…`];
  const lines = formatError(value as ErrorLike, cells, seen);
  return [label + lines[0]!, ...lines.slice(1)];
}

interface OwnFrame {
  readonly title: string;
  readonly column: number;
  readonly code: readonly string[];
}

function formatFrames(frames: readonly StackFrame[], cells: CellSources): string[] {
  const shown: { frame: OwnFrame; times: number }[] = [];
  for (const frame of frames) {
    const own = ownFrame(frame, cells);
    if (own === undefined) continue;
    const last = shown.at(-1);
    // A callback on its caller's line is not worth the line twice; recursion is counted.
    if (last !== undefined && last.frame.title === own.title) last.times += last.frame.column === own.column ? 1 : 0;
    else shown.push({ frame: own, times: 1 });
  }
  const lines: string[] = [];
  for (const { frame, times } of shown.slice(0, MOST)) {
    lines.push("", green(frame.title) + (times > 1 ? dim(say("times", { count: times })) : ""));
    lines.push(...frame.code.map((line, index) => `  ${index === frame.code.length - 1 ? line.replace(/\^$/, red("^")) : line}`));
  }
  if (shown.length > MOST) lines.push("", dim(say("more", { count: shown.length - MOST })));
  const top = frames.find((frame) => ownFrame(frame, cells) !== undefined || !isInternal(frame.url));
  if (top !== undefined && ownFrame(top, cells) === undefined) lines.push("", dim(say("thrownIn", { place: foreignPlace(top) })));
  return lines;
}

/** A frame of the learner's own code, in a cell or in a local file; `undefined` for any other. */
function ownFrame(frame: StackFrame, cells: CellSources): OwnFrame | undefined {
  const inside = frame.name === undefined ? "" : say("inFunction", { name: frame.name });
  const cell = cells.get(frame.url);
  if (cell !== undefined) {
    const place = cell.edits.original(frame);
    return { title: say("cellLine", { count: cell.executionCount, line: place.line }) + inside, column: place.column, code: codeFrame(cell.source, place) };
  }
  if (/^cell:\d+$/.test(frame.url)) return { title: say("forgottenCell") + inside, column: frame.column, code: [] };
  if (!/^file:.*[?&]version=/.test(frame.url)) return undefined;
  return { title: `${shortPath(frame.url)}:${frame.line}${inside}`, column: frame.column, code: codeFrame(textOf(frame.url), frame) };
}

/** The text of a local file, if it can still be read. */
function textOf(url: string): string {
  try {
    return readFileSync(fileURLToPath(url.replace(/[?#].*$/, "")), "utf8");
  } catch {
    return "";
  }
}

function isInternal(url: string): boolean {
  return url.startsWith("node:") || url.startsWith("internal/") || url.startsWith(KERNEL) || url.startsWith("cell:") || url.startsWith("<");
}

/** Where code that is not the learner's has thrown. The library's own is named by its source, whose lines are others. */
function foreignPlace({ url, line, column }: StackFrame): string {
  if (url.startsWith(LIBRARY)) return `nabla/src/${url.slice(LIBRARY.length).replace(/\.js$/, ".ts")}`;
  return `${shortPath(url)}:${line}:${column}`;
}

/**
 * A path that says nothing of the machine, since a notebook is saved with its outputs: from the package on for a package's
 * file, else from the working folder if it lies near.
 */
function shortPath(url: string): string {
  if (url.startsWith("data:")) return "a data: URL";
  const path = url.startsWith("file:") ? fileURLToPath(url.replace(/[?#].*$/, "")) : url;
  const installed = path.lastIndexOf("node_modules/");
  if (installed >= 0) return path.slice(installed + "node_modules/".length);
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("../..") ? `…/${basename(dirname(path))}/${basename(path)}` : fromHere;
}
