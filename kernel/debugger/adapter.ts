/**
 * A debug adapter over V8's inspector: requests of the Debug Adapter Protocol in, responses and events out.
 *
 * It lives in the inbound worker of the child, so that it answers while the main thread is stopped at a breakpoint. As long as
 * no front end attaches, V8's debugger stays off.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Announcement, KnownCell } from "../child/debug-host.ts";
import type { EditData } from "../cell/edits.ts";
import { Breakpoints } from "./breakpoints.ts";
import type { WantedBreakpoint } from "./breakpoints.ts";
import { Execution } from "./execution.ts";
import type { StoppingExceptions } from "./execution.ts";
import type { Inspector } from "./inspector.ts";
import { DebugRequestError } from "./messages.ts";
import type { DebugEvent, DebugRequest, DebugResponse, DebugVariable } from "./messages.ts";
import { CELL_PREFIX, CELL_SUFFIX, FOREIGN_CODE, HASH_SEED, Sources } from "./sources.ts";
import { Values } from "./values.ts";
import { Variables } from "./variables.ts";
import type { MainThread } from "./variables.ts";

/** What the adapter needs of the thread that it lives in. */
export interface DebugHarness {
  readonly inspector: Inspector;
  /** Sends an event to the front ends. */
  readonly emit: (event: DebugEvent) => void;
  /** Tells the main thread whether to announce its cells. */
  readonly setAttached: (isAttached: boolean) => void;
  readonly mainThread: () => MainThread;
}

type Arguments = Readonly<Record<string, unknown>>;
type Answer = (args: Arguments) => object | void | Promise<object | void>;

/** Requests that are dealt with one after the other, and cells with them: the breakpoints of a cell come before it. */
const IN_TURN: ReadonlySet<string> = new Set(["attach", "disconnect", "setBreakpoints", "setExceptionBreakpoints"]);

/** What a refused request gives: JupyterLab reads these lists without looking whether the request was fulfilled. */
const EMPTY: Readonly<Record<string, object>> = {
  stackTrace: { stackFrames: [], totalFrames: 0 },
  scopes: { scopes: [] },
  variables: { variables: [] },
  inspectVariables: { variables: [] },
  setBreakpoints: { breakpoints: [] },
};

/** There is one thread to debug. */
const THREAD = 1;

const EXCEPTION_FILTERS = [
  { filter: "uncaught", label: "Uncaught Exceptions" },
  { filter: "all", label: "All Exceptions" },
] as const satisfies { filter: StoppingExceptions; label: string }[];

export class DebugAdapter {
  readonly #harness: DebugHarness;
  readonly #inspector: Inspector;
  readonly #values: Values;
  readonly #sources: Sources;
  readonly #breakpoints: Breakpoints;
  readonly #execution: Execution;
  readonly #variables: Variables;
  #isAttached = false;
  #events = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** What is answered at any time. */
  readonly #always: Readonly<Record<string, Answer>> = {
    initialize: ({ clientID }) => this.#initialize(clientID),
    debugInfo: () => this.#info(),
    inspectVariables: () => this.#globals(),
    richInspectVariables: (args) => this.#variables.rich(args, this.#execution.stop),
    variables: (args) => this.#list(args),
    modules: () => this.#modules(),
    attach: () => this.#attach(),
    disconnect: () => this.#detach(),
  };

  /** What is answered when a front end has attached. */
  readonly #attached: Readonly<Record<string, Answer>> = {
    dumpCell: ({ code }) => ({ sourcePath: this.#sources.dump(String(code ?? "")) }),
    setBreakpoints: (args) => this.#setBreakpoints(args),
    setExceptionBreakpoints: ({ filters }) => this.#pauseOnExceptions(filters),
    configurationDone: () => undefined,
    source: (args) => this.#source(args),
    threads: () => ({ threads: [{ id: THREAD, name: "main" }] }),
    stackTrace: (args) => this.#stackTrace(args),
    scopes: ({ frameId }) => this.#variables.scopes(this.#execution.stopped.frame(frameId), this.#execution.stopped),
    evaluate: (args) => this.#variables.evaluate(args, this.#execution.stop),
    copyToGlobals: (args) => this.#variables.copyToGlobals(args, this.#execution.stopped),
    continue: async () => {
      await this.#execution.go("resume");
      return { allThreadsContinued: true };
    },
    next: () => this.#execution.go("stepOver"),
    stepIn: () => this.#execution.go("stepInto"),
    stepOut: () => this.#execution.go("stepOut"),
    pause: () => this.#execution.pause(),
  };

  constructor(harness: DebugHarness) {
    this.#harness = harness;
    const { inspector } = harness;
    this.#inspector = inspector;
    this.#values = new Values(inspector);
    this.#sources = new Sources(async (url) => (await this.#values.call("edits", [{ value: url }])).value as EditData | undefined);
    this.#breakpoints = new Breakpoints(inspector, this.#sources);
    this.#variables = new Variables(inspector, this.#values, harness.mainThread);
    this.#execution = new Execution(inspector, this.#sources, this.#breakpoints, {
      onStop: (body) => this.#emit("stopped", { ...body, threadId: THREAD, allThreadsStopped: true }),
      onContinue: () => this.#emit("continued", { threadId: THREAD, allThreadsContinued: true }),
      onLeave: () => this.#values.release("stopped"),
    });
    inspector.on("Debugger.scriptParsed", (script) => this.#sources.addScript(script));
  }

  /** Whether the main thread stands at a stop. */
  get isStopped(): boolean {
    return this.#execution.isPaused;
  }

  /** Lets the main thread run out of a stop: what it runs has been terminated, or the process is to end. */
  letGo(): void {
    this.#execution.letGo();
  }

  /** Answers a request; never rejects. */
  async request({ seq, command, arguments: args = {} }: DebugRequest): Promise<DebugResponse> {
    const response = { type: "response", seq: ++this.#events, request_seq: seq, command } as const;
    try {
      const needsAttachment = Object.hasOwn(this.#attached, command);
      const answer = needsAttachment ? this.#attached[command] : Object.hasOwn(this.#always, command) ? this.#always[command] : undefined;
      if (answer === undefined) throw new DebugRequestError(`this debugger knows no command ${JSON.stringify(command)}`);
      const give = async (): Promise<object> => {
        if (needsAttachment && !this.#isAttached) throw new DebugRequestError(`${command}: the debugger is not attached; send "attach" first`);
        return (await answer(args)) ?? {};
      };
      return { ...response, success: true, body: await (IN_TURN.has(command) ? this.#inTurn(give) : give()) };
    } catch (error) {
      return { ...response, success: false, message: (error as Error).message, body: EMPTY[command] ?? {} };
    }
  }

  /** The main thread is about to run a cell. Never rejects. */
  async announced({ url, source, executionCount, edits }: Announcement): Promise<void> {
    const prepare = async (): Promise<void> => {
      if (!this.#isAttached) return;
      this.#execution.cellBegins();
      await this.#breakpoints.placeIn(this.#sources.addCell({ url, source, executionCount }, edits));
    };
    await this.#inTurn(prepare).catch(() => undefined);
  }

  #initialize(clientID: unknown): object {
    // JupyterLab shows the type of a variable in place of its value.
    this.#values.showsTypes = clientID !== "jupyterlab";
    return {
      supportsConfigurationDoneRequest: true,
      supportsConditionalBreakpoints: true,
      supportsEvaluateForHovers: true,
      supportsModulesRequest: true,
      exceptionBreakpointFilters: EXCEPTION_FILTERS,
    };
  }

  #info(): object {
    return {
      isStarted: this.#isAttached,
      hashMethod: "Murmur2",
      hashSeed: HASH_SEED,
      tmpFilePrefix: CELL_PREFIX,
      tmpFileSuffix: CELL_SUFFIX,
      breakpoints: this.#breakpoints.all,
      stoppedThreads: this.#execution.stop === undefined ? [] : [THREAD],
      richRendering: true,
      exceptionPaths: EXCEPTION_FILTERS.map(({ label }) => label),
      copyToGlobals: true,
    };
  }

  async #attach(): Promise<void> {
    if (this.#isAttached) return;
    await this.#inspector.post("Debugger.enable");
    await this.#inspector.post("Debugger.setBlackboxPatterns", { patterns: [FOREIGN_CODE] });
    this.#isAttached = true;
    this.#harness.setAttached(true);
    const cells = (await this.#values.call("cells", [])).value as KnownCell[];
    for (const cell of cells) this.#sources.addCell(cell);
    this.#emit("initialized", {});
  }

  async #detach(): Promise<void> {
    if (!this.#isAttached) return;
    this.#isAttached = false;
    this.#harness.setAttached(false);
    this.#breakpoints.clear();
    await this.#inspector.post("Debugger.disable");
    this.#execution.detached();
    this.#sources.clear();
  }

  async #setBreakpoints({ source, breakpoints, lines }: Arguments): Promise<object> {
    const path = (source as { path?: unknown } | undefined)?.path;
    if (typeof path !== "string") throw new DebugRequestError("setBreakpoints: source.path is missing");
    const asked = (breakpoints ?? (lines as number[] | undefined)?.map((line) => ({ line })) ?? []) as { line: number; condition?: string }[];
    const wanted = asked.map(({ line, condition }): WantedBreakpoint => ({ line, ...(condition !== undefined && condition !== "" && { condition }) }));
    return { breakpoints: await this.#breakpoints.set(path, wanted) };
  }

  #pauseOnExceptions(filters: unknown): Promise<void> {
    const wanted = new Set(filters as string[] | undefined);
    return this.#execution.stopAtExceptions(wanted.has("all") ? "all" : wanted.has("uncaught") ? "uncaught" : "none");
  }

  #source({ source }: Arguments): object {
    const path = String((source as { path?: unknown } | undefined)?.path ?? "");
    const content = this.#sources.textOf(path) ?? (this.#sources.files().includes(path) ? readFileSync(path, "utf8") : undefined);
    if (content === undefined) throw new DebugRequestError(`the source of ${path} is not known here`);
    return { content, mimeType: "application/typescript" };
  }

  #stackTrace({ startFrame, levels }: Arguments): object {
    const { frames } = this.#execution.stopped;
    const start = Number(startFrame ?? 0);
    const count = Number(levels ?? 0) || frames.length;
    const stackFrames = frames.slice(start, start + count).map(({ id, name, place: { source, line, column } }) => ({ id, name, source, line, column }));
    return { stackFrames, totalFrames: frames.length };
  }

  async #globals(): Promise<object> {
    return { variables: await this.#variables.globals(this.#execution.stop) };
  }

  async #list({ variablesReference, start, count }: Arguments): Promise<{ variables: DebugVariable[] }> {
    const limits = { ...(typeof start === "number" && { start }), ...(typeof count === "number" && { count }) };
    return { variables: await this.#values.list(Number(variablesReference), limits) };
  }

  #modules(): object {
    const modules = this.#sources.files().map((path, index) => ({ id: index + 1, name: basename(path), path }));
    return { modules, totalModules: modules.length };
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #emit(event: string, body: object): void {
    this.#harness.emit({ type: "event", seq: ++this.#events, event, body });
  }
}
