/** `npm exec nabla update` and `reset` in a learner's folder. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { copyChapters } from "../../../setup/course/hand-out.mjs";
import { run as reset } from "../../../setup/course/reset.mjs";
import { run as update } from "../../../setup/course/update.mjs";
import { hasNewerText } from "../../../src/course/folder.ts";

interface Cell { readonly id: string; source: string[] | string }
interface Notebook { readonly cells: Cell[] }

const stub = 'const f = () => todo();\n\ncheck("01.1", f)';
const cell = (id: string, source: string): object => ({ cell_type: "code", id, metadata: {}, execution_count: null, outputs: [], source });
const written = (title: string): string => JSON.stringify({ cells: [cell("title", title), cell("exercise", stub), cell("recap", "R")], metadata: {}, nbformat: 4, nbformat_minor: 5 });

let folder: string;
let chapters: string;
let work: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla learner "));
  [chapters, work] = [path.join(folder, "chapters"), path.join(folder, "my course")];
  mkdirSync(chapters);
  writeFileSync(path.join(chapters, "01-a.ipynb"), written("T"));
  copyChapters(work, chapters);
  said = "";
  vi.spyOn(console, "log").mockImplementation((text: string) => void (said += `${text}\n`));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const read = (): Notebook => JSON.parse(readFileSync(path.join(work, "01-a.ipynb"), "utf8")) as Notebook;
const texts = (): string[] => read().cells.map(({ source }) => [source].flat().join(""));
function write(id: string, source: string): void {
  const notebook = read();
  notebook.cells.find((one) => one.id === id)!.source = source;
  writeFileSync(path.join(work, "01-a.ipynb"), JSON.stringify(notebook));
}
const backups = (): string[] => readdirSync(work).filter((name) => name.includes(".bak"));

it("updates a chapter, keeps the answer and the old file, and is then up to date", async () => {
  write("exercise", "my answer");
  expect(hasNewerText("01", work)).toBe(false);
  writeFileSync(path.join(chapters, "01-a.ipynb"), written("A better title"));
  expect(hasNewerText("01", work)).toBe(true);
  await update(["--work", work], chapters);
  expect(texts()).toEqual(["A better title", "my answer", "R"]);
  expect(said).toContain("1 cell new, 1 cell of yours kept; the old file is 01-a.ipynb.bak");
  expect(backups()).toEqual(["01-a.ipynb.bak"]);
  expect(hasNewerText("01", work)).toBe(false);
  await update(["--work", work], chapters);
  expect(said).toContain("01-a.ipynb: nothing new");
  expect(backups()).toEqual(["01-a.ipynb.bak"]);
});

it("puts one exercise back, and another time the whole chapter; each time the file as it was is kept", async () => {
  write("exercise", "my answer");
  write("recap", "my notes");
  await reset(["01", "01.1", "--work", work], chapters);
  expect(texts()).toEqual(["T", stub, "my notes"]);
  await reset(["01", "--work", work], chapters);
  expect(texts()).toEqual(["T", stub, "R"]);
  expect(backups()).toEqual(["01-a.ipynb.bak", "01-a.ipynb.bak2"]);
  expect(readFileSync(path.join(work, "01-a.ipynb.bak"), "utf8")).toContain("my answer");
  expect(readFileSync(path.join(work, "01-a.ipynb.bak2"), "utf8")).toContain("my notes");
});

it("puts an exercise back that the learner deleted", async () => {
  writeFileSync(path.join(work, "01-a.ipynb"), JSON.stringify({ ...read(), cells: read().cells.filter(({ id }) => id !== "exercise") }));
  await reset(["01", "01.1", "--work", work], chapters);
  expect(texts()).toEqual(["T", stub, "R"]);
});

describe("two chapters of one number", () => {
  const asking = (id: string): string => stub.replace("01.1", id);
  const sharing = (id: string, title: string): string => written(title).replaceAll("01.1", id);
  const source = (name: string, id: string): string => [(JSON.parse(readFileSync(path.join(work, name), "utf8")) as Notebook).cells.find((one) => one.id === id)!.source].flat().join("");
  function answer(name: string): void {
    const file = path.join(work, name);
    writeFileSync(file, readFileSync(file, "utf8").replace("todo()", "my answer"));
  }
  beforeEach(() => {
    writeFileSync(path.join(chapters, "00-first.ipynb"), sharing("00f.1", "F"));
    writeFileSync(path.join(chapters, "00-tensors.ipynb"), sharing("00t.1", "T"));
    copyChapters(work, chapters);
    for (const name of ["00-first.ipynb", "00-tensors.ipynb"]) answer(name);
  });

  it("are put back each by its own id, or by the beginning of its name", async () => {
    await reset(["00t", "00t.1", "--work", work], chapters);
    expect(source("00-tensors.ipynb", "exercise")).toBe(asking("00t.1"));
    expect(source("00-first.ipynb", "exercise")).toContain("my answer");
    await reset(["00-first", "--work", work], chapters);
    expect(source("00-first.ipynb", "exercise")).toBe(asking("00f.1"));
    await expect(reset(["00", "--work", work], chapters)).rejects.toThrow('"00" could be 00-first.ipynb or 00-tensors.ipynb');
  });

  it("are updated, and say that they are newer, each by itself", async () => {
    writeFileSync(path.join(chapters, "00-tensors.ipynb"), sharing("00t.1", "A better title"));
    expect([hasNewerText("00f", work), hasNewerText("00t", work)]).toEqual([false, true]);
    await update(["00t", "--work", work], chapters);
    expect(source("00-tensors.ipynb", "title")).toBe("A better title");
    expect(source("00-tensors.ipynb", "exercise")).toContain("my answer");
    expect([hasNewerText("00f", work), hasNewerText("00t", work)]).toEqual([false, false]);
  });
});

it.each([
  ["an exercise that is not there", ["01", "01.7"], "There is no exercise 01.7 in this chapter; it has 01.1."],
  ["a chapter that is not there", ["07"], "No chapter's name begins with 07: there are 01-a.ipynb."],
  ["nothing", [], "Which chapter?"],
])("says what to type when asked to reset %s", async (_, words, sentence) => {
  await expect(reset([...words, "--work", work], chapters)).rejects.toThrow(sentence);
});

it("says what to do about a file that is no notebook any more", async () => {
  writeFileSync(path.join(work, "01-a.ipynb"), "{ broken");
  writeFileSync(path.join(chapters, "01-a.ipynb"), written("newer"));
  await expect(update(["--work", work], chapters)).rejects.toThrow("is not a notebook (any more)");
  expect(backups()).toEqual([]);
});
