/**
 * The live panel of a run: curves that grow, numbers as text, buttons that act on the loop, pictures. Drawn from its state
 * alone when there is no kernel; then the buttons are off and everything else works.
 */
import type { LiveMessage, LivePicture, LiveState, LiveStatus } from "../../../../src/view/states/live.ts";
import type { ViewHost, ViewInstance, ViewRenderer } from "../../registry.ts";
import { LiveChart, paneTitle } from "./chart.ts";
import { Curves } from "./curves.ts";
import { partDone, progressParts, readable, spoken, valueAt } from "./numbers.ts";
import { COLOURS } from "./spec.ts";
import type { Place } from "./spec.ts";

/** Between two changes of the numbers, in milliseconds: faster cannot be read. */
const NUMBERS_INTERVAL = 120;
/** A run without epochs is announced so often, in milliseconds. */
const ANNOUNCE_INTERVAL = 15_000;

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, text = ""): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

class LivePanel implements ViewInstance<LiveState> {
  readonly #host: ViewHost<LiveState>;
  readonly #curves: Curves;
  readonly #chart: LiveChart;
  readonly #title = make("h3", "nabla-live-title");
  readonly #status = make("span", "nabla-live-status");
  readonly #pause = make("button", "nabla-live-button");
  readonly #stop = make("button", "nabla-live-button");
  readonly #progress = make("p", "nabla-live-progress");
  readonly #bar = make("div", "nabla-live-bar");
  readonly #numbers = make("dl", "nabla-live-numbers");
  readonly #figure = make("div", "nabla-live-figure");
  readonly #frame = make("div", "nabla-live-frame");
  readonly #pictures = make("div", "nabla-live-pictures");
  readonly #smooth = make("input", "");
  readonly #resize: ResizeObserver;
  #cursor: number | undefined;
  #messages = 0;
  #numbersTimer: ReturnType<typeof setTimeout> | undefined;
  #announcedAt = performance.now();
  #announcedEpoch: number | undefined;
  #shownStatus: LiveStatus | undefined;

  constructor(host: ViewHost<LiveState>) {
    this.#host = host;
    this.#curves = new Curves(host.state);
    const canvas = make("div", "nabla-live-chart");
    this.#chart = new LiveChart(host, this.#curves, canvas, () => this.#description(), (places, panes) => this.#placeToggles(places, panes));
    this.#build(canvas);
    this.#bindCursor();
    this.#resize = new ResizeObserver(() => this.#chart.drawSoon());
    this.#resize.observe(canvas);
    host.onThemeChange(() => this.#everything());
    host.onDispose(host.channel.onMessage((message) => this.#take(message as unknown as LiveMessage)));
    for (const button of [this.#pause, this.#stop]) host.needsKernel(button);
    host.onDispose(host.channel.onChange(() => this.#showNumbers()));
    this.#announcedEpoch = this.#curves.progress.epoch;
    this.#shownStatus = this.#curves.progress.status;
    this.#everything();
  }

  get settled(): Promise<void> {
    return this.#chart.settled;
  }

  update(state: LiveState): void {
    this.#curves.reset(state);
    this.#everything();
    this.#announce();
  }

  snapshot(): LiveState {
    return this.#curves.snapshot();
  }

  dispose(): void {
    clearTimeout(this.#numbersTimer);
    this.#resize.disconnect();
    this.#chart.dispose();
  }

  #take(message: LiveMessage): void {
    this.#curves.apply(message);
    this.#messages += 1;
    this.#chart.drawSoon();
    this.#numbersTimer ??= setTimeout(() => this.#showNumbers(), NUMBERS_INTERVAL);
    if (message.pictures.length > 0) this.#showPictures();
    if (message.progress.status !== this.#shownStatus) this.#showNumbers();
    this.#announce();
  }

  #everything(): void {
    this.#chart.draw();
    this.#showNumbers();
    this.#showPictures();
  }

  #build(canvas: HTMLElement): void {
    const { element } = this.#host;
    element.setAttribute("role", "group");
    const controls = make("div", "nabla-live-controls");
    for (const button of [this.#pause, this.#stop]) button.type = "button";
    this.#pause.addEventListener("click", () => this.#host.channel.event(this.#curves.progress.status === "paused" ? "continue" : "pause"));
    this.#stop.addEventListener("click", () => this.#host.channel.event("stop"));
    this.#stop.textContent = this.#host.text("live.stop");
    controls.append(this.#status, this.#pause, this.#stop);
    const head = make("div", "nabla-live-head");
    head.append(this.#title, controls);
    this.#bar.append(make("div", "nabla-live-done"));
    this.#bar.setAttribute("role", "progressbar");
    this.#bar.setAttribute("aria-label", this.#host.text("live.done"));
    this.#bar.setAttribute("aria-valuemin", "0");
    this.#bar.setAttribute("aria-valuemax", "100");
    const options = make("div", "nabla-live-options");
    const label = make("label", "nabla-live-toggle");
    this.#smooth.type = "checkbox";
    this.#smooth.checked = true;
    this.#smooth.addEventListener("change", () => (this.#chart.isSmooth = this.#smooth.checked));
    label.append(this.#smooth, this.#host.text("live.smooth"));
    options.append(label);
    this.#frame.append(canvas);
    this.#figure.append(this.#frame);
    element.replaceChildren(head, this.#progress, this.#bar, this.#numbers, this.#figure, options, this.#pictures);
  }

  /** The pointer, or the arrow keys, mark a step whose values the numbers then show. */
  #bindCursor(): void {
    const frame = this.#frame;
    frame.tabIndex = 0;
    frame.setAttribute("role", "slider");
    frame.setAttribute("aria-label", this.#host.text("live.cursor"));
    frame.addEventListener("pointermove", ({ clientX, clientY }) => {
      const { left, top } = frame.getBoundingClientRect();
      this.#mark(this.#chart.stepAt(clientX - left, clientY - top));
    });
    frame.addEventListener("pointerleave", () => this.#mark(undefined));
    frame.addEventListener("blur", () => this.#mark(undefined));
    frame.addEventListener("keydown", (event) => {
      const longest = this.#curves.all.reduce<readonly number[]>((most, { steps }) => (steps.length > most.length ? steps : most), []);
      const [first, last] = [longest[0], longest.at(-1)];
      if (first === undefined || last === undefined) return;
      const at = this.#cursor === undefined ? longest.length - 1 : longest.findIndex((step) => step >= this.#cursor!);
      const far = Math.max(1, Math.round(longest.length / 20));
      const moves: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -far, PageUp: far, Home: -longest.length, End: longest.length };
      if (event.key === "Escape") this.#mark(undefined);
      else if (moves[event.key] === undefined) return;
      else this.#mark(longest[Math.min(longest.length - 1, Math.max(0, at + moves[event.key]!))]);
      event.preventDefault();
      event.stopPropagation();
    });
  }

  #mark(step: number | undefined): void {
    if (step === this.#cursor) return;
    this.#cursor = step;
    this.#chart.cursor = step;
    this.#showNumbers();
  }

  #showNumbers(): void {
    clearTimeout(this.#numbersTimer);
    this.#numbersTimer = undefined;
    const { text, language, channel, element } = this.#host;
    const { progress } = this.#curves;
    const { status } = progress;
    const goes = status === "running" || status === "paused";
    const title = this.#curves.title ?? text("live.title");
    this.#title.textContent = title;
    element.setAttribute("aria-label", title);
    this.#shownStatus = status;
    this.#status.textContent = goes && !channel.isOpen ? text("live.status.unconnected") : text(`live.status.${status}`);
    this.#status.dataset["status"] = status;
    this.#pause.textContent = text(status === "paused" ? "live.continue" : "live.pause");
    for (const button of [this.#pause, this.#stop]) {
      button.hidden = !goes && channel.isOpen;
      if (!channel.isOpen) continue;
      button.disabled = !goes;
      button.title = "";
    }
    const reason = progress.reason === undefined ? [] : [progress.reason];
    this.#progress.textContent = [...progressParts(progress, text, language), ...reason].join(" · ");
    const done = partDone(progress);
    this.#bar.hidden = done === undefined;
    const percent = Math.round(100 * (done ?? 0));
    this.#bar.setAttribute("aria-valuenow", String(percent));
    (this.#bar.firstElementChild as HTMLElement).style.width = `${100 * (done ?? 0)}%`;
    this.#showValues();
    this.#smooth.parentElement!.hidden = this.#curves.all.every(({ trend }) => trend.steps.length === 0);
    Object.assign(element.dataset, { status, rows: String(progress.rows), messages: String(this.#messages) });
  }

  /** The value of each curve: its newest, or that at the marked step. */
  #showValues(): void {
    const { text, theme } = this.#host;
    const cursor = this.#cursor;
    const entries = this.#curves.panes.flatMap((pane) => this.#curves.of(pane).map((curve, place) => ({ curve, place })));
    while (this.#numbers.childElementCount > entries.length + 1) this.#numbers.lastElementChild!.remove();
    const step = this.#cell(0, this.#curves.xTitle, readable(cursor ?? this.#curves.progress.step));
    step.classList.add("nabla-live-at");
    const spokenValues = entries.map(({ curve, place }, at) => {
      const shown = readable(cursor === undefined ? curve.last : valueAt(curve, cursor)?.value);
      const element = this.#cell(at + 1, curve.name, shown);
      element.style.setProperty("--nabla-live-colour", COLOURS[theme][place % COLOURS[theme].length]!);
      element.classList.toggle("nabla-live-bad", /NaN|∞/.test(shown));
      Object.assign(element.dataset, { name: curve.name, count: String(curve.count), shown: String(curve.steps.length) });
      return `${curve.name} ${shown}`;
    });
    const [first, last] = this.#curves.span ?? [0, 0];
    const frame = this.#frame;
    frame.setAttribute("aria-valuemin", String(first));
    frame.setAttribute("aria-valuemax", String(last));
    frame.setAttribute("aria-valuenow", String(cursor ?? last));
    frame.setAttribute("aria-valuetext", text("live.at", { axis: this.#curves.xTitle, step: cursor ?? last, values: spokenValues.join(", ") }));
  }

  #cell(at: number, name: string, value: string): HTMLElement {
    let element = this.#numbers.children[at] as HTMLElement | undefined;
    if (element === undefined) {
      element = make("div", "nabla-live-number");
      element.append(make("dt", ""), make("dd", ""));
      this.#numbers.append(element);
    }
    const [term, description] = element.children as unknown as [HTMLElement, HTMLElement];
    if (term.textContent !== name) term.textContent = name;
    if (description.textContent !== value) description.textContent = value;
    return element;
  }

  /** A switch for the kind of axis at the upper right corner of each pane. */
  #placeToggles(places: readonly Place[], panes: readonly string[]): void {
    Object.assign(this.#host.element.dataset, { embeds: String(this.#chart.embeds), theme: this.#host.theme });
    for (const old of [...this.#figure.querySelectorAll(".nabla-live-log")]) if (!panes.includes((old as HTMLElement).dataset["pane"]!)) old.remove();
    panes.forEach((pane, i) => {
      const place = places[i]!;
      let label = [...this.#figure.querySelectorAll<HTMLElement>(".nabla-live-log")].find((each) => each.dataset["pane"] === pane);
      if (label === undefined) {
        label = make("label", "nabla-live-toggle nabla-live-log");
        label.dataset["pane"] = pane;
        const box = document.createElement("input");
        box.type = "checkbox";
        box.checked = this.#chart.isLog(pane);
        box.setAttribute("aria-label", this.#host.text("live.logOf", { pane: paneTitle(this.#host, pane) }));
        box.addEventListener("change", () => this.#chart.setLog(pane, box.checked));
        label.append(box, this.#host.text("live.log"));
        this.#figure.append(label);
      }
      Object.assign(label.style, { left: `${place.x + place.width}px`, top: `${place.y - 24}px` });
    });
  }

  #showPictures(): void {
    const { pictures } = this.#curves;
    this.#pictures.hidden = pictures.length === 0;
    for (const picture of pictures) this.#showPicture(picture);
    for (const old of [...this.#pictures.children] as HTMLElement[]) if (!pictures.some(({ name }) => name === old.dataset["name"])) old.remove();
  }

  #showPicture({ name, step, url, text, width, height }: LivePicture): void {
    let figure = ([...this.#pictures.children] as HTMLElement[]).find((each) => each.dataset["name"] === name);
    if (figure === undefined) {
      figure = make("figure", "nabla-live-picture");
      figure.dataset["name"] = name;
      figure.append(make("img", ""), make("figcaption", ""));
      this.#pictures.append(figure);
    }
    const image = figure.querySelector("img")!;
    // The address comes from a notebook, which may be anybody's: a picture in it, and nothing that is fetched.
    if (url.startsWith("data:image/png;base64,") && image.src !== url) image.src = url;
    Object.assign(image, { alt: text, width, height });
    figure.dataset["step"] = String(step ?? "");
    figure.querySelector("figcaption")!.textContent = step === undefined ? name : `${name} · ${this.#curves.xTitle} ${step}`;
  }

  #description(): string {
    const { text, language } = this.#host;
    return `${this.#curves.title ?? text("live.title")}: ${spoken(this.#curves.progress, this.#curves.all, text, language)}`;
  }

  /** Tells a screen reader of a new epoch, of another status, and now and then of a run without epochs. */
  #announce(): void {
    const { progress } = this.#curves;
    const { text, language } = this.#host;
    const now = performance.now();
    const isNewEpoch = progress.epoch !== undefined && Math.floor(progress.epoch) !== Math.floor(this.#announcedEpoch ?? NaN);
    const isOver = progress.status !== "running" && this.#host.element.dataset["announced"] !== progress.status;
    if (!isOver && !isNewEpoch && (progress.epoch !== undefined || now - this.#announcedAt < ANNOUNCE_INTERVAL)) return;
    this.#host.element.dataset["announced"] = progress.status;
    this.#announcedAt = now;
    this.#announcedEpoch = progress.epoch;
    const said = spoken(progress, this.#curves.all, text, language);
    this.#host.announce(progress.status === "running" ? said : `${text(`live.status.${progress.status}`)}: ${said}`);
  }
}

export const liveRenderer: ViewRenderer<LiveState> = {
  kind: "live",
  async render(host) {
    const panel = new LivePanel(host);
    await panel.settled;
    return panel;
  },
};
