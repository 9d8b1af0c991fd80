/**
 * What this copy of Nabla is: a checkout that builds itself, or a package that npm has installed with everything built.
 * The cure of what is missing differs.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { SetupFailure } from "./failure.mjs";
import { paths, shown } from "./paths.mjs";

/** Whether this is a checkout: the tarball has no native sources. */
export const isCheckout = () => existsSync(path.join(paths.nativeSource, "CMakeLists.txt"));

/** How what is missing or broken in this copy is brought back. */
export const cureOfPieces = () => (isCheckout() ? "run `npm run setup`" : "install the tarball again with `npm install`");

/**
 * The built pieces without which nothing runs.
 * @throws SetupFailure naming the first that is missing
 */
export function requireInstallation() {
  for (const file of [paths.kernelMain, paths.addon, path.join(paths.labExtension, "package.json")]) {
    if (!existsSync(file)) throw new SetupFailure(`${shown(file)} is missing: ${cureOfPieces()}.`);
  }
}
