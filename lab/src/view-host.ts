/**
 * What a renderer is given: the element, the state, the channel, the texts, the theme, Vega. Everything that it obtains here
 * ends with the drawing, so that a view which is closed leaves nothing behind.
 */
import { announce } from "./announcer.ts";
import type { ViewLink } from "./link.ts";
import type { Dispose, VegaView, ViewHost } from "./registry.ts";
import type { Language, Say } from "./strings/index.ts";
import { currentTheme, onThemeChange, prefersReducedMotion } from "./theme.ts";

/** How much is drawn in this page now; what has ended is not counted. */
export const drawn = { views: 0, charts: 0 };

/** One drawing of one state. */
export class Drawing<State> implements ViewHost<State> {
  readonly element: HTMLElement;
  readonly state: State;
  readonly channel: ViewLink<State>;
  readonly language: Language;
  readonly text: Say;
  readonly #ends: Dispose[] = [];
  #isDisposed = false;

  constructor(element: HTMLElement, state: State, channel: ViewLink<State>, language: Language, text: Say) {
    this.element = element;
    this.state = state;
    this.channel = channel;
    this.language = language;
    this.text = text;
    drawn.views += 1;
  }

  get theme(): "light" | "dark" {
    return currentTheme();
  }
  get reducedMotion(): boolean {
    return prefersReducedMotion();
  }

  onThemeChange(listener: (theme: "light" | "dark") => void): Dispose {
    const end = onThemeChange(listener);
    this.onDispose(end);
    return end;
  }

  announce(text: string): void {
    if (!this.#isDisposed) announce(text);
  }

  needsKernel(control: HTMLButtonElement | HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): void {
    const own = { title: control.title, disabled: control.disabled };
    let wasOpen = true;
    const follow = (): void => {
      const { isOpen } = this.channel;
      if (isOpen !== wasOpen) {
        if (wasOpen) Object.assign(own, { title: control.title, disabled: control.disabled });
        else Object.assign(control, own);
      }
      wasOpen = isOpen;
      if (isOpen) return;
      control.disabled = true;
      control.title = this.channel.why;
    };
    follow();
    this.onDispose(this.channel.onChange(follow));
  }

  async embedVega(element: HTMLElement, spec: object, options: { readonly renderer?: "canvas" | "svg" } = {}): Promise<VegaView> {
    const { embed } = await import("./vega.ts");
    const view = await embed(element, spec, options.renderer ?? "svg");
    drawn.charts += 1;
    const finalize = view.finalize.bind(view);
    let isFinal = false;
    view.finalize = () => {
      if (isFinal) return;
      isFinal = true;
      drawn.charts -= 1;
      finalize();
    };
    this.onDispose(() => view.finalize());
    return view;
  }

  onDispose(dispose: Dispose): void {
    if (this.#isDisposed) dispose();
    else this.#ends.push(dispose);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    drawn.views -= 1;
    for (const end of this.#ends.splice(0).reverse()) end();
  }
}
