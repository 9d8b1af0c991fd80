/**
 * A notebook open in JupyterLab, and what a person sees of it: its outputs, the figures that are really drawn, errors.
 * JupyterLab's own application object (`--expose-app-in-browser`) runs commands; what is seen is read from the page.
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";

/** The parts of JupyterLab's application object that are used here. */
interface LabWindow {
  readonly jupyterapp: {
    readonly commands: { execute(command: string, args?: object): Promise<unknown> };
    readonly shell: { readonly currentWidget: NotebookPanel | null; widgets(area: "main"): Iterable<{ dispose(): void }> };
  };
}
interface NotebookPanel {
  readonly content: {
    readonly widgets: readonly CellWidget[];
    activeCellIndex: number;
    scrollToItem(index: number, align?: string): Promise<void>;
  };
  readonly context: { readonly path: string; readonly isReady: boolean; readonly model: { readonly dirty: boolean } };
  readonly sessionContext: { readonly session: { readonly kernel: { readonly name: string; readonly status: string } | null } | null };
}
interface CellWidget {
  readonly node: HTMLElement;
  readonly model: {
    readonly type: string;
    readonly trusted: boolean;
    getMetadata(key: "tags"): readonly string[] | undefined;
    readonly sharedModel: { getSource(): string; setSource(source: string): void };
    readonly outputs?: { toJSON(): Output[] };
  };
}

/** An output as nbformat has it. */
export interface Output {
  readonly output_type: string;
  readonly ename?: string;
  readonly evalue?: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Cell {
  readonly index: number;
  readonly type: string;
  readonly source: string;
  readonly trusted: boolean;
  readonly tags: readonly string[];
  readonly outputs: readonly Output[];
}

/** One figure as it stands on the page. */
export interface DrawnFigure {
  readonly cell: number;
  /** Which element shows it: a chart that Vega drew, a view of the extension, or a picture. */
  readonly element: "canvas" | "svg" | "view" | "img";
  readonly width: number;
  readonly height: number;
  /** How many colours are in it; an empty drawing has one. */
  readonly colours: number;
}

const chartTypes = ["application/vnd.vegalite.v5+json", "application/vnd.vega.v5+json"];
const pictureTypes = ["image/png", "image/jpeg", "image/svg+xml"];

/** Whether an output should be seen as a figure. */
export function isFigure({ data }: Output): boolean {
  return data !== undefined && [...chartTypes, ...pictureTypes].some((type) => type in data);
}

/** Whether an output should be drawn by Vega, or by the extension in its place. */
export function isChart({ data }: Output): boolean {
  return data !== undefined && chartTypes.some((type) => type in data);
}

/** Writes a notebook of code cells into a folder, the first cell with some outputs. */
export function writeNotebook(folder: string, name: string, sources: readonly string[], outputs: readonly object[] = []): void {
  const cells = sources.map((source, index) => ({ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: index === 0 ? outputs : [], source }));
  const kernelspec = { name: "nabla", display_name: "TypeScript (Nabla)", language: "typescript" };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
}

/** The outputs of a cell as they stand in the file. */
export function savedOutputs(folder: string, name: string, cell: number): { readonly data?: Readonly<Record<string, any>> }[] {
  return (JSON.parse(readFileSync(path.join(folder, name), "utf8")) as { cells: { outputs: { data?: Record<string, any> }[] }[] }).cells[cell]!.outputs;
}

/**
 * Opens a notebook of the server and waits until it stands there with its kernel connected. A page in which JupyterLab
 * is there already closes what was open, unsaved as it is, and goes on: to load all of JupyterLab takes seconds.
 */
export async function openNotebook(page: Page, serverUrl: string, notebook: string): Promise<void> {
  const place = notebook.split("/").map(encodeURIComponent).join("/");
  if (page.url().startsWith(`${serverUrl}/lab`)) {
    await page.evaluate(async (wanted) => {
      const { commands, shell } = (window as unknown as LabWindow).jupyterapp;
      for (const widget of [...shell.widgets("main")]) widget.dispose();
      await commands.execute("docmanager:open", { path: wanted });
    }, notebook);
  } else await page.goto(`${serverUrl}/lab/tree/${place}?reset`);
  await page.waitForFunction((wanted) => {
    const panel = (window as unknown as Partial<LabWindow>).jupyterapp?.shell.currentWidget;
    return panel?.context?.path === wanted && panel.context.isReady && panel.content.widgets.length > 0;
  }, notebook, { timeout: 60_000 });
  await page.waitForFunction(() => {
    const kernel = (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.sessionContext.session?.kernel;
    return kernel?.status === "idle";
  }, undefined, { timeout: 60_000 });
}

/** The name of the kernel that the open notebook runs on. */
export function kernelName(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.name);
}

/** The cells of the open notebook with their outputs as they are now. */
export function cells(page: Page): Promise<Cell[]> {
  return page.evaluate(() => {
    const panel = (window as unknown as LabWindow).jupyterapp.shell.currentWidget;
    return (panel?.content.widgets ?? []).map(({ model }, index) => ({
      index, type: model.type, source: model.sharedModel.getSource(), trusted: model.trusted, tags: model.getMetadata("tags") ?? [],
      outputs: model.outputs?.toJSON() ?? [],
    }));
  });
}

/** Whether the open notebook is not as it stands in its file. */
export function isChanged(page: Page): Promise<boolean | undefined> {
  return page.evaluate(() => (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.context.model.dirty);
}

/** What is wrong with the errors of the open notebook: one where none is meant, or none in a cell that shows one on purpose. */
export async function strayErrors(page: Page): Promise<string[]> {
  const wrong = (await cells(page)).filter(({ tags, outputs }) =>
    outputs.some(({ output_type }) => output_type === "error") !== tags.includes("raises-exception"));
  return wrong.map(({ index, source, outputs }) => `cell ${index}, ${source.split("\n")[0]}: ${JSON.stringify(outputs)}`);
}

/**
 * Runs a JupyterLab command and waits for its end.
 * @param within how long. Milliseconds.
 * @throws Error when it does not end, with what JupyterLab asks the person, where it asks something
 */
export async function command(page: Page, name: string, args: object = {}, within = 100_000): Promise<void> {
  const ran = page.evaluate(([id, given]) => (window as unknown as LabWindow).jupyterapp.commands.execute(id, given).then(() => undefined), [name, args] as const);
  // Of one that was given up, nobody wants to know how it fails.
  ran.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => void page.locator(".jp-Dialog").allInnerTexts().then((asked) =>
      reject(new Error(`JupyterLab's command ${name} has not ended after ${within / 1000} s; the page asks: ${asked.join("; ") || "nothing"}`)), reject), within);
  });
  await Promise.race([ran, late]).finally(() => clearTimeout(timer));
}

/** Clears all outputs, runs every cell from top to bottom, and waits until the kernel is idle. */
export async function runAll(page: Page): Promise<void> {
  await command(page, "notebook:clear-all-cell-outputs");
  await command(page, "notebook:run-all-cells", {}, 900_000);
  await page.waitForFunction(() => (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status === "idle");
}

/** Changes a cell's text. */
export async function setSource(page: Page, cell: number, source: string): Promise<void> {
  await page.evaluate(([index, text]) => {
    (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.content.widgets[index]?.model.sharedModel.setSource(text);
  }, [cell, source] as const);
}

/** Runs one cell and waits until the kernel is idle; scrolls to it. */
export async function runCell(page: Page, cell: number): Promise<void> {
  await page.evaluate(async (index) => {
    const content = (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.content;
    if (content === undefined) return;
    content.activeCellIndex = index;
    await content.scrollToItem(index, "center");
  }, cell);
  await command(page, "notebook:run-cell");
  await page.waitForFunction(() => (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status === "idle");
}

/** Scrolls to a cell and reads the figures that stand in its outputs; waits until `count` of them are drawn. */
async function figuresOf(page: Page, cell: number, count: number): Promise<DrawnFigure[]> {
  await page.evaluate(async (index) => {
    await (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.content.scrollToItem(index, "center");
  }, cell);
  const read = (index: number): DrawnFigure[] => {
    const node = (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.content.widgets[index]?.node;
    if (!node?.isConnected) return [];
    const coloursOf = (source: CanvasImageSource, width: number, height: number): number => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const context = canvas.getContext("2d");
      if (context === null) return 0;
      context.drawImage(source, 0, 0, width, height);
      return new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)).size;
    };
    const figures: DrawnFigure[] = [];
    const coloursOfSvg = (element: Element): number =>
      new Set([...element.querySelectorAll("[fill],[stroke]")].flatMap((mark) => [mark.getAttribute("fill"), mark.getAttribute("stroke")])).size;
    for (const element of node.querySelectorAll(".jp-OutputArea-output :is(canvas, svg.marks, img), .nabla-view")) {
      const [width, height] = [Math.round(element.getBoundingClientRect().width), Math.round(element.getBoundingClientRect().height)];
      if (width === 0 || height === 0 || element.parentElement?.closest(".nabla-view")) continue;
      if (element.matches(".nabla-view")) {
        // What a view draws of itself is its own affair; something has to be seen.
        const parts = [...element.querySelectorAll("canvas, svg")];
        const counts = parts.map((part) => (part instanceof HTMLCanvasElement ? (part.width * part.height === 0 ? 0 : coloursOf(part, part.width, part.height)) : coloursOfSvg(part)));
        figures.push({ cell: index, element: "view", width, height, colours: Math.max(0, ...counts) });
        continue;
      }
      if (element instanceof HTMLCanvasElement) figures.push({ cell: index, element: "canvas", width, height, colours: coloursOf(element, width, height) });
      else if (element instanceof HTMLImageElement) {
        if (element.complete && element.naturalWidth > 0) figures.push({ cell: index, element: "img", width, height, colours: coloursOf(element, width, height) });
      } else figures.push({ cell: index, element: "svg", width, height, colours: coloursOfSvg(element) });
    }
    return figures;
  };
  const deadline = Date.now() + 20_000;
  for (;;) {
    const figures = await page.evaluate(read, cell);
    if ((figures.length >= count && figures.every(({ colours }) => colours > 1)) || Date.now() > deadline) return figures;
    await page.waitForTimeout(100);
  }
}

/** The figures that are really drawn, cell by cell from top to bottom. */
export async function drawnFigures(page: Page): Promise<DrawnFigure[]> {
  const found: DrawnFigure[] = [];
  for (const { index, outputs } of await cells(page)) {
    const count = outputs.filter(isFigure).length;
    if (count > 0) found.push(...(await figuresOf(page, index, count)));
  }
  return found;
}

/** Scrolls so that the first output of which `wanted` is true stands in the middle of the page, drawn. */
export async function showFirst(page: Page, wanted: (output: Output) => boolean): Promise<void> {
  const cell = (await cells(page)).find(({ outputs }) => outputs.some(wanted));
  if (cell !== undefined) await figuresOf(page, cell.index, 1);
}

/** Puts the page into JupyterLab's light or dark theme. */
export async function useTheme(page: Page, theme: "JupyterLab Light" | "JupyterLab Dark"): Promise<void> {
  await command(page, "apputils:change-theme", { theme });
  await page.waitForFunction((name) => document.body.dataset["jpThemeName"] === name, theme);
  // A new theme covers the page with JupyterLab's splash screen for a moment.
  await page.waitForSelector("#jupyterlab-splash", { state: "detached" });
}
