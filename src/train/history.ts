/**
 * What a training run was like: a row of numbers for each epoch, and the loss of each batch.
 */
import { NablaError } from "../tensor/errors.ts";

/** The numbers of one epoch: its number from 1, mean loss, learning rate, seconds, and each metric by its name. */
export interface EpochRecord {
  readonly epoch: number;
  readonly loss: number;
  readonly lr: number;
  readonly seconds: number;
  readonly [name: string]: number;
}

/** What `stateDict()` of a history gives. */
export interface HistoryState {
  readonly epochs: readonly EpochRecord[];
  readonly batchLosses: readonly number[];
}

/** The record of a run, printed as a table; `plot.lossCurve` draws it. */
export class History {
  /** A row for each epoch that was finished. */
  readonly epochs: EpochRecord[] = [];
  readonly #batchLosses: number[] = [];
  #readBefore: (() => void) | undefined;
  /** Why training ended before its last epoch, if it did. */
  stopped: string | undefined;

  /** The loss of each batch, in the order of training. */
  get batchLosses(): number[] {
    this.#readBefore?.();
    return this.#batchLosses;
  }

  /** Says what adds the losses that are not here yet (undefined: nothing does); it is called before somebody looks at them. */
  readBefore(read: (() => void) | undefined): void {
    this.#readBefore = read;
  }

  /** Adds the loss of the next batch. */
  addBatch(loss: number): void {
    this.#batchLosses.push(loss);
  }

  /** One quantity over the epochs, such as `"validationLoss"`. @throws NablaError when there is none of this name. */
  column(name: string): number[] {
    const names = this.names;
    if (this.epochs.length > 0 && !names.includes(name)) {
      throw new NablaError(`History: there is no ${JSON.stringify(name)}; there are ${names.join(", ")}`);
    }
    return this.epochs.map((row) => row[name] ?? NaN);
  }

  /** The names of the columns. */
  get names(): string[] {
    return [...new Set(this.epochs.flatMap((row) => Object.keys(row)))];
  }

  /** The last epoch's row, undefined before the first. */
  get last(): EpochRecord | undefined {
    return this.epochs.at(-1);
  }

  /** A copy, for a checkpoint. */
  stateDict(): HistoryState {
    return { epochs: this.epochs.map((row) => ({ ...row })), batchLosses: [...this.batchLosses] };
  }

  /** Puts back what `stateDict()` gave. */
  loadStateDict({ epochs, batchLosses }: HistoryState): void {
    this.epochs.splice(0, Infinity, ...epochs.map((row) => ({ ...row })));
    this.batchLosses.length = 0;
    // One by one: a long list does not fit on the stack.
    for (const loss of batchLosses) this.batchLosses.push(loss);
  }

  /** The table as text, of a long run its first and last epochs. */
  toString(): string {
    const { names, epochs } = this;
    const rows = epochs.length > 24 ? [...epochs.slice(0, 3), undefined, ...epochs.slice(-20)] : epochs;
    const cells = [names, ...rows.map((row) => names.map((name) => (row === undefined ? "…" : readable(name, row[name]))))];
    const widths = names.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
    const table = cells.map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join("  "));
    return [...table, ...(this.stopped === undefined ? [] : [`stopped: ${this.stopped}`])].join("\n");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }
}

/** A number in as many digits as one looks at. */
export function readable(name: string, value: number | undefined): string {
  if (value === undefined) return "";
  if (name === "epoch") return String(value);
  if (name === "seconds") return value.toFixed(1);
  if (name === "lr" || (value !== 0 && Math.abs(value) < 0.001)) return String(Number(value.toPrecision(3)));
  return value.toFixed(4);
}
