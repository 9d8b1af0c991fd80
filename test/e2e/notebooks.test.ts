/**
 * Notebooks as a learner meets them, in a real JupyterLab in a real browser: opened untrusted with every saved figure
 * there, run from top to bottom without an error, looked at in the light and the dark theme.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paths } from "../../setup/paths.mjs";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import type { Output } from "./notebook-page.ts";
import { cells, drawnFigures, isChanged, isChart, isFigure, kernelName, openNotebook, runAll, showFirst, strayErrors, useTheme } from "./notebook-page.ts";

const here = path.dirname(fileURLToPath(import.meta.url));
const screenshots = path.join(here, "screenshots-out");

/**
 * What is opened; another chapter is another line. `within` are the milliseconds that running it may take.
 * Chapters are in the learner's folder already, put there by `npm start`.
 */
const notebooks = [
  chapter("00-first-hour.ipynb", 60_000),
  chapter("00-tensors.ipynb", 60_000),
  chapter("02-logistic-and-softmax-regression.ipynb", 120_000),
  { file: path.join(here, "fixtures", "plain-typescript.ipynb"), place: "plain-typescript.ipynb", within: 30_000 },
  { file: path.join(here, "fixtures", "plain-typescript.ipynb"), place: "a folder/deeper/plain-typescript.ipynb", within: 30_000 },
];

function chapter(name: string, within: number): { file: string; place: string; within: number } {
  return { file: path.join(paths.notebooks, name), place: name, within };
}

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

it("starts without a word of alarm", () => {
  expect(server.log()).not.toMatch(/Fail|Error|Traceback|Warning/);
});

/** The outputs as they are saved in the file. */
function savedOutputs(file: string): Output[] {
  const notebook = JSON.parse(readFileSync(file, "utf8")) as { cells: { outputs?: Output[] }[] };
  return notebook.cells.flatMap((cell) => cell.outputs ?? []);
}

/** Pictures of the page, in both themes, for a person to look at. */
async function takeScreenshots(name: string): Promise<void> {
  for (const theme of ["JupyterLab Light", "JupyterLab Dark"] as const) {
    await useTheme(page, theme);
    const colour = await page.evaluate(() => getComputedStyle(document.querySelector(".jp-NotebookPanel") ?? document.body).backgroundColor);
    const brightness = Number(/\d+/.exec(colour)?.[0]);
    expect(theme === "JupyterLab Dark" ? brightness < 100 : brightness > 155, `${theme}: the notebook is ${colour}`).toBe(true);
    await showFirst(page, isChart);
    await page.screenshot({ path: path.join(screenshots, `${name}-${theme === "JupyterLab Dark" ? "dark" : "light"}.png`) });
  }
}

describe.each(notebooks)("$place", ({ file, place, within }) => {
  beforeAll(async () => {
    mkdirSync(path.dirname(path.join(server.work, place)), { recursive: true });
    if (!existsSync(path.join(server.work, place))) copyFileSync(file, path.join(server.work, place));
    await openNotebook(page, server.url, place);
  }, 120_000);

  it("opens on our kernel, untrusted, with every saved figure drawn once, and is not changed by it", async () => {
    expect(await kernelName(page)).toBe("nabla");
    const code = (await cells(page)).filter(({ type, outputs }) => type === "code" && outputs.length > 0);
    expect(code.length).toBeGreaterThan(0);
    expect(code.some(({ trusted }) => trusted)).toBe(false);
    const saved = savedOutputs(file).filter(isFigure);
    expect(saved.length).toBeGreaterThan(0);
    const drawn = await drawnFigures(page);
    expect(drawn).toHaveLength(saved.length);
    expect(drawn.filter(({ element }) => element !== "img")).toHaveLength(saved.filter(isChart).length);
    expect(await isChanged(page)).toBe(false);
    for (const figure of drawn) expect(figure.colours, `cell ${figure.cell} is empty`).toBeGreaterThan(1);
  });

  it("runs from top to bottom without an error, and draws its charts anew", async () => {
    await runAll(page);
    expect(await strayErrors(page)).toEqual([]);
    const outputs = (await cells(page)).flatMap((cell) => cell.outputs);
    expect(outputs.filter(isFigure)).toHaveLength(savedOutputs(file).filter(isFigure).length);
    const drawn = await drawnFigures(page);
    expect(drawn.filter(({ element }) => element !== "img")).toHaveLength(outputs.filter(isChart).length);
    for (const figure of drawn) expect(figure.colours, `cell ${figure.cell} is empty`).toBeGreaterThan(1);
  }, within + 30_000);

  it("is seen in the light and the dark theme", async () => {
    await takeScreenshots(place.replace(/\.ipynb$/, "").replace(/[^a-z0-9]+/gi, "-"));
    expect(browser.pageErrors).toEqual([]);
  });
});

it("neither JupyterLab nor the kernel writes into the person's home", () => {
  expect(readdirSync(server.home)).toEqual([]);
});
