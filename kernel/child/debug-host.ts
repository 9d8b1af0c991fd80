/**
 * The main thread's part of the debugger: what the inspector calls here by name, and the wait before a cell runs.
 *
 * Without a debugger it costs one atomic load a cell. With one, a cell that is ready to run is announced, and runs when the
 * debugger has put its breakpoints into it; meanwhile the event loop turns, for V8 takes the breakpoints there.
 */
import type { EditData } from "../cell/edits.ts";
import type { CellSources } from "../cell/traceback.ts";
import type { MimeBundle } from "../contracts.ts";
import { displayBundle } from "../display/bundle.ts";
import { Word } from "./gate-words.ts";
import { lineOf, listFields, listScopes, listVariables } from "./value-listing.ts";

/** A cell as the debugger knows it. */
export interface KnownCell {
  readonly url: string;
  readonly source: string;
  readonly executionCount: number;
}

/** Told to the inbound worker: a cell is ready to run. */
export interface Announcement extends KnownCell {
  readonly type: "announce";
  readonly edits: EditData;
}

export class DebugHost {
  readonly #words: Int32Array;
  readonly #cells: CellSources;
  readonly #send: (announcement: Announcement) => void;
  readonly #announced = new Map<string, () => void>();
  #kept: unknown;

  /** @param send Sends to the inbound worker. */
  constructor(words: Int32Array, cells: CellSources, send: (announcement: Announcement) => void) {
    this.#words = words;
    this.#cells = cells;
    this.#send = send;
  }

  /** Whether there is a debugger. */
  get isAttached(): boolean {
    return Atomics.load(this.#words, Word.Debugger) !== 0;
  }

  /** Called before a cell that `cells` holds is run. @returns A promise of the moment when it may run, if it must wait. */
  announce(url: string): Promise<void> | undefined {
    if (!this.isAttached) return undefined;
    const { source, executionCount, edits } = this.#cells.get(url)!;
    return new Promise((resolve) => {
      this.#announced.set(url, resolve);
      this.#send({ type: "announce", url, source, executionCount, edits: edits.data });
    });
  }

  /** The debugger has seen an announced cell. */
  proceed(url: string): void {
    this.#announced.get(url)?.();
    this.#announced.delete(url);
  }

  /** What the debugger calls through the inspector; see debugger/values.ts. */
  readonly face = Object.freeze({
    same: (value: unknown): unknown => value,
    line: lineOf,
    fields: listFields,
    scopes: (...scopes: object[]) => listScopes(scopes),
    variables: listVariables,
    bundle: (value: unknown): MimeBundle | Promise<MimeBundle> => displayBundle(value),
    cells: (): KnownCell[] => [...this.#cells].map(([url, { source, executionCount }]) => ({ url, source, executionCount })),
    edits: (url: string): EditData | undefined => this.#cells.get(url)?.edits.data,
    /** Global names that a person made, by assigning to `globalThis`. */
    assigned: (builtIn: readonly string[]): string[] => Object.keys(globalThis).filter((name) => !builtIn.includes(name)),
    keep: (value: unknown): void => {
      this.#kept = value;
    },
    kept: (): unknown => {
      const value = this.#kept;
      this.#kept = undefined;
      return value;
    },
  });
}
