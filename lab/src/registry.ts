/**
 * Kinds of views: what a renderer is given and what it gives back. A renderer draws a state with plain DOM; it needs no
 * kernel to draw, and asks for more over its channel where one answers.
 */
import type { Json } from "../../src/view/wire.ts";
import type { StringKey } from "./strings/index.ts";

/** Ends something: a listener, a drawing. */
export type Dispose = () => void;

/** The way to the library; open while a kernel that holds the view answers. */
export interface ViewChannel {
  readonly isOpen: boolean;
  /** Asks the library; rejects with the library's own words, or because the channel is closed. */
  request(name: string, params?: Json): Promise<Json>;
  /** As `request`, for an answer with binary data beside it. */
  requestData(name: string, params?: Json): Promise<{ readonly value: Json; readonly buffers: readonly DataView[] }>;
  /** Tells the library; does nothing while the channel is closed. */
  event(name: string, params?: Json): void;
  /** Calls back for each message of the library's, in order and once each. */
  onMessage(listener: (message: Json) => void): Dispose;
  /** Calls back when the channel opens or closes, and when the library has nothing more to say by itself. */
  onChange(listener: () => void): Dispose;
  /** Whether the library has said that nothing more comes by itself. */
  readonly isEnded: boolean;
}

/** A chart that Vega draws; the members of its View that are used. */
export interface VegaView {
  change(name: string, changes: unknown): VegaView;
  changeset(): VegaChangeset;
  insert(name: string, rows: readonly object[]): VegaView;
  data(name: string): object[];
  data(name: string, rows: readonly object[]): VegaView;
  signal(name: string): unknown;
  signal(name: string, value: unknown): VegaView;
  addSignalListener(name: string, listener: (name: string, value: unknown) => void): VegaView;
  addEventListener(type: string, listener: (event: Event, item: unknown) => void): VegaView;
  width(): number;
  width(pixels: number): VegaView;
  height(pixels: number): VegaView;
  resize(): VegaView;
  runAsync(): Promise<VegaView>;
  toImageURL(type: "png" | "svg", scale?: number): Promise<string>;
  finalize(): unknown;
}
export interface VegaChangeset {
  insert(rows: readonly object[]): VegaChangeset;
  remove(rows: unknown): VegaChangeset;
}

/** What a renderer works with. Everything that it obtains here is ended with the view, by itself. */
export interface ViewHost<State> {
  /** Empty, the view's own. */
  readonly element: HTMLElement;
  readonly state: State;
  readonly channel: ViewChannel;
  /** A text of the page's side in JupyterLab's language; `{name}` in it is filled in. */
  text(key: StringKey, values?: Readonly<Record<string, string | number>>): string;
  /** The language of the texts. */
  readonly language: "en" | "zh";
  readonly theme: "light" | "dark";
  onThemeChange(listener: (theme: "light" | "dark") => void): Dispose;
  /** Whether nothing may move by itself. */
  readonly reducedMotion: boolean;
  /** Says something to a screen reader when it has finished its sentence; of many in one second, the last. */
  announce(text: string): void;
  /** Disables a control while no channel answers, and says why in its tooltip. */
  needsKernel(control: HTMLButtonElement | HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): void;
  /** Draws a Vega-Lite or Vega specification in the theme's colours with the extension's own Vega; finalised with the view, or by `finalize()` before. An SVG (the default) follows a change of theme by itself; a canvas must be embedded again, and is better where thousands of marks change often. */
  embedVega(element: HTMLElement, spec: object, options?: { readonly renderer?: "canvas" | "svg" }): Promise<VegaView>;
  /** Runs something when the view ends. */
  onDispose(dispose: Dispose): void;
}

/** A view that is drawn. */
export interface ViewInstance<State> {
  /** The state is another one. Without this the view is drawn anew. */
  update?(state: State): void;
  /** What is drawn, as a state. Asked for when the library has gone in the middle of a live view, so that the document keeps it. */
  snapshot?(): object;
  /** Ends timers, observers and whatever else the renderer began by itself. */
  dispose?(): void;
}

/** Draws the views of one kind. */
export interface ViewRenderer<State> {
  readonly kind: string;
  render(host: ViewHost<State>): ViewInstance<State> | Promise<ViewInstance<State>>;
}

/** Loads a renderer when the first view of its kind is there. */
export type LoadRenderer = () => Promise<ViewRenderer<never>>;
