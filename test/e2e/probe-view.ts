/**
 * A kind of view for tests of the extension itself, in a real JupyterLab: it shows its state, all messages it has heard, a
 * chart, and a button for each way of speaking to the library.
 */
/// <reference lib="dom" />
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { paths } from "../../setup/paths.mjs";

/** Runs in the page before anything else: makes the test's kind of view known as soon as the extension is there. */
export function probeKind(): void {
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
/** The first cell of a notebook with probes. */
export const setup = `import { View } from ${JSON.stringify(viewModule)};
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
export const stream = `const live = probe(true);
live.view.show();
while (!live.isStopped()) { live.step(); await new Promise((r) => setTimeout(r, 50)); }
live.view.end();`;

/** The probes of the notebook that is in front. */
export const probesOf = (page: Page): Locator => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nabla-probe");

/** What a probe has been told, in order. */
export const toldTo = async (probe: Locator): Promise<number[]> => ((await probe.getAttribute("data-told")) ?? "").split(",").filter(Boolean).map(Number);

/** Waits until something of a probe is so. */
export const until = (probe: Locator, what: string, value: string): Promise<void> =>
  expect.poll(() => probe.getAttribute(`data-${what}`), { timeout: 15_000 }).toBe(value) as unknown as Promise<void>;
