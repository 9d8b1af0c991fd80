/**
 * Where the types of an imported module are.
 *
 * What a cell or a local file imports is looked for by the resolver of the child's loader, so that what is found here is
 * what runs; for a package TypeScript then finds the declarations that belong to it. Declaration files import each other by
 * TypeScript's own rules.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "#typescript";
import { resolveModule } from "../modules/resolver.ts";
import { COMPILER_OPTIONS } from "./compiler-options.ts";

/** Finds the file that describes a module. */
export class ModuleTypes {
  readonly #packagesRoot: string | undefined;
  readonly #known = new Map<string, ts.ResolvedModuleFull>();
  /** What TypeScript remembers of packages and folders. */
  readonly cache: ts.ModuleResolutionCache;
  /** The files that import what was not found: it is looked for again. */
  readonly importersOfMissing = new Set<string>();

  /** @param packagesRoot The folder whose packages are found from anywhere. */
  constructor(packagesRoot: string | undefined) {
    this.#packagesRoot = packagesRoot;
    this.cache = ts.createModuleResolutionCache("/", (name) => name, COMPILER_OPTIONS);
  }

  /** The file that a specifier of an importing file stands for. */
  resolve(specifier: string, importer: string): ts.ResolvedModuleFull | undefined {
    const directory = dirname(importer);
    const key = `${directory}\0${specifier}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isDeclaration = /\.d\.[cm]?ts$/.test(importer);
    const found = isDeclaration ? this.#byTypeScript(specifier, importer) : this.#byLoader(specifier, directory, importer);
    // A local file can come, go, or get a neighbour of another extension.
    if (found !== undefined && (found.isExternalLibraryImport === true || isDeclaration)) this.#known.set(key, found);
    return found;
  }

  #byTypeScript(specifier: string, importer: string): ts.ResolvedModuleFull | undefined {
    return ts.resolveModuleName(specifier, importer, COMPILER_OPTIONS, ts.sys, this.cache).resolvedModule as ts.ResolvedModuleFull | undefined;
  }

  #byLoader(specifier: string, directory: string, importer: string): ts.ResolvedModuleFull | undefined {
    let url: string;
    try {
      url = resolveModule(specifier, { directory, ...(this.#packagesRoot !== undefined && { packagesRoot: this.#packagesRoot }) });
    } catch {
      this.importersOfMissing.add(importer);
      return undefined;
    }
    // Node's own modules are declared by name in its types.
    if (!url.startsWith("file:")) return undefined;
    const path = fileURLToPath(url.replace(/[?#].*$/, ""));
    const extension = /\.(?:[cm]?ts|tsx|[cm]?js|json)$/.exec(path)?.[0];
    if (extension !== undefined && /tsx?$|json$/.test(extension)) return { resolvedFileName: path, extension, isExternalLibraryImport: false };
    const typed = this.#byTypeScript(specifier, join(directory, "cell.ts"));
    if (typed !== undefined) return typed;
    if (this.#packagesRoot === undefined) return undefined;
    return this.#byTypeScript(specifier, join(this.#packagesRoot, "cell.ts"));
  }
}
