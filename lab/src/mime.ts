/**
 * The renderer of the views' MIME type: draws what an output holds, at once and without a kernel, and follows the library
 * where one answers. It is safe (it runs nothing of the notebook's), so a notebook that is not trusted shows its views too.
 */
/// <reference path="./jupyterlab.d.ts" />
import { Widget } from "@lumino/widgets";
import type { SavedView } from "../../src/view/wire.ts";
import type { MimeModel, RendererFactory } from "./jupyterlab-types.ts";
import { ViewLink } from "./link.ts";
import type { PageViews } from "./page-views.ts";
import type { ViewInstance, ViewRenderer } from "./registry.ts";
import { Drawing } from "./view-host.ts";
import { kinds } from "./views/index.ts";

export const MIME = "application/vnd.nabla.view.v1+json";
/** Before Vega's 57, so that a bundle with a view and a chart shows the view. */
export const RANK = 40;

export class ViewWidget extends Widget {
  readonly #page: PageViews;
  #saved: SavedView | undefined;
  #link: ViewLink | undefined;
  #drawing: Drawing<unknown> | undefined;
  #instance: ViewInstance<unknown> | undefined;
  /** The newest state, while an older one is still being drawn. */
  #next: { readonly state: unknown } | undefined;
  #work: Promise<void> | undefined;
  #fallbackText = "";

  constructor(page: PageViews) {
    super();
    this.#page = page;
    this.addClass("nabla-view");
  }

  get viewId(): string | undefined {
    return this.#saved?.id;
  }
  get link(): ViewLink | undefined {
    return this.#link;
  }

  /** What is drawn, where its renderer can say, and how much of what the library has said is in it. */
  snapshot(): { readonly state: unknown; readonly seq: number } | undefined {
    if (this.#instance?.snapshot === undefined || this.#link === undefined) return undefined;
    return { state: this.#instance.snapshot(), seq: this.#link.seq };
  }

  /** Draws an output; called again by JupyterLab whenever the output has changed. */
  async renderModel(model: MimeModel): Promise<void> {
    const saved = model.data[MIME] as SavedView;
    this.#fallbackText = String(model.data["text/plain"] ?? "");
    const isSame = this.#saved?.id === saved.id;
    this.#saved = saved;
    if (isSame && this.#link !== undefined) {
      this.#link.takeState(saved.state, saved.seq, saved.ended === true);
    } else {
      this.#end();
      this.#saved = saved;
      this.node.dataset["nablaKind"] = saved.kind;
      this.#link = new ViewLink(saved.seq, saved.ended === true, (state) => this.#show(state), (because) => this.#page.text(`channel.${because}`));
      this.#show(saved.state);
      if (this.isAttached) this.#page.attach(this);
    }
    await this.#work;
  }

  protected override onAfterAttach(message: unknown): void {
    super.onAfterAttach(message);
    if (this.#saved !== undefined) this.#page.attach(this);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#end();
    super.dispose();
  }

  #end(): void {
    if (this.#saved !== undefined) this.#page.detach(this);
    this.#link?.dispose();
    this.#link = undefined;
    this.#saved = undefined;
    this.#erase();
  }

  #erase(): void {
    this.#instance?.dispose?.();
    this.#instance = undefined;
    this.#drawing?.dispose();
    this.#drawing = undefined;
    this.node.replaceChildren();
  }

  /** Draws the newest state; states that come while one is drawn are left out but for the last. */
  #show(state: unknown): void {
    this.#next = { state };
    this.#work ??= this.#drawAll().finally(() => (this.#work = undefined));
  }

  async #drawAll(): Promise<void> {
    for (let next = this.#next; next !== undefined && !this.isDisposed; next = this.#next) {
      this.#next = undefined;
      try {
        if (this.#instance?.update !== undefined) this.#instance.update(next.state);
        else await this.#draw(next.state);
      } catch (error) {
        this.#note(this.#page.text("view.failed", { why: error instanceof Error ? error.message : String(error) }));
      }
    }
  }

  async #draw(state: unknown): Promise<void> {
    const [saved, link] = [this.#saved, this.#link];
    if (saved === undefined || link === undefined) return;
    const load = kinds[saved.kind];
    if (load === undefined) return this.#note(this.#page.text("view.unknown", { kind: saved.kind }));
    const renderer = (await load()) as unknown as ViewRenderer<unknown>;
    if (this.#link !== link) return;
    this.#erase();
    const element = document.createElement("div");
    element.className = `nabla-${saved.kind}`;
    element.lang = this.#page.language;
    this.node.append(element);
    const drawing = new Drawing<unknown>(element, state, link, this.#page.language, this.#page.text);
    this.#drawing = drawing;
    const instance = await renderer.render(drawing);
    // Closed while it was being drawn.
    if (this.#drawing !== drawing) return instance.dispose?.();
    this.#instance = instance;
  }

  /** Says in words what cannot be drawn, above the output's own text. */
  #note(text: string): void {
    this.#erase();
    const note = document.createElement("p");
    note.className = "nabla-note";
    note.textContent = text;
    const fallback = document.createElement("pre");
    fallback.textContent = this.#fallbackText;
    this.node.append(note, fallback);
  }
}

export function rendererFactory(page: PageViews): RendererFactory {
  return { safe: true, mimeTypes: [MIME], createRenderer: () => new ViewWidget(page) };
}
