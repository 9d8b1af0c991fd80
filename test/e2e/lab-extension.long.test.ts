/**
 * What a running view lives through in a real JupyterLab: neither a reload, a closed tab, a second notebook nor a restarted
 * kernel loses or leaks anything. In a Chinese JupyterLab the views speak Chinese.
 */
/// <reference lib="dom" />
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { jupyterEnvironment } from "../../setup/environment.mjs";
import { prepare } from "../../setup/prepare.mjs";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { drawn, reload, startCell, VIEW } from "./live-notebook.ts";
import { command, openNotebook, runCell, savedOutputs, writeNotebook } from "./notebook-page.ts";
import { probeKind, probesOf, setup, stream, toldTo, until } from "./probe-view.ts";

let server: LabServer;
let browser: Browser;
let page: Page;
const probes = (): Locator => probesOf(page);
const told = (): Promise<number[]> => toldTo(probes());

beforeAll(async () => {
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
  page.on("dialog", (dialog) => void dialog.accept());
  await page.addInitScript(probeKind);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

it("JupyterLab finds the extension, enabled and well", async () => {
  const { jupyter } = await prepare();
  const { stdout, stderr } = spawnSync(jupyter, ["labextension", "list"], { env: { ...jupyterEnvironment(), HOME: server.home }, encoding: "utf8" });
  // Jupyter writes this list to stderr.
  expect((stdout + stderr).replaceAll(/\x1b\[\d+m/g, "")).toMatch(/nabla-lab v[\d.]+ +enabled +OK/);
});

/** Stops the stream, and expects its end in the page and, whole and with its picture, in the file's second cell. @returns How many messages there were. */
async function stopAndFind(name: string): Promise<number> {
  await probes().getByRole("button", { name: "stop" }).click();
  await until(probes(), "ended", "true");
  await expect.poll(() => savedOutputs(server.work, name, 1)[0]?.data?.[VIEW].ended, { timeout: 15_000 }).toBe(true);
  const [output, ...others] = savedOutputs(server.work, name, 1);
  expect(others).toEqual([]);
  const { seq, state } = output!.data![VIEW];
  expect(state).toEqual({ value: seq + 1 });
  expect(output!.data!["image/png"].length).toBeGreaterThan(1000);
  expect(output!.data!["text/plain"]).toEqual([`probe ${seq + 1}`]);
  expect(await probes().locator("output").innerText()).toBe(String(seq + 1));
  return seq;
}

it("a reload in the middle of a stream loses nothing, and the end is in the file with its picture", async () => {
  writeNotebook(server.work, "stream.ipynb", [setup, stream]);
  await openNotebook(page, server.url, "stream.ipynb");
  await runCell(page, 0);
  await startCell(page, 1);
  await expect.poll(async () => (await told()).length, { timeout: 15_000 }).toBeGreaterThan(20);
  // The document was saved when the stream began: what is loaded anew knows the view, and nothing that it was told since.
  await expect.poll(() => savedOutputs(server.work, "stream.ipynb", 1)[0]?.data?.[VIEW].seq, { timeout: 10_000 }).toBe(0);
  await reload(page, server, "stream.ipynb");
  await until(probes(), "open", "true");
  await expect.poll(async () => (await told()).length).toBeGreaterThan(20);
  const seq = await stopAndFind("stream.ipynb");
  expect(await told()).toEqual(Array.from({ length: seq }, (_, i) => i + 2));
}, 90_000);

it("a view whose output is not in the file is put back into its cell, after its tab was closed too", async () => {
  writeNotebook(server.work, "missing.ipynb", [setup, stream]);
  await openNotebook(page, server.url, "missing.ipynb");
  await runCell(page, 0);
  await startCell(page, 1);
  await until(probes(), "open", "true");
  await expect.poll(() => savedOutputs(server.work, "missing.ipynb", 1).length, { timeout: 10_000 }).toBe(1);
  const closing = command(page, "application:close");
  // Asked only where something has changed since the extension saved the notebook.
  await page.getByRole("button", { name: "Discard" }).click({ timeout: 3000 }).catch(() => undefined);
  await closing;
  await expect.poll(() => drawn(page)).toEqual({ views: 0, charts: 0 });
  // As if it had never been saved.
  writeNotebook(server.work, "missing.ipynb", [setup, stream]);
  await command(page, "docmanager:open", { path: "missing.ipynb" });
  await until(probes(), "open", "true");
  await stopAndFind("missing.ipynb");
}, 90_000);

it("a kernel that restarts leaves the view readable and says so; the other notebook's view goes on", async () => {
  for (const name of ["one.ipynb", "two.ipynb"]) {
    writeNotebook(server.work, name, [setup, stream]);
    if (name === "one.ipynb") await openNotebook(page, server.url, name);
    else {
      await command(page, "docmanager:open", { path: name });
      await page.waitForFunction(() => (window as any).jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === "idle", undefined, { timeout: 60_000 });
    }
    await runCell(page, 0);
    await startCell(page, 1);
    await expect.poll(async () => (await told()).length, { timeout: 15_000 }).toBeGreaterThan(5);
  }
  await page.evaluate(() => (window as any).jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart());
  await until(probes(), "open", "false");
  expect(Number(await probes().locator("output").innerText())).toBeGreaterThan(5);
  const raise = probes().getByRole("button", { name: "raise" });
  expect([await raise.isDisabled(), await raise.getAttribute("title")]).toEqual([true, "The kernel that drew this has stopped or restarted: run the cell again"]);
  await command(page, "docmanager:open", { path: "one.ipynb" });
  const now = (await told()).length;
  await expect.poll(async () => (await told()).length).toBeGreaterThan(now + 3);
  await page.evaluate(() => (window as any).jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt());
}, 120_000);

it("in a JupyterLab that is set to Chinese the texts are Chinese", async () => {
  const settings = path.join(path.dirname(server.work), "jupyter", "settings", "@jupyterlab", "translation-extension");
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, "plugin.jupyterlab-settings"), JSON.stringify({ locale: "zh_CN" }));
  const data = { [VIEW]: { kind: "probe", id: "from-a-file", seq: 3, state: { value: 42 }, ended: true }, "text/plain": "probe 42" };
  writeNotebook(server.work, "saved.ipynb", ["probe"], [{ output_type: "display_data", metadata: {}, data }]);
  // JupyterLab learns its language when it is loaded.
  await page.goto("about:blank");
  await openNotebook(page, server.url, "saved.ipynb");
  const raise = probes().getByRole("button", { name: "raise" });
  expect(await raise.getAttribute("title")).toBe("需要正在运行的内核：请运行此单元格后再使用");
  expect(await probes().getAttribute("lang")).toBe("zh");
}, 60_000);
