/**
 * A notebook as a page: nbconvert, with the template that is installed beside the kernel, gives every figure the words that the
 * kernel wrote beside its picture (Web Content Accessibility Guidelines, 1.1.1: text alternatives for what is no text).
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeKernelSpec } from "../../setup/kernelspec.mjs";
import { paths } from "../../setup/paths.mjs";
import { venvProgram } from "../../setup/python.mjs";
import { runProgram } from "./programs.ts";
import { outputsOf, readNotebook, runNabla, writeCells } from "./runnable-notebook.ts";

/** A cell for each kind of view that has a picture, and for charts that are no view. */
const kinds: Readonly<Record<string, string>> = {
  chart: 'import { inspect, nn, playground, plot, rand, randn } from "nabla";\nplot.line([3, 1, 2], { title: "A \\"quoted\\" & <named> curve" })',
  "charts beside each other": "plot.hconcat([plot.bar([1, 2]), plot.scatter([1, 2], [2, 1])])",
  live: 'const live = plot.live({ title: "A run" });\nfor (let step = 1; step <= 9; step++) live.add({ step, loss: 1 / step });\nlive.end();',
  pad: "playground.drawingPad({ model: (x) => x.reshape([1, 784]).narrow(1, 300, 10), strokes: [[[0.3, 0.2], [0.7, 0.2], [0.45, 0.8]]] })",
  classifier: "playground.classifier({ steps: 5 })",
  network: "const model = new nn.Sequential(new nn.Conv2d(1, 3, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(108, 4));\ninspect.network(model, [1, 1, 8, 8])",
  features: "inspect.featureMaps(model, rand([1, 1, 8, 8]))",
  stepper: "const w = randn([2], { requiresGrad: true });\ninspect.backprop(() => w.mul(w).sum())",
  filters: "inspect.filters(model)",
  gates: "inspect.gates(new nn.GRU(3, 4), randn([6, 1, 3]))",
  embedding: "inspect.embedding(randn([30, 5]))",
  saliency: "inspect.saliency(model, rand([1, 1, 8, 8]))",
};
/** And for those that are words where they cannot be used: their cell, and what the page says. */
const words: Readonly<Record<string, readonly [cell: string, said: string]>> = {
  tensor: ["rand([40, 50])", "shape: [40, 50]"],
  playground: ['playground({ rate: { min: 0, max: 2, value: 1 }, kind: ["moons", "circles"] })', "circles"],
};
const chapter = "01-linear-regression";

let folder: string;
let data: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla page "));
  data = path.join(folder, "data");
  await writeKernelSpec(data);
  writeCells(path.join(folder, "views.ipynb"), [...Object.values(kinds), ...Object.values(words).map(([cell]) => cell)]);
  const ran = await runNabla(folder, "views.ipynb");
  expect(ran.status, ran.stdout + ran.stderr).toBe(0);
  copyFileSync(path.join(paths.notebooks, `${chapter}.ipynb`), path.join(folder, `${chapter}.ipynb`));
  const { status, stderr } = await runProgram(venvProgram("python"), ["-m", "jupyter", "nbconvert", "--to", "html", "--template", "nabla", "views.ipynb", `${chapter}.ipynb`], {
    cwd: folder, env: { ...process.env, HOME: folder, JUPYTER_PATH: data, JUPYTER_DATA_DIR: data, JUPYTER_CONFIG_DIR: folder },
  });
  expect(status, stderr).toBe(0);
  expect(stderr).not.toContain("Alternative text is missing");
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The words of each picture of a page, as a browser reads them. */
function alternatives(page: string): (string | undefined)[] {
  const html = readFileSync(path.join(folder, page), "utf8");
  const letters: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#34;": '"' };
  const plain = (text: string): string => text.replaceAll(/&(amp|lt|gt|quot|#39|#34);/g, (name) => letters[name]!);
  return [...html.matchAll(/<img\b((?:[^>"']|"[^"]*"|'[^']*')*)>/g)].map(([, attributes]) => {
    const [, one, other] = /\balt=(?:"([^"]*)"|'([^']*)')/.exec(attributes!) ?? [];
    return one === undefined && other === undefined ? undefined : plain(one ?? other!);
  });
}

/** The words that stand in a notebook's file for each of its pictures: those of its chart. */
function written(notebook: string): string[] {
  return outputsOf(readNotebook(path.join(folder, notebook))).flat().flatMap(({ data: bundle }) => {
    const forms = (bundle ?? {}) as Readonly<Record<string, { readonly description?: string }>>;
    return "image/png" in forms ? [forms["application/vnd.vegalite.v5+json"]?.description ?? ""] : [];
  });
}

it("every view and chart of a notebook is a picture with its words in the page", () => {
  const shown = outputsOf(readNotebook(path.join(folder, "views.ipynb")));
  for (const [index, kind] of Object.keys(kinds).entries()) expect(Object.keys((shown[index]!.at(-1)!["data"] ?? {}) as object), kind).toContain("image/png");
  const said = alternatives("views.html");
  expect(said).toEqual(written("views.ipynb"));
  expect(said).toHaveLength(Object.keys(kinds).length);
  for (const each of said) expect(each!.length).toBeGreaterThan(15);
  expect(said[0]).toContain('A "quoted" & <named> curve');
});

it("what has no picture is read as text", () => {
  const html = readFileSync(path.join(folder, "views.html"), "utf8");
  const outputs = [...html.matchAll(/<div class="jp-RenderedText[^>]*>\s*<pre>([^]*?)<\/pre>/g)].map(([, text]) => text!.replaceAll("&#39;", "'"));
  for (const [kind, [, part]] of Object.entries(words)) expect(outputs.some((text) => text.includes(part)), `${kind} in ${outputs.join("\n")}`).toBe(true);
});

it("so is every chart of a chapter", () => {
  const said = alternatives(`${chapter}.html`);
  expect(said.length).toBeGreaterThan(8);
  expect(said).toEqual(written(`${chapter}.ipynb`));
});
