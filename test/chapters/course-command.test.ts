/**
 * `npm run course` on a chapter of two cells in a folder of its own: saved, run again, and then broken in each of the ways
 * that it must find.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { ask } from "../../setup/command.mjs";
import { paths } from "../../setup/paths.mjs";
import { runChapters } from "../../setup/course/run-chapters.mjs";

const chapter = (value: number, data = ""): object => ({
  cells: [
    { cell_type: "code", execution_count: null, id: "imports", metadata: {}, outputs: [], source: ['import { figure, size } from "nabla/course";\n', "size"] },
    { cell_type: "code", execution_count: null, id: "claim", metadata: {}, outputs: [], source: [`figure("07.claim", ${value}, { title: "a number", atLeast: { quick: 0.5, book: 0.9 }, printed: 0.8${data} })`] },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

let notebooks: string;
let file: string;
let said: string[];
beforeAll(() => {
  notebooks = mkdtempSync(path.join(tmpdir(), "nabla course "));
  file = path.join(notebooks, "07-claims.ipynb");
});
afterAll(() => rmSync(notebooks, { recursive: true, force: true }));
beforeEach(() => {
  said = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});
afterEach(() => void vi.restoreAllMocks());

const write = (content: object): void => writeFileSync(file, JSON.stringify(content));
const course = (what: object = {}, environment: Record<string, string> = {}): Promise<boolean> =>
  runChapters({ notebooks, ...what }, { ...process.env, ...environment });

it("saves a chapter with its outputs, its hash and its results, and then finds nothing wrong with it", async () => {
  write(chapter(0.8));
  expect(await course({ save: true })).toBe(true);
  expect(said.join("\n")).toMatch(/^07-claims\.ipynb: \d+(\.\d)? s, \d+ MB, \d+ KiB saved, 1 of 1 figures as claimed$/m);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ metadata: { nabla: { sources: expect.stringMatching(/^[0-9a-f]{64}$/) as string } } });
  expect(readFileSync(path.join(notebooks, "README.md"), "utf8")).toMatch(/\| `07\.claim` \| a number \| 0\.8 \| at least 0\.5 \| ✔ 0\.8 \| +\| +\| not run \|/);
  expect(await course({ beginnings: ["07"] })).toBe(true);
  expect(said.filter((line) => line.includes("✘"))).toEqual([]);
}, 120_000);

it("keeps the results of a book-sized run beside the quick one's, and prints what it misses as missed", async () => {
  const before = readFileSync(file, "utf8");
  expect(await course({}, { NABLA_SIZE: "book" })).toBe(false);
  expect(said.join("\n")).toContain('figure 07.claim is missed: 0.8, and claimed is {"atLeast":0.9}');
  expect(existsSync(path.join(notebooks, "results", "07-claims.book.json"))).toBe(true);
  expect(readFileSync(path.join(notebooks, "README.md"), "utf8")).toContain("| ✔ 0.8 |  | at least 0.9 | ✘ missed: 0.8 |");
  expect(readFileSync(file, "utf8")).toBe(before);
}, 120_000);

it("fails where code has changed since, and where a figure is missed", async () => {
  const saved = JSON.parse(readFileSync(file, "utf8")) as { cells: { source: string[] }[] };
  saved.cells[1]!.source = (chapter(0.3) as typeof saved).cells[1]!.source;
  write(saved);
  expect(await course()).toBe(false);
  expect(said.join("\n")).toContain("✘ code has changed since its outputs were saved");
  expect(said.join("\n")).toContain("✘ figure 07.claim is missed: 0.3");
  expect(said.join("\n")).toContain("✘ figure 07.claim is saved as reached, and is now missed");
}, 120_000);

it("neither saves nor passes a figure on drawn data, unless the latter is allowed", async () => {
  write(chapter(0.8, ', data: { name: "drawn digits", checksum: "0" }, losses: [2, 1]'));
  const before = readFileSync(file, "utf8");
  expect(await course({ save: true })).toBe(false);
  expect(said.join("\n")).toContain("was measured on drawn digits, and a figure counts only on the real files");
  expect(said.join("\n")).toContain("✘ only runs on real files are saved");
  expect(readFileSync(file, "utf8")).toBe(before);
  said = [];
  await course({ drawn: true });
  expect(said.join("\n")).not.toContain("drawn digits");
}, 120_000);

it("says what can be asked of it", async () => {
  await expect(course({ beginnings: ["77"] })).rejects.toThrow("No chapter's name begins with 77: there are 07-claims.ipynb");
  await expect(course({}, { NABLA_SIZE: "huge" })).rejects.toThrow('NABLA_SIZE is "huge"; it can be quick or book.');
  await expect(course({ save: true }, { NABLA_SIZE: "book" })).rejects.toThrow("Chapters are saved at the quick size");
  const answer = ask(process.execPath, [path.join(paths.root, "setup", "course", "course.mjs"), "--sav"]);
  expect(answer.status).toBe(1);
  expect(answer.stderr).toContain("--save            saves them with their outputs");
});
