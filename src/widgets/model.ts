/**
 * A widget's state, alike in this process and in the notebook's page: version 2.1 of the Jupyter widget protocol
 * (packages/schema/messages.md of jupyter-widgets/ipywidgets) over a comm of the target `jupyter.widget`.
 *
 * A model is opened when it is first shown. What changes here goes out at most twenty times a second, so that a loop may
 * set a value as often as it likes; the last value always arrives, at the latest when the cell ends.
 */
import { notebookHost } from "../host.ts";
import type { CommMessage, NotebookComm } from "../host.ts";

/** The version of the protocol; a page looks at its first number. */
export const PROTOCOL_VERSION = "2.1.0";
const TARGET = "jupyter.widget";
/** How long changes gather. Milliseconds. */
const SEND_INTERVAL = 50;

/** Named values: JSON, or another model. */
export type WidgetState = Record<string, unknown>;

/** Where a model is told what the page did. */
export interface ModelEvents {
  /** Some of the state has other values, which are in place. */
  changed?(names: readonly string[]): void;
  /** A message of the widget's own. */
  message?(content: unknown): void;
}

/** The models that are open, by their comm's identity. */
const open = new Map<string, WidgetModel>();
let isAttached = false;

export class WidgetModel {
  readonly #state: WidgetState;
  readonly #events: ModelEvents;
  readonly #unsent = new Set<string>();
  #comm: NotebookComm | undefined;
  #isClosed = false;
  #sent = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: WidgetState, events: ModelEvents = {}) {
    this.#state = state;
    this.#events = events;
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  /** Changes some of the state, here and in the page. */
  set(changes: WidgetState): void {
    for (const [name, value] of Object.entries(changes)) {
      if (Object.is(this.#state[name], value)) continue;
      this.#state[name] = value;
      this.#unsent.add(name);
    }
    if (this.#comm === undefined) this.#unsent.clear();
    if (this.#unsent.size === 0) return;
    const wait = this.#sent + SEND_INTERVAL - performance.now();
    if (wait <= 0) return this.flush();
    this.#timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Sends what has changed and was not sent yet. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unsent.size === 0) return;
    this.#sent = performance.now();
    const names = [...this.#unsent];
    this.#unsent.clear();
    this.#send("update", names);
  }

  /** Makes the model known to the page, if it is not. @returns Its identity there; nothing where there is no page. */
  open(): string | undefined {
    if (this.#isClosed) return undefined;
    if (this.#comm !== undefined) return this.#comm.id;
    const host = notebookHost();
    if (host?.comm === undefined) return undefined;
    attach();
    const comm = host.comm(TARGET, { state: this.wholeState(), buffer_paths: [] }, { version: PROTOCOL_VERSION });
    this.#comm = comm;
    open.set(comm.id, this);
    comm.onMessage((message) => this.#receive(message));
    comm.onClose(() => this.close());
    return comm.id;
  }

  /** Takes in what the page has done so far, even in the middle of a synchronous loop. */
  poll(): void {
    for (let message = this.#comm?.poll(); message !== undefined; message = this.#comm?.poll()) this.#receive(message);
  }

  /** Removes the model from the page for good. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#unsent.clear();
    if (this.#comm !== undefined) open.delete(this.#comm.id);
    this.#comm?.close();
    this.#comm = undefined;
  }

  /** Everything, as JSON: another model is named by its identity. */
  wholeState(): WidgetState {
    return this.#json(Object.keys(this.#state));
  }

  #json(names: readonly string[]): WidgetState {
    return Object.fromEntries(names.map((name) => {
      const value = this.#state[name];
      return [name, value instanceof WidgetModel ? `IPY_MODEL_${value.open()}` : value];
    }));
  }

  #send(method: "update" | "echo_update", names: readonly string[]): void {
    this.#comm?.send({ method, state: this.#json(names), buffer_paths: [] });
  }

  #receive({ data }: CommMessage): void {
    const { method, state, content } = data as { method?: unknown; state?: WidgetState; content?: unknown };
    if (method === "request_state") this.#send("update", Object.keys(this.#state));
    else if (method === "custom") this.#events.message?.(content);
    else if (method === "update") {
      const names = Object.keys(state ?? {}).filter((name) => name in this.#state);
      for (const name of names) this.#state[name] = state![name];
      // Other pages that show the same notebook learn of it by this; the page itself takes it as a confirmation.
      this.#send("echo_update", names);
      this.#events.changed?.(names);
    }
  }
}

/** Ties the models to the notebook, once. */
function attach(): void {
  if (isAttached) return;
  isAttached = true;
  const host = notebookHost();
  host?.onCellEnd?.(() => {
    for (const model of open.values()) model.flush();
  });
  // A page that was loaded anew asks by this for everything there is.
  host?.onComm?.("jupyter.widget.control", (comm) => {
    comm.onMessage(({ data }) => {
      if ((data as { method?: unknown }).method !== "request_states") return;
      const states = Object.fromEntries([...open].map(([id, model]) => [id, describe(model)]));
      comm.send({ method: "update_states", states, buffer_paths: [] });
    });
  });
}

function describe(model: WidgetModel): object {
  return {
    model_name: model.get("_model_name"),
    model_module: model.get("_model_module"),
    model_module_version: model.get("_model_module_version"),
    state: model.wholeState(),
  };
}
