/**
 * The feature-map explorer: the layers of a run, the maps of one, one map opened, one number of it and the sum that it is.
 * From its state alone it shows what was chosen last; with a kernel everything can be chosen.
 */
import type { FeatureChoice, FeatureExplanation, FeatureMap, FeaturesState, MapSheet } from "../../../../src/view/states/features.ts";
import type { Json } from "../../../../src/view/wire.ts";
import type { ViewHost, ViewInstance, ViewRenderer } from "../../registry.ts";
import { explain } from "./arithmetic.ts";
import { legend, make, showMap } from "./elements.ts";
import { OpenedMap } from "./opened-map.ts";

class FeatureExplorer implements ViewInstance<FeaturesState> {
  readonly #host: ViewHost<FeaturesState>;
  readonly #layers = make("select", "nabla-features-select");
  readonly #again = make("button", "nabla-features-button");
  readonly #title = make("h3", "");
  readonly #input = make("div", "nabla-features-example");
  readonly #grid = make("div", "nabla-features-grid");
  readonly #gridNote = make("p", "nabla-features-note");
  readonly #gridLegend = make("div", "");
  readonly #opened: OpenedMap;
  readonly #explained = make("section", "nabla-features-explained");
  readonly #trouble = make("p", "nabla-features-trouble");
  #state: FeaturesState;
  #choice: FeatureChoice;
  /** Of layers whose pictures came later. */
  readonly #sheets = new Map<number, MapSheet>();
  /** The newest question; an answer to an older one is not shown. */
  #asked = 0;

  constructor(host: ViewHost<FeaturesState>) {
    this.#host = host;
    this.#state = host.state;
    this.#choice = host.state.choice;
    this.#opened = new OpenedMap(host, (row, column) => void this.#choose({ ...this.#choice, row, column }));
    this.#build();
    this.#draw();
  }

  update(state: FeaturesState): void {
    this.#state = state;
    this.#choice = state.choice;
    this.#sheets.clear();
    this.#asked++;
    this.#draw();
  }

  #build(): void {
    const { element } = this.#host;
    element.setAttribute("role", "group");
    this.#again.type = "button";
    this.#again.textContent = this.#host.text("features.again");
    this.#again.title = this.#host.text("features.againHint");
    this.#again.addEventListener("click", () => void this.#ask("again", this.#choice).catch((error: unknown) => this.#fail(error)));
    this.#layers.addEventListener("change", () => void this.#openLayer(Number(this.#layers.value)));
    for (const control of [this.#again, this.#layers]) this.#host.needsKernel(control);
    const label = make("label", "nabla-features-layer", this.#host.text("features.layer"));
    label.append(this.#layers);
    const head = make("div", "nabla-features-head");
    head.append(this.#title, label, this.#again);
    const maps = make("section", "nabla-features-maps");
    maps.append(make("h4", "", this.#host.text("features.maps")), this.#grid, this.#gridNote, this.#gridLegend);
    const example = make("section", "");
    example.append(make("h4", "", this.#host.text("features.input")), this.#input);
    const body = make("div", "nabla-features-body");
    body.append(example, maps, this.#opened.element);
    this.#trouble.setAttribute("role", "alert");
    element.append(head, this.#trouble, body, this.#explained);
    // The maps are one stop of the tab key, arrows go from one to the next.
    this.#grid.setAttribute("role", "radiogroup");
    this.#grid.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined || !this.#host.channel.isOpen) return;
      event.preventDefault();
      const { count } = this.#sheet(this.#choice.layer)!;
      void this.#openMap((this.#choice.map + step + count) % count, true);
    });
    this.#host.onDispose(this.#host.channel.onChange(() => {
      this.#drawGrid();
      this.#askForNumbers();
    }));
  }

  #sheet(layer: number): MapSheet | undefined {
    return this.#sheets.get(layer) ?? this.#state.layers[layer]!.sheet ?? undefined;
  }

  #draw(): void {
    const { model, layers, input, map, explanation } = this.#state;
    const { text } = this.#host;
    this.#title.textContent = text("features.title");
    this.#host.element.setAttribute("aria-label", `${text("features.title")}: ${model}`);
    this.#layers.replaceChildren(...layers.map(({ name, label, shape }, i) => {
      const option = make("option", "", `${name} — ${label.startsWith(name) ? "" : `${label} `}[${shape.join(" × ")}]`);
      option.value = String(i);
      return option;
    }));
    this.#input.replaceChildren();
    for (let channel = 0; channel < Math.min(3, input?.count ?? 0); channel++) {
      const picture = make("div", "nabla-features-picture");
      showMap(picture, input!, channel, 96);
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", text("features.inputChannel", { channel }));
      this.#input.append(picture);
    }
    this.#input.parentElement!.hidden = input === null;
    this.#show(map, explanation);
    this.#askForNumbers();
  }

  /** The numbers of a map that is too large to be saved. */
  #askForNumbers(): void {
    if (this.#state.map.values === null && this.#host.channel.isOpen && this.#choice === this.#state.choice) void this.#choose(this.#choice);
  }

  /** Shows the present choice. */
  #show(map: FeatureMap, explanation: FeatureExplanation): void {
    const layer = this.#state.layers[this.#choice.layer]!;
    this.#trouble.textContent = "";
    this.#layers.value = String(this.#choice.layer);
    this.#drawGrid();
    this.#opened.show(layer.name, map, this.#choice);
    const { text } = this.#host;
    const { map: number, row, column } = this.#choice;
    const heading = make("h4", "", text("features.number", { layer: layer.name, map: number, row, column }));
    this.#explained.replaceChildren(heading, ...explain(explanation, this.#state.diverging, text));
    for (const [name, value] of Object.entries(this.#choice)) this.#explained.dataset[name] = String(value);
  }

  #drawGrid(): void {
    const { text, channel } = this.#host;
    const layer = this.#state.layers[this.#choice.layer]!;
    const sheet = this.#sheet(this.#choice.layer);
    if (sheet === undefined) return;
    const hadFocus = this.#grid.contains(document.activeElement);
    const longest = sheet.count <= 16 ? 64 : sheet.count <= 64 ? 48 : 32;
    this.#grid.setAttribute("aria-label", text("features.mapsOf", { layer: layer.name }));
    this.#grid.replaceChildren(...Array.from({ length: sheet.count }, (_, map) => {
      const button = make("button", "nabla-features-map");
      button.type = "button";
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", text("features.map", { map }));
      const isChosen = map === this.#choice.map;
      button.setAttribute("aria-checked", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      button.title = channel.isOpen ? text("features.map", { map }) : text("features.closed");
      button.disabled = !channel.isOpen && !isChosen;
      button.addEventListener("click", () => {
        if (channel.isOpen) void this.#openMap(map, true);
      });
      const picture = make("span", "nabla-features-picture");
      showMap(picture, sheet, map, longest);
      button.append(picture);
      return button;
    }));
    this.#gridNote.textContent = layer.maps > sheet.count ? text("features.more", { shown: sheet.count, all: layer.maps }) : "";
    this.#gridLegend.replaceChildren(legend(sheet.colours));
    if (hadFocus) this.#focusMap();
  }

  #focusMap(): void {
    this.#grid.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
  }

  async #ask<Answer>(name: string, params: object): Promise<Answer> {
    return (await this.#host.channel.request(name, params as Json)) as unknown as Answer;
  }

  async #openLayer(layer: number): Promise<void> {
    await this.#try(async () => {
      if (this.#sheet(layer) === undefined) this.#sheets.set(layer, await this.#ask<MapSheet>("sheet", { layer }));
      return this.#ask<FeatureChoice>("strongest", { layer, map: null });
    });
  }

  /** Opens a map at its largest number. */
  async #openMap(map: number, focus: boolean): Promise<void> {
    const { layer } = this.#choice;
    await this.#try(() => this.#ask<FeatureChoice>("strongest", { layer, map }));
    if (focus) this.#focusMap();
  }

  async #choose(choice: FeatureChoice): Promise<void> {
    await this.#try(() => Promise.resolve(choice));
  }

  /** Asks for everything about a choice and shows it, unless another was made meanwhile. */
  async #try(choose: () => Promise<FeatureChoice>): Promise<void> {
    const asked = ++this.#asked;
    try {
      const choice = await choose();
      const [map, explanation] = await Promise.all([this.#ask<FeatureMap>("map", choice), this.#ask<FeatureExplanation>("explanation", choice)]);
      if (asked !== this.#asked) return;
      this.#choice = choice;
      this.#host.channel.event("choose", { ...choice });
      this.#show(map, explanation);
      this.#host.announce(this.#explained.querySelector(".nabla-features-equation")?.textContent ?? "");
    } catch (error) {
      if (asked === this.#asked) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#trouble.textContent = error instanceof Error ? error.message : String(error);
    this.#layers.value = String(this.#choice.layer);
  }
}

export const featuresRenderer: ViewRenderer<FeaturesState> = {
  kind: "features",
  render: (host) => new FeatureExplorer(host),
};
