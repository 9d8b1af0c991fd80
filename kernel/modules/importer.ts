/**
 * Loads modules for the cells of one notebook: npm packages, Node's own, JSON and local files, TypeScript included.
 *
 * Code that V8's inspector evaluates belongs to no module, so it cannot import by itself. Local files go through hooks of
 * Node's loader, registered when the first one is asked for; an edited file is a new module at the next import.
 */
import { createRequire, register } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { HookData } from "./hooks.ts";
import { resolveModule, type ResolutionRoots } from "./resolver.ts";
import { isLocalFile, isPlace, Versions } from "./versions.ts";

/** Loads modules as seen from one folder. */
export interface Importer {
  /**
   * The namespace of a module.
   * @throws ModuleNotFound when there is none; SyntaxError when a local file is not TypeScript; else what the module throws.
   */
  import(specifier: string): Promise<unknown>;
  /**
   * The address of a module, as `import.meta.resolve` gives it: a place need not be there yet.
   * @throws ModuleNotFound when there is no such package.
   */
  resolve(specifier: string): string;
  /** CommonJS `require`, with the same fallback root. */
  readonly require: NodeJS.Require;
}

const registeredRoots = new Set<string | undefined>();

/** Registers the loader's hooks, once for each root. */
function registerHooks(packagesRoot: string | undefined): void {
  if (registeredRoots.has(packagesRoot)) return;
  registeredRoots.add(packagesRoot);
  const data: HookData = packagesRoot === undefined ? {} : { packagesRoot };
  register<HookData>(new URL("./hooks.js", import.meta.url), { data });
}

/**
 * Makes the importer of a notebook.
 * @param roots `directory` is the notebook's folder, from which modules are looked for upwards; `packagesRoot` is where
 * packages are looked for after that.
 */
export function createImporter(roots: ResolutionRoots): Importer {
  const versions = new Versions(roots.packagesRoot);
  const require = createRequireWithFallback(roots);
  const versionOfCommonJs = new Map<string, string>();

  const forgetEdited = (url: string, versioned: string): void => {
    if (versionOfCommonJs.get(url) === versioned) return;
    // CommonJS modules are kept by path, whatever their URL says.
    for (const file of versionOfCommonJs.has(url) ? versions.closure(url) : []) delete require.cache[fileURLToPath(file)];
    versionOfCommonJs.set(url, versioned);
  };

  return {
    async import(specifier) {
      const url = resolveModule(specifier, roots);
      const isJson = url.startsWith("file:") && url.endsWith(".json");
      if (!isJson && !(isLocalFile(url) && isPlace(specifier))) return (await import(url)) as unknown;
      registerHooks(roots.packagesRoot);
      const versioned = versions.versioned(url);
      forgetEdited(url, versioned);
      return (await import(versioned)) as unknown;
    },
    resolve(specifier) {
      const isRelative = /^\.{0,2}\//.test(specifier);
      return isRelative ? new URL(specifier, pathToFileURL(join(roots.directory, "notebook.js"))).href : resolveModule(specifier, roots);
    },
    require,
  };
}

/** @returns `require` of the notebook's folder, which asks the fallback root for packages that are not found there. */
function createRequireWithFallback({ directory, packagesRoot }: ResolutionRoots): NodeJS.Require {
  const local = createRequire(join(directory, "notebook.js"));
  if (packagesRoot === undefined) return local;
  const fallback = createRequire(join(packagesRoot, "notebook.js"));
  const orFallback = <T>(specifier: string, attempt: (require: NodeJS.Require) => T): T => {
    try {
      return attempt(local);
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND" && !isPlace(specifier);
      // A package that is there but lacks a part of its own must say so itself.
      if (!isMissing || !(error as Error).message.includes(`'${specifier}'`)) throw error;
      return attempt(fallback);
    }
  };
  const resolve = (specifier: string, options?: { paths?: string[] }): string => orFallback(specifier, (each) => each.resolve(specifier, options));
  const require = (specifier: string): unknown => orFallback(specifier, (each) => each(specifier) as unknown);
  return Object.assign(require, {
    resolve: Object.assign(resolve, { paths: local.resolve.paths }),
    cache: local.cache,
    extensions: local.extensions,
    main: local.main,
  });
}
