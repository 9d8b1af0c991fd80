/**
 * Tensors in a real JupyterLab: what the page shows of them is compared with the same tensors read back in a cell, for sizes
 * drawn anew each time; the values under the pointer and after zooming come from the kernel; a saved notebook shows them without one.
 */
/// <reference lib="dom" />
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { prepare } from "../../setup/prepare.mjs";
import { seriousViolations } from "./accessibility.ts";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { cells, command, openNotebook, runCell, savedOutputs, useTheme, writeNotebook } from "./notebook-page.ts";

const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");
const odd = (from: number, to: number): number => 2 * Math.floor((from + Math.random() * (to - from)) / 2) + 1;
const shape = [odd(2, 5), odd(2, 5), odd(20, 60), odd(20, 60)] as const;
const [batch, , rows, columns] = shape;

const sources = [
  `import { randn, tensor } from "nabla";\nconst x = randn([${shape.join(", ")}]).mul(3).add(1);\nx`,
  "console.log(JSON.stringify([x.min().item(), x.max().item(), x.mean().item()]))",
  `console.log(JSON.stringify(x.select(0, ${batch - 1}).select(0, 1).toArray()))`,
  `const broken = randn([${odd(120, 300)}]);\nbroken.narrow(0, 3, 2).fill_(NaN);\nbroken.narrow(0, 9, 1).fill_(-Infinity);\nbroken`,
  "tensor([1, 2, 3])",
];

let server: LabServer;
let browser: Browser;
let page: Page;

const view = (index: number): Locator => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nabla-tensor").nth(index);
const numbers = async (index: number): Promise<Record<string, string>> =>
  Object.fromEntries(await view(index).locator("dd").evaluateAll((items) => items.map((item) => [(item as HTMLElement).dataset["number"]!, item.textContent!])));
const printed = async (cell: number): Promise<unknown> => JSON.parse((await cells(page))[cell]!.outputs.flatMap(({ text }) => text ?? []).join(""));

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  await prepare();
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
  writeNotebook(server.work, "tensors.ipynb", sources);
  await openNotebook(page, server.url, "tensors.ipynb");
  for (const cell of sources.keys()) await runCell(page, cell);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it("shows shape, type and the numbers that the tensor has", async () => {
  await expect.poll(() => view(0).locator("canvas").getAttribute("data-window"), { timeout: 20_000 }).toBe(`0,0,${rows},${columns}`);
  expect(await view(0).locator(".nabla-tensor-head").textContent()).toContain(`[${shape.join(", ")}] float32 · cpu`);
  const [min, max, mean] = (await printed(1)) as [number, number, number];
  const shown = await numbers(0);
  expect(Number(shown["min"])).toBeCloseTo(min, 2);
  expect(Number(shown["max"])).toBeCloseTo(max, 2);
  expect(Number(shown["mean"])).toBeCloseTo(mean, 2);
  expect([shown["nan"], shown["inf"]]).toEqual(["0", "0"]);
});

it("reads the value under the pointer from the kernel, in the matrix that is chosen, zoomed or not", async () => {
  const matrix = (await printed(2)) as number[][];
  const inputs = view(0).locator("input");
  for (const [dimension, index] of [batch - 1, 1].entries()) {
    await inputs.nth(dimension).fill(String(index));
    await inputs.nth(dimension).press("Enter");
  }
  const canvas = view(0).locator("canvas");
  const reading = view(0).locator("output");
  const check = async (share: { x: number; y: number }): Promise<void> => {
    const box = (await canvas.boundingBox())!;
    await canvas.hover({ position: { x: box.width * share.x, y: box.height * share.y } });
    const [top, left, height, width] = (await canvas.getAttribute("data-window"))!.split(",").map(Number) as [number, number, number, number];
    const [row, column] = [top + Math.floor(height * share.y), left + Math.floor(width * share.x)];
    await expect.poll(() => reading.getAttribute("data-index"), { timeout: 10_000 }).toBe([batch - 1, 1, row, column].join());
    expect(Number(await reading.getAttribute("data-value"))).toBeCloseTo(matrix[row]![column]!, 5);
  };
  await check({ x: 0.313, y: 0.718 });
  await view(0).getByRole("button", { name: "Zoom in" }).click();
  await expect.poll(() => canvas.getAttribute("data-window")).not.toBe(`0,0,${rows},${columns}`);
  await check({ x: 0.77, y: 0.23 });
  await canvas.focus();
  await canvas.press("0");
  await expect.poll(() => canvas.getAttribute("data-window")).toBe(`0,0,${rows},${columns}`);
});

it("counts what is no number, and leaves a small tensor as text", async () => {
  const shown = await numbers(1);
  expect([shown["nan"], shown["inf"]]).toEqual(["2", "1"]);
  expect(await page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nabla-tensor").count()).toBe(2);
});

it("is accessible, in both themes, and is drawn from the saved file when the kernel is gone", async () => {
  expect(await seriousViolations(page, ".nabla-tensor")).toEqual([]);
  await view(0).screenshot({ path: path.join(screenshots, "tensor-light.png") });
  await view(1).screenshot({ path: path.join(screenshots, "tensor-vector-light.png") });
  await useTheme(page, "JupyterLab Dark");
  await view(0).screenshot({ path: path.join(screenshots, "tensor-dark.png") });
  expect(await seriousViolations(page, ".nabla-tensor")).toEqual([]);
  await useTheme(page, "JupyterLab Light");
  await command(page, "docmanager:save");
  // A picture, a summary and a text, not the numbers: written out, these are many times as long.
  expect(JSON.stringify(savedOutputs(server.work, "tensors.ipynb", 0)).length).toBeLessThan(20_000);
  await page.evaluate(() => (globalThis as any).jupyterapp.shell.currentWidget.sessionContext.shutdown());
  await expect.poll(() => view(0).getByRole("button", { name: "Zoom in" }).isDisabled(), { timeout: 15_000 }).toBe(true);
  expect((await numbers(0))["nan"]).toBe("0");
}, 60_000);
