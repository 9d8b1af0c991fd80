/**
 * The notebook that the kernel belongs to, where the server says which one it is, as it was last saved.
 *
 * The kernel is told of a cell only when it is run. What the notebook's file says of the others is a few minutes old at
 * worst, which is good enough for names to complete and for hints, and for nothing else.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";

/** A code cell of the saved notebook. */
export interface SavedCell {
  readonly id: string;
  readonly source: string;
}

/** The notebook's file; Jupyter's server names it in the kernel's environment. */
function notebookFile(): string | undefined {
  const file = process.env["JPY_SESSION_NAME"];
  return file !== undefined && isAbsolute(file) ? file : undefined;
}

/** The folder that imports are looked for from: the notebook's, else the working folder. */
export function notebookFolder(): string {
  const file = notebookFile();
  return file === undefined ? process.cwd() : dirname(file);
}

/** Reads the notebook's file when it has changed. */
export class SavedNotebook {
  readonly #file = notebookFile();
  #stamp = "";
  #savedAt = 0;
  #cells: readonly SavedCell[] = [];

  /** The code cells in their order; none where there is no notebook, or no file that can be read. */
  cells(): readonly SavedCell[] {
    if (this.#file === undefined) return [];
    const status = statSync(this.#file, { throwIfNoEntry: false });
    const stamp = status === undefined ? "gone" : `${status.mtimeMs} ${status.size}`;
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#savedAt = status?.mtimeMs ?? 0;
      this.#cells = status === undefined ? [] : readCells(this.#file);
    }
    return this.#cells;
  }

  /** When the file that `cells` has read was written, in milliseconds of `Date.now()`. */
  get savedAt(): number {
    return this.#savedAt;
  }
}

function readCells(file: string): SavedCell[] {
  try {
    const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: { cell_type: string; id?: string; source: string | string[] }[] };
    const code = cells.filter((each) => each.cell_type === "code");
    return code.map(({ id, source }, index) => ({ id: id ?? `at-${index}`, source: Array.isArray(source) ? source.join("") : source }));
  } catch {
    // Half written, or none of ours.
    return [];
  }
}
