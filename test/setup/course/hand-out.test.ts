/** The learner's copies of the chapters: made once, never overwritten. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chapterNames, copyChapters } from "../../../setup/course/hand-out.mjs";

let folder: string;
let chapters: string;
let work: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla course ")); // with a space, as home folders have
  chapters = mkdtempSync(path.join(folder, "chapters-"));
  work = path.join(folder, "a learner", "my-course");
  writeFileSync(path.join(chapters, "02-b.ipynb"), "second");
  writeFileSync(path.join(chapters, "01-a.ipynb"), "first");
  writeFileSync(path.join(chapters, "README.md"), "not a chapter");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (name: string): string => readFileSync(path.join(work, name), "utf8");

it("lists the chapters in the course's order", () => {
  expect(chapterNames(chapters)).toEqual(["01-a.ipynb", "02-b.ipynb"]);
});

it("copies the chapters on the first start and nothing on the second", () => {
  expect(copyChapters(work, chapters)).toEqual(["01-a.ipynb", "02-b.ipynb"]);
  expect(text("01-a.ipynb")).toBe("first");
  expect(copyChapters(work, chapters)).toEqual([]);
});

it("never overwrites what the learner changed, and brings a chapter that is new", () => {
  copyChapters(work, chapters);
  writeFileSync(path.join(work, "01-a.ipynb"), "changed by the learner");
  writeFileSync(path.join(chapters, "01-a.ipynb"), "a newer edition");
  writeFileSync(path.join(chapters, "03-c.ipynb"), "third");
  expect(copyChapters(work, chapters)).toEqual(["03-c.ipynb"]);
  expect(text("01-a.ipynb")).toBe("changed by the learner");
  expect(text("03-c.ipynb")).toBe("third");
});
