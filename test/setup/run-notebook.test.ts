/**
 * `npm exec nabla run NOTEBOOK`: what it leaves in the file, and what its exit status says. That the file is the one that
 * Jupyter's own client would write is in run-notebook-jupyter.long.test.ts.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readArguments } from "../../setup/run.mjs";
import { runProgram } from "./programs.ts";
import type { Ended } from "./programs.ts";
import { environment, nabla, outputsOf, readNotebook, runNabla, writeCells } from "./runnable-notebook.ts";
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

describe("a notebook that runs", () => {
  it("keeps what the two streams print in the order of the calls, and what is written over as it looks on a terminal", async () => {
    write('console.log("one");\nconsole.error("and one");\nconsole.log("two");', 'process.stdout.write("ab\\b\\bcd\\n");');
    expect((await run()).status).toBe(0);
    const streams = outputsOf(read()).map((outputs) => outputs.filter(({ output_type }) => output_type === "stream").map(({ name, text }) => [name, (text as string[]).join("")]));
    expect(streams).toEqual([[["stdout", "one\n"], ["stderr", "and one\n"], ["stdout", "two\n"]], [["stdout", "cd\n"]]]);
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
