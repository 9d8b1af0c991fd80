/**
 * The kernel under Jupyter's front ends without a browser: `jupyter console`, `jupyter execute`, nbclient and nbconvert, each
 * as a person starts it, after `nabla install` into an empty home. nbgrader is in course/nbgrader.long.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeKernelSpec } from "../../setup/kernelspec.mjs";
import { venvProgram } from "../../setup/python.mjs";
import { runProgram } from "./programs.ts";
import type { Ended } from "./programs.ts";

interface Output { readonly output_type: string; readonly name?: string; readonly ename?: string; readonly evalue?: string; readonly traceback?: readonly string[]; readonly text?: readonly string[]; readonly data?: Readonly<Record<string, unknown>> }

let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla-front-ends-"));
  const data = path.join(folder, "data");
  await writeKernelSpec(data);
  env = { ...process.env, HOME: folder, NABLA_LANG: "en", JUPYTER_PATH: data, JUPYTER_DATA_DIR: data, JUPYTER_CONFIG_DIR: path.join(folder, "config"), JUPYTER_RUNTIME_DIR: path.join(folder, "runtime"), IPYTHONDIR: path.join(folder, "ipython") };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `jupyter COMMAND` to its end. */
const jupyter = (args: readonly string[], input = ""): Promise<Ended> => runProgram(venvProgram("python"), ["-m", "jupyter", ...args], { cwd: folder, env, input });

/** Writes a notebook of code cells for the kernel. */
function write(name: string, ...sources: string[]): string {
  const cells = sources.map((source, index) => ({ cell_type: "code", execution_count: null, id: `cell-${index}`, metadata: {}, outputs: [], source }));
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec: { display_name: "TypeScript (Nabla)", language: "typescript", name: "nabla" } }, nbformat: 4, nbformat_minor: 5 }));
  return file;
}

const outputs = (file: string): Output[][] => (JSON.parse(readFileSync(file, "utf8")) as { cells: { outputs: Output[] }[] }).cells.map((cell) => cell.outputs);

const work = ['import { tensor } from "nabla";\nconst x = tensor([[1, 2], [3, 4]]);', 'console.log("printed");\nx.matmul(x).toArray().flat().join()', "const wrong: number = String(1);"];

/** What Jupyter's own programs write to stderr of their own accord; what is left would be the kernel's. */
const notOfJupyter = (stderr: string): string[] => stderr.split("\n").filter((line) => line.trim() !== "" && !/^\[(Nb|Jupyter|NbClientApp|NbConvertApp)\w*\]/.test(line) && !/FutureWarning|DeprecationWarning|^\s+(warn|self\.)/.test(line));

describe("jupyter execute", () => {
  it("runs a notebook with tensors; nothing comes on stderr, neither in a cell nor from the kernel", async () => {
    const file = write("execute.ipynb", ...work);
    const { status, stderr } = await jupyter(["execute", "--inplace", file]);
    expect(status, stderr).toBe(0);
    expect(notOfJupyter(stderr)).toEqual([]);
    const [, second] = outputs(file);
    expect(second).toMatchObject([{ output_type: "stream", name: "stdout" }, { output_type: "execute_result" }]);
    expect(String(second?.[1]?.data?.["text/plain"])).toContain("7,10,15,22");
    expect(outputs(file).flat().filter(({ name }) => name === "stderr")).toEqual([]);
  });

  it("ends with the error of a cell that throws", async () => {
    const { status, stderr } = await jupyter(["execute", write("throws.ipynb", 'throw new RangeError("out of it");')]);
    expect(status).not.toBe(0);
    expect(stripVTControlCharacters(stderr)).toContain("RangeError: out of it");
  });
});

it("nbclient gets ename, evalue and a traceback, and no word on stderr", async () => {
  const file = write("client.ipynb", 'function outer() {\n  null.field;\n}\nouter();');
  const program = `
import json, sys, nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
notebook = nbformat.read(sys.argv[1], 4)
try:
    NotebookClient(notebook, kernel_name="nabla").execute()
except CellExecutionError as error:
    print(json.dumps({"ename": error.ename, "evalue": error.evalue, "outputs": notebook.cells[0].outputs}))
`;
  const { status, stdout, stderr } = await runProgram(venvProgram("python"), ["-c", program, file], { env });
  expect(status, stderr).toBe(0);
  expect(notOfJupyter(stderr)).toEqual([]);
  const said = JSON.parse(stdout) as { ename: string; evalue: string; outputs: Output[] };
  expect(said).toMatchObject({ ename: "TypeError", evalue: "Cannot read properties of null (reading 'field')" });
  expect(said.outputs).toHaveLength(1);
  expect(said.outputs[0]?.output_type).toBe("error");
  const traceback = said.outputs[0]?.traceback?.join("\n") ?? "";
  expect(traceback).toContain("outer");
  expect(traceback).toMatch(/line 2/);
});

it("jupyter nbconvert runs a notebook into a page and into a script", async () => {
  const file = write("convert.ipynb", ...work);
  const page = await jupyter(["nbconvert", "--execute", "--to", "html", file]);
  expect(page.status, page.stderr).toBe(0);
  expect(notOfJupyter(page.stderr)).toEqual([]);
  expect(readFileSync(path.join(folder, "convert.html"), "utf8")).toContain("7,10,15,22");
  const executed = await jupyter(["nbconvert", "--execute", "--inplace", "--to", "notebook", file]);
  expect(executed.status, executed.stderr).toBe(0);
  // The language's extension is in what the kernel says of itself, which the run has put into the notebook.
  const script = await jupyter(["nbconvert", "--to", "script", file]);
  expect(script.status, script.stderr).toBe(0);
  expect(readFileSync(path.join(folder, "convert.ts"), "utf8")).toContain("x.matmul(x)");
});

it("jupyter console answers line by line, keeps what was declared, and shows an error", async () => {
  const lines = ["const a = 20", "function f(x: number) { return x + 22; }", 'console.log("sum:", f(a))', 'throw new RangeError("in the console")', "a * 2", 'import { plot } from "nabla"; const live = plot.live({ title: "A run" }); for (let i = 1; i <= 4; i++) live.add({ loss: 1 / i }); live.end();', "live"];
  const { status, stdout, stderr } = await jupyter(["console", "--kernel", "nabla", "--simple-prompt"], `${lines.join("\n")}\n`);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("Nabla");
  expect(stdout).toContain("sum: 42");
  // The console writes the errors of cells to its own stderr.
  expect(stripVTControlCharacters(stderr)).toContain("RangeError: in the console");
  expect(stdout).toContain("Out[5]: 40");
  // A console shows nothing again in its place: the panel as a value says how the run stands.
  expect(stdout).toMatch(/Out\[7\]:\s+A run: finished · step 4 .*\n\s+loss {2}█\S+ {2}1 → 0\.25/);
});
