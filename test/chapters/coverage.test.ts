/**
 * What becomes of the source books: every worked example that their inventories list, by its id, is shown by a cell of a
 * chapter, or is left for later with the reason. The ids were copied from the inventories, with the numbers of rows that those
 * state of themselves.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { paths } from "../../setup/paths.mjs";
import { chapterFiles, readNotebook } from "./notebook.ts";

type Covered = string | readonly string[] | { readonly later: string };
interface Coverage {
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly covered: Readonly<Record<string, Readonly<Record<string, Covered>>>>;
}

const coverage = JSON.parse(readFileSync(path.join(paths.notebooks, "coverage.json"), "utf8")) as Coverage;
const cells = new Set(chapterFiles.flatMap((file) =>
  readNotebook(file).cells.map(({ id }) => `${path.basename(file, ".ipynb")}#${id}`)));

/** What is wrong with a coverage. */
function problems({ rows, covered }: Coverage): string[] {
  return Object.entries(rows).flatMap(([book, ids]) => {
    const known = covered[book] ?? {};
    const unknown = Object.keys(known).filter((id) => !ids.includes(id)).map((id) => `${book} ${id} is no row of the book`);
    return [...unknown, ...ids.flatMap((id) => {
      const where = known[id];
      if (where === undefined) return [`${book} ${id} is missing`];
      if (typeof where === "object" && "later" in where) return where.later.trim().length < 10 ? [`${book} ${id} is for later without a reason`] : [];
      const named = typeof where === "string" ? [where] : where;
      return named.length === 0 ? [`${book} ${id} names no cell`] : named.filter((cell) => !cells.has(cell)).map((cell) => `${book} ${id}: there is no cell ${cell}`);
    })];
  });
}

it("lists as many rows as the books' inventories count", () => {
  const counts = Object.fromEntries(Object.entries(coverage.rows).map(([book, ids]) => [book, new Set(ids).size]));
  expect(counts).toEqual({ "book-000": 39, "book-001": 46, "book-002": 33, "book-003": 78, "book-004a": 111, "book-004b": 25 });
  expect(Object.keys(coverage.covered)).toEqual(Object.keys(coverage.rows));
});

it("leads every row to a cell that is there, or says why it is for later", () => {
  expect(problems(coverage)).toEqual([]);
});

it("leads the rows of the first chapters to cells, and every example of the book's chapter 2", () => {
  const tools = Array.from({ length: 37 }, (_, i) => `R2.${String(i + 1).padStart(2, "0")}`);
  const rows = { "book-002": ["Row 1"], "book-004a": [...tools, "R2.38", "R2.39", "R3.01", "R3.02", "R3.03", "R3.04", "R3.05", "R3.06", "R3.07"], "book-003": ["1.2", "7.2"] };
  for (const [book, ids] of Object.entries(rows)) for (const id of ids) expect(coverage.covered[book]![id], `${book} ${id}`).not.toHaveProperty("later");
});

describe("finds", () => {
  const doctored = (where: Covered | undefined): string =>
    problems({ rows: { book: ["R1"] }, covered: { book: where === undefined ? {} : { R1: where } } }).join();
  it.each<[string, Covered | undefined, string]>([
    ["a row that is missing", undefined, "book R1 is missing"],
    ["a cell that is not there", "01-linear-regression#no-such-cell", "there is no cell 01-linear-regression#no-such-cell"],
    ["a chapter that is not there", ["99-nothing#title"], "there is no cell 99-nothing#title"],
    ["a row for later without a reason", { later: " " }, "is for later without a reason"],
    ["a row that names no cell", [], "names no cell"],
  ])("%s", (_, where, words) => {
    expect(doctored(where)).toContain(words);
  });
  it("a row that no book has", () => {
    expect(problems({ rows: { book: [] }, covered: { book: { R9: "01-linear-regression#title" } } })).toEqual(["book R9 is no row of the book"]);
  });
});
