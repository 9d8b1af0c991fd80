/**
 * A notebook from top to bottom on a fresh kernel, without a browser and without Python: what nbclient is for Jupyter, with
 * the same tags (`raises-exception`, `skip-execution`).
 */
import { CellOutputs } from "./cell-outputs.ts";
import type { Displays, Output } from "./cell-outputs.ts";
import { KernelClient } from "./kernel-client.ts";
import type { CellEnd } from "./kernel-client.ts";
import type { KernelCommand } from "./kernel-process.ts";

/** A cell of a notebook's file, as far as running it asks. */
export interface NotebookCell {
  readonly cell_type: string;
  readonly id?: string;
  readonly source: string | readonly string[];
  readonly metadata?: { readonly tags?: readonly string[] };
  outputs?: Output[];
  execution_count?: number | null;
}

/** A notebook's file, as far as running it asks. */
export interface Notebook {
  readonly cells: NotebookCell[];
  readonly metadata: Record<string, unknown>;
}

export interface RunOptions {
  /** Milliseconds that one cell may take; without it, any. */
  readonly timeout?: number;
  /** Goes on after a cell that failed. */
  readonly allowErrors?: boolean;
  /** Stops the cell that is running, and the run. */
  readonly signal?: AbortSignal;
  /** Called before each cell, with its number among the code cells (from 1) and how many there are. */
  readonly onCell?: (number: number, count: number) => void;
}

/** A cell that ended in an error. */
export interface FailedCell {
  /** Its number among the code cells, from 1. */
  readonly number: number;
  readonly error: NonNullable<CellEnd["error"]>;
  readonly stopped?: CellEnd["stopped"];
}

export interface RunResult {
  /** How many cells were run. */
  readonly run: number;
  /** The error that ended the run, if one did. */
  readonly failed?: FailedCell;
}

const sourceOf = ({ source }: NotebookCell): string => (typeof source === "string" ? source : source.join(""));

/**
 * Runs the notebook and puts the outputs into it. What an earlier run left is taken away first, so that nothing old can
 * pass for a result; cells after one that failed stay without outputs.
 * @throws KernelEnded when the kernel ends or does not answer. What the notebook holds then is what was there until then.
 */
export async function runNotebook(notebook: Notebook, command: KernelCommand, options: RunOptions = {}): Promise<RunResult> {
  const cells = notebook.cells.filter(({ cell_type }) => cell_type === "code");
  for (const cell of cells) {
    cell.outputs = [];
    cell.execution_count = null;
  }
  const client = await KernelClient.start(command);
  try {
    notebook.metadata["language_info"] = client.info["language_info"];
    return await runCells(cells, client, options);
  } finally {
    await client.stop();
  }
}

async function runCells(cells: readonly NotebookCell[], client: KernelClient, { timeout, allowErrors = false, signal, onCell }: RunOptions): Promise<RunResult> {
  const displays: Displays = new Map();
  let run = 0;
  for (const [index, cell] of cells.entries()) {
    const code = sourceOf(cell);
    const tags = cell.metadata?.tags ?? [];
    if (code.trim() === "" || tags.includes("skip-execution")) continue;
    onCell?.(index + 1, cells.length);
    const outputs = new CellOutputs(displays);
    let end: CellEnd;
    try {
      end = await client.execute(code, {
        onOutput: (type, content) => outputs.take(type, content),
        ...(cell.id !== undefined && { cellId: cell.id }),
        ...(timeout !== undefined && { timeout }),
        ...(signal !== undefined && { signal }),
      });
    } finally {
      cell.outputs = outputs.finished();
    }
    cell.execution_count = end.executionCount;
    run++;
    const isExpected = (allowErrors || tags.includes("raises-exception")) && end.stopped === undefined;
    if (end.error !== undefined && !isExpected) {
      return { run, failed: { number: index + 1, error: end.error, ...(end.stopped !== undefined && { stopped: end.stopped }) } };
    }
  }
  return { run };
}
