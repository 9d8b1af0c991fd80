/** Writing a cell in a real JupyterLab: completion, the tooltip, and a type problem under the cell. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { cells, command, openNotebook, writeNotebook } from "./notebook-page.ts";

const first = `class Net {
  /** One pass through the net. */
  forward(x: number): number { return x * 2 }
}
const net = new Net();
const wrong: string = net.forward(2);`;

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  writeNotebook(server.work, "writing.ipynb", [first, "net.", "const further = new Map<string, Net>()"]);
  page = await browser.openPage();
  await openNotebook(page, server.url, "writing.ipynb");
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

/** Puts the cursor at the end of a cell. */
async function writeIn(cell: number): Promise<void> {
  await page.locator(".jp-CodeCell .cm-content").nth(cell).click();
  await page.keyboard.press("Control+End");
}

it("shows a cell's type problem under it, though the cell has run to its end", async () => {
  await writeIn(0);
  await command(page, "notebook:run-cell");
  const output = page.locator(".jp-CodeCell").first().locator(".jp-OutputArea-output");
  await output.filter({ hasText: "Type 'number' is not assignable to type 'string'." }).waitFor();
  expect(await output.innerText()).toContain("Cell [1], line 6");
  expect((await cells(page))[0]?.outputs.map(({ output_type }) => output_type)).toEqual(["display_data"]);
});

it("completes with Tab, with the kind of each proposal, and takes one with Enter", async () => {
  await writeIn(1);
  await page.keyboard.type("forw");
  await page.keyboard.press("Tab");
  const item = page.locator(".jp-Completer-item").filter({ hasText: "forward" });
  await item.waitFor();
  expect(await item.textContent()).toContain("function");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".jp-CodeCell .cm-content")[1]?.textContent === "net.forward");
});

it("offers what a cell that was never run declares", async () => {
  await page.keyboard.press("Control+a");
  await page.keyboard.type("furth");
  await page.keyboard.press("Tab");
  await page.locator(".jp-Completer-item").filter({ hasText: "further" }).waitFor();
  await page.keyboard.press("Escape");
});

it("explains with Shift-Tab what stands at the cursor", async () => {
  await page.keyboard.press("Control+a");
  await page.keyboard.type("net.forward(");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+Tab");
  const tooltip = page.locator(".jp-Tooltip");
  await tooltip.filter({ hasText: "One pass through the net." }).waitFor();
  expect(await tooltip.innerText()).toContain("forward(x: number): number");
  expect(browser.pageErrors).toEqual([]);
});

it("shows the source of what a cell asks for with two question marks", async () => {
  await writeIn(1);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("net.forward??");
  await command(page, "notebook:run-cell");
  const output = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output");
  await output.filter({ hasText: "return x * 2" }).waitFor();
  expect(await output.innerText()).toContain("One pass through the net.");
});
