/**
 * A view: something of the library's that a person sees and uses in the notebook's page (a live chart, a tensor, the inside
 * of a network). Its state is drawn by the page's renderer of the same kind (lab/src/views/<kind>/); where there is none (VS Code,
 * nbclient, a console), the same output holds a static chart and a text, which are shown again as they change.
 *
 * The idea of a state that draws itself without a kernel, with a comm beside it for what comes later, is that of the Jupyter
 * widget protocol; numbered messages that a page which comes later asks for are those of every replicated log.
 */
import { randomUUID } from "node:crypto";
import { display, notebookHost } from "../host.ts";
import type { CommMessage, DisplayHandle, NotebookComm } from "../host.ts";
import { ViewError } from "./errors.ts";
import { MessageLog } from "./message-log.ts";
import type { FromLibrary, FromPage, Json, SavedView, ViewOpening } from "./wire.ts";

const TARGET = "nabla.view";
const MIME = "application/vnd.nabla.view.v1+json";
/** How long a page has to say hello before the static form is refreshed instead. Milliseconds. */
const HELLO_WITHIN = 300;
/** How often the static form is refreshed. Milliseconds. */
const REFRESH_INTERVAL = 500;
/** How long after its last change a view that a page draws is put into the output too, for the file. Milliseconds. */
const SAVE_AFTER = 1000;
/** A saved state larger than this makes notebooks that nobody can open. Characters of JSON. */
const LARGEST_STATE = 300_000;
/** Views that have said all and that no page has let go of; beyond these the oldest forgets its requests. */
const KEPT_VIEWS = 256;

/** What is shown where no page draws the view: a Vega-Lite specification, where there is one, and a text. */
export interface ViewFallback {
  readonly spec?: object;
  readonly text: string;
}

/** The answer to a request: JSON, or JSON with binary data beside it. */
export type ViewAnswer = Json | { readonly value: Json; readonly buffers: readonly ArrayBufferView[] };

/** A handler by its name. The page is ours, so that a handler may declare the parameters that it is sent. */
type Handlers<Result> = Readonly<Record<string, { handle(params: Json): Result }["handle"]>>;

export interface ViewOptions<State extends object> {
  /** Names the renderer, e.g. `"tensor"`. */
  readonly kind: string;
  /** JSON that draws the view alone; a function, where it is worth making only when it is asked for. */
  readonly state: State | (() => State);
  readonly fallback: () => ViewFallback;
  /** What the page may ask for, by name. */
  readonly requests?: Handlers<ViewAnswer | Promise<ViewAnswer>>;
  /** What the page may tell, by name. */
  readonly events?: Handlers<void>;
  /** Whether it grows while a cell runs; its messages are kept for pages that come later. */
  readonly live?: boolean;
}

/** Views whose comm is open, oldest first. */
const open = new Set<View<object>>();
let isTiedToCells = false;

/**
 * @typeParam State what the renderer of this kind draws, declared in `src/view/states/<kind>.ts`
 */
export class View<State extends object> {
  readonly kind: string;
  readonly id: string = randomUUID();
  readonly #options: ViewOptions<State>;
  readonly #log: MessageLog;
  #state: State | (() => State);
  #comm: NotebookComm | undefined;
  #handle: DisplayHandle | undefined;
  /** Ties what a handler prints and throws to the cell that shows the view. */
  #receiveInCell: (message: CommMessage) => void = (message) => this.#receive(message);
  #shownAt = 0;
  #refreshedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAttached = false;
  #isEnded = false;
  /** Whether the output says less than the view. */
  #isStale = false;

  constructor(options: ViewOptions<State>) {
    this.#options = options;
    this.kind = options.kind;
    this.#state = options.state;
    this.#log = new MessageLog(options.live === true);
  }

  /** Whether a page draws it: one has said hello. */
  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** What is saved in the notebook, and what a page that comes later draws first. */
  get state(): State {
    return typeof this.#state === "function" ? this.#state() : this.#state;
  }

  /** Sets the state and tells every page. */
  set state(state: State) {
    this.#state = state;
    const seq = this.#log.replace();
    this.#tell({ type: "sync", since: seq - 1, seq, state, messages: [] });
  }

  /** Changes parts of the state and tells every page. */
  patch(changes: Partial<State>): void {
    this.state = { ...this.state, ...changes };
  }

  /** Sets the state for what is saved and for pages that come later; those that have followed the messages are not told. */
  keep(state: State): void {
    this.#state = state;
    this.#isStale = true;
    this.#keepOutput();
  }

  /** Shows the view in the running cell. Where there is no notebook, prints its text. */
  show(): void {
    this.#handle = display(this, { id: this.id });
  }

  /** Tells every page something, as it happens; takes what they have said in the meantime. */
  send(message: Json): void {
    const seq = this.#log.add(message);
    this.#tell({ type: "message", seq, message });
    this.poll();
  }

  /** Takes waiting mail in the middle of a synchronous loop: events and requests are answered here. */
  poll(): void {
    for (let message = this.#comm?.poll(); message !== undefined; message = this.#comm?.poll()) this.#receive(message);
    if (!this.#isAttached) this.#keepOutput();
  }

  /** Says that nothing more comes by itself, and puts the final state and its picture into the output. Requests are still answered. */
  end(): void {
    if (this.#isEnded) return;
    this.poll();
    this.#isEnded = true;
    this.#refresh();
    this.#post({ type: "end", seq: this.#log.seq });
    forgetOldest();
  }

  /** Lets go of the page; what is shown stays. */
  close(): void {
    const comm = this.#comm;
    if (comm === undefined) return;
    this.#forget();
    comm.close();
  }

  /** As the value of a cell. */
  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    this.#connect();
    this.#isStale = false;
    this.#refreshedAt = performance.now();
    const state = this.state;
    const size = JSON.stringify(state).length;
    if (size > LARGEST_STATE) throw new ViewError(`The state of a view of kind "${this.kind}" takes ${size} characters, more than the ${LARGEST_STATE} that a notebook should hold: keep large data out of the state and answer a request for it.`);
    const { spec, text } = this.#options.fallback();
    const saved: SavedView<State> = { kind: this.kind, id: this.id, seq: this.#log.seq, state, ...((this.#isEnded || this.#options.live !== true) && { ended: true }) };
    return { [MIME]: saved, ...(spec !== undefined && { "application/vnd.vegalite.v5+json": spec }), "text/plain": text };
  }

  /** As text, where there is no notebook. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#options.fallback().text;
  }

  get #opening(): ViewOpening {
    return { kind: this.kind, id: this.id, seq: this.#log.seq, live: this.#options.live === true };
  }

  /** Opens the comm, once. */
  #connect(): void {
    const host = notebookHost();
    if (this.#comm !== undefined || host?.comm === undefined) return;
    tieToCells();
    const comm = host.comm(TARGET, this.#opening);
    this.#comm = comm;
    this.#shownAt = performance.now();
    this.#refreshedAt = this.#shownAt;
    open.add(this as unknown as View<object>);
    const receive = (message: CommMessage): void => this.#receive(message);
    this.#receiveInCell = host.bind?.(receive) ?? receive;
    comm.onMessage((message) => this.#receiveInCell(message));
    comm.onClose(() => this.#forget());
    forgetOldest();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#comm = undefined;
    this.#isAttached = false;
    open.delete(this as unknown as View<object>);
  }

  /** Tells what has changed; a page that has not said hello in time has no use for it. */
  #tell(message: FromLibrary<State>): void {
    this.#isStale = true;
    if (this.#isAttached || performance.now() - this.#shownAt < HELLO_WITHIN) this.#post(message);
    this.#keepOutput();
  }

  #post(message: FromLibrary<State>, buffers?: readonly Uint8Array[]): void {
    this.#comm?.send(message, buffers);
  }

  #receive({ data }: CommMessage): void {
    const said = data as FromPage;
    if (said.type === "hello") {
      this.#isAttached = true;
      this.#keepOutput();
      const messages = this.#log.after(said.since);
      this.#post({ type: "sync", since: said.since, seq: this.#log.seq, ...(messages === undefined && { state: this.state }), messages: messages ?? [] });
    } else if (said.type === "who") {
      this.#post({ type: "here", ...this.#opening });
    } else if (said.type === "show") {
      this.#refresh();
    } else if (said.type === "event") {
      this.#options.events?.[said.name]?.(said.params);
    } else if (said.type === "request") {
      this.#answer(said.n, said.name, said.params);
    }
  }

  #answer(n: string, name: string, params: Json): void {
    const fail = (error: unknown): void => this.#post({ type: "reply", n, error: error instanceof Error ? error.message : String(error) });
    const succeed = (answer: ViewAnswer): void => {
      if (!hasBuffers(answer)) return this.#post({ type: "reply", n, value: answer });
      this.#post({ type: "reply", n, value: answer.value }, answer.buffers.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)));
    };
    try {
      const handler = this.#options.requests?.[name];
      if (handler === undefined) throw new ViewError(`A view of kind "${this.kind}" answers no request "${name}".`);
      const answer = handler(params);
      if (answer instanceof Promise) answer.then(succeed, fail);
      else succeed(answer);
    } catch (error) {
      fail(error);
    }
  }

  /**
   * Sees to it that the output says what the view says: where nobody draws the view, the output is what is seen, and follows
   * at its pace; where a page draws it, the output is what is saved, and follows when changes pause (a live view's when it
   * ends, or its cell).
   */
  #keepOutput(): void {
    if (!this.#isStale || this.#comm === undefined) return;
    if (this.#isAttached) {
      clearTimeout(this.#timer);
      this.#timer = this.isEnded ? setTimeout(() => this.#refresh(), SAVE_AFTER) : undefined;
      return;
    }
    const wait = Math.max(this.#shownAt + HELLO_WITHIN, this.#refreshedAt + REFRESH_INTERVAL) - performance.now();
    if (wait <= 0) return this.#refresh();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#keepOutput();
    }, wait);
  }

  /** Shows the view again in its place, as it is now. */
  #refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // The value of a cell was shown by the kernel and has no handle; the page finds its output by the view's identity.
    if (this.#handle !== undefined) this.#handle.update(this);
    else if (this.#comm !== undefined) this.#handle = display(this, { id: this.id, update: true });
  }

  /** A cell has ended: what has grown is put into the output, so that a notebook that is saved now holds it. */
  cellEnded(): void {
    if (this.#isStale) this.#refresh();
  }

  /** Whether nothing more comes by itself; a view that is not live says all at once. */
  get isEnded(): boolean {
    return this.#isEnded || this.#options.live !== true;
  }
}

function hasBuffers(answer: ViewAnswer): answer is { readonly value: Json; readonly buffers: readonly ArrayBufferView[] } {
  return typeof answer === "object" && answer !== null && "buffers" in answer && Array.isArray(answer["buffers"])
    && answer["buffers"].every((buffer) => ArrayBuffer.isView(buffer));
}

function forgetOldest(): void {
  for (const view of open) {
    if (open.size <= KEPT_VIEWS) return;
    if (view.isEnded) view.close();
  }
}

/** Takes the waiting mail of every view, in the middle of a synchronous loop: a slider moves what the loop reads. */
export function pollViews(): void {
  for (const view of open) view.poll();
}

function tieToCells(): void {
  if (isTiedToCells) return;
  isTiedToCells = true;
  notebookHost()?.onCellEnd?.(() => {
    for (const view of open) view.cellEnded();
  });
}
