/** Live panels in a real JupyterLab: what is read of one in the page, and how a notebook is made to run and come back. */
/// <reference lib="dom" />
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { LabServer } from "./lab-server.ts";

export const VIEW = "application/vnd.nabla.view.v1+json";

/** The panel of the notebook that is in front. */
export const panelOf = (page: Page): Locator => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nabla-live");

/** What a panel says of itself: status, rows, messages, how often a chart was made. */
export const factsOf = (panel: Locator): Promise<Record<string, string>> => panel.evaluate((element) => ({ ...(element as HTMLElement).dataset }) as Record<string, string>);

/** Waits for a status. */
export const untilStatus = async (panel: Locator, status: string, timeout = 30_000): Promise<void> => {
  await expect.poll(async () => (await panel.count()) === 1 && (await factsOf(panel))["status"], { timeout }).toBe(status);
};

/** How many rows the panel has been told of. */
export const rowsOf = async (panel: Locator): Promise<number> => ((await panel.count()) === 1 ? Number((await factsOf(panel))["rows"] ?? 0) : 0);

/** The curves as they are listed: their newest value as text, the number of points there are and of those that the page has. */
export const curvesOf = (panel: Locator): Promise<Record<string, { value: string; count: number; shown: number }>> =>
  panel.locator(".nabla-live-number[data-name]").evaluateAll((elements) => Object.fromEntries((elements as HTMLElement[]).map((element) => [
    element.dataset["name"]!, { value: element.querySelector("dd")!.textContent!, count: Number(element.dataset["count"]), shown: Number(element.dataset["shown"]) },
  ])));

/** Starts a cell and does not wait for its end. */
export async function startCell(page: Page, index: number): Promise<void> {
  await page.evaluate(async (at) => {
    const { content } = (window as any).jupyterapp.shell.currentWidget;
    content.activeCellIndex = at;
    await content.scrollToItem(at, "start");
    void (window as any).jupyterapp.commands.execute("notebook:run-cell");
  }, index);
}

/** Waits until the kernel of the notebook in front is idle. */
export const untilIdle = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => (window as any).jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status === "idle", undefined, { timeout: 60_000 });

/** Loads the page anew, as the browser's button does; nothing is asked and nothing is saved. */
export async function reload(page: Page, server: LabServer, name: string): Promise<void> {
  await page.evaluate(() => window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true }));
  await page.goto(`${server.url}/lab/tree/${name}`);
  await page.waitForFunction((wanted) => {
    const panel = (window as any).jupyterapp?.shell.currentWidget;
    return panel?.context?.path === wanted && panel.context.isReady && panel.sessionContext.session?.kernel !== undefined;
  }, name, { timeout: 60_000 });
}

/** How much the extension draws in this page now. */
export const drawn = (page: Page): Promise<{ views: number; charts: number }> =>
  page.evaluate(() => ({ ...(globalThis as unknown as Record<symbol, { drawn: { views: number; charts: number } }>)[Symbol.for("nabla.lab")]!.drawn }));
