/**
 * The private Python environment `.venv`: made on first need, filled by pip with pinned packages, and left alone as
 * long as the pins are the same.
 */
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ask } from "./command.mjs";
import { paths } from "./paths.mjs";
import { programStep } from "./progress.mjs";
import { fingerprint, isStamped, writeStamp } from "./stamp.mjs";
import { requirePython } from "./toolchain.mjs";

/** Where a program of the private environment is (or would be). */
export function venvProgram(name) {
  return path.join(paths.venv, "bin", name);
}

/**
 * Ends our package at the environment's door. Programs in it run scripts with Node (JupyterLab its `yarn.js`), which would
 * take them for ES modules because our package.json says so, and fail with pages of minified code.
 */
function endPackageScope() {
  const manifest = path.join(paths.venv, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, "{}\n");
}

/** Makes the environment unless its Python runs (a moved checkout or an upgraded system Python breaks it). */
async function prepareVenv() {
  if (existsSync(venvProgram("python")) && ask(venvProgram("python"), ["-m", "pip", "--version"]).status === 0) return;
  const python = requirePython();
  await programStep("Making a private Python environment", python, ["-m", "venv", "--clear", paths.venv], {
    ifItFails: "python3 could not make .venv",
  });
}

/**
 * Installs requirements (`["-r", file]` or `["name==version"]`) into the private environment if they have changed since.
 * pip's cache is off: nothing is written outside the checkout.
 */
export async function installIntoVenv(title, requirements) {
  const files = requirements.filter((word) => existsSync(word));
  // The path is part of the mark: programs in a venv carry its absolute path, so a moved checkout makes a new one.
  const print = fingerprint(files, [...requirements, paths.venv]);
  const stamp = path.join(paths.venv, `.installed-${title.replace(/[^A-Za-z]+/g, "-")}`);
  if (isStamped(stamp, print) && existsSync(venvProgram("python"))) return;
  await prepareVenv();
  endPackageScope();
  await programStep(`Installing ${title}`, venvProgram("python"),
    ["-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--no-input", ...requirements], {
      cwd: paths.root,
      ifItFails: `pip could not install ${title}: connect to the network and run \`npm run setup\` again`,
    });
  writeStamp(stamp, print);
}
