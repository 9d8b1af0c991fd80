/**
 * Networks and computations shown in a real JupyterLab: a model and a loss that the test writes with sizes drawn at random. What
 * the page shows is read from the page and compared with the tensors themselves; the same notebook, opened again untrusted,
 * steps on without its kernel.
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seriousViolations } from "./accessibility.ts";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { cells, command, openNotebook, runCell, useTheme, writeNotebook } from "./notebook-page.ts";

const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");
const anyOf = (numbers: readonly number[]): number => numbers[Math.floor(Math.random() * numbers.length)]!;

const [channels, features, size, batch] = [anyOf([3, 5, 7]), anyOf([2, 3, 4]), anyOf([7, 9, 11]), anyOf([1, 2, 3])];
const [rows, inner, columns] = [anyOf([1, 2]), anyOf([2, 3]), anyOf([2, 3, 4])];
const drawn = (count: number): number[] => Array.from({ length: count }, () => Math.round((Math.random() * 4 - 2) * 100) / 100);
const matrix = (height: number, width: number): string => JSON.stringify(Array.from({ length: height }, () => drawn(width)));

const sources = [
  `import { cat, inspect, nn, randn, tensor, Tensor } from "nabla";
class Block extends nn.Module {
  first = new nn.Conv2d(${channels}, ${channels}, 3, { padding: 1 });
  drop = new nn.Dropout(0.2);
  override forward(x: Tensor) { return this.drop.forward(this.first.forward(x)).relu().add(x); }
}
class Net extends nn.Module {
  stem = new nn.Conv2d(1, ${channels}, 3);
  block = new Block();
  again = new Block();
  left = new nn.Linear(${channels}, ${features});
  right = new nn.Linear(${channels}, ${features});
  shared = new nn.Linear(${2 * features}, ${2 * features});
  override forward(x: Tensor) {
    const pooled = this.again.forward(this.block.forward(this.stem.forward(x))).mean({ dim: [2, 3] });
    const joined = cat([this.left.forward(pooled).tanh(), this.right.forward(pooled)], { dim: 1 });
    return this.shared.forward(this.shared.forward(joined));
  }
}
const model = new Net();`,
  `inspect.network(model, randn([${batch}, 1, ${size}, ${size}]), { depth: 0 })`,
  `const x = tensor(${matrix(rows, inner)});
const w = tensor(${matrix(inner, columns)}, { requiresGrad: true });
const b = tensor(${JSON.stringify(drawn(columns))}, { requiresGrad: true });
const h = x.matmul(w).add(b).tanh();
const loss = h.mul(h).add(h.mul(3)).mean();
inspect.backprop(loss)`,
  `loss.backward();
console.log(JSON.stringify({ w: w.grad!.toArray(), b: b.grad!.toArray(), h: h.toArray(), loss: loss.item(), stem: model.stem.weight.std().item() }));`,
  "model",
];

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  writeNotebook(server.work, "graphs.ipynb", sources);
  page = await browser.openPage();
  await page.setViewportSize({ width: 1400, height: 1250 });
  page.on("dialog", (dialog) => void dialog.accept());
  await openNotebook(page, server.url, "graphs.ipynb");
  await runCell(page, 0);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

const panel = (): Locator => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
const output = (cell: number): Locator => panel().locator(".jp-CodeCell").nth(cell).locator(".jp-Cell-outputArea");

interface ShownBox { readonly id: string; readonly title: string; readonly shape: string; readonly role: string }
const boxes = (): Promise<ShownBox[]> => output(1).locator("g[data-box]").evaluateAll((all) =>
  all.map((box) => ({ id: box.getAttribute("data-box")!, title: box.getAttribute("data-title")!, shape: box.getAttribute("data-shape")!, role: box.getAttribute("data-role")! })));
async function arrows(): Promise<string[]> {
  const titles = new Map((await boxes()).map(({ id, title }) => [id, title.split(":")[0]!.replace(/^. /, "")]));
  const ends = await output(1).locator("g[data-from]").evaluateAll((all) => all.map((arrow) => [arrow.getAttribute("data-from")!, arrow.getAttribute("data-to")!]));
  return ends.map(([from, to]) => `${titles.get(from!)} > ${titles.get(to!)}`).sort();
}

it("a network shows its branches, shapes and a layer that is called twice; one module unfolds alone", async () => {
  await runCell(page, 1);
  await output(1).locator(".nabla-network-graph svg").waitFor();
  expect(await arrows()).toEqual([
    "input > stem", "stem > block", "block > again", "again > mean", "mean > left", "mean > right", "left > tanh", "tanh > cat", "right > cat",
    "cat > shared", "shared > shared", "shared > output",
  ].sort());
  const shapeOf = async (name: string): Promise<string | undefined> => (await boxes()).find(({ title }) => title.startsWith(name))?.shape;
  expect(await shapeOf("stem")).toBe(`[${batch}, ${channels}, ${size - 2}, ${size - 2}]`);
  expect(await shapeOf("cat")).toBe(`[${batch}, ${2 * features}]`);
  const counts = await output(1).locator("tr[data-path='stem'], tr[data-path='shared']").evaluateAll((all) => all.map((row) => Number((row as HTMLElement).dataset["parameters"])));
  expect(counts).toEqual([channels * 10, 2 * features * (2 * features + 1)]);
  // Only the kernel can draw one of the two blocks unfolded and the other not.
  await output(1).getByRole("button", { name: "Unfold again" }).click();
  await expect.poll(arrows).toEqual(expect.arrayContaining(["block > first", "first > drop", "drop > relu", "relu > add", "block > add", "add > mean"]));
  expect((await boxes()).filter(({ role }) => role === "group").map(({ title }) => title)).toEqual(["block: Block()"]);
  await output(1).getByRole("button", { name: /^stem: .* gives/ }).click();
  expect(await output(1).locator(".nabla-network-details h4").innerText()).toContain("stem: Conv2d");
  expect(await output(1).locator("tr[data-tensor='weight'] td").first().innerText()).toBe(`[${channels}, 1, 3, 3]`);
  expect(await seriousViolations(page, ".nabla-network-sides")).toEqual([]);
}, 60_000);

/** What stands below the graph after a backward step, in numbers. */
interface ShownStep { readonly formula: string; readonly contribution: number[]; readonly element: number; readonly value: number; readonly terms: readonly (readonly [upstream: number, local: number])[] }

async function shownStep(cell: number): Promise<ShownStep | undefined> {
  return output(cell).locator(".nabla-stepper-explanation").evaluate((part) => {
    const figure = part.querySelector<HTMLElement>(".nabla-stepper-matrix-contribution");
    const line = part.querySelector<HTMLElement>("[data-contribution]");
    if (figure === null || line === null) return undefined;
    const terms = [...line.querySelectorAll<HTMLElement>("[data-upstream]")].map(({ dataset }) => [Number(dataset["upstream"]), Number(dataset["local"])] as const);
    return {
      formula: part.querySelector("code")!.textContent, contribution: (JSON.parse(figure.dataset["values"]!) as number[]).map(Number),
      element: Number(line.dataset["element"]), value: Number(line.dataset["contribution"]), terms,
    };
  });
}

/** Steps to the end with the arrow key and adds up what comes back to each tensor; checks the arithmetic of every step. */
async function stepThrough(cell: number): Promise<Map<string, number[]>> {
  const stepper = output(cell).locator("[data-step]");
  await stepper.waitFor();
  const steps = Number(await stepper.getAttribute("data-steps"));
  const gradients = new Map<string, number[]>();
  await output(cell).locator(".nabla-stepper-scroller").focus();
  await page.keyboard.press("Home");
  for (let step = 1; step <= steps; step++) {
    await page.keyboard.press("ArrowRight");
    expect(await stepper.getAttribute("data-step")).toBe(String(step));
    const shown = await shownStep(cell);
    if (shown === undefined) continue;
    expect(shown.terms.reduce((sum, [upstream, local]) => sum + upstream * local, 0)).toBeCloseTo(shown.value, 4);
    expect(shown.contribution[shown.element]).toBe(shown.value);
    const name = /∂loss\/∂(\w+) /.exec(shown.formula)![1]!;
    const before = gradients.get(name);
    expect(shown.formula.includes("+=")).toBe(before !== undefined);
    gradients.set(name, shown.contribution.map((value, i) => value + (before?.[i] ?? 0)));
  }
  return gradients;
}

it("a computation steps through values and gradients that are those of the tensors, by the names of the cell", async () => {
  await runCell(page, 2);
  const gradients = await stepThrough(2);
  const names = await output(2).locator("g[data-name]").evaluateAll((all) => all.map((box) => box.getAttribute("data-name")!));
  expect(names).toEqual(expect.arrayContaining(["x", "w", "b", "h", "loss"]));
  await runCell(page, 3);
  const printed = (await cells(page))[3]!.outputs.map(({ text }) => [text].flat().join("")).join("");
  const tensors = JSON.parse(printed) as { w: number[][]; b: number[]; h: number[][]; loss: number; stem: number };
  tensors.w.flat().forEach((value, i) => expect(gradients.get("w")![i]).toBeCloseTo(value, 5));
  tensors.b.forEach((value, i) => expect(gradients.get("b")![i]).toBeCloseTo(value, 5));
  const shownLoss = await output(2).locator("g[data-name='loss'] [data-part='value'] text").textContent();
  expect(Number(shownLoss!.replace("−", "-"))).toBeCloseTo(tensors.loss, 3);
  const shownH = await output(2).locator("g[data-name='h'] [data-part='value'] text").allTextContents();
  expect(shownH.map((text) => Number(text.replace("−", "-")).toFixed(2))).toEqual(tensors.h.flat().map((value) => value.toFixed(2)));
  expect(Number(await output(1).locator("tr[data-tensor='weight'] td").nth(2).innerText())).toBeCloseTo(tensors.stem, 3);
  // Another element of the last matrix, by a click on it.
  const choice = output(2).locator(".nabla-stepper-choice").last();
  if ((await choice.count()) > 0) {
    await choice.click();
    const shown = (await shownStep(2))!;
    expect(shown.element).toBe(shown.contribution.length - 1);
    expect(shown.terms.reduce((sum, [upstream, local]) => sum + upstream * local, 0)).toBeCloseTo(shown.contribution.at(-1)!, 4);
  }
  expect(await seriousViolations(page, "[data-step]")).toEqual([]);
  for (const theme of ["Light", "Dark"] as const) {
    await useTheme(page, `JupyterLab ${theme}`);
    for (const [cell, name] of [[1, "network"], [2, "stepper"]] as const) {
      await output(cell).scrollIntoViewIfNeeded();
      await page.screenshot({ path: path.join(screenshots, `${name}-${theme.toLowerCase()}.png`) });
    }
  }
  await useTheme(page, "JupyterLab Light");
}, 90_000);

it("a module is a table where it is the value of a cell", async () => {
  await runCell(page, 4);
  const paths = await output(4).locator("tr[data-path]").evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset["path"]));
  expect(paths).toEqual(["", "stem", "block", "block.first", "block.drop", "again", "again.first", "again.drop", "left", "right", "shared"]);
  expect(await output(4).locator(".nabla-note").first().innerText()).toContain("inspect.network(model, input)");
}, 30_000);

it("the saved notebook, opened untrusted, steps on without its kernel; what needs the kernel is off and says why", async () => {
  await command(page, "docmanager:save");
  const saved = readFileSync(path.join(server.work, "graphs.ipynb"), "utf8");
  expect(saved).toContain('"image/png"');
  // A notebook that differs in anything has not been signed here.
  const notebook = JSON.parse(saved) as { cells: object[] };
  notebook.cells.push({ cell_type: "markdown", id: "another", metadata: {}, source: "From somebody else." });
  writeFileSync(path.join(server.work, "again.ipynb"), JSON.stringify(notebook));
  await openNotebook(page, server.url, "again.ipynb");
  expect((await cells(page))[2]!.trusted).toBe(false);
  await output(2).scrollIntoViewIfNeeded();
  expect((await stepThrough(2)).has("w")).toBe(true);
  await output(1).scrollIntoViewIfNeeded();
  expect(await output(1).getByRole("button", { name: "Unfold again" }).count()).toBe(0);
  await output(1).getByRole("button", { name: "Unfold one level" }).click();
  expect((await boxes()).filter(({ role }) => role === "frame")).toHaveLength(2);
}, 90_000);

it("no page has thrown", () => {
  expect(browser.pageErrors).toEqual([]);
});
