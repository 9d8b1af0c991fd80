/** What is said of a chapter that ran on a card, beside its saved file of a run on the CPU. */
import { expect, it } from "vitest";
import path from "node:path";
import { problemsOnCard } from "../../../setup/course/chapters-on-card.mjs";
import { FIGURE_MIME } from "../../../setup/course/figures.mjs";
import { readNotebook } from "../../../setup/course/notebook-file.mjs";
import { paths } from "../../../setup/paths.mjs";

const name = "01-linear-regression.ipynb";
const saved = readNotebook(path.join(paths.notebooks, name));

/** A run that gave what is saved, changed. */
function run(change: (figure: any, outputs: any[]) => void) {
  const notebook = structuredClone(saved);
  for (const { outputs = [] } of notebook.cells as { outputs?: any[] }[]) for (const { data } of outputs) if (data?.[FIGURE_MIME] !== undefined) change(data[FIGURE_MIME], outputs);
  return notebook;
}

it("nothing of one that gives the same, or another number within its claim", () => {
  expect(problemsOnCard(name, saved, structuredClone(saved))).toEqual([]);
  expect(problemsOnCard(name, saved, run((figure) => { figure.median += 1e-7; }))).toEqual([]);
});

it("that it misses what it claims", () => {
  const problems = problemsOnCard(name, saved, run((figure) => { if (figure.id === "01.slope") Object.assign(figure, { median: 19, standing: "missed" }); }));
  expect(problems).toEqual([expect.stringContaining("figure 01.slope is missed: 19"), "figure 01.slope is saved as reached, and is now missed"]);
});

it("that a cell gives other kinds of outputs", () => {
  const problems = problemsOnCard(name, saved, run((_, outputs) => outputs.splice(0)));
  expect(problems.some((problem) => problem.includes("and now gives no output"))).toBe(true);
});

it("nothing of figures on sets that the package made itself, where the real ones are not at hand", () => {
  const drawn = run((figure) => { figure.data = [{ name: "MNIST", kind: "drawn" }]; });
  expect(problemsOnCard(name, saved, drawn)).toEqual([]);
});
