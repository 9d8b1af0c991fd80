/**
 * The learner's folder: where the set-up put the chapters, marked by `.nabla/course.json`. Progress is kept in it, a small
 * file a chapter; in any other folder (a notebook run by a test, a program that imports the course) nothing is written.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { notebookBeginning } from "./exercise.ts";

/** How an exercise stands. */
export interface Standing {
  readonly state: "right" | "wrong" | "untried";
  /** Checks of a written answer. */
  readonly tries: number;
  /** The furthest hint seen. */
  readonly hints: number;
  /** The mistake that was recognised last. */
  readonly mistake?: string;
}

export const untried: Standing = { state: "untried", tries: 0, hints: 0 };

/** What the set-up wrote about a chapter's copy. */
interface CourseMark {
  /** The folder that chapters are handed out from. */
  readonly source: string;
}

/** The learner's folder around `from`, or undefined. */
export function courseFolder(from: string = process.cwd()): string | undefined {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, ".nabla", "course.json"))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // not there, or half written by a program that was killed: as if nothing had been tried
  }
};

/** Where no folder keeps it, progress lives as long as the session. */
const session = new Map<string, Record<string, Standing>>();

const progressFile = (folder: string, chapter: string): string => path.join(folder, ".nabla", "progress", `${chapter}.json`);

/** How the exercises of a chapter stand, by id. */
export function standings(chapter: string, folder: string | undefined = courseFolder()): Readonly<Record<string, Standing>> {
  if (folder === undefined) return session.get(chapter) ?? {};
  const read = readJson(progressFile(folder, chapter));
  return typeof read === "object" && read !== null ? (read as Record<string, Standing>) : {};
}

/** Writes down how an exercise stands now. */
export function setStanding(chapter: string, id: string, standing: Standing, folder: string | undefined = courseFolder()): void {
  const all = { ...standings(chapter, folder), [id]: standing };
  if (folder === undefined) {
    session.set(chapter, all);
    return;
  }
  const file = progressFile(folder, chapter);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(all, null, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

type Cell = { readonly id?: string; readonly cell_type: string; readonly source: string | readonly string[] };

/** What an author wrote: the cells' ids and sources, without outputs. */
function authored(file: string): string | undefined {
  const notebook = readJson(file) as { readonly cells?: readonly Cell[] } | undefined;
  return notebook?.cells && JSON.stringify(notebook.cells.map(({ id, cell_type, source }) => [id, cell_type, typeof source === "string" ? source : source.join("")]));
}

/** Whether a notebook of the chapter was changed upstream since this learner got it. */
export function hasNewerText(chapter: string, folder: string | undefined = courseFolder()): boolean {
  if (folder === undefined) return false;
  const mark = readJson(path.join(folder, ".nabla", "course.json")) as Partial<CourseMark> | undefined;
  const handedOut = path.join(folder, ".nabla", "handed-out");
  if (typeof mark?.source !== "string" || !existsSync(handedOut)) return false;
  const source = mark.source;
  return readdirSync(handedOut)
    .filter((name) => name.startsWith(notebookBeginning(chapter)))
    .some((name) => {
      const [was, is] = [authored(path.join(handedOut, name)), authored(path.join(source, name))];
      return was !== undefined && is !== undefined && was !== is;
    });
}
