/** The language service of one notebook: checks cells as they run, completes and explains the one that is being written. */
import ts from "#typescript";
import { quote } from "../cell/error-hints.ts";
import { notebookFolder, SavedNotebook } from "../cell/notebook.ts";
import { language, say } from "../messages/say.ts";
import { Cells, DRAFT } from "./cells.ts";
import type { KnownCell, RunCell } from "./cells.ts";
import { completeAt } from "./completion.ts";
import type { CompletionItem } from "./completion.ts";
import { CellHost } from "./host.ts";
import type { NotebookPlace } from "./host.ts";
import { inspectAt } from "./inspection.ts";
import { codePointOffset, utf16Offset } from "./offsets.ts";
import { completePath } from "./path-completion.ts";
import { problemLines } from "./problem-text.ts";
import { problemsOf } from "./problems.ts";

/** What a check has found. */
export interface CheckedCell {
  /** The problems as lines to show; none if there are none. */
  readonly lines: readonly string[];
  /** The names that nothing declares, if there is no other problem: running the cell says the same. */
  readonly missing: readonly string[];
}

/** Of a `complete_request`, in code points. */
export interface CompletedPlace {
  readonly start: number;
  readonly end: number;
  readonly items: readonly CompletionItem[];
}

/** Of an `inspect_request`, by MIME type. */
export type InspectedPlace = Readonly<Record<"text/plain" | "text/markdown", string>>;

export class CellLanguageService {
  readonly #cells = new Cells();
  readonly #unchecked = new Set<string>();
  readonly #saved = new SavedNotebook();
  readonly #place: NotebookPlace;
  readonly #host: CellHost;
  readonly #service: ts.LanguageService;

  constructor() {
    // TypeScript brings translations of its own messages along.
    if (language() === "zh") ts.validateLocaleAndSetLanguage("zh-cn", ts.sys);
    const packagesRoot = process.env["NABLA_PACKAGES"];
    this.#place = { directory: notebookFolder(), ...(packagesRoot !== undefined && { packagesRoot }) };
    this.#host = new CellHost(this.#cells, this.#place);
    this.#service = ts.createLanguageService(this.#host, ts.createDocumentRegistry());
  }

  /** Does once what the first question would otherwise wait for. */
  warm(): void {
    this.complete("", 0);
  }

  /** Takes in cells that were sent to run, and keeps those that are to be checked until they have been. */
  add(cells: readonly RunCell[], toCheck: readonly string[]): void {
    for (const cell of cells) this.#cells.run(cell);
    for (const url of toCheck) this.#unchecked.add(url);
  }

  /** The problems of a cell that was taken in. */
  check(url: string): CheckedCell {
    this.#unchecked.delete(url);
    const known = this.#cells.get(url);
    return known === undefined ? { lines: [], missing: [] } : this.#check(url, known);
  }

  /** Leaves a cell unchecked. */
  giveUp(url: string): CheckedCell {
    this.#unchecked.delete(url);
    return { lines: [], missing: [] };
  }

  /** The problems of a cell that is not to run if it has any. */
  judge(cell: RunCell): CheckedCell {
    const candidate = this.#cells.setCandidate(cell);
    // It cannot be parsed: running it says so best.
    return candidate.outline.isBroken ? { lines: [], missing: [] } : this.#check(DRAFT, candidate);
  }

  /** Forgets the cells that nothing refers to any more, but for those that wait for their check. @returns Their addresses. */
  collect(): string[] {
    const dropped = this.#cells.collect(this.#unchecked);
    this.#host.drop(dropped);
    return dropped;
  }

  /** Forgets the cells that have run. */
  forget(): void {
    this.#unchecked.clear();
    this.#cells.forget();
  }

  complete(source: string, cursor: number): CompletedPlace {
    const offset = utf16Offset(source, cursor);
    const { shift, fileName } = this.#draft(source);
    const position = shift + offset;
    const file = this.#service.getProgram()!.getSourceFile(fileName)!;
    const path = completePath(file, position, this.#place);
    const { start, items } = path === undefined ? completeAt(position, { service: this.#service, cells: this.#cells, fileName }) : { start: path.start, items: path.matches.map((each) => ({ ...each, signature: "", documentation: "" })) };
    return { start: codePointOffset(source, Math.max(0, start - shift)), end: cursor, items };
  }

  inspect(source: string, cursor: number, detail: 0 | 1): InspectedPlace | undefined {
    const { shift, fileName } = this.#draft(source);
    const found = inspectAt(shift + utf16Offset(source, cursor), detail, {
      service: this.#service,
      cells: this.#cells,
      fileName,
      shift,
      fileOf: (module) => this.#host.fileOf(module),
      titleOf: (file) => this.#titleOf(file),
    });
    return found === undefined ? undefined : { "text/plain": found.plain, "text/markdown": found.markdown };
  }

  #check(module: string, known: KnownCell): CheckedCell {
    // For hints; not between the diagnostics and the program that they belong to.
    this.#cells.setSaved(this.#saved.cells());
    const fileName = this.#host.fileOf(module);
    const diagnostics = this.#service.getSemanticDiagnostics(fileName);
    const program = this.#service.getProgram()!;
    const context = { checker: program.getTypeChecker(), file: program.getSourceFile(fileName)!, aboutMissing: (name: string) => this.#aboutMissing(name) };
    const problems = problemsOf(diagnostics, known, context);
    const missing = problems.flatMap((each) => each.missing ?? []);
    const lines = problemLines(problems, { source: known.source, executionCount: known.executionCount ?? 0 });
    return { lines, missing: missing.length === problems.length ? missing : [] };
  }

  #draft(source: string): { shift: number; fileName: string } {
    this.#cells.setSaved(this.#saved.cells());
    return { shift: this.#cells.setDraft(source).module.shift, fileName: this.#host.fileOf(DRAFT) };
  }

  #titleOf(file: string): string | undefined {
    const module = this.#host.moduleOf(file);
    const count = module === undefined ? undefined : this.#cells.get(module)?.executionCount;
    if (module === undefined) return undefined;
    return count === undefined ? say("notRunYet") : say("cellTitle", { count });
  }

  /** What could be meant by a name that no cell has declared. */
  #aboutMissing(name: string): string | undefined {
    const source = this.#cells.sourceOf(name);
    const cell = source === undefined ? undefined : this.#cells.get(source.module);
    if (cell !== undefined) return say("hintNotRun", { name, cell: quote(cell.source, name) });
    const module = this.#exporterOf(name);
    return module === undefined ? undefined : say("hintImport", { name, module });
  }

  /** A package that some cell imports from and that exports a name. */
  #exporterOf(name: string): string | undefined {
    const program = this.#service.getProgram()!;
    const checker = program.getTypeChecker();
    for (const [module] of this.#cells.all()) {
      const file = program.getSourceFile(this.#host.fileOf(module));
      for (const statement of file?.statements ?? []) {
        if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier) || statement.moduleSpecifier.text.startsWith("cell:")) continue;
        const symbol = checker.getSymbolAtLocation(statement.moduleSpecifier);
        if (symbol !== undefined && checker.getExportsOfModule(symbol).some((each) => each.name === name)) return statement.moduleSpecifier.text;
      }
    }
    return undefined;
  }
}
