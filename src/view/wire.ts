/**
 * What goes between a view in the notebook's page and the library, as types alone: the page's side (lab/) imports these with
 * `import type`, so the two sides are written against one declaration and share no code.
 *
 * One comm of the target `nabla.view` belongs to each view; the library opens it in the cell that shows the view. Everything
 * the library says has a number, `seq`, one higher each time, so that a page knows what it has missed and what it has twice.
 */

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The comm's target. */
export type ViewTarget = "nabla.view";

/** The MIME type of a view in an output. */
export type ViewMime = "application/vnd.nabla.view.v1+json";

/** What an output holds of a view: enough to draw it alone, read-only, with no kernel behind it. */
export interface SavedView<State = unknown> {
  readonly kind: string;
  readonly id: string;
  /** How much of what the library has said is in the state. */
  readonly seq: number;
  readonly state: State;
  /** Whether nothing more will come by itself. */
  readonly ended?: boolean;
}

/** What the opening of the comm says. */
export interface ViewOpening {
  readonly kind: string;
  readonly id: string;
  readonly seq: number;
  /** Whether it grows while a cell runs, so that it is worth saving when it begins and when it ends. */
  readonly live: boolean;
}

/** What a page says. */
export type FromPage =
  /** I show the view, with everything up to `since` (-1: nothing yet). */
  | { readonly type: "hello"; readonly since: number }
  /** A page that was loaded anew asks what this comm is. */
  | { readonly type: "who" }
  /** Send the view's whole output once more: it is missing from the document. */
  | { readonly type: "show" }
  | { readonly type: "request"; readonly n: string; readonly name: string; readonly params: Json }
  | { readonly type: "event"; readonly name: string; readonly params: Json };

/** What the library says. */
export type FromLibrary<State = unknown> =
  | ({ readonly type: "here" } & ViewOpening)
  /** The newest state (left out where the page has it), or the messages after `since`, or both; then the page is at `seq`. */
  | { readonly type: "sync"; readonly since: number; readonly seq: number; readonly state?: State; readonly messages: readonly NumberedMessage[] }
  | ({ readonly type: "message" } & NumberedMessage)
  /** The answer to a request; binary data travels as the message's buffers. */
  | { readonly type: "reply"; readonly n: string; readonly value: Json }
  | { readonly type: "reply"; readonly n: string; readonly error: string }
  | { readonly type: "end"; readonly seq: number };

/** One thing that the library has told the pages. */
export interface NumberedMessage {
  readonly seq: number;
  readonly message: Json;
}
