/**
 * The tarball: one package with everything built inside, the native runtime and the npm packages included, so that
 * installing it needs no compiler, no network and no script.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chapterNames } from "../course/hand-out.mjs";
import { requireOldSystem } from "./addon-versions.mjs";
import { copyPackages, runtimeDependencies } from "./bundled-packages.mjs";
import { npmCommand } from "../packages.mjs";
import { paths } from "../paths.mjs";
import { programStep, step } from "../progress.mjs";

/** The manifest of the installed package. */
export function packedManifest(manifest) {
  const dependencies = runtimeDependencies(manifest);
  const { name, version, description, license, type, engines, exports, bin, imports, inspect } = manifest;
  return {
    name, version, description, license, type, engines, exports, bin, imports, inspect,
    os: [process.platform],
    cpu: [process.arch],
    ...(process.platform === "linux" ? { libc: ["glibc"] } : {}),
    dependencies,
    // With what each of them needs.
    bundleDependencies: Object.keys(dependencies),
  };
}

/** Files of the checkout that an installed package has too. Sources are what `name??` shows in a cell. */
export const parts = ["README.md", "LICENSE", "dist/kernel", "dist/src", "kernel/charts/fonts", "lab/labextension", "src", "setup"];

function stage(folder) {
  for (const part of parts) cpSync(path.join(paths.root, part), path.join(folder, part), { recursive: true });
  for (const name of chapterNames()) cpSync(path.join(paths.notebooks, name), path.join(folder, "notebooks", name));
  const addon = path.join(folder, path.relative(paths.root, paths.addon));
  mkdirSync(path.dirname(addon), { recursive: true });
  cpSync(paths.addon, addon);
  const manifest = JSON.parse(readFileSync(paths.packageJson, "utf8"));
  copyPackages(Object.keys(runtimeDependencies(manifest)), folder);
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(packedManifest(manifest), null, 2)}\n`);
}

/**
 * Makes the tarball of what is built.
 * @param {string} to the folder that it is written to; the name says which system it is for
 * @returns {Promise<string>} the tarball's file
 */
export async function writeTarball(to) {
  const { name, version } = JSON.parse(readFileSync(paths.packageJson, "utf8"));
  if (process.platform === "linux") requireOldSystem(paths.addon);
  mkdirSync(to, { recursive: true });
  mkdirSync(paths.state, { recursive: true });
  const folder = mkdtempSync(path.join(paths.state, "pack-"));
  try {
    await step("Copying what goes in", async () => stage(folder));
    const [program, first] = npmCommand();
    await programStep("Packing", program, [...first, "pack", "--ignore-scripts", "--pack-destination", to, "--loglevel", "error"], { cwd: folder, ifItFails: "npm could not make the tarball" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const tarball = path.join(to, `${name}-${version}-${process.platform}-${process.arch}.tgz`);
  renameSync(path.join(to, `${name}-${version}.tgz`), tarball);
  return tarball;
}
