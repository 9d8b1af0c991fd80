/** An exercise as a learner meets it in JupyterLab: wrong, told why, given a hint, right, and remembered. */
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exerciseOf } from "../../setup/course/notebook-file.mjs";
import { answered, solutionsOf } from "../../setup/course/solutions.mjs";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { cells, openNotebook, runCell, setSource, useTheme } from "./notebook-page.ts";

const chapter = "01-linear-regression.ipynb";
const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
  await openNotebook(page, server.url, chapter);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

/** What a cell shows, as a person reads it. */
async function shown(cell: number): Promise<string> {
  const { outputs } = (await cells(page))[cell]!;
  return outputs.map(({ data }) => [data?.["text/plain"] ?? ""].flat().join("")).join("\n");
}

it("says what is wrong, hints, says what is right, and shows the progress at the top", async () => {
  const all = await cells(page);
  const [top, at] = [all.findIndex(({ source }) => source.includes("nabla/course")), all.findIndex(({ source }) => exerciseOf({ cell_type: "code", source }) === "01.3")];
  const exercise = { cell_type: "code", source: all[at]!.source };
  const { solution, wrong } = solutionsOf(chapter).get("01.3")!;
  await runCell(page, top);
  expect(await shown(top)).toContain("0 of 7 right");
  await runCell(page, at);
  expect(await shown(at)).toContain("not tried yet");

  await setSource(page, at, `${answered(exercise, wrong)}\nhint("01.3")`);
  await runCell(page, at);
  expect(await shown(at)).toMatch(/not right.*The 2 from the derivative of the square is missing.*First difference at.*hint 1 of 3/s);
  for (const theme of ["JupyterLab Light", "JupyterLab Dark"] as const) {
    await useTheme(page, theme);
    await page.screenshot({ path: path.join(screenshots, `exercise-${theme === "JupyterLab Dark" ? "dark" : "light"}.png`) });
  }

  await setSource(page, at, answered(exercise, solution));
  await runCell(page, at);
  expect(await shown(at)).toContain("✔ 01.3 The gradient: right.");
  await runCell(page, top);
  expect(await shown(top)).toMatch(/1 of 7 right.*✔ 01\.3.*right \(2 tries, 1 of 3 hints\)/s);
  await page.screenshot({ path: path.join(screenshots, "exercise-progress.png") });
  const kept = JSON.parse(readFileSync(path.join(server.work, ".nabla", "progress", "01.json"), "utf8")) as Record<string, unknown>;
  expect(kept["01.3"]).toEqual({ state: "right", tries: 2, hints: 1 });
}, 120_000);
