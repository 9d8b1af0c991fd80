/** How a run of a chapter is judged: its figures, its outputs beside the saved ones, and the page that is made of results. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FIGURE_MIME as FIGURE_MIME_OF_COMMAND, figureProblems, figuresOf } from "../../../setup/course/figures.mjs";
import { readResults, resultsText, writeResult } from "../../../setup/course/results.mjs";
import { compareWithSaved, savedProblems, sourcesHash, withHash } from "../../../setup/course/saved-outputs.mjs";
import { memoryOfTree, watchMemory } from "../../../setup/process-memory.mjs";
import { figureFacts } from "../../../src/course/figure-text.ts";
import { figure, FIGURE_MIME } from "../../../src/course/index.ts";
import type { FigureRecord } from "../../../src/course/index.ts";

const digits = { name: "MNIST", checksum: "017998840fb0ba3336e2cca627621f8d" };
const drawnDigits = { name: "drawn digits", checksum: "0123456789abcdef0123456789abcdef" };

interface Cell {
  id: string;
  cell_type: string;
  source: string[];
  execution_count: number;
  outputs: Record<string, unknown>[];
}
interface Notebook {
  cells: Cell[];
  metadata: { nabla?: { sources: string } };
}

const stated = (value: number, data = digits): FigureRecord => figure("07.a", value, { title: "accuracy", atLeast: 0.9, printed: 0.95, data }).record;
const shows = (record: FigureRecord): Record<string, unknown> => ({ output_type: "execute_result", data: { [FIGURE_MIME]: record, "text/markdown": "m", "text/plain": record.title } });

/** A chapter of three cells as a run leaves it, changed before its hash is taken or after. */
function chapter(record = stated(0.93), change: (notebook: Notebook) => void = () => {}): Notebook {
  const code = (id: string, count: number, outputs: Record<string, unknown>[]): Cell => ({ id, cell_type: "code", source: [`// ${id}\n`, "1"], execution_count: count, outputs });
  const notebook: Notebook = withHash({
    cells: [
      code("load", 1, [{ output_type: "stream", name: "stdout", text: ["60000 digits\n"] }]),
      code("train", 2, [shows(record)]),
      code("chart", 3, [{ output_type: "display_data", data: { "application/vnd.vegalite.v5+json": {}, "image/png": "…", "text/plain": "a chart" } }]),
    ],
    metadata: {},
  }) as Notebook;
  change(notebook);
  return notebook;
}

it("the library and the command call a figure's output by the same type", () => {
  expect(FIGURE_MIME_OF_COMMAND).toBe(FIGURE_MIME);
});

describe("the figures of a chapter", () => {
  const problems = (record: FigureRecord, options = {}): string => figureProblems("07", figuresOf(chapter(record)), options).join("\n");

  it("are read from its cells", () => {
    expect(figuresOf(chapter())).toEqual([{ cell: "train", ...stated(0.93) }]);
    expect(problems(stated(0.93))).toBe("");
  });
  it("fail when one is missed", () => {
    expect(problems(stated(0.89))).toBe('figure 07.a is missed: 0.89, and claimed is {"atLeast":0.9}');
    expect(problems(figure("07.a", 0.95, { title: "t", atLeast: 0.9, losses: [1, 2] }).record)).toContain("losses that fall (1 to 2)");
  });
  it("fail on drawn data, unless that is allowed", () => {
    expect(problems(stated(0.93, drawnDigits))).toContain("was measured on drawn digits, and a figure counts only on the real files");
    expect(problems(stated(0.93, drawnDigits), { drawn: true })).toBe("");
  });
  it("fail on drawn data too where the loss does not fall", () => {
    const record = figure("07.a", 0.3, { title: "t", atLeast: 0.9, data: drawnDigits, losses: [1, 2] }).record;
    expect(problems(record, { drawn: true })).toContain("figure 07.a is missed");
  });
  it("fail when one is stated twice or is another chapter's", () => {
    const twice = figuresOf(chapter());
    expect(figureProblems("08", [...twice, ...twice])).toEqual([
      "figure 07.a in cell train is not of chapter 08", "figure 07.a in cell train is not of chapter 08", "figure 07.a is stated twice, in cell train again",
    ]);
  });
});

describe("a saved chapter", () => {
  it("is as a run from top to bottom left it", () => {
    expect(savedProblems(chapter())).toEqual([]);
  });
  it.each<[string, (notebook: Notebook) => void, string]>([
    ["was not run in order", ({ cells }) => (cells[1]!.execution_count = 5), "cell train is saved with the count 5, not 2"],
    ["has code that changed since", ({ cells }) => (cells[2]!.source = ["2"]), "code has changed since its outputs were saved"],
    ["has a cell that was moved", ({ cells }) => cells.reverse().forEach((cell, i) => (cell.execution_count = i + 1)), "code has changed"],
    ["shows a chart without its picture", ({ cells }) => delete (cells[2]!.outputs[0]!["data"] as Record<string, unknown>)["image/png"], "cell chart shows a chart without its picture"],
    ["does not say of which code it is", (notebook) => (notebook.metadata = {}), "does not say of which code"],
  ])("%s", (_, change, words) => {
    expect(savedProblems(chapter(undefined, change)).join("\n")).toContain(words);
  });
  it("may get other words around its code without a run", () => {
    const notebook = chapter();
    const before = sourcesHash(notebook);
    notebook.cells.unshift({ id: "title", cell_type: "markdown", source: ["# Title"], execution_count: 0, outputs: [] });
    expect(sourcesHash(notebook)).toBe(before);
  });
});

describe("a run beside the saved chapter", () => {
  const compare = (change: (notebook: Notebook) => void, options = {}, record = stated(0.93)): { problems: string[]; notes: string[] } =>
    compareWithSaved(chapter(), chapter(record, change), options);

  it("is the same", () => {
    expect(compare(() => {})).toEqual({ problems: [], notes: [] });
  });
  it("may have another figure within the band, and other counts in its text, which is noted", () => {
    expect(compare(({ cells }) => (cells[0]!.outputs[0]!["text"] = ["59999 digits\n"]), {}, stated(0.94))).toEqual({
      problems: [], notes: ["cell load prints something else than is saved"],
    });
  });
  it.each<[string, (notebook: Notebook) => void, string]>([
    ["has a cell more", ({ cells }) => cells.push({ ...cells[0]!, id: "more" }), "other cells than the saved file"],
    ["has another cell", ({ cells }) => (cells[0]!.source = ["3"]), "cell load is another in the run"],
    ["shows no chart", ({ cells }) => (cells[2]!.outputs = []), "is saved with display_data of application/vnd.vegalite.v5+json, image/png, text/plain, and now gives no output"],
    ["shows a chart without a picture", ({ cells }) => delete (cells[2]!.outputs[0]!["data"] as Record<string, unknown>)["image/png"], "now gives display_data of application/vnd.vegalite.v5+json, text/plain"],
    ["warns", ({ cells }) => cells[0]!.outputs.push({ output_type: "stream", name: "stderr", text: "!" }), "stream stdout; stream stderr"],
    ["states no figure", ({ cells }) => (cells[1]!.outputs = [{ output_type: "execute_result", data: { "text/plain": "1" } }]), "figure 07.a is only in the saved file"],
  ])("%s", (_, change, words) => {
    expect(compare(change).problems.join("\n")).toContain(words);
  });
  it("misses a figure that was reached, or measures it on other data", () => {
    expect(compare(() => {}, {}, stated(0.2)).problems).toEqual(["figure 07.a is saved as reached, and is now missed"]);
    expect(compare(() => {}, {}, stated(0.93, drawnDigits)).problems.join("\n")).toContain("another claim or other data");
    expect(compare(() => {}, { figures: false }, stated(0.93, drawnDigits)).problems).toEqual([]);
  });
});

it("the page of figures prints what is as claimed, what is missed and what was not run, with the seeds and minutes of both sizes", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nabla results "));
  try {
    const seeded = (values: number[], seeds: number[]): FigureRecord => figure("07.b", values, { title: "a | b", near: { book: [1, 1] }, seeds }).record;
    const common = { chapter: "07-a", machine: "2 cores", sources: "now" };
    writeResult({ ...common, size: "book", sources: "before", seconds: 600, peakMegabytes: 900, figures: [{ ...stated(0.89), size: "book" }, { ...seeded([5], [1]), size: "book" }] }, folder);
    writeResult({ ...common, size: "quick", seconds: 42.3, peakMegabytes: 700, figures: [stated(0.93), seeded([1, 2, 4], [1, 2, 3]), figure("07.c", 1, { title: "c", atLeast: 0 }).record] }, folder);
    const results = readResults(folder);
    expect(results.map(({ size }: { size: string }) => size)).toEqual(["quick", "book"]);
    const page = resultsText(results, figureFacts, ({ sources }: { sources: string }) => sources === "now");
    expect(page).toContain("| `07.a` | accuracy | 0.95 | at least 0.9 | ✔ 0.93 |  | at least 0.9 | ✘ missed: 0.89 † |  | MNIST (real files, MD5 01799884…) |");
    expect(page).toContain("| `07.b` | a \\| b |  | nothing | ○ 2 (1 … 4) | from 1 to 3 | nothing | ○ 5 † | 1 | made in the chapter |");
    expect(page).toContain("| `07.c` | c |  | at least 0 | ✔ 1 |  |  | not run |  | made in the chapter |");
    expect(page).toContain("| claimed, quick | quick, 42 s | seeds | claimed, book size | book size, 10.0 min | seeds |");
    expect(page).toContain("| [07-a](07-a.ipynb) | 42 s | 700 MB | 10.0 min † | 900 MB |");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("memory is counted of a process and of those that it starts", async () => {
  const grandchild = "const held = Buffer.alloc(120e6, 1); console.log('ready'); setTimeout(() => held, 20_000);";
  const child = spawn(process.execPath, ["-e", `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" })`], { detached: true });
  try {
    const before = memoryOfTree(child.pid!);
    const end = watchMemory(child.pid!);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, 600));
    const peak = end();
    expect(before).toBeLessThan(100e6);
    expect(peak).toBeGreaterThan(120e6);
    expect(peak).toBeLessThan(400e6);
  } finally {
    process.kill(-child.pid!); // the group: also what it started
  }
});
