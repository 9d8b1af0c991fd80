/** The modules that cells have imported, loaded before each cell runs so that a cell without `await` runs synchronously. */
import type { ImportRequest } from "../cell/transform.ts";
import { CellSyntaxError } from "../cell/syntaxError.ts";

type Namespace = Record<string, unknown>;

export class CellModules {
  readonly #import: (specifier: string) => Promise<unknown>;
  readonly #ofCell = new Map<string, Namespace[]>();

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
      const module = (await this.#import(specifier)) as Namespace;
      const missing = names.find((name) => !(name in module));
      if (missing !== undefined) {
        throw new CellSyntaxError(`the module "${specifier}" has no export named "${missing}"`, url, source, { line, column });
      }
      modules[index] = module;
    }
  }

  /** One module of a cell; called by the cell's own code. */
  readonly module = (url: string, index: number): Namespace | undefined => this.#ofCell.get(url)?.[index];
}
