/** Widgets in a real JupyterLab: a person moves, chooses and presses, and code sees it, also after the page was loaded anew. */
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { command, openNotebook, runCell, useTheme, writeNotebook } from "./notebook-page.ts";

const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");
const sources = [
  'import { widgets } from "nabla";',
  'const rate = widgets.slider({ min: 0, max: 1, step: 0.01, value: 0.5, description: "learning rate", width: "420px" });\nrate.observe(({ value }) => console.log("rate is " + value));\nrate',
  'const optimizer = widgets.dropdown({ "plain descent": "sgd", "with moments": "adam" }, { description: "optimizer" });\nconst bar = widgets.progress({ max: 200, description: "training" });\nconst stop = widgets.button("Stop", { kind: "danger" });\ndisplay(optimizer); display(bar); stop',
  'console.log("training");\nlet steps = 0;\nwhile (stop.clicks === 0) { await new Promise((r) => setTimeout(r, 20)); bar.value = ++steps % 200; }\nbar.kind = "success";\n`${optimizer.value} at ${rate.value}`',
];

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  writeNotebook(server.work, "widgets.ipynb", sources);
  page = await browser.openPage();
  await openNotebook(page, server.url, "widgets.ipynb");
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

const output = (cell: number) => page.locator(".jp-CodeCell").nth(cell).locator(".jp-Cell-outputArea");
const readout = () => output(1).locator(".widget-readout");

/** Drags the slider's handle to a part of its range, and sees it arrive. @returns What stands beside it then. */
async function dragTo(part: number): Promise<number> {
  await output(1).locator(".noUi-handle").scrollIntoViewIfNeeded();
  const handle = (await output(1).locator(".noUi-handle").boundingBox())!;
  const track = (await output(1).locator(".noUi-target").boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(track.x + track.width * part, handle.y + handle.height / 2, { steps: 5 });
  await page.mouse.up();
  const shown = Number(await readout().innerText());
  expect(Math.abs(shown - part)).toBeLessThan(0.05);
  return shown;
}

async function screenshot(name: string): Promise<void> {
  for (const theme of ["Light", "Dark"] as const) {
    await useTheme(page, `JupyterLab ${theme}`);
    await page.screenshot({ path: path.join(screenshots, `${name}-${theme.toLowerCase()}.png`) });
  }
  await useTheme(page, "JupyterLab Light");
}

it("shows a slider with its whole description, and prints under its cell what a person drags it to", async () => {
  await runCell(page, 0);
  await runCell(page, 1);
  await output(1).locator(".noUi-handle").waitFor();
  const label = output(1).locator(".widget-label");
  expect(await label.innerText()).toBe("learning rate");
  expect(await label.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  expect(await readout().innerText()).toBe("0.50");
  const shown = await dragTo(0.8);
  await output(1).getByText(`rate is ${shown}`).waitFor();
});

it("drives a progress bar from a cell that awaits, while a person chooses, drags and at last presses the button", async () => {
  await runCell(page, 2);
  await output(2).locator("button").waitFor();
  const running = runCell(page, 3);
  await output(3).getByText("training").waitFor();
  const filled = (): Promise<number> => output(2).locator(".progress-bar").evaluate((element) => element.getBoundingClientRect().width);
  const before = await filled();
  await expect.poll(filled).toBeGreaterThan(before);
  await output(2).locator("select").selectOption({ label: "with moments" });
  const shown = await dragTo(0.2);
  await screenshot("widgets");
  await output(2).locator("button").click();
  await running;
  await output(3).getByText(`'adam at ${shown}'`).waitFor();
  await expect.poll(() => output(2).locator(".progress-bar").getAttribute("class")).toContain("success");
});

it("finds its widgets again when the page is loaded anew, and they still move", async () => {
  await command(page, "docmanager:save");
  const before = await readout().innerText();
  await openNotebook(page, server.url, "widgets.ipynb");
  await output(1).locator(".noUi-handle").waitFor();
  await expect.poll(() => readout().innerText()).toBe(before);
  const shown = await dragTo(0.6);
  // A slider sends its next value when the one before has been dealt with, which may be after the cell was sent.
  const chosen = async (): Promise<string> => {
    await runCell(page, 3);
    return output(3).innerText();
  };
  await expect.poll(chosen, { timeout: 30_000 }).toContain(`'adam at ${shown}'`);
});

it("saves the state of its widgets with the notebook, so that one which is opened without its kernel shows them", async () => {
  await command(page, "docmanager:save");
  const saved = JSON.parse(readFileSync(path.join(server.work, "widgets.ipynb"), "utf8")) as { metadata: { widgets: Record<string, { state: Record<string, { model_name: string }> }> } };
  const models = Object.values(saved.metadata.widgets["application/vnd.jupyter.widget-state+json"]!.state).map(({ model_name }) => model_name);
  expect(models).toEqual(expect.arrayContaining(["FloatSliderModel", "DropdownModel", "FloatProgressModel", "ButtonModel"]));
  const shown = await readout().innerText();
  const sessions = (await (await fetch(`${server.url}/api/sessions`)).json()) as { id: string }[];
  for (const { id } of sessions) await fetch(`${server.url}/api/sessions/${id}`, { method: "DELETE" });
  await openNotebook(page, server.url, "widgets.ipynb");
  await output(1).locator(".noUi-handle").waitFor();
  expect(await readout().innerText()).toBe(shown);
  expect(browser.pageErrors).toEqual([]);
});
