/** Where data files are looked for and kept, and the environment variables that say so. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A folder with data that is already there, looked at first and never written to: the variable `NABLA_DATA`.
 * It is laid out as the cache is: one folder a data set, for example `mnist/`.
 */
export function givenDataFolder(): string | undefined {
  return process.env.NABLA_DATA || undefined;
}

/**
 * Where downloads are kept: the variable `NABLA_CACHE`, or else `.nabla/data` in the checkout, or for a package that npm has
 * installed, whose folder goes with the next version, `nabla/data` in the person's cache.
 */
export function cacheFolder(): string {
  if (process.env.NABLA_CACHE) return process.env.NABLA_CACHE;
  const own = packageFolder();
  if (basename(dirname(own)) !== "node_modules") return join(own, ".nabla", "data");
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "nabla", "data");
}

/** The address of a mirror laid out as the cache is, asked before the public ones: the variable `NABLA_MIRROR`. */
export function givenMirror(): string | undefined {
  return process.env.NABLA_MIRROR || undefined;
}

/** The folder with this package's package.json, above the sources and above the built files alike. */
function packageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: unknown }).name === "nabla") return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
}
