/**
 * Live panels in a real JupyterLab: a loop by hand and `fit` draw themselves while they run, on networks of sizes drawn at
 * random; the buttons pause them, let them go on and stop them; the values that are read off are those of the run.
 */
/// <reference lib="dom" />
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seriousViolations } from "./accessibility.ts";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { curvesOf, factsOf, panelOf, rowsOf, startCell, untilStatus, VIEW } from "./live-notebook.ts";
import { cells, command, openNotebook, runCell, savedOutputs, setSource, useTheme, writeNotebook } from "./notebook-page.ts";

const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");
const odd = (low: number, high: number): number => 2 * Math.floor((low + Math.random() * (high - low)) / 2) + 1;
const [inputs, hidden, batch] = [odd(3, 9), odd(5, 31), odd(7, 21)];

/** A network with a branch and a layer that is used twice. */
const model = `import { data, manualSeed, metrics, nn, optim, plot, randn, train, tensor } from "nabla";
manualSeed(${odd(1, 999)});
class Net extends nn.Module<[any], any> {
  first = new nn.Linear(${inputs}, ${hidden}); twice = new nn.Linear(${hidden}, ${hidden}); branch = new nn.Linear(${hidden}, 2); other = new nn.Linear(${hidden}, 2);
  forward(x: any) { const h = this.twice.forward(this.twice.forward(this.first.forward(x)).relu()).relu(); return this.branch.forward(h).add(this.other.forward(h).tanh()); }
}
const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
const x = randn([${batch}, ${inputs}]);
const y = tensor(Array.from({ length: ${batch} }, (_, i) => i % 2), { dtype: "int32" });
const losses: number[] = [];`;
/** Synchronous: nothing else runs in the kernel meanwhile. It goes on until it is stopped. */
const byHand = `const live = plot.live({ title: "By hand", batchSize: ${batch} });
for (let step = 1; ; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(model.forward(x), y);
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
  live.add({ step, loss, lr: optimizer.lr, gradNorm: nn.gradNorm(model.parameters()) });
  if (step % 20 === 0) live.images("first layer", model.first.weight);
  const until = performance.now() + 15;
  while (performance.now() < until);
}`;
const fit = `const examples = new data.TensorDataset(randn([${batch * 40}, ${inputs}]), tensor(Array.from({ length: ${batch * 40} }, (_, i) => i % 2), { dtype: "int32" }));
const history = await train.fit(model, examples, {
  loss: nn.functional.crossEntropy, optimizer, epochs: 200, batchSize: ${batch}, metrics: { accuracy: new metrics.Accuracy() }, validation: examples,
  callbacks: [{ onBatchEnd: () => new Promise<void>((resolve) => setTimeout(resolve, 3)) }], live: { title: "With fit" },
});
history.stopped`;
/** Nothing in it looks at the buttons or at the kernel's wish to stop but the panel and the kernel themselves. */
const endless = `const third = plot.live({ title: "Interrupted" });
for (let step = 1; ; step++) {
  third.add({ step, loss: 1 / step });
  const until = performance.now() + 15;
  while (performance.now() < until);
}`;

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
  await page.setViewportSize({ width: 1280, height: 1250 });
  writeNotebook(server.work, "live.ipynb", [model, byHand, "({ rows: losses.length, steps: live.points('loss').steps.length, sum: losses.reduce((a, b) => a + b), shown: live.points('loss').values.reduce((a, b) => a + b) })", fit, "history.batchLosses.length", endless, "third.points('loss').steps.length", ""]);
  await openNotebook(page, server.url, "live.ipynb");
  await runCell(page, 0);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

const button = (name: string, at = 0) => panelOf(page).nth(at).getByRole("button", { name });
/** The value of a cell as text. */
const textOf = async (cell: number): Promise<string> =>
  (await cells(page))[cell]!.outputs.filter(({ output_type }) => output_type === "execute_result").map(({ data }) => String(data?.["text/plain"])).join();

it("a synchronous loop is drawn in one chart while it runs; its buttons pause it, let it go on and stop it, and its variables are kept", async () => {
  await startCell(page, 1);
  const panel = panelOf(page).first();
  await expect.poll(() => rowsOf(panel), { timeout: 30_000 }).toBeGreaterThan(40);
  await button("Pause").click();
  await untilStatus(panel, "paused");
  const paused = await rowsOf(panel);
  await page.waitForTimeout(700);
  expect(await rowsOf(panel)).toBe(paused);
  // What is known is drawn, and can be read off with the arrow keys.
  expect((await curvesOf(panel))["loss"]).toMatchObject({ count: paused, shown: paused });
  await panel.locator(".nabla-live-frame").focus();
  for (const key of ["Home", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  await expect.poll(() => panel.locator(".nabla-live-number").first().innerText()).toMatch(/step\s+3$/);
  const third = Number((await curvesOf(panel))["loss"]!.value);
  await page.keyboard.press("Escape");
  expect(await seriousViolations(page, ".nabla-live")).toEqual([]);
  await button("Continue").click();
  await expect.poll(() => rowsOf(panel), { timeout: 15_000 }).toBeGreaterThan(paused + 20);
  expect((await factsOf(panel))["embeds"]).toBe("1");

  await button("Stop").click();
  await untilStatus(panel, "stopped");
  const rows = await rowsOf(panel);
  const errorOf = async () => (await cells(page))[1]!.outputs.find(({ output_type }) => output_type === "error");
  await expect.poll(async () => (await errorOf())?.ename, { timeout: 20_000 }).toBe("StoppedError");
  expect((await errorOf())!.evalue).toMatch(/^the stop button was pressed after step \d+\. Every variable keeps its value/);
  await runCell(page, 2);
  await expect.poll(() => textOf(2), { timeout: 20_000 }).not.toBe("");
  const told = (await textOf(2)).match(/rows: (\d+), steps: (\d+), sum: ([\d.]+), shown: ([\d.]+)/)!.map(Number);
  // The optimiser may have been the one who looked: its step was not taken, and the row before it is the last.
  expect(told[2]).toBe(rows);
  expect(told[1]).toBe(rows);
  expect(told[4]).toBeCloseTo(told[3]!, 3);
  expect((await curvesOf(panel))["loss"]).toMatchObject({ count: rows, shown: rows });
  expect(third).toBeGreaterThan(0);
  const picture = panel.locator(".nabla-live-picture img");
  expect(await picture.getAttribute("alt")).toContain(`first layer: 1 picture of ${hidden} by ${inputs} pixels`);
  expect(await picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
}, 120_000);

it("fit is drawn with its scores, paused and stopped like any early end, and readable in both themes", async () => {
  await startCell(page, 3);
  const panel = panelOf(page).nth(1);
  await expect.poll(async () => (await panel.count()) > 0 && Object.keys(await curvesOf(panel)).sort(), { timeout: 60_000 })
    .toEqual(["accuracy", "gradNorm", "loss", "lr", "validationAccuracy", "validationLoss"]);
  await button("Pause", 1).click();
  await untilStatus(panel, "paused");
  // A validation that had begun comes to its end.
  await page.waitForTimeout(1000);
  const paused = await rowsOf(panel);
  await page.waitForTimeout(700);
  expect(await rowsOf(panel)).toBe(paused);
  await page.evaluate(() => (window as any).jupyterapp.shell.currentWidget.content.scrollToItem(3, "start"));
  for (const theme of ["Light", "Dark"] as const) {
    await useTheme(page, `JupyterLab ${theme}`);
    await expect.poll(async () => (await factsOf(panel))["theme"], { timeout: 10_000 }).toBe(theme.toLowerCase());
    await page.screenshot({ path: path.join(screenshots, `live-${theme.toLowerCase()}.png`) });
    expect(await seriousViolations(page, ".nabla-live")).toEqual([]);
  }
  await useTheme(page, "JupyterLab Light");
  await panel.getByRole("checkbox", { name: "Logarithmic axis: loss" }).check();
  await button("Continue", 1).click();
  await expect.poll(() => rowsOf(panel), { timeout: 15_000 }).toBeGreaterThan(paused + 5);
  await button("Stop", 1).click();
  await untilStatus(panel, "stopped");
  // A screen reader is told so, politely, with where the run stands.
  await expect.poll(() => page.locator('.nabla-announcer[role="status"][aria-live="polite"]').textContent(), { timeout: 10_000, message: "what is announced" })
    .toMatch(/^Stopped: .*epoch \d.*loss/);
  await expect.poll(() => textOf(3), { timeout: 20_000 }).toBe("'the stop button was pressed'");
  await runCell(page, 4);
  await expect.poll(() => textOf(4), { timeout: 20_000 }).not.toBe("");
  const count = Number(await textOf(4));
  expect((await curvesOf(panel))["loss"]!.count).toBe(count);
}, 120_000);

it("the kernel's own interrupt button ends a loop; its panel says so, keeps every point, and is in the file with its picture", async () => {
  await startCell(page, 5);
  const panel = page.locator(".jp-CodeCell").nth(5).locator(".nabla-live");
  await expect.poll(async () => (await panel.count()) > 0 && (await rowsOf(panel)), { timeout: 30_000, message: "rows in the panel" }).toBeGreaterThan(20);
  await page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]').first().click();
  await untilStatus(panel, "interrupted");
  expect(await panel.locator(".nabla-live-status").innerText()).toBe("Interrupted");
  for (const name of ["Pause", "Stop"]) expect(await panel.getByRole("button", { name }).isHidden()).toBe(true);
  // The error comes behind the last picture of the panel.
  await expect.poll(async () => (await cells(page))[5]!.outputs.some(({ output_type }) => output_type === "error"), { timeout: 60_000, message: "the cell's error" }).toBe(true);
  await runCell(page, 6);
  await expect.poll(() => textOf(6), { timeout: 20_000, message: "how many points there are" }).not.toBe("");
  const rows = Number(await textOf(6));
  expect((await curvesOf(panel))["loss"]).toMatchObject({ count: rows, shown: rows });
  await command(page, "docmanager:save", {}, 30_000);
  const saved = savedOutputs(server.work, "live.ipynb", 5).find(({ data }) => data !== undefined && VIEW in data)!.data!;
  expect(saved[VIEW].state.progress).toMatchObject({ status: "interrupted", rows });
  expect(saved["image/png"].length).toBeGreaterThan(5000);
}, 180_000);

it("a person who saves while the extension does is asked nothing, and has it in the file", async () => {
  // A server that takes its time with what is on its way.
  let isWritten = false;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/api\/contents\/live\.ipynb/, async (route) => {
    const response = await route.fetch();
    if (route.request().method() === "PUT") {
      isWritten = true;
      await held;
    }
    await route.fulfill({ response });
  });
  await setSource(page, 7, "const last = plot.live({ title: 'Last' }); last.add({ loss: 3 }); last.end();");
  await startCell(page, 7);
  await expect.poll(() => isWritten, { timeout: 30_000, message: "the extension's own save" }).toBe(true);
  await setSource(page, 6, "// written last");
  const saved = command(page, "docmanager:save", {}, 30_000);
  await page.waitForTimeout(500);
  expect(await page.locator(".jp-Dialog").allInnerTexts()).toEqual([]);
  release();
  await saved;
  await page.unroute(/\/api\/contents\/live\.ipynb/);
  expect(readFileSync(path.join(server.work, "live.ipynb"), "utf8")).toContain("// written last");
  expect(browser.pageErrors).toEqual([]);
}, 90_000);
