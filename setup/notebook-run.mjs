/**
 * Running a notebook without a browser: nbclient, Jupyter's own client, takes it from top to bottom on a fresh kernel.
 * The command that runs the chapters and the tests that check them both go through here.
 */
import path from "node:path";
import { runCommand } from "./command.mjs";
import { jupyterEnvironment } from "./environment.mjs";
import { paths } from "./paths.mjs";
import { watchMemory } from "./process-memory.mjs";
import { installIntoVenv, venvProgram } from "./python.mjs";

/**
 * Runs `source` in the folder of `target` and writes it there with its outputs; `target` may be `source`. It is written
 * only if every cell ran.
 * @param {string} source
 * @param {string} target
 * @param {{env?: NodeJS.ProcessEnv, cellSeconds?: number}} [options] `env` is the kernel's environment; `cellSeconds` the
 *   longest that one cell may take
 * @returns {Promise<{seconds: number, peakBytes: number} | {failure: string}>} what it took, the memory of all its processes
 *   together, or what the failing cell said
 */
export async function runNotebook(source, target, { env = process.env, cellSeconds = 600 } = {}) {
  await installIntoVenv("nbclient", ["-r", path.join(paths.root, "setup", "nbclient.txt")]);
  const program = path.join(paths.root, "setup", "run_notebook.py");
  let endWatch = () => 0;
  const { status, output } = await runCommand(venvProgram("python"), [program, source, target, String(cellSeconds)], {
    // What no person has typed is no history.
    env: { ...jupyterEnvironment(env), NABLA_HISTORY: "off", PYTHONDONTWRITEBYTECODE: "1" },
    onStart: (pid) => (endWatch = watchMemory(pid)),
  });
  const peakBytes = endWatch();
  if (status !== 0) return { failure: output };
  return { seconds: Number(output.trim().split("\n").at(-1)), peakBytes };
}
