/** What `nabla doctor` looks at, in its order. Each check returns what it found, or throws the sentence with the cure. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ask, findProgram } from "../command.mjs";
import { jupyterEnvironment } from "../environment.mjs";
import { SetupFailure } from "../failure.mjs";
import { listedKernels } from "../install.mjs";
import { cureOfPieces, isCheckout } from "../installation.mjs";
import { kernelSpec, labExtensionName } from "../kernelspec.mjs";
import { paths, shown } from "../paths.mjs";
import { venvProgram } from "../python.mjs";
import { requireCompiler, requireNode, requireSystem } from "../toolchain.mjs";

const builtModule = (...parts) => import(pathToFileURL(path.join(paths.dist, ...parts)).href);

function node() {
  requireSystem();
  requireNode();
  return `${process.versions.node} in ${process.execPath}`;
}

/** The native runtime comes ready in the tarball; a checkout builds it, and needs the compiler for that alone. */
function compiler() {
  if (!isCheckout()) return "not needed, the native runtime came with the package";
  return existsSync(paths.addon) ? `not needed, the native runtime is built; ${compilerHere()}` : requireCompiler().version;
}

function compilerHere() {
  try {
    return `for the next build there is ${requireCompiler().version}`;
  } catch (error) {
    return `for the next build: ${error.message}`;
  }
}

function builtKernel() {
  if (!existsSync(paths.kernelMain)) throw new SetupFailure(`${shown(paths.kernelMain)} is missing: ${cureOfPieces()}.`);
  const { version } = JSON.parse(readFileSync(paths.packageJson, "utf8"));
  return `version ${version} in ${paths.root}`;
}

async function nativeRuntime() {
  const file = process.env.NABLA_ADDON ?? paths.addon;
  if (!existsSync(file)) throw new SetupFailure(`${shown(file)} is missing: ${cureOfPieces()}.`);
  try {
    const { native } = await builtModule("src", "tensor", "native.js");
    return `loads; ${native.instructionSet} kernels, ${native.threads()} ${native.threads() === 1 ? "thread" : "threads"}`;
  } catch (error) {
    throw new SetupFailure(error.message);
  }
}

/** The addon that speaks with Jupyter; its package brings it ready for the usual systems. */
async function messaging() {
  try {
    const { createRequire } = await import("node:module");
    const { version } = createRequire(path.join(paths.root, "package.json"))("zeromq");
    return `zeromq ${version}`;
  } catch (error) {
    throw new SetupFailure(`the package zeromq does not load (${error.message.split("\n")[0]}): ${cureOfPieces()}.`);
  }
}

/** The Jupyter that a person starts, or else the one that `npm start` of this checkout would. */
function findJupyter() {
  const own = venvProgram("jupyter");
  return findProgram(process.env.NABLA_JUPYTER || "jupyter") ?? (existsSync(own) ? own : undefined);
}

function jupyter() {
  const file = findJupyter();
  if (file === undefined) {
    throw new SetupFailure(`no \`jupyter\` was found on PATH: ${isCheckout() ? "`npm start` installs one, or run" : "run"} \`pip install jupyterlab\`.`);
  }
  const { status, stdout, stderr } = ask(file, ["lab", "--version"]);
  if (status === 0) return `JupyterLab ${stdout.trim()} in ${file}`;
  const { status: core } = ask(file, ["--version"]);
  if (core !== 0) throw new SetupFailure(`${file} does not run (${stderr.trim().split("\n").at(-1)}): run \`pip install --force-reinstall jupyterlab\`.`);
  return `${file}, without JupyterLab; \`pip install jupyterlab\` brings it`;
}

/** What draws sliders and progress bars in JupyterLab; without it they stand there as text, and everything else works. */
function widgets() {
  const { stdout } = ask(findJupyter(), ["--paths", "--json"]);
  const folders = /** @type {string[]} */ (JSON.parse(stdout || "{}").data ?? []);
  const descriptions = folders.map((folder) => path.join(folder, "labextensions", "@jupyter-widgets", "jupyterlab-manager", "package.json"));
  const found = descriptions.find((file) => existsSync(file));
  if (found === undefined) return "sliders and progress bars are shown as text; `pip install jupyterlab_widgets` brings what draws them";
  return `jupyterlab-manager ${JSON.parse(readFileSync(found, "utf8")).version} in ${path.dirname(found)}`;
}

/** The kernelspec that Jupyter finds; `npm start` of a checkout has a place of its own for it. */
function findKernelSpec() {
  const program = findJupyter();
  const installed = listedKernels(program)?.nabla;
  if (installed !== undefined) return { ...installed, where: installed.resource_dir };
  const started = isCheckout() ? listedKernels(program, jupyterEnvironment())?.nabla : undefined;
  return started && { ...started, where: `${shown(started.resource_dir)} (for \`npm start\`; other Jupyters find it after \`npm exec nabla install\`)` };
}

function kernelSpecCheck() {
  const cure = "run `npm exec nabla install`";
  const found = findKernelSpec();
  if (found === undefined) throw new SetupFailure(`Jupyter does not find the kernel: ${cure}.`);
  const { argv, env } = found.spec;
  const gone = [argv[0], argv[1]].find((file) => path.isAbsolute(file) && !existsSync(file));
  if (gone !== undefined) throw new SetupFailure(`${found.resource_dir} starts ${gone}, which is gone: ${cure}.`);
  if (env?.NABLA_PACKAGES !== paths.root) {
    throw new SetupFailure(`${found.resource_dir} starts another copy of Nabla, ${env?.NABLA_PACKAGES ?? argv[1]}: ${cure} to have this one.`);
  }
  return found.where;
}

/** The data folders in which a Jupyter looks, in its order; `npm start` of a checkout has one of its own. */
function dataFolders(program, env = process.env) {
  const { status, stdout } = ask(program, ["--paths", "--json"], { env });
  return status === 0 ? JSON.parse(stdout).data : [];
}

/** The extension that draws views; without it they are static charts and texts. */
function labExtension() {
  const program = findJupyter();
  const name = labExtensionName();
  if (name === undefined) throw new SetupFailure(`${shown(paths.labExtension)} is missing: ${cureOfPieces()}.`);
  const inFolders = (folders) => folders.map((folder) => path.join(folder, "labextensions", name)).find((folder) => existsSync(path.join(folder, "package.json")));
  const installed = inFolders(dataFolders(program));
  const found = installed ?? (isCheckout() ? inFolders(dataFolders(program, jupyterEnvironment())) : undefined);
  const cure = "run `npm exec nabla install`";
  if (found === undefined) throw new SetupFailure(`JupyterLab does not find the extension ${name}, without which live charts and tensors are drawn as static pictures: ${cure}.`);
  const loads = (folder) => JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).jupyterlab?._build?.load;
  if (loads(found) !== loads(paths.labExtension)) throw new SetupFailure(`${found} holds another version of the extension: ${installed === undefined ? cureOfPieces() : cure}.`);
  return installed === undefined ? `${shown(found)} (for \`npm start\`; other Jupyters find it after \`npm exec nabla install\`)` : found;
}

const probe = `import { tensor } from "nabla";
const product = tensor([[1, 2], [3, 4]]).matmul(tensor([[5, 6], [7, 8]]));`;

/** A kernel of ours is started as Jupyter starts it, and asked over its sockets. */
async function withKernel(body) {
  const { KernelClient } = await builtModule("kernel", "client", "kernel-client.js");
  let client;
  try {
    const spec = kernelSpec();
    client = await KernelClient.start({ argv: spec.argv, env: spec.env, cwd: process.cwd() });
    return await body(async (code) => {
      let shown = "";
      const started = performance.now();
      const { status, error } = await client.execute(code, {
        timeout: 60_000,
        onOutput: (type, content) => {
          if (type === "execute_result") shown = content.data["text/plain"];
        },
      });
      if (status !== "ok") throw new SetupFailure(`the cell ended in ${error?.ename ?? status}: ${error?.evalue ?? ""}\n${cureOfPieces()}, and report it if it stays so.`);
      return { shown, milliseconds: Math.round(performance.now() - started) };
    });
  } catch (error) {
    if (error.name !== "KernelEnded") throw error;
    throw new SetupFailure(`${error.message}\n${cureOfPieces()}, and report it if it stays so.`);
  } finally {
    await client?.stop();
  }
}

function cell() {
  return withKernel(async (execute) => {
    const { shown, milliseconds } = await execute("[1, 2, 3].reduce((a: number, b: number) => a + b)");
    if (shown !== "6") throw new SetupFailure(`a cell that adds 1, 2 and 3 showed ${shown || "nothing"} and not 6: ${cureOfPieces()}.`);
    return `a kernel was started and ran one over the protocol (${milliseconds} ms)`;
  });
}

function product() {
  return withKernel(async (execute) => {
    await execute(probe);
    const { shown, milliseconds } = await execute("product.toArray().flat().join()");
    if (!shown.includes("19,22,43,50")) throw new SetupFailure(`[[1, 2], [3, 4]] times [[5, 6], [7, 8]] came out as ${shown}: ${cureOfPieces()}.`);
    return `two were multiplied in a cell, and the product is right (${milliseconds} ms)`;
  });
}

export const checks = [
  { name: "Node", check: node },
  { name: "compiler", check: compiler },
  { name: "kernel", check: builtKernel },
  { name: "native runtime", needs: ["Node", "kernel"], check: nativeRuntime },
  { name: "messages", check: messaging },
  { name: "Jupyter", check: jupyter },
  { name: "widgets", needs: ["Jupyter"], check: widgets },
  { name: "kernelspec", needs: ["Jupyter"], check: kernelSpecCheck },
  { name: "lab extension", needs: ["Jupyter"], check: labExtension },
  { name: "a cell", needs: ["Node", "kernel", "messages"], check: cell },
  { name: "tensors", needs: ["a cell", "native runtime"], check: product },
];
