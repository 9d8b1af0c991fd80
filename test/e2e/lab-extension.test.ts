/**
 * The extension in a real JupyterLab: a saved view is drawn read-only and leaves the document alone, a running one is told
 * and tells, and cells that run again leak nothing. What it lives through is in lab-extension.long.test.ts.
 */
/// <reference lib="dom" />
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seriousViolations } from "./accessibility.ts";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { drawn, VIEW } from "./live-notebook.ts";
import { cells, command, openNotebook, runCell, savedOutputs, useTheme, writeNotebook } from "./notebook-page.ts";
import { probeKind, probesOf, setup, toldTo, until } from "./probe-view.ts";

const screenshots = path.join(import.meta.dirname, "screenshots-out");

let server: LabServer;
let browser: Browser;
let page: Page;
const probes = (): Locator => probesOf(page);
const told = (): Promise<number[]> => toldTo(probes());

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
  page.on("dialog", (dialog) => void dialog.accept());
  await page.addInitScript(probeKind);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

it("a saved notebook that nobody trusts shows its views, read-only, with the reason", async () => {
  const saved = { output_type: "display_data", metadata: {}, data: { [VIEW]: { kind: "probe", id: "from-a-file", seq: 3, state: { value: 42 }, ended: true }, "text/plain": "probe 42" } };
  writeNotebook(server.work, "saved.ipynb", ["probe"], [saved, { ...saved, data: { ...saved.data, [VIEW]: { ...saved.data[VIEW], kind: "of tomorrow" } } }]);
  await openNotebook(page, server.url, "saved.ipynb");
  await expect.poll(() => probes().locator("output").innerText()).toBe("42");
  expect((await cells(page))[0]!.trusted).toBe(false);
  const raise = probes().getByRole("button", { name: "raise" });
  expect([await raise.isDisabled(), await raise.getAttribute("title")]).toEqual([true, "Needs a running kernel: run the cell to use this"]);
  await expect.poll(() => probes().locator("svg.marks path").count()).toBeGreaterThan(0);
  const unknown = page.locator(".nabla-view", { hasText: "of tomorrow" });
  expect(await unknown.innerText()).toContain("probe 42");
  expect(await seriousViolations(page)).toEqual([]);
  // Drawing it has not changed the document.
  expect((await cells(page))[0]!.outputs).toEqual(savedOutputs(server.work, "saved.ipynb", 0));
}, 60_000);

it("a view that runs is told and tells, in one drawing, and cells that run again leave nothing behind", async () => {
  writeNotebook(server.work, "running.ipynb", [setup, "const first = probe(false); first.view", "first.step(); first.step()"]);
  await openNotebook(page, server.url, "running.ipynb");
  await runCell(page, 0);
  const before = await drawn(page);
  await runCell(page, 1);
  await until(probes(), "open", "true");
  await runCell(page, 2);
  expect(await told()).toEqual([2, 3]);
  await probes().getByRole("button", { name: "raise" }).click();
  await expect.poll(() => told()).toEqual([2, 3, 13]);
  // By keyboard, of which JupyterLab takes nothing: Enter edits no cell, a letter inserts none. Its own chords it keeps.
  await probes().getByRole("button", { name: "raise" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("b");
  await page.keyboard.press("Space");
  await expect.poll(() => told()).toEqual([2, 3, 13, 23, 33]);
  expect(await cells(page)).toHaveLength(3);
  await probes().getByRole("button", { name: "ask" }).click();
  await expect.poll(() => probes().innerText()).toContain("bytes 33.5");
  await page.keyboard.press("Control+s");
  await expect.poll(() => savedOutputs(server.work, "running.ipynb", 1).length, { timeout: 10_000 }).toBe(1);
  expect(await seriousViolations(page)).toEqual([]);
  for (const theme of ["Light", "Dark"] as const) {
    await useTheme(page, `JupyterLab ${theme}`);
    await page.screenshot({ path: path.join(screenshots, `lab-extension-${theme.toLowerCase()}.png`) });
  }
  await useTheme(page, "JupyterLab Light");

  for (let run = 0; run < 4; run++) await runCell(page, 1);
  await expect.poll(() => drawn(page), { timeout: 5000 }).toEqual({ views: before.views + 1, charts: before.charts + 1 });
  const openComms = (): Promise<number> => page.evaluate(async () => {
    const { content } = await (window as any).jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestCommInfo({ target_name: "nabla.view" });
    return Object.keys(content.comms).length;
  });
  await expect.poll(openComms, { timeout: 5000 }).toBe(1);
  await command(page, "notebook:clear-all-cell-outputs");
  await expect.poll(openComms, { timeout: 5000 }).toBe(0);
  expect(await drawn(page)).toEqual(before);
}, 90_000);
