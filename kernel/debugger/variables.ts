/** Variables and expressions, in a frame of stopped code or among the globals of idle code. */
import type { Runtime } from "node:inspector";
import type { MimeBundle } from "../contracts.ts";
import type { Inspector } from "./inspector.ts";
import { DebugRequestError } from "./messages.ts";
import type { DebugVariable } from "./messages.ts";
import type { Stop, StoppedFrame } from "./stop.ts";
import { argumentOf } from "./values.ts";
import type { ValueGroup, Values } from "./values.ts";

/** How long an expression may compute while everything else waits for it. Milliseconds. */
const EXPRESSION_TIMEOUT = 10_000;
/** How long the kernel's own code on the main thread is waited for, and how often it is looked at. Milliseconds. */
const BUSY_TIMEOUT = 100;
const BUSY_CHECK = 2;

/** What the main thread does: it waits for events, runs a person's code, or runs the kernel's own, which is soon over. */
export type MainThread = "idle" | "computing" | "busy";

/** The names that Node gives every thread; the main thread's others were made by cells. */
const BUILT_IN = Object.keys(globalThis);

type Arguments = Readonly<Record<string, unknown>>;

interface Evaluated {
  readonly result: Runtime.RemoteObject;
  readonly exceptionDetails?: Runtime.ExceptionDetails | undefined;
}

export class Variables {
  readonly #inspector: Inspector;
  readonly #values: Values;
  readonly #mainThread: () => MainThread;
  /** What was listed last, for when nobody can be asked. */
  #latest: DebugVariable[] = [];
  #listings = 0;

  constructor(inspector: Inspector, values: Values, mainThread: () => MainThread) {
    this.#inspector = inspector;
    this.#values = values;
    this.#mainThread = mainThread;
  }

  /** The scopes of a frame, the innermost first; the globals come first where a cell's own code is stopped. */
  async scopes(frame: StoppedFrame, stop: Stop): Promise<object> {
    const scopes = stop.scopesOf(frame).map(({ name, objects }) => ({ name, variablesReference: this.#values.referToScopes(objects, "stopped"), expensive: false }));
    const globals = this.#values.referToListing(await this.#listGlobals("stopped"), "stopped");
    return { scopes: [...scopes, { name: "Globals", variablesReference: globals, expensive: false }] };
  }

  /** What the cells have declared. While a cell computes: what was known before it. */
  async globals(stop: Stop | undefined): Promise<DebugVariable[]> {
    if (stop === undefined && !(await this.#becomesIdle())) return this.#latest;
    const group: ValueGroup = stop === undefined ? `idle-${++this.#listings}` : "stopped";
    const reference = this.#values.referToListing(await this.#listGlobals(group), group);
    this.#latest = await this.#values.list(reference);
    // A view asks again at every message of a cell, and may still open a value of the list before.
    if (stop === undefined && this.#listings > 2) await this.#values.release(`idle-${this.#listings - 2}`);
    return this.#latest;
  }

  /** The answer to an expression. */
  async evaluate({ expression, frameId, context }: Arguments, stop: Stop | undefined): Promise<object> {
    const isLooking = context === "hover" || context === "watch";
    const { result, exceptionDetails } = await this.#evaluate(String(expression ?? ""), frameId, stop, isLooking);
    if (exceptionDetails !== undefined) throw new DebugRequestError(messageOf(exceptionDetails));
    return await this.#values.describe(result, stop === undefined ? `idle-${this.#listings}` : "stopped");
  }

  /** A variable in all its forms. */
  async rich({ variableName, frameId }: Arguments, stop: Stop | undefined): Promise<{ data: MimeBundle; metadata: object }> {
    const name = String(variableName ?? "");
    if (!isName(name)) throw new DebugRequestError(`${JSON.stringify(name)} is not the name of a variable`);
    const { result, exceptionDetails } = await this.#evaluate(name, frameId, stop, true);
    if (exceptionDetails !== undefined) throw new DebugRequestError(messageOf(exceptionDetails));
    return { data: await this.#values.bundle(result, stop === undefined), metadata: {} };
  }

  /** Gives a variable of a frame to the cells that come later. */
  async copyToGlobals({ srcVariableName, dstVariableName, srcFrameId }: Arguments, stop: Stop): Promise<void> {
    const [from, to] = [String(srcVariableName ?? ""), String(dstVariableName ?? "")];
    for (const name of [from, to]) if (!isName(name)) throw new DebugRequestError(`${JSON.stringify(name)} is not the name of a variable`);
    const { result, exceptionDetails } = await this.#evaluate(from, srcFrameId, stop, true);
    if (exceptionDetails !== undefined) throw new DebugRequestError(messageOf(exceptionDetails));
    await this.#values.call("keep", [argumentOf(result)]);
    // What a cell has declared is assigned to. Any other name becomes a property, which a later cell may declare: a declaration
    // would be seen only by the mode of evaluation that answers when the event loop turns, and here it stands still.
    const { names } = await this.#inspector.post("Runtime.globalLexicalScopeNames");
    const expression = `${names.includes(to) ? to : `globalThis.${to}`} = __kernel.debugger.kept()`;
    const assigned = await this.#inspector.post("Runtime.evaluate", { expression, silent: true });
    if (assigned.exceptionDetails !== undefined) throw new DebugRequestError(messageOf(assigned.exceptionDetails));
  }

  /** Evaluates in a frame, or among the globals where none is named. */
  async #evaluate(expression: string, frameId: unknown, stop: Stop | undefined, throwOnSideEffect: boolean): Promise<Evaluated> {
    const options = { expression, silent: true, timeout: EXPRESSION_TIMEOUT };
    if (stop !== undefined) {
      // A view that has lost its frame means the one on top.
      const frame = frameId === undefined || frameId === null ? stop.frames[0]! : stop.frame(frameId);
      return await this.#inspector.post("Debugger.evaluateOnCallFrame", { ...options, callFrameId: frame.callFrame.callFrameId, objectGroup: "stopped", throwOnSideEffect });
    }
    if (!(await this.#becomesIdle())) throw new DebugRequestError("the kernel is computing; stop it at a breakpoint, or ask again when the cell has ended");
    // Inside `eval` a declaration stays in the expression; outside, a cell could not declare the name again.
    const kept = throwOnSideEffect ? expression : `(0, eval)(${JSON.stringify(expression)})`;
    return await this.#inspector.post("Runtime.evaluate", { ...options, expression: kept, objectGroup: `idle-${this.#listings}`, disableBreaks: true, throwOnSideEffect });
  }

  /** @returns A listing of the variables that cells have declared, and of the properties they gave to `globalThis`. */
  async #listGlobals(group: ValueGroup): Promise<Runtime.RemoteObject> {
    const { names } = await this.#inspector.post("Runtime.globalLexicalScopeNames");
    const assigned = (await this.#values.call("assigned", [{ value: BUILT_IN }])).value as string[];
    const all = [...new Set([...names, ...assigned])].filter(isName);
    const readers = all.map((name) => `${JSON.stringify(name)}: () => ${name}`).join(", ");
    const expression = `__kernel.debugger.variables({ __proto__: null, ${readers} })`;
    const { result, exceptionDetails } = await this.#inspector.post("Runtime.evaluate", { expression, objectGroup: group, silent: true, disableBreaks: true });
    if (exceptionDetails !== undefined) throw new DebugRequestError(messageOf(exceptionDetails));
    return result;
  }

  /** Whether the main thread can be asked for values; waits for the end of the kernel's own code. */
  async #becomesIdle(): Promise<boolean> {
    const end = performance.now() + BUSY_TIMEOUT;
    while (this.#mainThread() === "busy" && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, BUSY_CHECK));
    return this.#mainThread() === "idle";
  }
}

function isName(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);
}

function messageOf({ exception, text }: Runtime.ExceptionDetails): string {
  return (exception?.description ?? text).split("\n")[0]!;
}
