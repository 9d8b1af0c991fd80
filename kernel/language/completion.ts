/** Completion at a place of the cell that is being written: what fits there, of which kind, of which type. */
import ts from "#typescript";
import { say } from "../messages/say.ts";
import type { Cells } from "./cells.ts";
import { plainText, withoutPaths } from "./documentation.ts";

/** One proposal. The first four are what JupyterLab reads under `_jupyter_types_experimental`. */
export interface CompletionItem {
  readonly text: string;
  /** A word that JupyterLab has an icon for. */
  readonly type: string;
  /** Of a function its parameters and result, of anything else its type. */
  readonly signature: string;
  readonly documentation: string;
}

export interface Completion {
  /** Where what has been typed of the word begins. UTF-16 units of the file. */
  readonly start: number;
  readonly items: readonly CompletionItem[];
}

export interface CompletionContext {
  readonly service: ts.LanguageService;
  readonly cells: Cells;
  readonly fileName: string;
}

/** How many proposals are given with their type and documentation, and how many at all. */
const DETAILED = 60;
const MOST = 400;

/** Below this, TypeScript's `sortText` ranks what belongs to the place; above it are globals and keywords. */
const GLOBALS_FROM = "15";

export function completeAt(position: number, { service, cells, fileName }: CompletionContext): Completion {
  const program = service.getProgram()!;
  const file = program.getSourceFile(fileName)!;
  const typed = /[\p{ID_Continue}$\u200c\u200d]*$/u.exec(file.text.slice(0, position))![0];
  const found = service.getCompletionsAtPosition(fileName, position, { includeSymbol: true, includeCompletionsWithInsertText: false, includeCompletionsForModuleExports: false });
  if (found === undefined) return { start: position, items: [] };
  const entries = found.entries.filter((entry) => isWanted(entry, found, typed)).sort((a, b) => rank(a, typed) - rank(b, typed) || compare(a.sortText, b.sortText) || compare(a.name, b.name));
  const replaced = entries.find((entry) => entry.replacementSpan !== undefined)?.replacementSpan;
  const checker = program.getTypeChecker();
  const items = entries.slice(0, MOST).map((entry, index) => itemOf(entry, index < DETAILED, { checker, file, cells }));
  return { start: replaced?.start ?? position - typed.length, items };
}

/** Whether a proposal makes sense: after a dot all of them, elsewhere those that begin as what has been typed. */
function isWanted({ name, kind, sortText, source }: ts.CompletionEntry, { isMemberCompletion, isGlobalCompletion }: ts.CompletionInfo, typed: string): boolean {
  if (source !== undefined || kind === ts.ScriptElementKind.warning) return false;
  // Private by convention, until the learner asks for it; a name that is none would need brackets.
  if (isMemberCompletion && name.startsWith("_") && !typed.startsWith("_")) return false;
  if (!name.toLowerCase().startsWith(typed.toLowerCase())) return false;
  if (typed !== "" || !isGlobalCompletion) return true;
  return kind !== ts.ScriptElementKind.keyword && sortText < GLOBALS_FROM;
}

/** What begins exactly as typed comes before what differs in case. */
function rank({ name }: ts.CompletionEntry, typed: string): number {
  return name.startsWith(typed) ? 0 : 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface ItemContext {
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile;
  readonly cells: Cells;
}

function itemOf(entry: ts.CompletionEntry, isDetailed: boolean, { checker, file, cells }: ItemContext): CompletionItem {
  const symbol = entry.symbol === undefined ? undefined : withoutAlias(entry.symbol, checker);
  const type = symbol === undefined ? (KINDS_OF_ENTRIES[entry.kind] ?? "text") : kindOf(symbol, checker, file);
  if (symbol === undefined || !isDetailed) return { text: entry.name, type, signature: "", documentation: "" };
  const documentation = [originOf(entry, cells), plainText(symbol.getDocumentationComment(checker))].filter((each) => each !== "");
  return { text: entry.name, type, signature: signatureOf(symbol, checker, file), documentation: documentation.join("\n\n") };
}

/** Says of a name of another cell which cell it is. */
function originOf({ name, symbol }: ts.CompletionEntry, cells: Cells): string {
  const isTakenIn = symbol !== undefined && ((symbol.flags & ts.SymbolFlags.Alias) !== 0 || (symbol.declarations ?? []).some((each) => (ts.getCombinedModifierFlags(each as ts.Declaration) & ts.ModifierFlags.Ambient) !== 0));
  const source = isTakenIn ? cells.sourceOf(name) : undefined;
  if (source === undefined) return "";
  const count = cells.get(source.module)?.executionCount;
  return count === undefined ? say("notRunYet") : say("declaredInCell", { count });
}

export function withoutAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
}

function kindOf(symbol: ts.Symbol, checker: ts.TypeChecker, file: ts.SourceFile): string {
  const { flags } = symbol;
  if (flags & ts.SymbolFlags.Class) return "class";
  if (flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Method)) return "function";
  if (flags & ts.SymbolFlags.Enum) return "enum";
  if (flags & ts.SymbolFlags.EnumMember) return "enum member";
  if (flags & ts.SymbolFlags.Module) return "module";
  if (flags & ts.SymbolFlags.Value) {
    const type = checker.getTypeOfSymbolAtLocation(symbol, file);
    if (type.getConstructSignatures().length > 0) return "class";
    if (type.getCallSignatures().length > 0) return "function";
    return flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Accessor) ? "property" : "instance";
  }
  return flags & ts.SymbolFlags.Interface ? "interface" : "type";
}

const KINDS_OF_ENTRIES: Readonly<Record<string, string>> = {
  [ts.ScriptElementKind.keyword]: "keyword",
  [ts.ScriptElementKind.string]: "string",
  [ts.ScriptElementKind.moduleElement]: "module",
  [ts.ScriptElementKind.label]: "text",
};

function signatureOf(symbol: ts.Symbol, checker: ts.TypeChecker, file: ts.SourceFile): string {
  if ((symbol.flags & ts.SymbolFlags.Value) === 0) return "";
  const type = checker.getTypeOfSymbolAtLocation(symbol, file);
  const [signature] = [...type.getCallSignatures(), ...type.getConstructSignatures()];
  // Written as if from nowhere: where each type could be imported from is dear to find out, and nobody asks.
  return withoutPaths(signature !== undefined ? checker.signatureToString(signature) : checker.typeToString(type));
}
