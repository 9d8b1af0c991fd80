/**
 * One drawn view and what the library has told it: messages come in their order and once each, whatever arrives twice or
 * late; where one is missing, it is asked for. Knows no page, so that it is tested without one.
 */
import type { FromLibrary, Json, NumberedMessage } from "../../src/view/wire.ts";
import type { Dispose, ViewChannel } from "./registry.ts";

/** Why nothing answers: a saved file, a kernel that has gone, a connection that is interrupted, a view that was let go. */
export type ClosedBecause = "saved" | "gone" | "disconnected" | "released";

/** What a link needs of the comm. */
export interface LinkCarrier {
  hello(since: number): void;
  request(name: string, params: Json): Promise<{ readonly value: Json; readonly buffers: readonly DataView[] }>;
  event(name: string, params: Json): void;
}

export class ViewLink<State = unknown> implements ViewChannel {
  #seq: number;
  #carrier: LinkCarrier | undefined;
  #closedBecause: ClosedBecause = "saved";
  #isEnded: boolean;
  /** From which number on the library was asked, while it has not answered. */
  #asked: number | undefined;
  readonly #messageListeners = new Set<(message: Json) => void>();
  readonly #changeListeners = new Set<() => void>();
  /** Messages that came before there was a listener. */
  #unheard: Json[] = [];
  readonly #onState: (state: State, seq: number) => void;
  readonly #whyClosed: (because: ClosedBecause) => string;

  /**
   * @param seq how much of what the library has said is in the state that is drawn
   * @param onState called with a newer state
   * @param whyClosed says why nothing answers
   */
  constructor(seq: number, isEnded: boolean, onState: (state: State, seq: number) => void, whyClosed: (because: ClosedBecause) => string) {
    this.#seq = seq;
    this.#isEnded = isEnded;
    this.#onState = onState;
    this.#whyClosed = whyClosed;
  }

  get seq(): number {
    return this.#seq;
  }
  get isOpen(): boolean {
    return this.#carrier !== undefined;
  }
  get isEnded(): boolean {
    return this.#isEnded;
  }
  /** Why nothing answers, in the person's language. */
  get why(): string {
    return this.#whyClosed(this.#closedBecause);
  }

  /** A comm to the library is there. */
  open(carrier: LinkCarrier): void {
    this.#carrier = carrier;
    this.#ask();
    this.#changed();
  }

  /** Nothing answers any more. */
  close(because: ClosedBecause): void {
    this.#carrier = undefined;
    this.#asked = undefined;
    this.#closedBecause = because;
    this.#changed();
  }

  /** A newer state came another way: the output itself was changed. @returns whether it is newer */
  takeState(state: State, seq: number, isEnded: boolean): boolean {
    const isNewer = seq > this.#seq || (isEnded && !this.#isEnded);
    if (!isNewer) return false;
    this.#seq = Math.max(this.#seq, seq);
    this.#unheard = [];
    this.#onState(state, this.#seq);
    if (isEnded) this.#end();
    return true;
  }

  /** Takes what the library says. */
  receive(said: FromLibrary<State>): void {
    if (said.type === "message") {
      this.#take(said);
    } else if (said.type === "sync") {
      if (this.#asked !== undefined && said.since <= this.#asked) this.#asked = undefined;
      if (said.state !== undefined && said.seq > this.#seq) {
        this.#seq = said.seq;
        this.#unheard = [];
        this.#onState(said.state, said.seq);
      }
      for (const message of said.messages) this.#take(message);
      if (said.seq > this.#seq) this.#ask();
    } else if (said.type === "end") {
      if (said.seq > this.#seq) this.#ask();
      this.#end();
    }
  }

  async request(name: string, params: Json = null): Promise<Json> {
    return (await this.requestData(name, params)).value;
  }

  requestData(name: string, params: Json = null): Promise<{ readonly value: Json; readonly buffers: readonly DataView[] }> {
    return this.#carrier?.request(name, params) ?? Promise.reject(new Error(this.why));
  }

  event(name: string, params: Json = null): void {
    this.#carrier?.event(name, params);
  }

  onMessage(listener: (message: Json) => void): Dispose {
    this.#messageListeners.add(listener);
    const unheard = this.#unheard;
    this.#unheard = [];
    for (const message of unheard) listener(message);
    return () => this.#messageListeners.delete(listener);
  }

  onChange(listener: () => void): Dispose {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Lets go of all listeners. */
  dispose(): void {
    this.#carrier = undefined;
    this.#messageListeners.clear();
    this.#changeListeners.clear();
  }

  #take({ seq, message }: NumberedMessage): void {
    if (seq <= this.#seq) return;
    if (seq > this.#seq + 1) return this.#ask();
    this.#seq = seq;
    if (this.#messageListeners.size === 0) this.#unheard.push(message);
    for (const listener of this.#messageListeners) listener(message);
  }

  #ask(): void {
    if (this.#carrier === undefined || this.#asked === this.#seq) return;
    this.#asked = this.#seq;
    this.#carrier.hello(this.#seq);
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#changeListeners]) listener();
  }
}
