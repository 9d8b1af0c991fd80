/** What TypeScript's language service asks its surroundings: which files there are, what they say, where modules are. */
import { statSync } from "node:fs";
import { join } from "node:path";
import ts from "#typescript";
import { CELL_GLOBALS } from "./cell-globals.ts";
import type { Cells, KnownCell } from "./cells.ts";
import { COMPILER_OPTIONS, LIBRARY_FOLDER, NODE_TYPES } from "./compiler-options.ts";
import { ModuleTypes } from "./module-types.ts";

/** Where the notebook is, and the folder whose packages it may import from anywhere. */
export interface NotebookPlace {
  readonly directory: string;
  readonly packagesRoot?: string;
}

export class CellHost implements ts.LanguageServiceHost {
  readonly #cells: Cells;
  readonly #directory: string;
  readonly #modules: ModuleTypes;
  /** What the names of cells as files begin with. */
  readonly #cellFiles: string;
  readonly #globals: string;
  readonly #snapshots = new Map<string, { readonly version: string; readonly snapshot: ts.IScriptSnapshot }>();

  constructor(cells: Cells, { directory, packagesRoot }: NotebookPlace) {
    this.#cells = cells;
    this.#directory = directory;
    this.#modules = new ModuleTypes(packagesRoot);
    this.#cellFiles = join(directory, ".cell-");
    this.#globals = this.fileOf("cell:globals");
  }

  /** The name under which a cell is a file, in the notebook's folder, so that what it imports is looked for from there. */
  fileOf(module: string): string {
    return `${this.#cellFiles}${module.slice("cell:".length)}.mts`;
  }

  /** The cell's module name, for a file that is a cell. */
  moduleOf(file: string): string | undefined {
    return file.startsWith(this.#cellFiles) ? `cell:${file.slice(this.#cellFiles.length, -".mts".length)}` : undefined;
  }

  getCompilationSettings(): ts.CompilerOptions {
    return COMPILER_OPTIONS;
  }

  getScriptFileNames(): string[] {
    return [this.#globals, ...[...this.#cells.all()].map(([module]) => this.fileOf(module))];
  }

  getScriptVersion(file: string): string {
    if (file === this.#globals) return "1";
    const cell = this.#cellOf(file);
    if (cell !== undefined) return String(cell.version);
    // What is installed stays as it is.
    if (file.endsWith(".d.ts") || file.includes("/node_modules/")) return "1";
    const status = statSync(file, { throwIfNoEntry: false });
    return status === undefined ? "gone" : `${status.mtimeMs} ${status.size}`;
  }

  /** A cell with JSX is read as such; everything else by the extension of its file. */
  getScriptKind(file: string): ts.ScriptKind {
    return this.#cellOf(file)?.outline.isJsx === true ? ts.ScriptKind.TSX : ts.ScriptKind.Unknown;
  }

  getScriptSnapshot(file: string): ts.IScriptSnapshot | undefined {
    const version = this.getScriptVersion(file);
    const known = this.#snapshots.get(file);
    if (known?.version === version) return known.snapshot;
    const text = file === this.#globals ? CELL_GLOBALS : (this.#cellOf(file)?.module.text ?? ts.sys.readFile(file));
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    this.#snapshots.set(file, { version, snapshot });
    return snapshot;
  }

  /** Forgets the text of cells that are gone. */
  drop(modules: readonly string[]): void {
    for (const module of modules) this.#snapshots.delete(this.fileOf(module));
  }

  getModuleResolutionCache(): ts.ModuleResolutionCache {
    return this.#modules.cache;
  }

  useCaseSensitiveFileNames(): boolean {
    return ts.sys.useCaseSensitiveFileNames;
  }

  getCurrentDirectory(): string {
    return this.#directory;
  }

  getDefaultLibFileName(options: ts.CompilerOptions): string {
    return join(LIBRARY_FOLDER, ts.getDefaultLibFileName(options));
  }

  fileExists(file: string): boolean {
    return file === this.#globals || this.#cellOf(file) !== undefined || ts.sys.fileExists(file);
  }

  readFile(file: string): string | undefined {
    return ts.sys.readFile(file);
  }

  /** Called without its object. */
  readonly hasInvalidatedResolutions = (file: string): boolean => this.#modules.importersOfMissing.has(file);

  resolveModuleNameLiterals(literals: readonly ts.StringLiteralLike[], importer: string): ts.ResolvedModuleWithFailedLookupLocations[] {
    this.#modules.importersOfMissing.delete(importer);
    return literals.map(({ text }) => {
      const isCell = text.startsWith("cell:") && this.#cells.get(text) !== undefined;
      if (isCell) return { resolvedModule: { resolvedFileName: this.fileOf(text), extension: ts.Extension.Mts, isExternalLibraryImport: false } };
      return { resolvedModule: this.#modules.resolve(text, importer) };
    });
  }

  resolveTypeReferenceDirectiveReferences<T extends ts.FileReference | string>(references: readonly T[], importer: string): ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations[] {
    return references.map((reference) => {
      const name = typeof reference === "string" ? reference : reference.fileName;
      if (name === "node") return { resolvedTypeReferenceDirective: { primary: true, resolvedFileName: join(NODE_TYPES, "index.d.ts"), isExternalLibraryImport: true } };
      return ts.resolveTypeReferenceDirective(name, importer, COMPILER_OPTIONS, ts.sys);
    });
  }

  #cellOf(file: string): KnownCell | undefined {
    const module = this.moduleOf(file);
    return module === undefined ? undefined : this.#cells.get(module);
  }
}
