/**
 * The extension in a real JupyterLab: a saved view is drawn read-only, a running one is told and tells, and neither a reload,
 * a closed tab, a second notebook nor a restarted kernel loses or leaks anything. The kind of view is the test's own: it
 * shows its state, all messages it has heard, a chart, and a button for each way of speaking to the library.
 */
/// <reference lib="dom" />
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { jupyterEnvironment } from "../../setup/environment.mjs";
import { paths } from "../../setup/paths.mjs";
import { prepare } from "../../setup/prepare.mjs";
import { seriousViolations } from "./accessibility.ts";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { cells, command, openNotebook, runCell, useTheme } from "./notebook-page.ts";

const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");
const MIME = "application/vnd.nabla.view.v1+json";

/** Runs in the page before anything else: makes the test's kind of view known as soon as the extension is there. */
function probeKind(): void {
  interface Host {
    readonly element: HTMLElement;
    readonly state: { value: number };
    readonly channel: { isOpen: boolean; isEnded: boolean; event(name: string, params?: unknown): void; requestData(name: string, params?: unknown): Promise<{ value: unknown; buffers: DataView[] }>; onMessage(f: (message: { value: number }) => void): void; onChange(f: () => void): void };
    needsKernel(control: HTMLElement): void;
    text(key: string): string;
    embedVega(element: HTMLElement, spec: object): Promise<unknown>;
  }
  const render = (host: Host): object => {
    const value = document.createElement("output");
    const heard = document.createElement("span");
    const button = (label: string, press: () => void): void => {
      const made = document.createElement("button");
      made.textContent = label;
      made.addEventListener("click", press);
      host.needsKernel(made);
      host.element.append(made);
    };
    const told: number[] = [];
    const update = (state: { value: number }): void => {
      value.textContent = String(state.value);
    };
    update(host.state);
    host.element.append(value, heard);
    button("raise", () => host.channel.event("raise", { by: 10 }));
    button("stop", () => host.channel.event("stop"));
    button("ask", () => void host.channel.requestData("bytes").then(({ buffers }) => (heard.textContent += ` bytes ${buffers[0]!.getFloat64(0, true)}`)));
    host.channel.onMessage((message) => {
      told.push(message.value);
      update(message);
      host.element.dataset["told"] = told.join();
    });
    const follow = (): void => {
      host.element.dataset["open"] = String(host.channel.isOpen);
      host.element.dataset["ended"] = String(host.channel.isEnded);
    };
    host.channel.onChange(follow);
    follow();
    const chart = document.createElement("div");
    host.element.append(chart);
    void host.embedVega(chart, { width: 120, height: 60, data: { values: [{ a: 1, b: 2 }, { a: 2, b: 1 }] }, mark: "bar", encoding: { x: { field: "a", type: "ordinal" }, y: { field: "b", type: "quantitative" } }, description: "two bars" });
    return { update };
  };
  let face: { kinds: Record<string, unknown> } | undefined;
  Object.defineProperty(globalThis, Symbol.for("nabla.lab"), {
    get: () => face,
    set: (made: { kinds: Record<string, unknown> }) => {
      face = made;
      made.kinds["probe"] = async () => ({ kind: "probe", render });
    },
  });
}

const viewModule = pathToFileURL(path.join(paths.dist, "src", "view", "index.js")).href;
const setup = `import { View } from ${JSON.stringify(viewModule)};
const probe = (live: boolean) => {
  let value = 1, isStopped = false;
  const view: any = new View<{ value: number }>({
    kind: "probe", live, state: () => ({ value }),
    fallback: () => ({ text: "probe " + value, spec: { $schema: "https://vega.github.io/schema/vega-lite/v5.json", description: "probe", data: { values: [{ a: value }] }, mark: "bar", encoding: { x: { field: "a", type: "quantitative" } } } }),
    requests: { bytes: () => ({ value: null, buffers: [new Float64Array([value + 0.5])] }) },
    events: { raise: ({ by }: { by: number }) => { value += by; view.send({ value }); }, stop: () => { isStopped = true; } },
  });
  return { view, step: () => { value += 1; view.send({ value }); }, isStopped: () => isStopped };
};`;
/** A stream that goes on until somebody presses its button. */
const stream = `const live = probe(true);
live.view.show();
while (!live.isStopped()) { live.step(); await new Promise((r) => setTimeout(r, 50)); }
live.view.end();`;

let server: LabServer;
let browser: Browser;
let page: Page;

function writeNotebook(name: string, sources: readonly string[], outputs: readonly object[] = []): void {
  const cells = sources.map((source, index) => ({ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: index === 0 ? outputs : [], source }));
  const kernelspec = { name: "nabla", display_name: "TypeScript (Nabla)", language: "typescript" };
  writeFileSync(path.join(server.work, name), JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
}

interface SavedOutput {
  readonly data?: Readonly<Record<string, any>>;
}
const savedOutputs = (name: string, cell: number): SavedOutput[] =>
  (JSON.parse(readFileSync(path.join(server.work, name), "utf8")) as { cells: { outputs: SavedOutput[] }[] }).cells[cell]!.outputs;

const probes = (within: Page = page): Locator => within.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nabla-probe");
const drawn = (within: Page = page): Promise<{ views: number; charts: number }> =>
  within.evaluate(() => ({ ...(globalThis as unknown as Record<symbol, { drawn: { views: number; charts: number } }>)[Symbol.for("nabla.lab")]!.drawn }));
/** What the probe has been told, in order. */
const told = async (probe: Locator = probes()): Promise<number[]> => ((await probe.getAttribute("data-told")) ?? "").split(",").filter(Boolean).map(Number);
/** Waits until something of the first probe is so. */
const until = (probe: Locator, what: string, value: string): Promise<void> =>
  expect.poll(() => probe.getAttribute(`data-${what}`), { timeout: 15_000 }).toBe(value) as unknown as Promise<void>;

/** Starts a cell and does not wait for its end. */
async function startCell(index: number): Promise<void> {
  await page.evaluate((at) => {
    const panel = (window as any).jupyterapp.shell.currentWidget;
    panel.content.activeCellIndex = at;
    void (window as any).jupyterapp.commands.execute("notebook:run-cell");
  }, index);
}

/** Loads the page anew, as the browser's button does, with its tabs; nothing is asked and nothing is saved. */
async function reload(name: string): Promise<void> {
  await page.evaluate(() => window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true }));
  await page.goto(`${server.url}/lab/tree/${name}`);
  await page.waitForFunction((wanted) => {
    const panel = (window as any).jupyterapp?.shell.currentWidget;
    return panel?.context?.path === wanted && panel.context.isReady && panel.sessionContext.session?.kernel !== undefined;
  }, name, { timeout: 60_000 });
}

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

it("JupyterLab finds the extension, enabled and well", async () => {
  const { jupyter } = await prepare();
  const { stdout, stderr } = spawnSync(jupyter, ["labextension", "list"], { env: { ...jupyterEnvironment(), HOME: server.home }, encoding: "utf8" });
  // Jupyter writes this list to stderr.
  expect((stdout + stderr).replaceAll(/\x1b\[\d+m/g, "")).toMatch(/nabla-lab v[\d.]+ +enabled +OK/);
});

it("a saved notebook that nobody trusts shows its views, read-only, with the reason", async () => {
  const saved = { output_type: "display_data", metadata: {}, data: { [MIME]: { kind: "probe", id: "from-a-file", seq: 3, state: { value: 42 }, ended: true }, "text/plain": "probe 42" } };
  writeNotebook("saved.ipynb", ["probe"], [saved, { ...saved, data: { ...saved.data, [MIME]: { ...saved.data[MIME], kind: "of tomorrow" } } }]);
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
  expect((await cells(page))[0]!.outputs).toEqual(savedOutputs("saved.ipynb", 0));
}, 60_000);

it("a view that runs is told and tells, in one drawing, and cells that run again leave nothing behind", async () => {
  writeNotebook("running.ipynb", [setup, "const first = probe(false); first.view", "first.step(); first.step()"]);
  await openNotebook(page, server.url, "running.ipynb");
  await runCell(page, 0);
  const before = await drawn();
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
  await expect.poll(() => savedOutputs("running.ipynb", 1).length, { timeout: 10_000 }).toBe(1);
  expect(await seriousViolations(page)).toEqual([]);
  for (const theme of ["Light", "Dark"] as const) {
    await useTheme(page, `JupyterLab ${theme}`);
    await page.screenshot({ path: path.join(screenshots, `lab-extension-${theme.toLowerCase()}.png`) });
  }
  await useTheme(page, "JupyterLab Light");

  for (let run = 0; run < 4; run++) await runCell(page, 1);
  await expect.poll(() => drawn(), { timeout: 5000 }).toEqual({ views: before.views + 1, charts: before.charts + 1 });
  const openComms = (): Promise<number> => page.evaluate(async () => {
    const { content } = await (window as any).jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestCommInfo({ target_name: "nabla.view" });
    return Object.keys(content.comms).length;
  });
  await expect.poll(openComms, { timeout: 5000 }).toBe(1);
  await command(page, "notebook:clear-all-cell-outputs");
  await expect.poll(openComms, { timeout: 5000 }).toBe(0);
  expect(await drawn()).toEqual(before);
}, 90_000);

/** Stops the stream, and expects its end in the page and, whole and with its picture, in the file's second cell. @returns How many messages there were. */
async function stopAndFind(name: string): Promise<number> {
  await probes().getByRole("button", { name: "stop" }).click();
  await until(probes(), "ended", "true");
  await expect.poll(() => savedOutputs(name, 1)[0]?.data?.[MIME].ended, { timeout: 15_000 }).toBe(true);
  const [output, ...others] = savedOutputs(name, 1);
  expect(others).toEqual([]);
  const { seq, state } = output!.data![MIME];
  expect(state).toEqual({ value: seq + 1 });
  expect(output!.data!["image/png"].length).toBeGreaterThan(1000);
  expect(output!.data!["text/plain"]).toEqual([`probe ${seq + 1}`]);
  expect(await probes().locator("output").innerText()).toBe(String(seq + 1));
  return seq;
}

it("a reload in the middle of a stream loses nothing, and the end is in the file with its picture", async () => {
  writeNotebook("stream.ipynb", [setup, stream]);
  await openNotebook(page, server.url, "stream.ipynb");
  await runCell(page, 0);
  await startCell(1);
  await expect.poll(async () => (await told()).length, { timeout: 15_000 }).toBeGreaterThan(20);
  // The document was saved when the stream began: what is loaded anew knows the view, and nothing that it was told since.
  await expect.poll(() => savedOutputs("stream.ipynb", 1)[0]?.data?.[MIME].seq, { timeout: 10_000 }).toBe(0);
  await reload("stream.ipynb");
  await until(probes(), "open", "true");
  await expect.poll(async () => (await told()).length).toBeGreaterThan(20);
  const seq = await stopAndFind("stream.ipynb");
  expect(await told()).toEqual(Array.from({ length: seq }, (_, i) => i + 2));
}, 90_000);

it("a view whose output is not in the file is put back into its cell, after its tab was closed too", async () => {
  writeNotebook("missing.ipynb", [setup, stream]);
  await openNotebook(page, server.url, "missing.ipynb");
  await runCell(page, 0);
  await startCell(1);
  await until(probes(), "open", "true");
  await expect.poll(() => savedOutputs("missing.ipynb", 1).length, { timeout: 10_000 }).toBe(1);
  const closing = command(page, "application:close");
  await page.getByRole("button", { name: "Discard" }).click();
  await closing;
  await expect.poll(() => drawn()).toEqual({ views: 0, charts: 0 });
  // As if it had never been saved.
  writeNotebook("missing.ipynb", [setup, stream]);
  await command(page, "docmanager:open", { path: "missing.ipynb" });
  await until(probes(), "open", "true");
  await stopAndFind("missing.ipynb");
}, 90_000);

it("a kernel that restarts leaves the view readable and says so; the other notebook's view goes on", async () => {
  for (const name of ["one.ipynb", "two.ipynb"]) {
    writeNotebook(name, [setup, stream]);
    if (name === "one.ipynb") await openNotebook(page, server.url, name);
    else {
      await command(page, "docmanager:open", { path: name });
      await page.waitForFunction(() => (window as any).jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === "idle", undefined, { timeout: 60_000 });
    }
    await runCell(page, 0);
    await startCell(1);
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
  await openNotebook(page, server.url, "saved.ipynb");
  const raise = probes().getByRole("button", { name: "raise" });
  expect(await raise.getAttribute("title")).toBe("需要正在运行的内核：请运行此单元格后再使用");
  expect(await probes().getAttribute("lang")).toBe("zh");
}, 60_000);
