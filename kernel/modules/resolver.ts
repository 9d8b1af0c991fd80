/**
 * Where a module is: the one answer for the loader of the cells and for the language service.
 *
 * Local modules are looked for beside the importing file, with or without their extension; packages from the importing
 * folder upwards and then from a fallback root, so that a notebook in any folder can import what the kernel was set up
 * with. The rules inside a package (`exports`, conditions, self-reference) are Node's own: https://nodejs.org/api/esm.html.
 */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { say } from "../messages/say.ts";

/** A module that is nowhere to be found. */
export class ModuleNotFound extends Error {
  override readonly name = "ModuleNotFound";
  /** Node's code for the same failure, which libraries test for to import optional packages. */
  readonly code = "ERR_MODULE_NOT_FOUND";
  readonly specifier: string;
  /** The files or folders that were looked at. */
  readonly lookedIn: readonly string[];

  constructor(specifier: string, lookedIn: readonly string[], cure: string) {
    super(`${say("moduleNotFound", { specifier })}\n${lookedIn.length === 0 ? "" : `${say("lookedIn")}\n`}${lookedIn.map((each) => `  ${each}\n`).join("")}${cure}`);
    this.specifier = specifier;
    this.lookedIn = lookedIn;
  }
}

/** From where modules are looked for. */
export interface ResolutionRoots {
  /** The folder of the importing file or notebook. */
  readonly directory: string;
  /** The folder whose packages, and which itself as a package, are found from anywhere. */
  readonly packagesRoot?: string;
}

const EXTENSIONS = [".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs", ".json"];
/** TypeScript's own convention: an import names the file as it will be called when it has been compiled. */
const COMPILED: Readonly<Record<string, string>> = { ".js": ".ts", ".mjs": ".mts" };

/**
 * Finds a module.
 * @returns `node:` for what Node has built in, else the file's URL.
 * @throws ModuleNotFound naming the places that were looked at and the cure.
 */
export function resolveModule(specifier: string, roots: ResolutionRoots): string {
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  if (specifier.startsWith("data:")) return specifier;
  if (specifier.startsWith("file:")) return resolveLocal(fileURLToPath(specifier), specifier);
  if (/^\.{0,2}\/|^\.{1,2}$|^[A-Za-z]:[\\/]/.test(specifier)) {
    const [path, suffix = ""] = splitSuffix(specifier);
    return resolveLocal(resolve(roots.directory, path), specifier) + suffix;
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(specifier)) {
    throw new ModuleNotFound(specifier, [], say("onlyThreeKinds"));
  }
  return resolvePackage(specifier, roots);
}

/** `?query` and `#hash` of a specifier are kept: they make another instance of a module. */
function splitSuffix(specifier: string): [string, string?] {
  const at = specifier.search(/[?#]/);
  return at < 0 || existsSync(specifier) ? [specifier] : [specifier.slice(0, at), specifier.slice(at)];
}

function resolveLocal(path: string, specifier: string): string {
  const candidates = [path];
  const extension = /\.m?js$/.exec(path)?.[0];
  if (extension !== undefined) candidates.push(path.slice(0, -extension.length) + COMPILED[extension]);
  candidates.push(...EXTENSIONS.map((each) => path + each), ...EXTENSIONS.map((each) => join(path, `index${each}`)));
  const found = candidates.find(isFile);
  if (found !== undefined) return urlOf(found);
  const cure = existsSync(dirname(path)) ? say("isNameSpelled") : say("noFolder", { folder: dirname(path) });
  throw new ModuleNotFound(specifier, [path, `${path}{${EXTENSIONS.join(",")}}`], cure);
}

/** The URL under which Node loads a file: links followed, so that one file is one module. */
function urlOf(path: string): string {
  return pathToFileURL(realpathSync(path)).href;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function resolvePackage(specifier: string, { directory, packagesRoot }: ResolutionRoots): string {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)![0];
  const roots = packagesRoot === undefined ? [directory] : [directory, packagesRoot];
  for (const root of roots) {
    const folder = findPackage(name, root);
    if (folder !== undefined) return resolveInPackage(specifier, name, folder);
  }
  const lookedIn = roots.map((root) => say("andAbove", { folder: join(root, "node_modules") }));
  throw new ModuleNotFound(specifier, lookedIn, say("installIt", { name, directory }));
}

/** The folder of a package as seen from a folder, or the folder of the package that this folder belongs to. */
function findPackage(name: string, from: string): string | undefined {
  let scopeSeen = false;
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const installed = join(folder, "node_modules", name);
    if (isDirectory(installed)) return installed;
    const manifest = join(folder, "package.json");
    // Only the nearest manifest makes a package's own name known, and only with `exports`.
    if (!scopeSeen && isFile(manifest)) {
      scopeSeen = true;
      const own = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; exports?: unknown };
      if (own.name === name && own.exports !== undefined) return folder;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

interface Manifest {
  readonly exports?: unknown;
  readonly main?: string;
  readonly module?: string;
}

/** Resolves a specifier inside the package that it names, by its `exports` under the conditions of an `import`. */
function resolveInPackage(specifier: string, name: string, folder: string): string {
  const subpath = "." + specifier.slice(name.length);
  const path = join(folder, "package.json");
  const manifest = isFile(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : {};
  if (manifest.exports === undefined || manifest.exports === null) return resolveWithoutExports(specifier, subpath, folder);
  const target = targetOf(manifest.exports, subpath);
  if (target === undefined) {
    throw new ModuleNotFound(specifier, [path], say("notExported", { name, subpath }));
  }
  const file = join(folder, target);
  if (!isFile(file)) throw new ModuleNotFound(specifier, [file], say("incompletePackage", { name }));
  return urlOf(file);
}

function resolveWithoutExports(specifier: string, subpath: string, folder: string): string {
  try {
    return urlOf(createRequire(join(folder, "package.json")).resolve(subpath === "." ? folder : join(folder, subpath)));
  } catch {
    return resolveLocal(join(folder, subpath), specifier);
  }
}

const CONDITIONS: ReadonlySet<string> = new Set(["node", "import", "default"]);
// Node asks for it where it can `require` a module: the cells and a package's own importers must get one file.
const hasModuleSync = (process.features as { require_module?: boolean }).require_module === true;

/** The algorithm PACKAGE_EXPORTS_RESOLVE of Node's documentation, without its error cases. */
function targetOf(exported: unknown, subpath: string): string | undefined {
  const isMap = typeof exported === "object" && exported !== null && !Array.isArray(exported) && Object.keys(exported).some((key) => key.startsWith("."));
  if (!isMap) return subpath === "." ? pick(exported, "") : undefined;
  const map = exported as Record<string, unknown>;
  if (subpath in map && !subpath.includes("*")) return pick(map[subpath], "");
  const patterns = Object.keys(map).filter((key) => key.includes("*"));
  // The longest text in front of the star wins.
  patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*") || b.length - a.length);
  for (const pattern of patterns) {
    const [before, after] = pattern.split("*") as [string, string];
    if (!subpath.startsWith(before) || !subpath.endsWith(after) || subpath.length < pattern.length) continue;
    return pick(map[pattern], subpath.slice(before.length, subpath.length - after.length));
  }
  return undefined;
}

function pick(target: unknown, star: string): string | undefined {
  if (typeof target === "string") return target.replaceAll("*", star);
  if (Array.isArray(target)) return target.map((each) => pick(each, star)).find((each) => each !== undefined);
  if (typeof target !== "object" || target === null) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    if (!CONDITIONS.has(condition) && !(hasModuleSync && condition === "module-sync")) continue;
    const found = pick(value, star);
    if (found !== undefined) return found;
  }
  return undefined;
}
