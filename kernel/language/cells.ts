/**
 * The cells that the language service knows: those that have run, in the order in which they ran, those of the saved
 * notebook that have not, and the one that the front end asks about.
 *
 * A name means the newest declaration that has run, else one that has not run yet. A run cell is kept as long as a name of
 * its is current or a kept cell refers to it, so running one cell a thousand times costs no more than running it once.
 */
import type { SavedCell } from "../cell/notebook.ts";
import { outlineCell } from "../cell/outline.ts";
import type { CellOutline } from "../cell/outline.ts";
import { moduleOfCell } from "./cell-text.ts";
import type { CellModule, NameSource } from "./cell-text.ts";

/** A cell that has been sent to run. */
export interface RunCell {
  /** Its address in stacks, `cell:<n>`; no other execution has it. */
  readonly url: string;
  readonly source: string;
  readonly executionCount: number;
  /** The cell of the notebook, where the front end names it. */
  readonly cellId?: string;
}

/** A cell of the service. */
export interface KnownCell {
  readonly source: string;
  readonly outline: CellOutline;
  readonly module: CellModule;
  /** The number in its prompt; none for a cell that has not run. */
  readonly executionCount: number | undefined;
  /** The module names of the cells that it refers to. */
  readonly refersTo: ReadonlySet<string>;
  /** Goes up whenever the module's text changes. */
  readonly version: number;
}

/** The module name of the cell that the front end asks about. */
export const DRAFT = "cell:draft";

export class Cells {
  readonly #run = new Map<string, KnownCell>();
  #unrun = new Map<string, KnownCell>();
  readonly #names = new Map<string, NameSource>();
  #unrunNames = new Map<string, NameSource>();
  #draft: KnownCell | undefined;
  /** The addresses of those that could not be parsed, until they have been told of. */
  readonly #broken: string[] = [];
  /** What was last run of each cell of the notebook. */
  readonly #sourceOfId = new Map<string, string>();
  #saved: readonly SavedCell[] = [];
  /** Whether the cells that have not run are to be found out again. */
  #isStale = false;
  #versions = 0;

  /** Every cell, by its module name. */
  *all(): IterableIterator<[string, KnownCell]> {
    yield* this.#run;
    yield* this.#unrun;
    if (this.#draft !== undefined) yield [DRAFT, this.#draft];
  }

  get(module: string): KnownCell | undefined {
    return module === DRAFT ? this.#draft : (this.#run.get(module) ?? this.#unrun.get(module));
  }

  /** The cell that a name stands for now. */
  sourceOf(name: string): NameSource | undefined {
    return this.#names.get(name) ?? this.#unrunNames.get(name);
  }

  /** Adds a cell that has been sent to run. One that cannot be parsed does not run and declares nothing. */
  run({ url, source, executionCount, cellId }: RunCell): void {
    if (cellId !== undefined) this.#sourceOfId.set(cellId, source);
    this.#isStale = true;
    const outline = outlineCell(source);
    if (outline.isBroken) {
      this.#broken.push(url);
      return;
    }
    this.#draft = undefined;
    this.#run.set(url, this.#make(source, outline, executionCount, outline.identifiers, (name) => this.#names.get(name)));
    for (const [name, kind] of outline.names) this.#names.set(name, { module: url, kind });
  }

  /**
   * Drops the run cells that nothing refers to any more.
   * @param wanted The module names of cells that are kept in any case.
   * @returns The module names of those that were dropped, and of cells that did not parse.
   */
  collect(wanted: Iterable<string> = []): string[] {
    const kept = new Set<string>();
    const keep = (module: string): void => {
      const cell = this.#run.get(module);
      if (cell === undefined || kept.has(module)) return;
      kept.add(module);
      cell.refersTo.forEach(keep);
    };
    for (const { module } of this.#names.values()) keep(module);
    for (const module of wanted) keep(module);
    const dropped = [...this.#run.keys()].filter((module) => !kept.has(module));
    for (const module of dropped) this.#run.delete(module);
    return [...dropped, ...this.#broken.splice(0)];
  }

  /** Takes over the cells of the saved notebook. */
  setSaved(saved: readonly SavedCell[]): void {
    if (saved === this.#saved && !this.#isStale) return;
    this.#saved = saved;
    this.#isStale = false;
    const ran = new Set([...this.#run.values()].map(({ source }) => source));
    const unrun = saved.filter(({ id, source }) => this.#sourceOfId.get(id) !== source && !ran.has(source));
    const outlined = unrun.map(({ id, source }) => ({ module: `cell:saved-${encodeURIComponent(id)}`, source, outline: outlineCell(source) }));
    const outlines = outlined.filter(({ outline }) => !outline.isBroken);
    const names = new Map<string, NameSource>();
    for (const { module, outline } of outlines) {
      for (const [name, kind] of outline.names) if (!names.has(name)) names.set(name, { module, kind });
    }
    this.#unrunNames = names;
    const before = this.#unrun;
    this.#unrun = new Map();
    for (const { module, source, outline } of outlines) {
      const cell = this.#make(source, outline, undefined, outline.identifiers, (name) => this.sourceOf(name));
      const old = before.get(module);
      this.#unrun.set(module, old?.module.text === cell.module.text ? old : cell);
    }
  }

  /** Sets the cell that the front end asks about; it sees every name. */
  setDraft(source: string): KnownCell {
    const names = new Set([...this.#names.keys(), ...this.#unrunNames.keys()]);
    this.#draft = this.#make(source, outlineCell(source), undefined, names, (name) => this.sourceOf(name));
    return this.#draft;
  }

  /** Sets a cell that is to be looked at before it runs; it sees what has run. */
  setCandidate({ source, executionCount }: RunCell): KnownCell {
    this.#draft = this.#make(source, outlineCell(source), executionCount, this.#names.keys(), (name) => this.#names.get(name));
    return this.#draft;
  }

  /** Forgets what has run: the process that held it is gone. */
  forget(): void {
    this.#run.clear();
    this.#names.clear();
    this.#sourceOfId.clear();
    this.#isStale = true;
    this.#draft = undefined;
  }

  #make(source: string, outline: CellOutline, executionCount: number | undefined, wanted: Iterable<string>, find: (name: string) => NameSource | undefined): KnownCell {
    const sources = new Map<string, NameSource>();
    for (const name of wanted) {
      const found = outline.names.has(name) ? undefined : find(name);
      if (found !== undefined) sources.set(name, found);
    }
    const refersTo = new Set([...sources.values()].map(({ module }) => module));
    return { source, outline, module: moduleOfCell(source, outline, sources), executionCount, refersTo, version: ++this.#versions };
  }
}
