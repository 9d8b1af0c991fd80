/** The launcher of JupyterLab: the kernel's card with its logo, as sharp as drawn, and a notebook that a click on it opens. */
/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
  await page.goto(`${server.url}/lab?reset`);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

it("shows the kernel with its logo among the notebooks and the consoles", async () => {
  const cards = page.locator('.jp-LauncherCard[title="TypeScript (Nabla)"], .jp-LauncherCard:has-text("TypeScript (Nabla)")');
  await cards.first().waitFor();
  expect(await cards.count()).toBe(2);
  const logo = cards.first().locator("img");
  await logo.waitFor();
  await expect.poll(() => logo.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  expect(await logo.getAttribute("src")).toContain("/kernelspecs/nabla/logo-svg.svg");
});

it("opens a notebook on the kernel", async () => {
  await page.locator('.jp-LauncherCard:has-text("TypeScript (Nabla)")').first().click();
  const kernelName = page.locator(".jp-NotebookPanel .jp-Toolbar-kernelName");
  await kernelName.waitFor();
  await expect.poll(() => kernelName.innerText(), { timeout: 30_000 }).toContain("TypeScript (Nabla)");
});
