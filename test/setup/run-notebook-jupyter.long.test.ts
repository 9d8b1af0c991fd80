/**
 * `npm exec nabla run NOTEBOOK` beside Jupyter's own tools: nbclient writes the same outputs of the same cells, and nbformat
 * finds the file valid and would write the same bytes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jupyterEnvironment } from "../../setup/environment.mjs";
import { prepareKernelSpec } from "../../setup/kernelspec.mjs";
import { venvProgram } from "../../setup/python.mjs";
import { runProgram } from "./programs.ts";
import type { Ended } from "./programs.ts";
import { codeCells, environment, outputsOf, readNotebook, runNabla, writeCells } from "./runnable-notebook.ts";
import type { Notebook, Source } from "./runnable-notebook.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla run "));
  file = path.join(folder, "notebook.ipynb");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (...sources: Source[]): void => writeCells(file, sources);
const read = (from = file): Notebook => readNotebook(from);
const run = (...args: string[]): Promise<Ended> => runNabla(folder, file, ...args);

/** Python's answer to a program of a few lines. */
async function python(program: string, ...args: string[]): Promise<void> {
  const { status, stderr } = await runProgram(venvProgram("python"), ["-c", program, ...args], { env: jupyterEnvironment(environment) });
  expect(status, stderr).toBe(0);
}

describe("a notebook that runs", () => {
  it("is written as Jupyter's nbclient writes it: streams, values, displays and their updates, errors, cleared outputs", async () => {
    write(
      'console.log("one");\nconsole.log("two");\n1 + 1',
      'console.error("beside");',
      'const shown = display({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "first\\nsecond", "application/json": { a: [1] }, "text/html": "<b>b</b>" }) }, { id: "d" });',
      'shown.update({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "updated", "image/svg+xml": "<svg>\\n</svg>" }) });',
      { source: 'throw new RangeError("expected");', tags: ["raises-exception"] },
      'process.stdout.write("10 %\\r20 %\\r"); process.stdout.write("30 %\\n");',
      { source: 'console.log("never");', tags: ["skip-execution"] },
      "",
    );
    await prepareKernelSpec();
    const other = path.join(folder, "nbclient.ipynb");
    await python(
      "import sys, nbformat, nbclient\n" +
        "notebook = nbformat.read(sys.argv[1], 4)\n" +
        "for cell in notebook.cells:\n    if cell.cell_type == 'code': cell.outputs = []; cell.execution_count = None\n" +
        "nbclient.NotebookClient(notebook, kernel_name='nabla', record_timing=False, store_widget_state=False, coalesce_streams=True).execute()\n" +
        "nbformat.write(notebook, sys.argv[2])",
      file, other,
    );
    const { status, stdout, stderr } = await run();
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/notebook\.ipynb: 6 cells in \d+\.\d s, saved/);
    const [ours, theirs] = [read(), read(other)];
    expect(outputsOf(ours)).toEqual(outputsOf(theirs));
    expect(ours.metadata).toEqual(theirs.metadata);
    expect(codeCells(ours).map((cell) => cell.execution_count)).toEqual(codeCells(theirs).map((cell) => cell.execution_count));
  });

  it("is valid, and written byte for byte as nbformat would write it", async () => {
    write('console.log("text");\n({ a: 1 })', 'display("shown"); 2');
    expect((await run()).status).toBe(0);
    await python(
      "import sys, nbformat\ntext = open(sys.argv[1]).read()\nnotebook = nbformat.reads(text, 4)\nnbformat.validate(notebook)\n" +
        "assert nbformat.writes(notebook) + '\\n' == text, nbformat.writes(notebook)",
      file,
    );
  });
});
