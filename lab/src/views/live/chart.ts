/**
 * The drawn chart of a live panel: embedded once, then fed. What is new of a curve is inserted into the standing chart;
 * only another set of panes, another kind of axis or another theme makes a new one.
 */
import type { VegaView, ViewHost } from "../../registry.ts";
import { isStringKey } from "../../strings/index.ts";
import type { LiveState } from "../../../../src/view/states/live.ts";
import { nearest, rangeOf } from "./curves.ts";
import type { Curve, Curves } from "./curves.ts";
import { chartSpec, placesOf } from "./spec.ts";
import type { Place } from "./spec.ts";

/** A curve of no more points shows each of them. */
const FEW = 30;
/** Between two drawings, in milliseconds: a run is watched, not counted. */
const DRAW_INTERVAL = 80;

/** A point of a curve as the chart has it. */
interface Row { readonly s: string; readonly x: number; readonly y: number | null }

/** What the page calls a pane: its words for one of the library's, or the name that the learner has given. */
export function paneTitle(host: ViewHost<LiveState>, pane: string): string {
  const key = `live.pane.${pane}`;
  return isStringKey(key) ? host.text(key) : pane;
}

export class LiveChart {
  readonly #host: ViewHost<LiveState>;
  readonly #curves: Curves;
  readonly #element: HTMLElement;
  /** Panes whose vertical axis is logarithmic. */
  readonly #log: Set<string>;
  readonly #describe: () => string;
  readonly #onPlaces: (places: readonly Place[], panes: readonly string[]) => void;
  #view: VegaView | undefined;
  /** What the chart that stands was made for. */
  #made = "";
  #panes: readonly string[] = [];
  #places: readonly Place[] = [];
  #isSmooth = true;
  #cursor: number | undefined;
  #drawnAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #work: Promise<void> = Promise.resolve();
  #isDisposed = false;
  /** How many charts have been made. */
  embeds = 0;

  /**
   * @param describe the chart in words
   * @param onPlaces told where the panes stand
   */
  constructor(host: ViewHost<LiveState>, curves: Curves, element: HTMLElement, describe: () => string, onPlaces: (places: readonly Place[], panes: readonly string[]) => void) {
    this.#host = host;
    this.#curves = curves;
    this.#element = element;
    this.#describe = describe;
    this.#onPlaces = onPlaces;
    this.#log = new Set(curves.log);
  }

  get places(): readonly Place[] {
    return this.#places;
  }
  isLog(pane: string): boolean {
    return this.#log.has(pane);
  }
  get isSmooth(): boolean {
    return this.#isSmooth;
  }
  set isSmooth(on: boolean) {
    this.#isSmooth = on;
    this.draw();
  }

  setLog(pane: string, on: boolean): void {
    if (on) this.#log.add(pane);
    else this.#log.delete(pane);
    this.draw();
  }

  /** Marks a step in every pane; undefined marks none. */
  set cursor(step: number | undefined) {
    if (step === this.#cursor) return;
    this.#cursor = step;
    this.draw();
  }

  /** The step at a place in the chart, in pixels; undefined outside the panes. */
  stepAt(x: number, y: number): number | undefined {
    const span = this.#curves.span;
    const place = this.#places.find((each) => x >= each.x - 4 && x <= each.x + each.width + 4 && y >= each.y && y <= each.y + each.height);
    if (span === undefined || place === undefined) return undefined;
    const [from, to] = xRange(span);
    const wanted = from + ((x - place.x) / place.width) * (to - from);
    const steps = this.#curves.all.reduce<readonly number[]>((longest, curve) => (curve.steps.length > longest.length ? curve.steps : longest), []);
    return steps[nearest(steps, wanted)];
  }

  /** The chart is brought up to what is known, soon. */
  drawSoon(): void {
    this.#timer ??= setTimeout(() => this.draw(), Math.max(0, this.#drawnAt + DRAW_INTERVAL - performance.now()));
  }

  /** The chart is brought up to what is known. */
  draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnAt = performance.now();
    // One after the other: a chart may still be being made.
    this.#work = this.#work.then(() => this.#bringUp()).catch((error: unknown) => console.error("A live chart could not be drawn:", error));
  }

  /** Ends when everything asked for so far stands there. */
  get settled(): Promise<void> {
    return this.#work;
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#view?.finalize();
  }

  async #bringUp(): Promise<void> {
    const width = Math.floor(this.#element.clientWidth);
    const panes = this.#curves.panes;
    if (this.#isDisposed || width === 0 || panes.length === 0) return;
    const { places, height, across } = placesOf(panes.length, width);
    const wanted = JSON.stringify([panes, panes.map((pane) => this.#log.has(pane)), this.#host.theme, this.#curves.xTitle, across]);
    if (wanted !== this.#made) await this.#make(wanted, panes, height);
    const view = this.#view;
    if (view === undefined) return;
    if (view.width() !== width) view.width(width).height(height).resize();
    if (JSON.stringify(places) !== JSON.stringify(this.#places)) {
      this.#places = places;
      places.forEach((place, i) => view.signal(`place${i}`, place));
      this.#onPlaces(places, panes);
    }
    this.#feed(view);
    await view.runAsync();
  }

  async #make(wanted: string, panes: readonly string[], height: number): Promise<void> {
    this.#view?.finalize();
    this.#view = undefined;
    this.#made = wanted;
    this.#panes = panes;
    this.#places = [];
    for (const curve of this.#curves.all) curve.drawn = 0;
    // What stood there keeps its height: nothing below it jumps.
    this.#element.style.height = `${height}px`;
    this.#element.replaceChildren();
    const spec = chartSpec(panes.map((pane) => ({ name: paneTitle(this.#host, pane), isLog: this.#log.has(pane) })), this.#curves.xTitle, this.#host.theme, this.#describe());
    this.#view = await this.#host.embedVega(this.#element, spec, { renderer: "canvas" });
    this.embeds += 1;
  }

  #feed(view: VegaView): void {
    const span = this.#curves.span;
    if (span !== undefined) view.signal("xRange", xRange(span));
    view.signal("smooth", this.#isSmooth);
    view.signal("trended", this.#curves.all.filter(({ trend }) => trend.steps.length > 0).map(({ name }) => name));
    view.change("cursor", view.changeset().remove(() => true).insert(this.#cursor === undefined ? [] : [{ x: this.#cursor }]));
    this.#panes.forEach((pane, i) => {
      const curves = this.#curves.of(pane);
      view.signal(`names${i}`, curves.map(({ name }) => name));
      view.signal(`range${i}`, rangeOf(curves, this.#log.has(pane)) ?? [0.1, 1]);
      this.#feedPane(view, i, curves.filter(({ drawn, steps }) => drawn !== steps.length));
    });
  }

  /** Inserts what is new of a pane's curves. A data set takes one set of changes at a time: the last one given wins. */
  #feedPane(view: VegaView, i: number, changed: readonly Curve[]): void {
    if (changed.length === 0) return;
    const names = new Set(changed.map(({ name }) => name));
    const afresh = new Set(changed.filter(({ drawn }) => drawn === 0).map(({ name }) => name));
    const rows = ({ name, steps, values }: Curve, from: number): Row[] => steps.slice(from).map((x, at) => ({ s: name, x, y: values[from + at]! }));
    const replace = (data: string, among: ReadonlySet<string>, more: readonly Row[]): void => {
      const changes = view.changeset().insert(more);
      view.change(`${data}${i}`, among.size === 0 ? changes : changes.remove((row: Row) => among.has(row.s)));
    };
    replace("points", afresh, changed.flatMap((curve) => rows(curve, curve.drawn)));
    // A few dozen each, which take each other's place.
    replace("trend", names, changed.flatMap(({ name, trend }) => trend.steps.flatMap((x, at): Row[] => (x === null ? [] : [{ s: name, x, y: trend.values[at]! }]))));
    replace("dots", names, changed.flatMap((curve) => (curve.steps.length <= FEW ? rows(curve, 0) : [])));
    for (const curve of changed) curve.drawn = curve.steps.length;
  }
}

/** The range of the horizontal axis: of one step, a little on both sides. */
function xRange([first, last]: readonly [number, number]): readonly [number, number] {
  return first < last ? [first, last] : [first - 1, last + 1];
}
