/** The debugger in a real JupyterLab, by its own buttons: a breakpoint in the gutter, a stop, a tensor among the variables, a step. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { cells, command, openNotebook, writeNotebook } from "./notebook-page.ts";

const code = `import { tensor } from "nabla";
import { total } from "./totals.ts";
function scaled(factor: number): number {
  const weights = tensor([[1, 2, 3], [4, 5, 6]]);
  const product = weights.mul(factor);
  return total(product.toArray() as number[][]);
}
scaled(2)`;
const totals = `export function total(rows: readonly number[][]): number {
  const flat: number[] = rows.flat();
  return flat.reduce((sum, each) => sum + each, 0);
}
`;

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  writeNotebook(server.work, "debugging.ipynb", [code]);
  writeFileSync(path.join(server.work, "totals.ts"), totals);
  page = await browser.openPage();
  await openNotebook(page, server.url, "debugging.ipynb");
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

/** The line at which the code is stopped, as JupyterLab marks it. */
const stoppedLine = (text: string): Locator => page.locator(".jp-DebuggerEditor-highlight").filter({ hasText: text });
const variable = (name: string, value: string): Locator =>
  page.locator(".jp-DebuggerVariables-body jp-tree-item").filter({ hasText: value }).filter({ has: page.locator(".jp-DebuggerVariables-name", { hasText: new RegExp(`^${name}$`) }) }).first();
const press = (button: string): Promise<void> => page.locator(`.jp-DebuggerSidebar [data-command="debugger:${button}"]`).click();

/** Turns the debugger on. JupyterLab may lose a press that comes while it still looks whether the kernel has one. */
async function turnOn(): Promise<void> {
  const isOn = page.locator(".jp-NotebookPanel[data-jp-debugger=true]");
  for (let press = 0; press < 5 && !(await isOn.isVisible()); press++) {
    await page.locator(".jp-DebuggerBugButton:not(.disabled)").click();
    await isOn.waitFor({ timeout: 5000 }).catch(() => undefined);
  }
  await isOn.waitFor();
}

/** Runs the cell with the keyboard, and does not wait for its end. */
async function run(): Promise<void> {
  await page.locator(".jp-CodeCell .cm-content").first().click();
  await page.keyboard.press("Control+Enter");
}

it("stops at a breakpoint that was set in the gutter", async () => {
  await turnOn();
  await command(page, "debugger:show-panel");
  // The first element of a gutter only gives it its width.
  await page.locator(".jp-CodeCell .cm-breakpoint-gutter .cm-gutterElement").nth(5).click();
  await page.locator(".jp-CodeCell .cm-breakpoint-icon >> visible=true").waitFor();
  await run();
  await stoppedLine("const product").waitFor();
});

it("shows a tensor among the variables, with shape, type, device and elements", async () => {
  await variable("weights", "[2, 3] float32 cpu tensor([[1., 2., 3.], [4., 5., 6.]])").waitFor();
  await variable("factor", "2").waitFor();
});

it("steps to the next line, and from there into an imported file", async () => {
  await press("next");
  await stoppedLine("return total").waitFor();
  await variable("product", "10., 12.]])").waitFor();
  await press("stepIn");
  await stoppedLine("rows.flat()").waitFor();
  await variable("rows", "[ [ 2, 4, 6 ], [ 8, 10, 12 ] ]").waitFor();
});

it("goes on to the cell's end", async () => {
  await press("continue");
  await page.waitForFunction(() => document.querySelector(".jp-OutputArea-output")?.textContent?.trim() === "42");
  await page.waitForFunction(() => document.querySelector(".jp-DebuggerEditor-highlight") === null);
});

it("ends a stopped cell by the stop button, with its variables kept", async () => {
  // The file that the step went into was opened beside the notebook.
  await page.locator(".lm-TabBar-tab", { hasText: "debugging.ipynb" }).first().click();
  await run();
  await stoppedLine("const product").waitFor();
  await page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]').click();
  await page.locator(".jp-OutputArea-output").filter({ hasText: "KeyboardInterrupt" }).waitFor();
  await page.waitForFunction(() => document.querySelector(".jp-DebuggerEditor-highlight") === null);
  expect((await cells(page))[0]?.outputs.map(({ output_type }) => output_type)).toEqual(["error"]);
  expect(browser.pageErrors).toEqual([]);
});
