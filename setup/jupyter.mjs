/**
 * JupyterLab 4: the one that NABLA_JUPYTER names, the one on PATH, or a pinned one in the private environment.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { ask, findProgram } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { paths } from "./paths.mjs";
import { installIntoVenv, venvProgram } from "./python.mjs";

const requirements = path.join(paths.root, "setup", "jupyter.txt");

/** The version that `jupyter lab` prints, or undefined if it does not run. */
function versionOf(jupyter) {
  const { status, stdout } = ask(jupyter, ["lab", "--version"]);
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * The `jupyter` program to start JupyterLab with; installs one if the machine has none.
 * @returns {Promise<string>} the absolute file of `jupyter`
 */
export async function prepareJupyter() {
  const named = process.env.NABLA_JUPYTER;
  if (named) {
    const file = findProgram(named);
    const version = file && versionOf(file);
    if (!version?.startsWith("4.")) {
      throw new SetupFailure(`NABLA_JUPYTER names ${named}, which is not a JupyterLab 4 (${version ?? "it does not run"}): unset it, or set it to the \`jupyter\` program of one.`);
    }
    return file;
  }
  const own = venvProgram("jupyter");
  const onPath = findProgram("jupyter");
  if (onPath && path.resolve(onPath) !== own && versionOf(onPath)?.startsWith("4.")) return onPath;
  await installIntoVenv("JupyterLab", ["-r", requirements]);
  if (!existsSync(own)) throw new SetupFailure("JupyterLab was installed but has no `jupyter` program: remove the folder .venv and run `npm run setup` again.");
  return own;
}
