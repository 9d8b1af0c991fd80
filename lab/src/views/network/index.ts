/**
 * A network: the table of its layers, its graph that folds and unfolds, and the details of the layer that is chosen. Without a
 * kernel the ways of folding that the notebook holds can be seen; others are asked for.
 */
import type { NetworkDrawing, NetworkState } from "../../../../src/view/states/network.ts";
import { html } from "../../graph/svg.ts";
import type { ViewHost, ViewInstance, ViewRenderer } from "../../registry.ts";
import { layerDetails } from "./details.ts";
import { networkGraph } from "./graph.ts";
import { layerTable } from "./table.ts";

/** The drawing is made smaller to fit, but not beyond what can be read. */
const SMALLEST_SCALE = 0.6;

const sameMembers = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((id) => b.includes(id));

function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

class NetworkView {
  readonly #host: ViewHost<NetworkState>;
  readonly #graph = html("div", "nabla-network-graph");
  readonly #table: HTMLTableElement;
  readonly #details = html("div", "nabla-network-chosen");
  readonly #fewer: HTMLButtonElement;
  readonly #more: HTMLButtonElement;
  readonly #problem = html("p", "nabla-note");
  #drawing: NetworkDrawing | undefined;
  #chosen: string | undefined;

  constructor(host: ViewHost<NetworkState>) {
    this.#host = host;
    const { state, text } = host;
    this.#table = layerTable(state, text, (path) => this.#choose(path));
    this.#fewer = this.#button("network.foldMore", "−", () => this.#level(-1));
    this.#more = this.#button("network.unfoldMore", "+", () => this.#level(1));
    const head = html("div", "nabla-network-head", html("strong", "", state.name), ` ${this.#totals()}`);
    const root = html("div", "nabla-network", head);
    if (state.note === "no-example") root.append(html("p", "nabla-note", text("network.noExample")));
    if (state.note === "too-large") root.append(html("p", "nabla-note", text(state.levels.length === 0 ? "network.tooLarge" : "network.partly")));
    const sides = html("div", "nabla-network-sides");
    if (state.levels.length > 0) {
      if (state.levels.length > 1) head.append(html("span", "nabla-network-folding", text("network.folding"), this.#fewer, this.#more));
      this.#graph.tabIndex = 0;
      this.#graph.setAttribute("role", "region");
      this.#graph.setAttribute("aria-label", text("network.graph", { name: state.name }));
      sides.append(this.#graph);
    }
    const scroller = html("div", "nabla-network-layers", this.#table);
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "region");
    scroller.setAttribute("aria-label", text("network.table", { name: state.name }));
    sides.append(scroller);
    root.append(this.#problem, sides, this.#details);
    host.element.append(root);
    const fit = new ResizeObserver(() => this.#fit());
    fit.observe(this.#graph);
    host.onDispose(() => fit.disconnect());
    host.onDispose(host.channel.onChange(() => this.#redraw()));
    if (state.levels.length > 0) this.#draw(state.levels[state.level]!);
    const first = state.layers.find(({ tensors }) => tensors.length > 0) ?? state.layers[0];
    if (first !== undefined) this.#choose(first.path);
  }

  #totals(): string {
    const { state, text } = this.#host;
    const frozen = state.parameters - state.trainable;
    const counts = text("network.totals", { count: state.parameters.toLocaleString("en-US"), size: bytesText(state.bytes) });
    return frozen === 0 ? counts : `${counts}, ${text("network.totalFrozen", { count: frozen.toLocaleString("en-US") })}`;
  }

  #button(key: "network.foldMore" | "network.unfoldMore", sign: string, act: () => void): HTMLButtonElement {
    const button = html("button", "", sign);
    button.type = "button";
    button.title = this.#host.text(key);
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", act);
    return button;
  }

  /** Which of the saved levels unfolds just these modules. */
  #savedLevel(open: readonly string[]): number {
    return this.#host.state.levels.findIndex((level) => sameMembers(level.open, open));
  }

  /** To the next saved level that unfolds more, or less, than now. */
  #level(by: 1 | -1): void {
    const { levels } = this.#host.state;
    const now = this.#drawing!.open.length;
    const next = by > 0 ? levels.find(({ open }) => open.length > now) : levels.findLast(({ open }) => open.length < now);
    if (next !== undefined) this.#draw(next);
  }

  #redraw(): void {
    if (this.#drawing !== undefined) this.#draw(this.#drawing);
  }

  #draw(drawing: NetworkDrawing): void {
    const { state, text, channel } = this.#host;
    this.#drawing = drawing;
    this.#problem.textContent = "";
    const picture = networkGraph(drawing, state.name, text, {
      choose: (path) => this.#choose(path),
      toggle: (id) => {
        const open = drawing.open.includes(id) ? drawing.open.filter((other) => other !== id) : [...drawing.open, id];
        const saved = this.#savedLevel(open);
        if (saved >= 0) return () => this.#draw(state.levels[saved]!);
        return channel.isOpen ? () => void this.#ask(open) : undefined;
      },
    });
    this.#graph.replaceChildren(picture);
    this.#graph.dataset["open"] = String(drawing.open.length);
    this.#fewer.disabled = !state.levels.some(({ open }) => open.length < drawing.open.length);
    this.#more.disabled = !state.levels.some(({ open }) => open.length > drawing.open.length);
    this.#fit();
    this.#mark();
  }

  /** Asks the library for the graph folded in another way. */
  async #ask(open: readonly string[]): Promise<void> {
    try {
      this.#draw((await this.#host.channel.request("fold", { open })) as unknown as NetworkDrawing);
    } catch (error) {
      this.#problem.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  #choose(path: string): void {
    const layer = this.#host.state.layers.find((each) => each.path === path);
    if (layer === undefined) return;
    const isNew = this.#chosen !== undefined;
    this.#chosen = path;
    this.#details.replaceChildren(layerDetails(layer, this.#host.text));
    this.#mark();
    if (isNew) this.#host.announce(this.#host.text("network.details", { name: layer.path === "" ? layer.label : layer.path }));
  }

  /** Shows in the table and in the graph what is chosen. */
  #mark(): void {
    for (const row of this.#table.tBodies[0]!.rows) {
      const isChosen = row.dataset["path"] === this.#chosen;
      row.classList.toggle("nabla-network-is-chosen", isChosen);
      row.querySelector("button")!.setAttribute("aria-pressed", String(isChosen));
    }
    for (const box of this.#graph.querySelectorAll<SVGGElement>("[data-path]")) box.classList.toggle("nabla-network-is-chosen", box.dataset["path"] === this.#chosen);
  }

  /** Makes the drawing as wide as there is room. */
  #fit(): void {
    const picture = this.#graph.querySelector("svg");
    if (picture === null || this.#drawing === undefined) return;
    const { width, height } = this.#drawing;
    this.#graph.style.flexBasis = `${width + 20}px`;
    const room = this.#graph.clientWidth || width;
    const scale = Math.max(SMALLEST_SCALE, Math.min(1, room / width));
    picture.setAttribute("width", String(Math.floor(width * scale)));
    picture.setAttribute("height", String(Math.floor(height * scale)));
  }
}

export const networkRenderer: ViewRenderer<NetworkState> = {
  kind: "network",
  render(host): ViewInstance<NetworkState> {
    void new NetworkView(host);
    return {};
  },
};
