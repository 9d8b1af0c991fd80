/** A debugging front end for tests: requests of the Debug Adapter Protocol over a kernel's control channel, and its events. */
import type { Frontend, Json, Received, RunningCell } from "./frontend.ts";

export interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly source: { readonly name?: string; readonly path: string };
}

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly variablesReference: number;
}

export class DebugClient {
  readonly #frontend: Frontend;
  readonly #seen = new Set<Received>();
  #requests = 0;

  constructor(frontend: Frontend) {
    this.#frontend = frontend;
  }

  /** Sends a request. @returns The whole reply. */
  async reply(command: string, args: Json = {}): Promise<Json> {
    const { type, content } = await this.#frontend.ask("control", "debug_request", { type: "request", seq: ++this.#requests, command, arguments: args });
    if (type !== "debug_reply") throw new Error(`${command} was answered with ${type}`);
    return content;
  }

  /** Sends a request that is to succeed. @returns The reply's body. */
  async ask(command: string, args: Json = {}): Promise<Json> {
    const { success, message, body } = await this.reply(command, args);
    if (success !== true) throw new Error(`${command} failed: ${message}`);
    return body as Json;
  }

  /** Waits for the next event of a kind. @returns Its body. */
  async event(name: string, timeout?: number): Promise<Json> {
    const found = await this.#frontend.until((message) => message.type === "debug_event" && message.content["event"] === name && !this.#seen.has(message), timeout);
    this.#seen.add(found);
    return found.content["body"] as Json;
  }

  /** How many events of a kind have come that nobody has waited for. */
  unseen(name: string): number {
    return this.#frontend.received.filter((message) => message.type === "debug_event" && message.content["event"] === name && !this.#seen.has(message)).length;
  }

  /** Takes no more notice of the events that have come. */
  forget(): void {
    for (const message of this.#frontend.received) if (message.type === "debug_event") this.#seen.add(message);
  }

  /** Begins to debug, as JupyterLab does. */
  async attach(clientID = "test"): Promise<Json> {
    const capabilities = await this.ask("initialize", { clientID, linesStartAt1: true, columnsStartAt1: true });
    await this.ask("attach");
    return capabilities;
  }

  /** Sets the breakpoints of a cell. @returns The cell's path and the breakpoints as the kernel has them. */
  async breakIn(code: string, ...lines: number[]): Promise<{ path: string; breakpoints: Json[] }> {
    const { sourcePath: path } = await this.ask("dumpCell", { code });
    const { breakpoints } = await this.ask("setBreakpoints", { source: { path }, breakpoints: lines.map((line) => ({ line })) });
    return { path, breakpoints };
  }

  /** Runs a cell until it stops. */
  async runToStop(code: string): Promise<{ cell: RunningCell; stopped: Json; frames: Frame[] }> {
    const cell = await this.#frontend.run(code);
    const { stopped, frames } = await this.stop();
    return { cell, stopped, frames };
  }

  /** Waits for the next stop. */
  async stop(): Promise<{ stopped: Json; frames: Frame[] }> {
    const stopped = await this.event("stopped");
    return { stopped, frames: await this.frames() };
  }

  async frames(): Promise<Frame[]> {
    return (await this.ask("stackTrace", { threadId: 1 }))["stackFrames"] as Frame[];
  }

  /** Makes a step. @returns Where it ends. */
  async step(command: "next" | "stepIn" | "stepOut"): Promise<{ line: number; name: string }> {
    await this.ask(command, { threadId: 1 });
    const { line, name } = (await this.stop()).frames[0]!;
    return { line, name };
  }

  /** The variables of a frame, by the name of their scope. */
  async scopes(frame: Frame): Promise<Record<string, Variable[]>> {
    const { scopes } = await this.ask("scopes", { frameId: frame.id });
    const lists = (scopes as Json[]).map(async ({ name, variablesReference }) => [name as string, await this.fields(variablesReference)] as const);
    return Object.fromEntries(await Promise.all(lists));
  }

  /** What a reference stands for. */
  async fields(variablesReference: number, limits: Json = {}): Promise<Variable[]> {
    return (await this.ask("variables", { variablesReference, ...limits }))["variables"] as Variable[];
  }
}

/** Variables as an object: each value's text by its name. */
export function texts(variables: readonly Variable[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}
