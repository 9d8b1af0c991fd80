/** A network that learns two classes of points before one's eyes. It is trained by the kernel; here its moments are drawn. */
import type { ClassifierFrame, ClassifierMessage, ClassifierPoints, ClassifierState, PlaneBounds } from "../../../../src/view/states/classifier.ts";
import type { ViewHost, ViewRenderer } from "../../registry.ts";
import { copyButton, filledIn } from "../playground/code.ts";
import { drawControls } from "../playground/controls.ts";
import { heading, resetButton } from "../playground/index.ts";
import { lossCurve } from "./loss-curve.ts";
import { icon } from "./icons.ts";
import { drawNetwork } from "./network.ts";
import type { UnitPlace } from "./network.ts";
import { levelsOf, paintGround, paintLevels, paintPoints } from "./paint.ts";

/** How often the page says that it looks on, while the network trains. Milliseconds. */
const WATCH_INTERVAL = 2000;
/** Where things should not move, a moment is drawn so often at most. Milliseconds. */
const CALM_INTERVAL = 1000;
/** How often a screen reader hears how far it is. Milliseconds. */
const SAY_INTERVAL = 8000;

export const classifierRenderer: ViewRenderer<ClassifierState> = {
  kind: "classifier",
  render(host) {
    const drawing = new ClassifierDrawing(host);
    host.channel.onMessage((message) => drawing.told(message as unknown as ClassifierMessage));
    host.onThemeChange(() => drawing.draw());
    return { update: (state) => drawing.update(state) };
  },
};

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

const percent = (part: number | null): string => (part === null ? "–" : `${(100 * part).toFixed(1)} %`);
const threeDigits = (loss: number | null): string => (loss === null ? "–" : loss.toFixed(3));

class ClassifierDrawing {
  readonly #host: ViewHost<ClassifierState>;
  #code: string;
  #points: ClassifierPoints;
  #bounds: PlaneBounds;
  #frame: ClassifierFrame;
  #looked: UnitPlace | undefined;
  #drawnAt = -Infinity;
  #saidAt = 0;
  #isVisible = true;
  #next: number | undefined;
  readonly #controls;
  readonly #network;
  readonly #curve;
  readonly #play = element("button", "nabla-play");
  readonly #numbers = element("div", "nabla-numbers");
  readonly #ground = element("canvas", "nabla-ground");
  readonly #dots = element("canvas", "nabla-points");
  readonly #legend = element("div", "nabla-field-legend");
  readonly #problem = element("p", "nabla-problem");
  readonly #showTest = element("input", "");
  readonly #program = element("code", "");

  constructor(host: ViewHost<ClassifierState>) {
    const { state } = host;
    this.#host = host;
    [this.#code, this.#points, this.#bounds, this.#frame] = [state.code, state.points, state.bounds, state.frame];
    host.element.setAttribute("role", "group");
    host.element.setAttribute("aria-label", state.title ?? host.text("classifier.name"));
    if (state.title !== undefined) host.element.append(heading(state.title));
    const settings = element("div", "nabla-settings");
    this.#controls = drawControls(host, settings, state.controls, (name, value) => {
      host.channel.event("set", { name, value });
      this.#showProgram();
    });
    this.#controls.show(state.values);
    this.#network = drawNetwork(host, (place) => {
      this.#looked = place;
      this.#drawField();
    });
    this.#curve = lossCurve(host);
    host.element.append(settings, this.#transport(), this.#problem, this.#stage(), this.#details());
    this.#watch();
    this.#showProgram();
    this.draw();
  }

  update(state: ClassifierState): void {
    [this.#code, this.#points, this.#bounds, this.#frame] = [state.code, state.points, state.bounds, state.frame];
    this.#controls.show(state.values);
    this.#showProgram();
    this.draw();
  }

  told({ values, isEcho, points, bounds, frame }: ClassifierMessage): void {
    if (values !== undefined) this.#controls.show(values, isEcho);
    if (points !== undefined) this.#points = points;
    if (bounds !== undefined) this.#bounds = bounds;
    if (frame !== undefined) this.#frame = frame;
    this.#showProgram();
    const isCalm = this.#host.reducedMotion && this.#frame.running && performance.now() - this.#drawnAt < CALM_INTERVAL;
    if (!isCalm) this.draw();
    this.#say();
  }

  /** Draws the moment with the next picture of the screen; of many moments the last. */
  draw(): void {
    this.#next ??= requestAnimationFrame(() => {
      this.#next = undefined;
      this.#drawnAt = performance.now();
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { running, step, trainLoss, testLoss, accuracy, curve, problem } = this.#frame;
    const { text, language } = this.#host;
    this.#host.element.dataset["step"] = String(step);
    this.#host.element.dataset["running"] = String(running);
    this.#play.replaceChildren(icon(running ? "pause" : "play"), text(running ? "classifier.pause" : "classifier.play"));
    const rows: [string, string, string][] = [
      ["step", text("classifier.steps"), step.toLocaleString(language)],
      ["trainLoss", text("classifier.trainLoss"), threeDigits(trainLoss)],
      ["testLoss", text("classifier.testLoss"), threeDigits(testLoss)],
      ["accuracy", text("classifier.accuracy"), percent(accuracy)],
    ];
    this.#numbers.replaceChildren(...rows.map(([name, term, value]) => {
      const row = element("div", `nabla-number nabla-number-${name}`, element("span", "nabla-number-term", term), element("span", "nabla-number-value", value));
      row.dataset["number"] = name;
      return row;
    }));
    this.#problem.textContent = problem ?? (trainLoss === null ? text("classifier.diverged") : "");
    this.#problem.hidden = this.#problem.textContent === "";
    this.#network.show(this.#frame);
    this.#curve.show(curve);
    this.#drawField();
  }

  #drawField(): void {
    const { layers, field, step, trainLoss, accuracy } = this.#frame;
    const { text, theme } = this.#host;
    const looked = this.#looked;
    const unit = looked && layers[looked.layer]?.maps[looked.unit];
    if (unit !== undefined && looked !== undefined) {
      paintLevels(this.#ground, levelsOf(unit.map), theme, 0.9);
      this.#legend.textContent = text("classifier.unitIs", { unit: looked.unit + 1, layer: looked.layer + 1, low: unit.low, high: unit.high });
    } else {
      paintGround(this.#ground, levelsOf(field), theme);
      this.#legend.textContent = text("classifier.outputIs");
    }
    paintPoints(this.#dots, { train: this.#points.train, test: this.#showTest.checked ? this.#points.test : [] }, this.#bounds, theme);
    this.#dots.setAttribute("aria-label", text("classifier.field", { step, points: this.#points.train.length / 3, loss: threeDigits(trainLoss), right: percent(accuracy) }));
  }

  #transport(): HTMLElement {
    const [host, play] = [this.#host, this.#play];
    const button = (name: "step" | "restart"): HTMLButtonElement => {
      const made = element("button", "", icon(name), host.text(`classifier.${name}`));
      made.addEventListener("click", () => host.channel.event(name));
      return made;
    };
    play.addEventListener("click", () => host.channel.event(this.#frame.running ? "pause" : "play"));
    const row = element("div", "nabla-transport", play, button("step"), button("restart"), resetButton(host));
    for (const each of row.querySelectorAll("button")) {
      each.type = "button";
      host.needsKernel(each);
    }
    return row;
  }

  #stage(): HTMLElement {
    this.#dots.setAttribute("role", "img");
    this.#showTest.type = "checkbox";
    this.#showTest.addEventListener("change", () => this.#drawField());
    const field = element("div", "nabla-field", this.#ground, this.#dots);
    const showTest = element("label", "nabla-show-test", this.#showTest, this.#host.text("classifier.showTest"));
    const plane = element("div", "nabla-plane", field, this.#legend, showTest);
    return element("div", "nabla-stage", this.#network.element, plane, element("div", "nabla-progress-side", this.#numbers, this.#curve.element));
  }

  #details(): HTMLElement {
    const details = element("details", "nabla-program", element("summary", "", this.#host.text("classifier.code")), element("pre", "", this.#program));
    const copy = copyButton(this.#host, () => this.#program.textContent ?? "");
    return element("div", "nabla-program-row", details, copy);
  }

  #showProgram(): void {
    this.#program.textContent = filledIn(this.#code, this.#controls.values);
  }

  /** Says now and then that somebody looks on; a network that nobody sees does not train. */
  #watch(): void {
    const host = this.#host;
    const tell = (): void => {
      if (this.#frame.running && this.#isVisible && !document.hidden) host.channel.event("watch");
    };
    const timer = setInterval(tell, WATCH_INTERVAL);
    const observer = new IntersectionObserver((entries) => {
      this.#isVisible = entries.some(({ isIntersecting }) => isIntersecting);
      tell();
    });
    observer.observe(host.element);
    document.addEventListener("visibilitychange", tell);
    host.channel.onChange(tell);
    host.onDispose(() => {
      clearInterval(timer);
      observer.disconnect();
      document.removeEventListener("visibilitychange", tell);
      if (this.#next !== undefined) cancelAnimationFrame(this.#next);
    });
  }

  #say(): void {
    const { running, step, trainLoss, accuracy } = this.#frame;
    if (running && performance.now() - this.#saidAt < SAY_INTERVAL) return;
    this.#saidAt = performance.now();
    this.#host.announce(this.#host.text("classifier.said", { step, loss: threeDigits(trainLoss), right: percent(accuracy) }));
  }
}
