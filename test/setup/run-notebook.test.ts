/**
 * `npm exec nabla run NOTEBOOK`: the file that it writes is the one that Jupyter's own client, nbclient, writes of the same
 * cells, Jupyter's nbformat finds it valid, and the exit status says whether all cells ran.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jupyterEnvironment } from "../../setup/environment.mjs";
import { prepareKernelSpec } from "../../setup/kernelspec.mjs";
import { paths } from "../../setup/paths.mjs";
import { venvProgram } from "../../setup/python.mjs";
import { readArguments } from "../../setup/run.mjs";
import { runProgram } from "./programs.ts";
import type { Ended } from "./programs.ts";

interface Output { readonly output_type: string; readonly [field: string]: unknown }
interface Cell { readonly id: string; readonly cell_type: string; readonly source: string; readonly outputs?: Output[]; readonly execution_count?: number | null }
interface Notebook { readonly cells: readonly Cell[]; readonly metadata: Readonly<Record<string, unknown>> }

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla run "));
  file = path.join(folder, "notebook.ipynb");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a notebook of code cells; one may have tags. */
function write(...sources: (string | { source: string; tags: string[] })[]): void {
  const cells = sources.map((each, index) => {
    const { source, tags } = typeof each === "string" ? { source: each, tags: [] } : each;
    const left = [{ output_type: "stream", name: "stdout", text: ["left by an earlier run\n"] }];
    return { cell_type: "code", execution_count: 77, id: `cell-${index + 1}`, metadata: tags.length > 0 ? { tags } : {}, outputs: left, source: source.split(/(?<=\n)/) };
  });
  const kernelspec = { display_name: "TypeScript (Nabla)", language: "typescript", name: "nabla" };
  const text = { cell_type: "markdown", id: "text", metadata: {}, source: ["A text."] };
  writeFileSync(file, `${JSON.stringify({ cells: [text, ...cells], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`);
}

const read = (from = file): Notebook => JSON.parse(readFileSync(from, "utf8")) as Notebook;
const codeCells = (notebook: Notebook): Cell[] => notebook.cells.filter(({ cell_type }) => cell_type === "code");
const outputsOf = (notebook: Notebook): Output[][] => codeCells(notebook).map(({ outputs }) => outputs ?? []);

const nabla = path.join(paths.root, "setup", "nabla.mjs");
const environment = { ...process.env, NABLA_LANG: "en" };

const run = (...args: string[]): Promise<Ended> => runProgram(process.execPath, [nabla, "run", file, ...args], { cwd: folder, env: environment });

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

  it("keeps what the two streams print in the order of the calls, and what is written over as it looks on a terminal", async () => {
    write('console.log("one");\nconsole.error("and one");\nconsole.log("two");', 'process.stdout.write("ab\\b\\bcd\\n");');
    expect((await run()).status).toBe(0);
    const streams = outputsOf(read()).map((outputs) => outputs.filter(({ output_type }) => output_type === "stream").map(({ name, text }) => [name, (text as string[]).join("")]));
    expect(streams).toEqual([[["stdout", "one\n"], ["stderr", "and one\n"], ["stdout", "two\n"]], [["stdout", "cd\n"]]]);
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

  it("runs in its own folder, from which it imports, wherever the command was typed", async () => {
    writeFileSync(path.join(folder, "beside.ts"), "export const beside: number = 42;\n");
    write('import { beside } from "./beside";\nbeside');
    const { status } = await runProgram(process.execPath, [nabla, "run", file], { cwd: tmpdir(), env: environment });
    expect(status).toBe(0);
    expect(outputsOf(read())[0]).toMatchObject([{ output_type: "execute_result", data: { "text/plain": ["42"] } }]);
  });

  it("is left alone when its outputs go into another file", async () => {
    write("6 * 7");
    const before = readFileSync(file, "utf8");
    const { status } = await run("--output", "result.ipynb");
    expect(status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(outputsOf(read(path.join(folder, "result.ipynb")))[0]).toMatchObject([{ data: { "text/plain": ["42"] } }]);
  });
});

describe("a notebook in which a cell fails", () => {
  it("ends with status 1 at that cell, says what it was, and keeps what ran", async () => {
    write('console.log("ran");', 'throw new TypeError("wrong on purpose");', 'console.log("not reached");');
    const { status, stderr } = await run();
    expect(status).toBe(1);
    expect(stderr).toContain("TypeError: wrong on purpose");
    expect(stderr).toMatch(/code cell 2 ended in TypeError/);
    const [first, second, third] = outputsOf(read());
    expect(first).toMatchObject([{ output_type: "stream", text: ["ran\n"] }]);
    expect(second).toMatchObject([{ output_type: "error", ename: "TypeError", evalue: "wrong on purpose" }]);
    expect(third).toEqual([]);
  });

  it("goes on with --allow-errors", async () => {
    write('throw new Error("first");', "1 + 1");
    expect((await run("--allow-errors")).status).toBe(0);
    expect(outputsOf(read()).map(([output]) => output?.output_type)).toEqual(["error", "execute_result"]);
  });

  it("stops a cell that takes longer than --timeout, and no kernel stays behind", async () => {
    write('import { writeFileSync } from "node:fs";\nwriteFileSync("kernel", String(process.ppid));\nwhile (true) {}', "1");
    const { status, stderr } = await run("--timeout", "3");
    expect(status).toBe(1);
    expect(stderr).toContain("code cell 1 took longer than 3 s and was stopped");
    expect(outputsOf(read())).toMatchObject([[{ output_type: "error", ename: "KeyboardInterrupt" }], []]);
    const kernel = Number(readFileSync(path.join(folder, "kernel"), "utf8"));
    expect(kernel).toBeGreaterThan(1);
    expect(() => process.kill(kernel, 0)).toThrow(/ESRCH/);
  });

  it("is stopped by Control-C with status 130, and keeps what ran", async () => {
    write('console.log("ran");', 'import { writeFileSync } from "node:fs"; writeFileSync("running", ""); await new Promise(() => {});');
    const child = spawn(process.execPath, [nabla, "run", file], { cwd: folder, env: environment, stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await expect.poll(() => existsSync(path.join(folder, "running")), { timeout: 30_000 }).toBe(true);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(outputsOf(read())).toMatchObject([[{ text: ["ran\n"] }], [{ ename: "KeyboardInterrupt" }]]);
  });

  it("says that the world of the cells ended, and goes no further", async () => {
    write("process.exit(3);", "1");
    const { status, stderr } = await run();
    expect(status).toBe(1);
    expect(stderr).toContain("ProcessExit");
    expect(outputsOf(read())[1]).toEqual([]);
  });
});

describe("what is not run at all", () => {
  const sentence = async (...args: string[]): Promise<string> => {
    const { status, stderr } = await runProgram(process.execPath, [nabla, "run", ...args], { cwd: folder, env: environment });
    expect(status).toBe(1);
    expect(stderr).not.toMatch(/^\s+at /m);
    return stderr;
  };

  it("is a notebook in another language", async () => {
    writeFileSync(file, JSON.stringify({ cells: [], metadata: { kernelspec: { name: "python3", language: "python" } }, nbformat: 4, nbformat_minor: 5 }));
    expect(await sentence(file)).toContain("is written in python");
  });

  it("is a file that is no notebook, or none, or two", async () => {
    writeFileSync(file, "no notebook");
    expect(await sentence(file)).toContain("is not a notebook");
    expect(await sentence("nowhere.ipynb")).toContain("There is no");
    expect(await sentence()).toContain("Which notebook?");
    expect(await sentence("a.ipynb", "b.ipynb")).toContain("One notebook at a time");
  });

  it("is one whose kernel does not start: the file is left as it was", async () => {
    write("1");
    const before = readFileSync(file, "utf8");
    // The kernel's own process ends before it has begun.
    const preload = `data:text/javascript,${encodeURIComponent('if (process.argv[1].endsWith("kernel/main.js")) process.exit(9);')}`;
    const { status, stderr } = await runProgram(process.execPath, [nabla, "run", file], { cwd: folder, env: { ...environment, NODE_OPTIONS: `--import=${preload}` } });
    expect(status).toBe(1);
    expect(stderr).toContain("the kernel ended with status 9");
    expect(stderr).toContain("nabla doctor");
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("is a command with an option that it does not have, or with a wrong value", async () => {
    expect(await sentence(file, "--quickly")).toContain("--quickly");
    expect(await sentence(file, "--timeout", "soon")).toContain('not "soon"');
  });
});

it("finds the options that npm has kept for itself, and says so where npm took a word for a value", () => {
  const npm = { npm_command: "exec", npm_config_output: "out.ipynb", npm_config_allow_errors: "true" };
  expect(readArguments(["in.ipynb"], npm)).toMatchObject({ notebook: "in.ipynb", output: "out.ipynb", allowErrors: true });
  expect(() => readArguments([], { npm_command: "exec", npm_config_allow_errors: "in.ipynb" })).toThrow(/put `--` before/);
});
