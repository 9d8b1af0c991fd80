/** The main thread's side of the gate: see gate-words.ts for what it protects. */
import { Gate, Word } from "./gate-words.ts";

/** How long to wait for a termination that was sent before going on without it, in seconds. V8 takes well under a millisecond. */
const LANDING_TIMEOUT = 2;

/** How long code that has called the kernel waits for an interrupt that was asked for, in milliseconds. */
const LOOK_TIMEOUT = 10;

/**
 * Native code, which matters: a termination that hit JavaScript called by native code of Node's may have been put aside, and
 * goes on when a native function returns.
 */
const uptime = process.uptime;

export class MainGate {
  readonly #words: Int32Array;
  #absorb: (wait: () => void) => void = (wait) => wait();

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Says how a termination on its way is caught outside user code: `run` calls its argument inside an inspector frame. */
  absorbWith(run: (wait: () => void) => void): void {
    this.#absorb = run;
  }

  /** Whether user code may be running as a bare continuation, outside every frame. */
  get isOpen(): boolean {
    return Atomics.load(this.#words, Word.Gate) === Gate.Open;
  }

  /**
   * Runs kernel code that user code has called. A termination already on its way lands before `body` begins, none lands
   * in it.
   */
  masked<T>(body: () => T): T {
    const before = this.#mask(false);
    try {
      return body();
    } finally {
      this.#set(before);
      // A loop that does little but print is masked almost all the time, and the worker, which looks every two milliseconds,
      // would hardly ever find it otherwise.
      if (before === Gate.Entered && this.#isInterruptWaiting) Atomics.wait(this.#words, Word.Gate, Gate.Entered, LOOK_TIMEOUT);
    }
  }

  /** Runs kernel code that the event loop has called: an event, or a continuation of the kernel's own. */
  callback<T>(body: () => T): T {
    const before = this.#mask(true);
    try {
      return body();
    } finally {
      this.#set(before);
    }
  }

  /**
   * A termination that is on its way lands here. Called where user code is about to leave an evaluation at an `await`: V8's
   * inspector takes for granted that none is pending then, and on Node 20 aborts the process.
   */
  land(): void {
    if (Atomics.load(this.#words, Word.Gate) === Gate.Terminating) this.#awaitLanding();
  }

  /** First thing inside an inspector frame: from here on user code runs. */
  enter(): void {
    this.#set(Gate.Entered);
  }

  /**
   * Last thing inside an inspector frame. A termination that was sent lands here, inside the frame, unless an evaluation
   * further in has already taken it.
   */
  leave(landed: boolean): void {
    if (Atomics.compareExchange(this.#words, Word.Gate, Gate.Entered, Gate.Masked) === Gate.Entered) return;
    if (!landed) this.#awaitLanding();
    this.#set(Gate.Masked);
  }

  /** After a frame that was terminated. */
  terminated(): void {
    this.#set(Gate.Masked);
  }

  /**
   * Called by user code whose native call has stopped because of the interrupt flag: the termination that is about to be
   * sent lands here. Should it come after the code has ended, while V8 hands its promise to the inspector, it would abort
   * the process (seen on Node 20). Returns where none is to come: outside every frame, or once the interrupt has been
   * dealt with in another way.
   */
  awaitTermination(): void {
    const words = this.#words;
    const isComing = (): boolean => {
      const state = Atomics.load(words, Word.Gate);
      if (state === Gate.Terminating) return true;
      return state === Gate.Entered && this.#isInterruptWaiting;
    };
    const end = uptime() + LANDING_TIMEOUT;
    while (isComing() && uptime() < end) Atomics.wait(words, Word.Gate, Atomics.load(words, Word.Gate), 1);
  }

  /** Whether an interrupt was asked for, and neither has the event loop seen it nor the cell been answered that it was for. */
  get #isInterruptWaiting(): boolean {
    const asked = Atomics.load(this.#words, Word.Interrupts);
    return asked > Atomics.load(this.#words, Word.InterruptsSeen) && asked > Atomics.load(this.#words, Word.InterruptsOver);
  }

  #mask(bare: boolean): number {
    for (;;) {
      const before = Atomics.load(this.#words, Word.Gate);
      if (before === Gate.Masked) return before;
      if (before === Gate.Terminating) {
        if (bare) this.#absorb(() => this.#awaitConfirmation());
        else this.#awaitLanding();
        this.#set(bare ? Gate.Open : Gate.Entered);
      } else if (Atomics.compareExchange(this.#words, Word.Gate, before, Gate.Masked) === before) {
        return before;
      }
    }
  }

  /** Waits for a termination that is to unwind the caller. */
  #awaitLanding(): void {
    const end = uptime() + LANDING_TIMEOUT;
    while (uptime() < end) Atomics.wait(this.#words, Word.Gate, Gate.Terminating, 10);
  }

  /** Waits for a termination that may have landed before. */
  #awaitConfirmation(): void {
    const end = uptime() + LANDING_TIMEOUT;
    while (Atomics.load(this.#words, Word.Landed) === 0 && uptime() < end) Atomics.wait(this.#words, Word.Landed, 0, 5);
  }

  #set(state: number): void {
    Atomics.store(this.#words, Word.Gate, state);
    Atomics.notify(this.#words, Word.Gate);
  }
}
