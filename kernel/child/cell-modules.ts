/** The modules that cells have imported, loaded before each cell runs so that a cell without `await` runs synchronously. */
import type { ImportRequest } from "../cell/transform.ts";
import { CellSyntaxError, codeFrame } from "../cell/syntax-error.ts";
import { say } from "../messages/say.ts";

type Namespace = Record<string, unknown>;

/** The line of a cell that an error is about, where no stack says it. */
export interface CellPlace {
  readonly url: string;
  readonly line: number;
  /** The line with a caret. */
  readonly frame: string;
}

export class CellModules {
  readonly #import: (specifier: string) => Promise<unknown>;
  readonly #ofCell = new Map<string, Namespace[]>();
  readonly #failures = new WeakMap<object, CellPlace>();

  /** @param load Loads a module as seen from the notebook's folder. */
  constructor(load: (specifier: string) => Promise<unknown>) {
    this.#import = load;
  }

  /**
   * Loads what a cell imports, in the order of its text.
   * @throws CellSyntaxError when a module lacks a name that the cell imports; else whatever the loading throws.
   */
  async load(url: string, source: string, requests: readonly ImportRequest[]): Promise<void> {
    const modules: Namespace[] = [];
    this.#ofCell.set(url, modules);
    for (const { specifier, index, names, line, column } of requests) {
      let module: Namespace;
      try {
        module = (await this.#import(specifier)) as Namespace;
      } catch (error) {
        const frame = codeFrame(source, { line, column }).join("\n");
        if (error instanceof Error) this.#failures.set(error, { url, line, frame });
        throw error;
      }
      const missing = names.find((name) => !(name in module));
      if (missing !== undefined) {
        throw new CellSyntaxError(say("noSuchExport", { specifier, name: missing }), url, source, { line, column });
      }
      modules[index] = module;
    }
  }

  /** A cell has ended: its declarations have taken its modules. */
  forget(url: string): void {
    this.#ofCell.delete(url);
  }

  /** Which import of a cell an error of loading came from. */
  placeOf(error: Error): CellPlace | undefined {
    return this.#failures.get(error);
  }

  /** One module of a cell; called by the cell's own code. */
  readonly module = (url: string, index: number): Namespace | undefined => this.#ofCell.get(url)?.[index];
}
