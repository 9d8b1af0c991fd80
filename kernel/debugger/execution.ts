/**
 * Stops and steps: what V8 says of a pause, and what a front end is told of it.
 *
 * V8 pauses in places that are nobody's code: what the kernel puts around a cell, or the frame through which it is entered. A
 * step that ends there goes on by itself. A step that is soon followed by the next stop is not announced as a continuation,
 * so that a variable view does not flicker.
 */
import type { Debugger } from "node:inspector";
import type { Breakpoints } from "./breakpoints.ts";
import type { Inspector } from "./inspector.ts";
import { DebugRequestError } from "./messages.ts";
import type { SourcePlace, Sources } from "./sources.ts";
import { Stop } from "./stop.ts";

export type Movement = "resume" | "stepOver" | "stepInto" | "stepOut";

/** What the code was asked to do until its next stop, if anything. */
type Wish = Exclude<Movement, "resume"> | "pause";

/** Which exceptions stop the code where they are thrown. */
export type StoppingExceptions = "none" | "uncaught" | "all";

/** How long a step may take before the front end is told that the code runs. Milliseconds. */
const STEP_GRACE = 50;

export interface ExecutionEvents {
  onStop(body: { reason: string; description?: string; text?: string; hitBreakpointIds?: number[] }): void;
  onContinue(): void;
  /** The values of the stop are not looked at any more. */
  onLeave(): Promise<void>;
}

export class Execution {
  readonly #inspector: Inspector;
  readonly #sources: Sources;
  readonly #breakpoints: Breakpoints;
  readonly #events: ExecutionEvents;
  /** Whether V8 holds the main thread. */
  #isPaused = false;
  /** The stop that the front end knows of. */
  #stop: Stop | undefined;
  /** What the code does until its next stop, if it was asked to do more than to go on. */
  #wish: Wish | undefined;
  #exceptions: StoppingExceptions = "none";
  /** How many times V8 has paused. */
  #pauses = 0;
  /** The front end has not been told yet that the code runs. */
  #untold: NodeJS.Timeout | undefined;

  constructor(inspector: Inspector, sources: Sources, breakpoints: Breakpoints, events: ExecutionEvents) {
    this.#inspector = inspector;
    this.#sources = sources;
    this.#breakpoints = breakpoints;
    this.#events = events;
    inspector.on("Debugger.paused", (pause) => {
      // A stop that cannot be told is none: the code is not to hang.
      this.#paused(pause).catch(() => this.#goOn("resume"));
    });
    inspector.on("Debugger.resumed", () => {
      this.#isPaused = false;
    });
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** @throws DebugRequestError when the code is not stopped. */
  get stopped(): Stop {
    if (this.#stop === undefined) throw new DebugRequestError("the code is not stopped");
    return this.#stop;
  }

  /** Lets the code go on. */
  async go(movement: Movement): Promise<void> {
    void this.stopped;
    this.#wish = movement === "resume" ? undefined : movement;
    await this.#leave(movement === "resume" ? 0 : STEP_GRACE);
    await this.#inspector.post(`Debugger.${movement}`);
  }

  /** Stops the code at its next statement. */
  async pause(): Promise<void> {
    if (this.#isPaused) return;
    this.#wish = "pause";
    await this.#inspector.post("Debugger.pause");
  }

  /**
   * Chooses which exceptions stop the code. V8's own choice of the uncaught ones sees none in a cell on Node 20, and none
   * behind an `await` on later ones, since the inspector itself waits for the cell. So V8 pauses at all, and those that go on
   * are the ones that it says a `catch` of a function still running will get. One kind is taken for the other: what a
   * function that awaits will catch stops the code all the same.
   */
  async stopAtExceptions(which: StoppingExceptions): Promise<void> {
    this.#exceptions = which;
    await this.#inspector.post("Debugger.setPauseOnExceptions", { state: which === "none" ? "none" : "all" });
  }

  /** A cell begins: a step that was under way in the one before has come to its end. */
  cellBegins(): void {
    if (this.#wish !== "pause") this.#wish = undefined;
  }

  /** Lets the code run out of a stop that is over. */
  letGo(): void {
    if (!this.#isPaused) return;
    this.#wish = undefined;
    this.#inspector.post("Debugger.resume").catch(() => undefined);
    void this.#leave(0);
  }

  /** V8's debugger has been turned off, which lets the code run. */
  detached(): void {
    this.#isPaused = false;
    this.#wish = undefined;
    this.#exceptions = "none";
    void this.#leave(0);
  }

  async #paused(pause: Debugger.PausedEventDataType): Promise<void> {
    this.#isPaused = true;
    const serial = ++this.#pauses;
    const { hitBreakpoints = [], reason, data } = pause;
    const frames: { callFrame: Debugger.CallFrame; place: SourcePlace }[] = [];
    for (const callFrame of pause.callFrames) {
      const place = await this.#sources.placeOf(callFrame.location);
      if (place !== undefined) frames.push({ callFrame, place });
    }
    // While the places were looked up the code may have been let go.
    if (!this.#isPaused || serial !== this.#pauses) return;
    const isException = reason === "exception" || reason === "promiseRejection";
    const isCaught = reason === "exception" && (data as { uncaught?: boolean } | undefined)?.uncaught !== true;
    if (isCaught && this.#exceptions === "uncaught") return this.#goOn("resume");
    const isMeant = hitBreakpoints.length > 0 || isException || this.#wish === undefined;
    const top = frames[0];
    // A `debugger` statement or an exception of a library stops in the frame of ours that called it.
    if (top === undefined) return this.#goOn("resume");
    if (!isMeant && top.callFrame !== pause.callFrames[0]) return this.#goOn(this.#wish === "stepInto" ? "stepInto" : "stepOut");
    if (!isMeant && top.place.isAround) return this.#goOn("stepOver");
    const how = this.#wish === "pause" ? "pause" : this.#wish === undefined || hitBreakpoints.length > 0 ? "breakpoint" : "step";
    clearTimeout(this.#untold);
    this.#untold = undefined;
    this.#wish = undefined;
    this.#stop = new Stop(frames);
    const text = isException ? String((data as { description?: string } | undefined)?.description ?? "").split("\n")[0]! : undefined;
    this.#events.onStop({
      reason: isException ? "exception" : how,
      ...(text !== undefined && { description: text, text }),
      ...(hitBreakpoints.length > 0 && { hitBreakpointIds: this.#breakpoints.idsOf(hitBreakpoints) }),
    });
  }

  #goOn(movement: Movement): void {
    if (movement === "resume") this.#wish = undefined;
    this.#inspector.post(`Debugger.${movement}`).catch(() => undefined);
  }

  /** The stop is over; the front end is told when nothing has stopped the code again within `grace` milliseconds. */
  async #leave(grace: number): Promise<void> {
    if (this.#stop === undefined) return;
    this.#stop = undefined;
    const tell = (): void => {
      this.#untold = undefined;
      this.#events.onContinue();
    };
    clearTimeout(this.#untold);
    if (grace === 0) tell();
    else this.#untold = setTimeout(tell, grace);
    await this.#events.onLeave().catch(() => undefined);
  }
}
