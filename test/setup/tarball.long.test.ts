/**
 * The tarball on a bare machine, acted out: an empty folder, an empty home, no compiler on PATH, every registry at a port
 * where nobody listens. On each Node version it installs, computes with each set of kernels, runs a notebook with a chart,
 * and makes itself known to Jupyter.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "../../setup/command.mjs";
import { prepareJupyter } from "../../setup/jupyter.mjs";
import { prepareOtherNodes } from "../../setup/node-versions.mjs";
import { writeTarball } from "../../setup/pack/tarball.mjs";
import { runProgram } from "./programs.ts";
import type { Ended } from "./programs.ts";

const nodes = [{ version: process.versions.node, node: process.execPath }, ...(await prepareOtherNodes())];
/** Five thousand files are unpacked, which takes a slow disk a while. */
const LONG = 300_000;
const npm = realpathSync(findProgram("npm") ?? "");

let place: string;
let tarball: string;
beforeAll(async () => {
  place = mkdtempSync(path.join(tmpdir(), "nabla tarball "));
  tarball = await writeTarball(place);
  console.log(`the tarball has ${(statSync(tarball).size / 1e6).toFixed(1)} MB`);
}, LONG);
afterAll(() => rm(place, { recursive: true, force: true }), LONG);

describe.each(nodes)("on Node $version", ({ version, node }) => {
  let project: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(() => {
    project = path.join(place, `project ${version}`);
    const [home, programs] = [path.join(place, `home ${version}`), path.join(place, `programs ${version}`)];
    for (const folder of [project, home, programs]) mkdirSync(folder);
    symlinkSync(node, path.join(programs, "node"));
    for (const name of ["sh", "env"]) symlinkSync(findProgram(name) ?? "", path.join(programs, name));
    env = { PATH: programs, HOME: home, NABLA_LANG: "en", npm_config_registry: "http://127.0.0.1:9/", npm_config_update_notifier: "false" };
  });

  /** Runs a program in the project to its end. */
  const run = (program: string, args: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<Ended> => runProgram(program, args, { cwd: project, env: { ...env, ...extra } });
  const nabla = (...args: string[]): Promise<Ended> => run(node, [npm, "exec", "--offline", "nabla", "--", ...args]);

  it("installs into an empty folder without compiler and network", async () => {
    const started = Date.now();
    const { status, stdout, stderr } = await run(node, [npm, "install", tarball, "--no-audit", "--no-fund"]);
    expect(status, stdout + stderr).toBe(0);
    console.log(`installed on Node ${version} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    expect(readdirSync(path.join(project, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["nabla"]);
  }, LONG);

  it.each(["portable", "avx2", "avx512"])("multiplies tensors with the %s kernels", async (isa) => {
    const program = 'import { tensor } from "nabla"; console.log(JSON.stringify(tensor([[1, 2], [3, 4]]).matmul(tensor([[5, 6], [7, 8]])).toArray()));';
    const { stdout, stderr } = await run(node, ["--input-type=module", "-e", program], { NABLA_ISA: isa });
    const flags = readFileSync("/proc/cpuinfo", "utf8");
    // On a processor without them the kernels cannot run, and the library has to say so.
    if (isa === "portable" || flags.includes(isa === "avx512" ? "avx512vl" : isa)) expect(stdout.trim(), stderr).toBe("[[19,22],[43,50]]");
    else expect(stderr).toContain("NABLA_ISA");
  });

  it("runs a notebook with a tensor, a chart with its picture, types and a package of the learner's own", async () => {
    const own = path.join(project, "node_modules", "own-package");
    mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, "package.json"), JSON.stringify({ name: "own-package", version: "1.0.0", main: "index.js" }));
    writeFileSync(path.join(own, "index.js"), "exports.answer = 42;");
    const sources = [
      'import { tensor } from "nabla";\nimport own from "own-package";\ntensor([[1, 2], [3, 4]]).matmul(tensor([[own.answer], [0]])).toArray().flat().join()',
      'const spec = { data: { values: [{ x: 1, y: 2 }] }, mark: "point", encoding: { x: { field: "x", type: "quantitative" } } };\n({ [Symbol.for("Jupyter.display")]: () => ({ "application/vnd.vegalite.v5+json": spec }) })',
      '// @check error\nconst n: number = tensor([1, 2]).sum().item(); n',
      'import sharp from "sharp";\n(await sharp({ create: { width: 2, height: 3, channels: 3, background: "red" } }).png().toBuffer()).length > 50',
    ];
    const cells = sources.map((source, index) => ({ cell_type: "code", id: `c${index}`, metadata: {}, source, outputs: [], execution_count: null }));
    const file = path.join(project, "notebook.ipynb");
    writeFileSync(file, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    const { status, stdout, stderr } = await nabla("run", "notebook.ipynb");
    expect(status, stdout + stderr).toBe(0);
    const ran = JSON.parse(readFileSync(file, "utf8")) as { cells: { outputs: { data: Record<string, unknown> }[] }[] };
    const shown = ran.cells.map(({ outputs }) => outputs.at(-1)?.data ?? {});
    expect(String(shown[0]?.["text/plain"])).toContain("42,126");
    expect(Buffer.from(String(shown[1]?.["image/png"]), "base64").subarray(1, 4).toString()).toBe("PNG");
    expect(String(shown[2]?.["text/plain"])).toBe("3");
    expect(String(shown[3]?.["text/plain"])).toBe("true");
  }, LONG);

  it("makes itself known to Jupyter, and the doctor finds nothing wrong", async () => {
    const jupyter = await prepareJupyter();
    const withJupyter = { PATH: `${env["PATH"]}${path.delimiter}${path.dirname(jupyter)}` };
    const call = (...args: string[]): Promise<Ended> => run(node, [npm, "exec", "--offline", "nabla", "--", ...args], withJupyter);
    expect((await call("doctor")).stdout).toMatch(/^✗ kernelspec: Jupyter does not find the kernel: run `npm exec nabla install`/m);
    expect((await call("install")).status).toBe(0);
    const { status, stdout, stderr } = await call("doctor");
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain("Everything works.");
    expect(stdout).toContain("the native runtime came with the package");
    const spec = JSON.parse(readFileSync(path.join(env["HOME"]!, ".local/share/jupyter/kernels/nabla/kernel.json"), "utf8")) as { argv: string[] };
    expect(spec.argv[1]).toBe(path.join(project, "node_modules", "nabla", "dist", "kernel", "main.js"));
    expect(existsSync(path.join(env["HOME"]!, ".local/share/jupyter/kernels/nabla/logo-64x64.png"))).toBe(true);
  }, LONG);
});
