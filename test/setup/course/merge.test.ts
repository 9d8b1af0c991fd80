/** A chapter that the author changed and a learner wrote in: by the cells' ids, nothing that the learner wrote is lost. */
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { mergeChapter } from "../../../setup/course/merge.mjs";

interface Cell { id: string; cell_type: string; source: string | string[] }
const chapter = (cells: Record<string, string | string[]>): { cells: Cell[] } =>
  ({ cells: Object.entries(cells).map(([id, source]) => ({ id, cell_type: "code", source })) });
const texts = ({ cells }: { cells: Cell[] }): Record<string, string | string[]> => Object.fromEntries(cells.map(({ id, source }) => [id, source]));
const merge = (base: Record<string, string>, mine: Record<string, string>, upstream: Record<string, string>) => {
  const { notebook, ...report } = mergeChapter({ base: chapter(base), mine: chapter(mine), upstream: chapter(upstream) });
  return { cells: texts(notebook), order: notebook.cells.map(({ id }: Cell) => id), ...report };
};

const base = { title: "T", play: "P", answer: "todo()", recap: "R" };

it("takes the author's text where the learner changed nothing, and keeps the answer", () => {
  expect(merge(base, { ...base, answer: "mine" }, { ...base, play: "P2", recap: "R2" })).toEqual({
    cells: { title: "T", play: "P2", answer: "mine", recap: "R2" }, order: ["title", "play", "answer", "recap"],
    kept: ["answer"], taken: ["play", "recap"], both: [],
  });
});

it("keeps the learner's text where both changed it, and says so", () => {
  expect(merge(base, { ...base, answer: "mine" }, { ...base, answer: "todo(2)" })).toMatchObject({ cells: { answer: "mine" }, both: ["answer"] });
});

it("brings new cells to their place, also when the chapter was put in another order", () => {
  const { order, cells } = merge(base, { ...base, answer: "mine" }, { title: "T", answer: "todo()", extra: "E", play: "P", recap: "R" });
  expect(order).toEqual(["title", "answer", "extra", "play", "recap"]);
  expect(cells).toMatchObject({ answer: "mine", extra: "E" });
});

it("keeps the learner's own cells behind the cell that they stood behind", () => {
  const mine = { title: "T", play: "P", own: "my experiment", answer: "todo()", recap: "R", last: "more" };
  expect(merge(base, mine, { ...base, title: "T2" }).order).toEqual(["title", "play", "own", "answer", "recap", "last"]);
});

it("leaves away what the learner deleted, unless the author has written it anew", () => {
  const { play: _, ...mine } = base;
  expect(merge(base, mine, base).order).toEqual(["title", "answer", "recap"]);
  expect(merge(base, mine, { ...base, play: "P2" }).order).toEqual(["title", "play", "answer", "recap"]);
});

it("drops what the author took out, but not an answer to it", () => {
  const { answer: _, play: __, ...upstream } = base;
  expect(merge(base, { ...base, answer: "mine" }, upstream)).toMatchObject({ order: ["title", "answer", "recap"], kept: ["answer"] });
});

it("takes every difference for the learner's where nobody knows what was handed out", () => {
  const { notebook } = mergeChapter({ mine: chapter({ ...base, play: "?" }), upstream: chapter({ ...base, extra: "E" }) });
  expect(texts(notebook)).toEqual({ ...base, play: "?", extra: "E" });
});

describe("whatever both do", () => {
  const version = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.constantFrom("1", "2", "3"));
  it("every text of the learner's own is still there, and every new text of the author's that collides with none", () => {
    fc.assert(
      fc.property(version, version, version, (was, mine, upstream) => {
        const { cells } = merge(was, mine, upstream);
        for (const [id, text] of Object.entries(mine)) if (was[id] !== text) expect(cells[id]).toBe(text);
        for (const [id, text] of Object.entries(upstream)) if (was[id] !== text && mine[id] === was[id]) expect(cells[id]).toBe(text);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
