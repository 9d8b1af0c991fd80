/**
 * `npm exec nabla install`: makes the kernel known to a person's own Jupyter (JupyterLab, Notebook, console, VS Code), and
 * `npm exec nabla uninstall` takes it away again. A kernelspec is a folder in one of Jupyter's data folders ("Kernel specs"
 * in jupyter_client's documentation); it names this copy of Nabla and the Node that ran the command.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { ask, findProgram } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { requireInstallation } from "./installation.mjs";
import { kernelSpec, labExtensionName, nbconvertTemplate, writeKernelSpec } from "./kernelspec.mjs";
import { readOptions } from "./options.mjs";

/** Jupyter's data folder of a person, as jupyter_core finds it. */
export function userDataFolder(environment = process.env, platform = process.platform) {
  if (environment.JUPYTER_DATA_DIR) return environment.JUPYTER_DATA_DIR;
  const home = environment.HOME || homedir();
  if (platform === "darwin") return path.join(home, "Library", "Jupyter");
  return path.join(environment.XDG_DATA_HOME || path.join(home, ".local", "share"), "jupyter");
}

/** The data folder that the options name. */
function dataFolderOf(command, args) {
  const usage = `npm exec nabla ${command} -- [--user | --prefix DIR]`;
  const { options, rest } = readOptions(args, { user: "boolean", prefix: "string" }, usage);
  if (rest.length > 0 || (options.user && options.prefix !== undefined)) throw new SetupFailure(`It is written: ${usage}`);
  return options.prefix === undefined ? userDataFolder() : path.join(path.resolve(options.prefix), "share", "jupyter");
}

/** The kernelspecs that a Jupyter finds, by name, each with its folder and its content; undefined where it does not run. */
export function listedKernels(jupyter, env = process.env) {
  const { status, stdout } = ask(jupyter, ["kernelspec", "list", "--json"], { env });
  if (status !== 0) return undefined;
  return JSON.parse(stdout).kernelspecs;
}

/** What is to be said of whether Jupyter will find it. */
function outlook(folder) {
  const jupyter = findProgram("jupyter");
  const kernels = jupyter && listedKernels(jupyter);
  if (!kernels) return "No Jupyter was found on PATH. `pip install jupyterlab` brings one, and it will find the kernel.";
  const found = kernels.nabla?.resource_dir;
  if (found === undefined) return `${jupyter} does not look there: start it with JUPYTER_PATH=${path.dirname(path.dirname(folder))}, or install with --prefix into its environment.`;
  if (path.resolve(found) !== folder) return `${jupyter} takes another one of the same name first, in ${found}.`;
  return `${jupyter} finds it: it is in JupyterLab's launcher as “${kernelSpec().display_name}”.`;
}

export async function run(args, { say = console.log } = {}) {
  const data = dataFolderOf("install", args);
  requireInstallation();
  const folder = path.join(data, "kernels", "nabla");
  try {
    await writeKernelSpec(data);
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS", "ENOTDIR"].includes(error.code)) throw error;
    throw new SetupFailure(`${data} cannot be written to (${error.code}): choose another place with --prefix, or --user for your own.`);
  }
  say(`Installed the kernel in ${folder}, and beside it the JupyterLab extension that draws live charts and tensors (reload the page of a JupyterLab that runs).\n${outlook(folder)}\n\`npm exec nabla doctor\` tries everything.`);
}

/** Whether a kernelspec is one of ours: its variable names a copy of Nabla. */
function isOurs(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, "kernel.json"), "utf8")).env?.NABLA_PACKAGES !== undefined;
  } catch {
    return false;
  }
}

/** Takes the kernelspec, nbconvert's template and the lab extension out of a data folder. */
export async function uninstall(args, { say = console.log } = {}) {
  const data = dataFolderOf("uninstall", args);
  const folder = path.join(data, "kernels", "nabla");
  if (!existsSync(folder)) throw new SetupFailure(`There is no kernel in ${folder}.`);
  if (!isOurs(folder)) throw new SetupFailure(`${folder} is not a kernelspec that \`nabla install\` has made; it is left alone.`);
  rmSync(folder, { recursive: true });
  rmSync(nbconvertTemplate(data), { recursive: true, force: true });
  const extension = labExtensionName();
  if (extension !== undefined) rmSync(path.join(data, "labextensions", ...extension.split("/")), { recursive: true, force: true });
  say(`Took the kernel out of ${folder}, and the JupyterLab extension with it.`);
}
