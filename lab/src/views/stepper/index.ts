/**
 * The back-propagation stepper: the graph of a computation, a bar of steps, and what happens in each. Everything is in the
 * state, so it works in a saved notebook without a kernel.
 */
import type { StepperState } from "../../../../src/view/states/stepper.ts";
import { html } from "../../graph/svg.ts";
import type { ViewHost, ViewInstance, ViewRenderer } from "../../registry.ts";
import { Explanation } from "./explanation.ts";
import { StepperPicture } from "./picture.ts";
import { progressAfter } from "./progress.ts";

/** How long a step stays while it plays. Milliseconds. */
const STEP_TIME = 1400;
/** The drawing is made smaller to fit, but not beyond what can be read. */
const SMALLEST_SCALE = 0.62;

class Stepper {
  readonly #host: ViewHost<StepperState>;
  readonly #picture: StepperPicture;
  readonly #explanation: Explanation;
  readonly #scroller = html("div", "nabla-stepper-scroller");
  readonly #bar = html("div", "nabla-stepper-bar");
  readonly #position = html("input", "nabla-stepper-position");
  readonly #counter = html("output", "nabla-stepper-counter");
  readonly #buttons: Readonly<Record<"first" | "back" | "play" | "next" | "last", HTMLButtonElement>>;
  readonly #root = html("div", "nabla-stepper");
  #taken = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ViewHost<StepperState>) {
    this.#host = host;
    const { state } = host;
    this.#picture = new StepperPicture(state, host.text);
    this.#explanation = new Explanation(state, host.text);
    this.#buttons = {
      first: this.#button("first", "|◀", () => this.#go(0)),
      back: this.#button("back", "◀", () => this.#go(this.#taken - 1)),
      play: this.#button("play", "", () => this.#toggle()),
      next: this.#button("next", "▶", () => this.#go(this.#taken + 1)),
      last: this.#button("last", "▶|", () => this.#go(state.steps.length)),
    };
    this.#drawPlay();
    Object.assign(this.#position, { type: "range", min: "0", max: String(state.steps.length), step: "1", value: "0" });
    this.#position.setAttribute("aria-label", host.text("stepper.position"));
    this.#position.addEventListener("input", () => this.#go(Number(this.#position.value)));
    const { first, back, play, next, last } = this.#buttons;
    this.#bar.append(first, back, next, last, play, this.#position, this.#counter);
    this.#bar.setAttribute("role", "toolbar");
    this.#bar.setAttribute("aria-label", host.text("stepper.toolbar"));
    this.#scroller.append(this.#picture.element);
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute("role", "region");
    this.#scroller.setAttribute("aria-label", host.text("stepper.graph", { name: state.result }));
    this.#root.append(this.#bar, this.#scroller, this.#explanation.element);
    this.#root.addEventListener("keydown", (event) => this.#onKey(event));
    host.element.append(this.#root);
    const fit = new ResizeObserver(() => this.#fit());
    fit.observe(host.element);
    host.onDispose(() => {
      fit.disconnect();
      this.#pause();
    });
    this.#fit();
    this.#show();
  }

  #button(name: "first" | "back" | "play" | "next" | "last", sign: string, act: () => void): HTMLButtonElement {
    const button = html("button", `nabla-stepper-${name}`, sign);
    button.type = "button";
    button.title = this.#host.text(`stepper.${name}`);
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", act);
    return button;
  }

  /** Arrow keys, Home, End and the space bar, wherever the focus is in the view. */
  #onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.altKey || event.ctrlKey || event.metaKey || target === this.#position) return;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowRight: () => this.#go(this.#taken + 1),
      ArrowLeft: () => this.#go(this.#taken - 1),
      Home: () => this.#go(0),
      End: () => this.#go(this.#host.state.steps.length),
      ...(target.tagName === "BUTTON" ? {} : { " ": () => this.#toggle() }),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #toggle(): void {
    if (this.#timer !== undefined) return this.#pause();
    if (this.#taken === this.#host.state.steps.length) this.#move(0);
    this.#timer = setInterval(() => {
      this.#move(this.#taken + 1);
      if (this.#taken === this.#host.state.steps.length) this.#pause();
    }, STEP_TIME);
    this.#drawPlay();
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#drawPlay();
  }

  #drawPlay(): void {
    const isPlaying = this.#timer !== undefined;
    const text = this.#host.text(isPlaying ? "stepper.pause" : "stepper.play");
    this.#buttons.play.replaceChildren(isPlaying ? "❚❚ " : "▷ ", text);
    this.#buttons.play.title = text;
    this.#buttons.play.setAttribute("aria-label", text);
  }

  /** Goes to a step because somebody asked for it. */
  #go(taken: number): void {
    this.#pause();
    this.#move(taken);
  }

  #move(taken: number): void {
    const clamped = Math.max(0, Math.min(this.#host.state.steps.length, taken));
    if (clamped === this.#taken) return;
    this.#taken = clamped;
    this.#show();
    this.#host.announce(this.#explanation.sentence);
  }

  #show(): void {
    const { state } = this.#host;
    const progress = progressAfter(state, this.#taken);
    const current = this.#picture.show(progress);
    this.#explanation.show(progress.step);
    this.#position.value = String(this.#taken);
    this.#counter.textContent = this.#host.text("stepper.counter", { step: this.#taken, steps: state.steps.length });
    this.#root.dataset["step"] = String(this.#taken);
    this.#root.dataset["steps"] = String(state.steps.length);
    const { first, back, next, last } = this.#buttons;
    first.disabled = back.disabled = this.#taken === 0;
    next.disabled = last.disabled = this.#taken === state.steps.length;
    if (current !== undefined) this.#bringIntoSight(current);
  }

  /** Scrolls the drawing, and nothing around it. */
  #bringIntoSight(box: SVGGElement): void {
    const [seen, place] = [this.#scroller.getBoundingClientRect(), box.getBoundingClientRect()];
    const by = (low: number, high: number, from: number, to: number): number => (from < low ? from - low - 20 : to > high ? to - high + 20 : 0);
    const [left, top] = [by(seen.left, seen.right, place.left, place.right), by(seen.top, seen.bottom, place.top, place.bottom)];
    if (left !== 0 || top !== 0) this.#scroller.scrollBy({ left, top, behavior: this.#host.reducedMotion ? "instant" : "smooth" });
  }

  /** Makes the drawing as wide as there is room. */
  #fit(): void {
    const { width, height } = this.#host.state;
    const room = this.#host.element.clientWidth || width;
    const scale = Math.max(SMALLEST_SCALE, Math.min(1, room / width));
    this.#picture.element.setAttribute("width", String(Math.floor(width * scale)));
    this.#picture.element.setAttribute("height", String(Math.floor(height * scale)));
  }
}

export const stepperRenderer: ViewRenderer<StepperState> = {
  kind: "stepper",
  render(host): ViewInstance<StepperState> {
    void new Stepper(host);
    return {};
  },
};
