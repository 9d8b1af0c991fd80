/** A notebook for `npm exec nabla run`: written with what an earlier run left, run by the command, and read again. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { paths } from "../../setup/paths.mjs";
import { runProgram } from "./programs.ts";
import type { Ended } from "./programs.ts";

export interface Output { readonly output_type: string; readonly [field: string]: unknown }
export interface Cell { readonly id: string; readonly cell_type: string; readonly source: string; readonly outputs?: Output[]; readonly execution_count?: number | null }
export interface Notebook { readonly cells: readonly Cell[]; readonly metadata: Readonly<Record<string, unknown>> }

/** A code cell's text, or one with tags. */
export type Source = string | { readonly source: string; readonly tags: readonly string[] };

/** Writes a notebook of code cells. */
export function writeCells(file: string, sources: readonly Source[]): void {
  const cells = sources.map((each, index) => {
    const { source, tags } = typeof each === "string" ? { source: each, tags: [] } : each;
    const left = [{ output_type: "stream", name: "stdout", text: ["left by an earlier run\n"] }];
    return { cell_type: "code", execution_count: 77, id: `cell-${index + 1}`, metadata: tags.length > 0 ? { tags } : {}, outputs: left, source: source.split(/(?<=\n)/) };
  });
  const kernelspec = { display_name: "TypeScript (Nabla)", language: "typescript", name: "nabla" };
  const text = { cell_type: "markdown", id: "text", metadata: {}, source: ["A text."] };
  writeFileSync(file, `${JSON.stringify({ cells: [text, ...cells], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`);
}

export const readNotebook = (file: string): Notebook => JSON.parse(readFileSync(file, "utf8")) as Notebook;
export const codeCells = (notebook: Notebook): Cell[] => notebook.cells.filter(({ cell_type }) => cell_type === "code");
export const outputsOf = (notebook: Notebook): Output[][] => codeCells(notebook).map(({ outputs }) => outputs ?? []);

/** The command's file, and the environment that it is run in. */
export const nabla: string = path.join(paths.root, "setup", "nabla.mjs");
export const environment: NodeJS.ProcessEnv = { ...process.env, NABLA_LANG: "en" };

/** `nabla run` with these arguments, in a folder. */
export const runNabla = (cwd: string, ...args: string[]): Promise<Ended> => runProgram(process.execPath, [nabla, "run", ...args], { cwd, env: environment });
