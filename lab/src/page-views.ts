/**
 * The views of the whole page: which drawing belongs to which document, in which language. A drawing is tied to the
 * document that it stands in, because a copied notebook holds the same identities on another kernel.
 */
import type { ViewWidget } from "./mime.ts";
import type { NotebookViews } from "./notebook-views.ts";
import type { Language, Say } from "./strings/index.ts";
import { languageOf, textsIn } from "./strings/index.ts";

/** How long a view may be nowhere in its document before the library is told to forget it: a cell that is moved is away for a moment. */
const FORGET_AFTER = 1000;

export class PageViews {
  readonly documents = new Set<NotebookViews>();
  readonly language: Language;
  readonly text: Say;
  readonly #widgets = new Set<ViewWidget>();
  readonly #documentOf = new WeakMap<ViewWidget, NotebookViews>();

  /** @param languageCode JupyterLab's language */
  constructor(languageCode: string) {
    this.language = languageOf(languageCode);
    this.text = textsIn(this.language);
  }

  /** A drawing has its place in the page. */
  attach(widget: ViewWidget): void {
    this.#widgets.add(widget);
    const documents = [...this.documents];
    // “New view for output” stands in no notebook: there any document that has the view will do.
    const document = documents.find((each) => each.contains(widget.node)) ?? documents.find((each) => each.channelOf(widget.viewId) !== undefined);
    if (document === undefined) return;
    this.#documentOf.set(widget, document);
    const channel = document.channelOf(widget.viewId);
    if (channel === undefined || widget.viewId === undefined || widget.link === undefined) return;
    channel.add(widget.link);
    document.drawn(widget.viewId);
  }

  /** A drawing is gone. */
  detach(widget: ViewWidget): void {
    this.#widgets.delete(widget);
    const [document, id, link] = [this.#documentOf.get(widget), widget.viewId, widget.link];
    this.#documentOf.delete(widget);
    if (document === undefined || id === undefined) return;
    if (link !== undefined) document.channelOf(id)?.remove(link);
    setTimeout(() => document.forgetIfAbsent(id), FORGET_AFTER);
  }

  /** A document has found a view's channel: its drawings follow. */
  reattach(id: string): void {
    for (const widget of this.#widgets) if (widget.viewId === id) this.attach(widget);
  }

  /** What is drawn of a view now. */
  snapshotOf(id: string): { readonly state: unknown; readonly seq: number } | undefined {
    for (const widget of this.#widgets) {
      const snapshot = widget.viewId === id ? widget.snapshot() : undefined;
      if (snapshot !== undefined) return snapshot;
    }
    return undefined;
  }

  /** Whether somewhere in the page the view is drawn. */
  isDrawn(id: string): boolean {
    return [...this.#widgets].some((widget) => widget.viewId === id);
  }
}
