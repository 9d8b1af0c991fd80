/**
 * Breakpoints, by the path of their source.
 *
 * A front end names the lines of a cell before the cell has run, and again in every version of it: the lines are kept by the
 * path, and V8 is given them for each execution of the cell, by its URL, before it compiles the code. For a local file V8
 * itself applies them to every version that is loaded.
 */
import type { Debugger } from "node:inspector";
import type { Inspector } from "./inspector.ts";
import type { DebugBreakpoint } from "./messages.ts";
import type { CellExecution, Sources } from "./sources.ts";
import { CELL_PREFIX, urlPatternOf } from "./sources.ts";

/** A breakpoint as a front end asks for it. */
export interface WantedBreakpoint {
  readonly line: number;
  /** An expression that must hold. */
  readonly condition?: string;
}

interface SetBreakpoint extends WantedBreakpoint {
  readonly id: number;
  /** V8's names for it, one for each execution of a cell. */
  readonly inV8: string[];
}

export class Breakpoints {
  readonly #inspector: Inspector;
  readonly #sources: Sources;
  readonly #byPath = new Map<string, SetBreakpoint[]>();
  #count = 0;

  constructor(inspector: Inspector, sources: Sources) {
    this.#inspector = inspector;
    this.#sources = sources;
  }

  /** The breakpoints that are set, by their source. */
  get all(): { source: string; breakpoints: WantedBreakpoint[] }[] {
    return [...this.#byPath].map(([source, set]) => ({
      source,
      breakpoints: set.map(({ line, condition }) => ({ line, ...(condition !== undefined && { condition }) })),
    }));
  }

  /** Sets the breakpoints of a source in place of those that it had. */
  async set(path: string, wanted: readonly WantedBreakpoint[]): Promise<DebugBreakpoint[]> {
    const before = this.#byPath.get(path) ?? [];
    this.#byPath.delete(path);
    for (const breakpointId of before.flatMap((each) => each.inV8)) await this.#inspector.post("Debugger.removeBreakpoint", { breakpointId });
    const set = wanted.map((each): SetBreakpoint => ({ ...each, id: ++this.#count, inV8: [] }));
    if (set.length > 0) this.#byPath.set(path, set);
    const found: DebugBreakpoint[] = [];
    const executions = this.#sources.executionsOf(path);
    for (const each of set) {
      let line: number | undefined;
      if (!path.startsWith(CELL_PREFIX)) line = await this.#place(each, { urlRegex: urlPatternOf(path), lineNumber: each.line - 1 });
      for (const execution of executions) line = await this.#placeInCell(each, execution);
      // One in a cell that has not run yet will be met when it does.
      found.push({ id: each.id, verified: true, line: line ?? each.line, source: { path } });
    }
    return found;
  }

  /** Puts the breakpoints of a cell into an execution that is about to begin. */
  async placeIn(execution: CellExecution): Promise<void> {
    for (const each of this.#byPath.get(execution.path) ?? []) await this.#placeInCell(each, execution);
  }

  /** The numbers of the breakpoints that V8 says were hit. */
  idsOf(inV8: readonly string[]): number[] {
    const all = [...this.#byPath.values()].flat();
    return all.filter((each) => each.inV8.some((name) => inV8.includes(name))).map(({ id }) => id);
  }

  /** Forgets them all; V8 forgets them when the debugger is disabled. */
  clear(): void {
    this.#byPath.clear();
  }

  async #placeInCell(breakpoint: SetBreakpoint, { url }: CellExecution): Promise<number | undefined> {
    const place = await this.#sources.generatedPlace(url, breakpoint.line);
    if (place === undefined) return undefined;
    return await this.#place(breakpoint, { url, lineNumber: place.line - 1, columnNumber: place.column - 1 });
  }

  /** @returns The line that V8 found for it, in code that it has compiled. */
  async #place(breakpoint: SetBreakpoint, where: Debugger.SetBreakpointByUrlParameterType): Promise<number | undefined> {
    const { condition } = breakpoint;
    const { breakpointId, locations } = await this.#inspector.post("Debugger.setBreakpointByUrl", { ...where, ...(condition !== undefined && { condition }) });
    breakpoint.inV8.push(breakpointId);
    const location = locations.at(-1);
    return location === undefined ? undefined : (await this.#sources.placeOf(location))?.line;
  }
}
