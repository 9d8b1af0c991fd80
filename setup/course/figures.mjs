/**
 * The figures that a chapter claims, read from the outputs of its cells, where `figure` of "nabla/course" left them as JSON.
 * What a saved file says counts as much as what a run says, and is judged by the same rules.
 */

/** The type under which a cell's output holds a figure; `src/course/figure.ts` writes it. */
export const FIGURE_MIME = "application/vnd.nabla.figure+json";

/** The figures of a notebook in their order, each with its cell's id. */
export const figuresOf = (notebook) => notebook.cells.flatMap(({ id, outputs = [] }) =>
  outputs.filter(({ data }) => data?.[FIGURE_MIME] !== undefined).map(({ data }) => ({ cell: id, ...data[FIGURE_MIME] })));

/** The names of the sets that the package made itself, among those that a figure was measured on. */
export const drawnSets = (figure) => figure.data.filter(({ kind }) => kind === "drawn").map(({ name }) => name);

/**
 * What is wrong with a chapter's figures.
 * @param {string} chapter its number, as in "02"
 * @param {{drawn?: boolean}} [options] `drawn`: figures on sets that the package makes itself are let pass
 * @returns {string[]} sentences
 */
export function figureProblems(chapter, figures, { drawn = false } = {}) {
  const problems = [];
  const seen = new Set();
  for (const figure of figures) {
    const { id, cell, median, standing, band, losses } = figure;
    if (!id.startsWith(`${chapter}.`)) problems.push(`figure ${id} in cell ${cell} is not of chapter ${chapter}`);
    if (seen.has(id)) problems.push(`figure ${id} is stated twice, in cell ${cell} again`);
    seen.add(id);
    if (!drawn && drawnSets(figure).length > 0) {
      problems.push(`figure ${id} was measured on ${drawnSets(figure).join(" and ")}, and a figure counts only on the real files: name their folder in NABLA_DATA, or allow it with --drawn`);
    }
    if (standing === "missed") {
      const claims = [...(band === undefined ? [] : [JSON.stringify(band)]), ...(losses === undefined ? [] : [`losses that fall (${losses.join(" to ")})`])];
      problems.push(`figure ${id} is missed: ${median}, and claimed is ${claims.join(" and ")}`);
    }
  }
  return problems;
}
