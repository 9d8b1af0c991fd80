/**
 * Three texts of a chapter made one: as it was handed out, as the learner has it, and as the author has it now. Cells are
 * told by their ids (nbgrader and nbgitpuller, which go by place or by line, lose answers when cells move: their users'
 * longest-standing complaint). What the learner wrote wins; what the learner left alone becomes the author's.
 */
import { sourceOf } from "./notebook-file.mjs";

const byId = (notebook) => new Map(notebook.cells.map((cell) => [cell.id, cell]));

/**
 * @typedef {{cells: {id: string, cell_type: string, source: string | string[]}[]}} Chapter
 * @param {{base?: Chapter, mine: Chapter, upstream: Chapter}} chapter notebooks; without `base`, whatever differs is the learner's
 * @returns {{notebook: Chapter, kept: string[], taken: string[], both: string[]}} `kept`: ids of cells with the learner's text;
 *   `taken`: of those whose text is new; `both`: of those that both changed, where the learner's stays
 */
export function mergeChapter({ base, mine, upstream }) {
  const [was, theirs] = [base && byId(base), byId(upstream)];
  const [kept, taken, both] = [[], [], []];
  const result = [];
  const own = byId(mine);

  for (const cell of upstream.cells) {
    const [before, yours] = [was?.get(cell.id), own.get(cell.id)];
    const authorChanged = before === undefined || sourceOf(before) !== sourceOf(cell);
    if (yours === undefined) {
      // Deleted by the learner: it stays away unless there is something new in it.
      if (before !== undefined && !authorChanged) continue;
      result.push(cell);
      taken.push(cell.id);
      continue;
    }
    const learnerChanged = sourceOf(yours) !== sourceOf(before ?? cell);
    if (learnerChanged) {
      kept.push(cell.id);
      if (was !== undefined && authorChanged && sourceOf(yours) !== sourceOf(cell)) both.push(cell.id);
      result.push(yours);
    } else if (authorChanged && sourceOf(yours) !== sourceOf(cell)) {
      taken.push(cell.id);
      result.push(cell);
    } else result.push(yours);
  }

  // The learner's own cells, and answers to what the author has taken out, stay behind the cell that they stood behind.
  const place = (id) => result.findIndex((cell) => cell.id === id);
  for (const [index, cell] of mine.cells.entries()) {
    if (theirs.has(cell.id)) continue;
    const before = was?.get(cell.id);
    if (before !== undefined && sourceOf(before) === sourceOf(cell)) continue;
    const anchor = mine.cells.slice(0, index).findLast(({ id }) => place(id) >= 0);
    result.splice(anchor === undefined ? 0 : place(anchor.id) + 1, 0, cell);
    kept.push(cell.id);
  }
  return { notebook: { ...upstream, cells: result }, kept, taken, both };
}
