/**
 * Where things lie in the checkout. Everything that the set-up writes is under this root: packages, builds,
 * the private Python environment, Jupyter's own files, caches and the learner's notebooks. A package that npm has installed
 * has the same shape, built; there the learner's notebooks are in the folder where a command is typed.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const isInstalled = path.basename(path.dirname(root)) === "node_modules";

const inRoot = (...parts) => path.join(root, ...parts);

export const paths = {
  root,
  nodeModules: inRoot("node_modules"),
  packageJson: inRoot("package.json"),
  packageLock: inRoot("package-lock.json"),
  notebooks: inRoot("notebooks"),
  course: isInstalled ? path.resolve("my-course") : inRoot("my-course"),
  /** TypeScript's output. */
  dist: inRoot("dist"),
  kernelMain: inRoot("dist", "kernel", "main.js"),
  nativeSource: inRoot("native"),
  nativeBuild: inRoot("build", "native"),
  addon: inRoot("build", "native", "nabla.node"),
  /** The private Python environment (JupyterLab, the tests' Python packages, CMake where it is missing). */
  venv: inRoot(".venv"),
  /** Our folder on JUPYTER_PATH: kernelspec and lab extension. */
  jupyter: inRoot(".jupyter"),
  /** Where Jupyter keeps its own files (settings, workspaces, signatures); tests take a fresh folder. */
  jupyterFiles: process.env.NABLA_JUPYTER_FILES ? path.resolve(process.env.NABLA_JUPYTER_FILES) : inRoot(".jupyter"),
  labExtension: inRoot("lab", "labextension"),
  /** Caches and marks of what was done. */
  state: inRoot(".nabla"),
  npmCache: inRoot(".nabla", "npm"),
  browsers: inRoot(".nabla", "browsers"),
};

/** The path as a person in the checkout would type it. */
export function shown(file) {
  const relative = path.relative(root, file);
  return relative === "" ? "." : relative.startsWith("..") ? file : relative;
}
