/**
 * The kernels that are measured: this one, and those that are installed where the environment says.
 *
 * `PEERS_PYTHON` names a Python that may have ipykernel, `PEERS_NODE_MODULES` a `node_modules` folder that may have deno and
 * tslab. Each is started as its own kernelspec starts it, and interrupted as its kernelspec asks front ends to.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { kernelEnvironment } from "../../setup/kernelspec.mjs";
import { paths } from "../../setup/paths.mjs";
import { python, typescript } from "./cells.mjs";

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} version
 * @property {(connectionFile: string) => [string, ...string[]]} command
 * @property {"message" | "signal"} interruptMode
 * @property {number} times how often a start and an interrupt are measured
 * @property {number} settled after how many idle milliseconds nothing goes on in the background any more
 * @property {Record<string, string>} [env]
 * @property {import("./cells.mjs").Cells} cells
 */

/** @typedef {{name: string, reason: string}} Absent */

/** The others' figures stand beside ours and are not held against a limit: fewer do. They start nothing when they are idle. */
const PEER = { times: 3, settled: 5000 };

/** @returns {Contender} */
function ourselves() {
  return {
    name: "nabla",
    version: JSON.parse(readFileSync(path.join(paths.root, "package.json"), "utf8")).version,
    command: (file) => [process.execPath, paths.kernelMain, "--connection-file", file],
    interruptMode: "message",
    times: 5,
    // The language service starts by itself, and collects its garbage.
    settled: 40_000,
    env: kernelEnvironment(),
    cells: typescript({ trains: true }),
  };
}

/** @param {string | undefined} program PEERS_PYTHON @returns {Contender | Absent} */
function ipykernel(program) {
  const name = "ipykernel";
  if (!program) return { name, reason: "PEERS_PYTHON names no Python" };
  const { status, stdout, stderr, error } = spawnSync(program, ["-c", "import ipykernel; print(ipykernel.__version__)"], { encoding: "utf8" });
  if (status !== 0) return { name, reason: error?.message ?? stderr.trim().split("\n").at(-1) ?? "" };
  const numpy = spawnSync(program, ["-c", "import numpy"]).status === 0;
  return {
    name,
    version: stdout.trim(),
    command: (file) => [program, "-m", "ipykernel_launcher", "-f", file],
    interruptMode: "signal",
    ...PEER,
    cells: python({ trains: numpy }),
  };
}

/**
 * @param {string | undefined} folder PEERS_NODE_MODULES
 * @param {string} name
 * @param {(program: string, file: string) => [string, ...string[]]} command
 * @returns {Contender | Absent}
 */
function fromNpm(folder, name, command) {
  if (!folder) return { name, reason: "PEERS_NODE_MODULES names no folder" };
  const program = path.resolve(folder, ".bin", name);
  if (!existsSync(program)) return { name, reason: `there is no ${program}` };
  const { version } = JSON.parse(readFileSync(path.join(folder, name, "package.json"), "utf8"));
  return { name, version, command: (file) => command(program, file), interruptMode: "signal", ...PEER, cells: typescript({ trains: false }) };
}

/** @param {NodeJS.ProcessEnv} env @returns {{contenders: Contender[], absent: Absent[]}} ourselves first */
export function findContenders(env) {
  const modules = env.PEERS_NODE_MODULES;
  const all = [
    ourselves(),
    ipykernel(env.PEERS_PYTHON),
    fromNpm(modules, "deno", (program, file) => [program, "jupyter", "--kernel", "--conn", file]),
    fromNpm(modules, "tslab", (program, file) => [program, "kernel", `--config-path=${file}`]),
  ];
  return {
    contenders: all.filter((each) => "command" in each),
    absent: all.filter((each) => "reason" in each),
  };
}
