/**
 * The views in a JupyterLab that is set to Chinese: each kind speaks Chinese, with no word of English where a person reads a
 * sentence; a picture of the page is taken for somebody who reads it.
 */
/// <reference lib="dom" />
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seriousViolations } from "./accessibility.ts";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { openNotebook, runAll, writeNotebook } from "./notebook-page.ts";

const screenshots = path.join(import.meta.dirname, "screenshots-out");
const sources = [
  'import { inspect, nn, playground, plot, rand, randn } from "nabla";',
  'const live = plot.live({ title: "训练曲线", steps: 60, epochs: 2, batchSize: 16 });\nfor (let step = 1; step <= 60; step++) live.add({ step, epoch: Math.ceil(step / 30), loss: 3 / step, valLoss: 4 / step, lr: 0.1 });\nlive.end();',
  "playground({ lr: { min: 0.001, max: 1, log: true, value: 0.1 }, width: { min: 1, max: 8, value: 4 }, noise: { min: 0, max: 1 }, dataset: [\"moons\", \"circles\"] })",
  "playground.drawingPad({ model: (x) => x.reshape([1, 784]).narrow(1, 300, 10), strokes: [[[0.3, 0.2], [0.7, 0.2], [0.45, 0.8]]] })",
  "playground.classifier({ steps: 200 })",
  "const model = new nn.Sequential(new nn.Conv2d(1, 3, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(108, 4));\ninspect.network(model, [1, 1, 8, 8])",
  "inspect.featureMaps(model, rand([1, 1, 8, 8]))",
  "const w = randn([2], { requiresGrad: true });\ninspect.backprop(() => w.mul(w).sum())",
  "rand([40, 50])",
];

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  const settings = path.join(path.dirname(server.work), "jupyter", "settings", "@jupyterlab", "translation-extension");
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, "plugin.jupyterlab-settings"), JSON.stringify({ locale: "zh_CN" }));
  writeNotebook(server.work, "chinese.ipynb", sources);
  page = await browser.openPage();
  await page.setViewportSize({ width: 1200, height: 1000 });
  await openNotebook(page, server.url, "chinese.ipynb");
  await runAll(page);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

it.each(["live", "playground", "pad", "classifier", "network", "features", "stepper", "tensor"].map((kind, i) => [kind, i + 1] as const))("%s", async (kind, cell) => {
  await page.evaluate((index) => (window as any).jupyterapp.shell.currentWidget.content.scrollToItem(index, "start"), cell);
  const view = page.locator(`.jp-CodeCell`).nth(cell).locator(".nabla-view");
  await view.waitFor();
  await expect.poll(() => view.locator("> [lang]").getAttribute("lang")).toBe("zh");
  const texts = await view.evaluate((element: HTMLElement) => [
    element.innerText,
    ...[...element.querySelectorAll("[aria-label], [title]")].flatMap((part) => [part.getAttribute("aria-label") ?? "", part.getAttribute("title") ?? ""]),
  ].join("\n"));
  expect(texts, kind).toMatch(/[\u4e00-\u9fff]/);
  // Two English words in a row would be a sentence that nobody has translated.
  const english = texts.split("\n").filter((line) => /\b(the|of|and|is|to|needs|from|after|with)\b/i.test(line));
  expect(english, kind).toEqual([]);
  expect(await seriousViolations(page, ".nabla-view")).toEqual([]);
  await view.screenshot({ path: path.join(screenshots, `chinese-${kind}.png`) });
}, 60_000);
