/**
 * Jupyter's side of the kernel: the kernelspec with the absolute Node that ran the set-up, its logo, the lab extension,
 * nbconvert's template, and the first settings of our JupyterLab. All of it lies in `.jupyter`, the folder that JUPYTER_PATH names.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "./paths.mjs";
import { filesUnder, fingerprint, isStamped, writeStamp } from "./stamp.mjs";

/**
 * What the kernel is started with. glibc raises the size from which it gives memory back at once by every large block that
 * was freed, up to 32 MB, and keeps what lies below: the pictures of twenty charts left 110 MB behind. A fixed size ends that.
 * The kernel takes the second word away before it starts the process in which cells run.
 */
export const kernelEnvironment = () => ({ NABLA_PACKAGES: paths.root, MALLOC_MMAP_THRESHOLD_: "262144" });

/** The kernelspec; `argv` is absolute because Jupyter starts kernels in the notebook's folder with any PATH. */
export function kernelSpec() {
  return {
    argv: [process.execPath, paths.kernelMain, "--connection-file", "{connection_file}"],
    display_name: "TypeScript (Nabla)",
    language: "typescript",
    interrupt_mode: "message",
    env: kernelEnvironment(),
    // Ports may be chosen by the kernel and reported to the launcher (Jupyter enhancement proposal 66).
    kernel_protocol_version: "5.6",
    metadata: { debugger: true, supported_encryption: ["curve"] },
  };
}

function writeIfChanged(file, content) {
  const bytes = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** Draws the logo's SVG at the two sizes that Jupyter asks for, with the package that also draws the charts' pictures. */
async function writeLogos(folder, svg) {
  const sizes = [32, 64];
  const entry = path.join(paths.nodeModules, "@resvg", "resvg-js", "index.js");
  const { Resvg } = (await import(pathToFileURL(entry).href)).default;
  for (const size of sizes) {
    const image = new Resvg(svg, { fitTo: { mode: "width", value: size } }).render();
    writeIfChanged(path.join(folder, `logo-${size}x${size}.png`), image.asPng());
  }
  writeIfChanged(path.join(folder, "logo-svg.svg"), svg);
}

/** The name of the built lab extension, where there is one. */
export function labExtensionName() {
  const description = path.join(paths.labExtension, "package.json");
  return existsSync(description) ? JSON.parse(readFileSync(description, "utf8")).name : undefined;
}

/** Where the template that writes notebooks as pages lies in one of Jupyter's data folders, as nbconvert looks for it. */
export const nbconvertTemplate = (data) => path.join(data, "nbconvert", "templates", "nabla");

/**
 * Writes the kernelspec, its logos, nbconvert's template and the lab extension into one of Jupyter's data folders. What has not changed since a
 * stamp was written there is not made again.
 * @param {string} data the folder, as `~/.local/share/jupyter`
 * @param {(name: string, print: string, write: () => unknown) => unknown} once runs `write`, or not if it was run for this print
 */
export async function writeKernelSpec(data, once = (_name, _print, write) => write()) {
  const folder = path.join(data, "kernels", "nabla");
  writeIfChanged(path.join(folder, "kernel.json"), `${JSON.stringify(kernelSpec(), null, 2)}\n`);
  const svg = readFileSync(path.join(paths.root, "setup", "logo.svg"), "utf8");
  await once("logos", fingerprint([], [svg]), () => writeLogos(folder, svg));
  const template = path.join(paths.root, "setup", "nbconvert");
  for (const file of filesUnder(template)) writeIfChanged(path.join(nbconvertTemplate(data), path.relative(template, file)), readFileSync(file));
  const name = labExtensionName();
  if (name === undefined) return;
  const target = path.join(data, "labextensions", ...name.split("/"));
  await once("lab-extension", fingerprint(filesUnder(paths.labExtension), [name]), () => {
    rmSync(target, { recursive: true, force: true });
    cpSync(paths.labExtension, target, { recursive: true });
  });
}

/**
 * JupyterLab's question whether to fetch news is answered once (no), and the state of widgets is saved with a notebook, so
 * that one which is opened again shows them; what a learner sets later stays.
 */
function writeFirstSettings() {
  const first = {
    "@jupyterlab/apputils-extension/notification": { fetchNews: "false", checkForUpdates: false },
    "@jupyter-widgets/jupyterlab-manager/plugin": { saveState: true },
  };
  for (const [plugin, settings] of Object.entries(first)) {
    const file = path.join(paths.jupyterFiles, "settings", `${plugin}.jupyterlab-settings`);
    if (!existsSync(file)) writeIfChanged(file, `${JSON.stringify(settings, null, 2)}\n`);
  }
}

/** Our own data folder, which JUPYTER_PATH names: what is drawn and copied there is remembered beside it. */
export async function prepareKernelSpec() {
  await writeKernelSpec(paths.jupyter, async (name, print, write) => {
    const stamp = path.join(paths.jupyter, `.${name}`);
    if (isStamped(stamp, print)) return;
    await write();
    writeStamp(stamp, print);
  });
  writeFirstSettings();
}
