/**
 * The page's end of a view's comm: passes what the library says to every drawing of the view, and brings answers to those
 * who asked. Knows no page, so that it is tested without one.
 */
import type { FromLibrary, FromPage, Json, ViewOpening } from "../../src/view/wire.ts";
import type { CommMessage, PageComm } from "./jupyterlab-types.ts";
import type { ClosedBecause, LinkCarrier, ViewLink } from "./link.ts";

interface Waiting {
  readonly resolve: (answer: { readonly value: Json; readonly buffers: readonly DataView[] }) => void;
  readonly reject: (error: Error) => void;
}

/** Names this page's requests, because every page that shows the notebook hears every answer. */
const pageName = crypto.randomUUID();

export class Channel implements LinkCarrier {
  /** What is known of the view; nothing until a comm that was found has said what it is. */
  opening: ViewOpening | undefined;
  readonly #comm: PageComm;
  readonly #links = new Set<ViewLink>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #onHere: (channel: Channel) => void;
  readonly #onClose: (channel: Channel) => void;
  #asked = 0;

  /**
   * @param cellId the cell that opened it
   * @param onHere called when the library has said what a found comm is
   * @param onClose called when the library has closed it
   */
  constructor(comm: PageComm, cellId: string | undefined, onHere: (channel: Channel) => void, onClose: (channel: Channel) => void) {
    this.#comm = comm;
    this.cellId = cellId;
    this.#onHere = onHere;
    this.#onClose = onClose;
    comm.onMsg = (message) => this.#receive(message);
    comm.onClose = () => this.#onClose(this);
  }

  readonly cellId: string | undefined;

  get commId(): string {
    return this.#comm.commId;
  }

  /** A drawing of the view follows. */
  add(link: ViewLink): void {
    if (this.#links.has(link)) return;
    this.#links.add(link);
    link.open(this);
  }

  remove(link: ViewLink): void {
    this.#links.delete(link);
  }

  /** Whether a drawing of the view follows. */
  get isFollowed(): boolean {
    return this.#links.size > 0;
  }

  hello(since: number): void {
    this.#send({ type: "hello", since });
  }
  who(): void {
    this.#send({ type: "who" });
  }
  show(): void {
    this.#send({ type: "show" });
  }
  event(name: string, params: Json): void {
    this.#send({ type: "event", name, params });
  }

  request(name: string, params: Json): Promise<{ readonly value: Json; readonly buffers: readonly DataView[] }> {
    this.#asked += 1;
    const n = `${pageName}:${this.#asked}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.#send({ type: "request", n, name, params });
    });
  }

  /** Nothing answers any more, for a while or for good. */
  closeLinks(because: ClosedBecause): void {
    for (const link of this.#links) link.close(because);
    const [first] = this.#links;
    for (const { reject } of this.#waiting.values()) reject(new Error(first?.why ?? because));
    this.#waiting.clear();
  }

  /** It answers again. */
  openLinks(): void {
    for (const link of this.#links) link.open(this);
  }

  /** Tells the library that no page shows the view any more. */
  release(): void {
    this.closeLinks("released");
    if (!this.#comm.isDisposed) this.#comm.close();
  }

  #send(message: FromPage): void {
    if (!this.#comm.isDisposed) this.#comm.send(message);
  }

  #receive({ content, buffers = [] }: CommMessage): void {
    const said = content.data as FromLibrary;
    if (said.type === "here") {
      this.opening = said;
      this.#onHere(this);
    } else if (said.type === "reply") {
      const waiting = this.#waiting.get(said.n);
      this.#waiting.delete(said.n);
      if ("error" in said) waiting?.reject(new Error(said.error));
      else waiting?.resolve({ value: said.value, buffers: buffers.map(asDataView) });
    } else {
      for (const link of this.#links) link.receive(said);
    }
  }
}

const asDataView = (data: ArrayBuffer | ArrayBufferView): DataView =>
  ArrayBuffer.isView(data) ? new DataView(data.buffer, data.byteOffset, data.byteLength) : new DataView(data);
