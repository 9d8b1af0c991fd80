/**
 * The messages of the Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol/specification) as far as
 * this kernel speaks it, and of Jupyter's additions (https://jupyter-client.readthedocs.io/en/stable/messaging.html#debug-request).
 */

/** The content of a `debug_request`. */
export interface DebugRequest {
  readonly type: "request";
  readonly seq: number;
  readonly command: string;
  readonly arguments?: Record<string, unknown>;
}

/** The content of a `debug_reply`. */
export interface DebugResponse {
  readonly type: "response";
  readonly seq: number;
  readonly request_seq: number;
  readonly command: string;
  readonly success: boolean;
  readonly message?: string;
  readonly body: object;
}

/** The content of a `debug_event`. */
export interface DebugEvent {
  readonly type: "event";
  readonly seq: number;
  readonly event: string;
  readonly body: object;
}

/** Where a frame or breakpoint is: a local file's path, or a cell's. */
export interface DebugSource {
  readonly name?: string;
  readonly path: string;
}

/** One line of a variable view. */
export interface DebugVariable {
  readonly name: string;
  readonly value: string;
  /** Left out for front ends that show a variable's type in place of its value. */
  readonly type?: string;
  readonly evaluateName?: string;
  /** What to ask for the fields with; 0 for none. */
  readonly variablesReference: number;
  readonly namedVariables?: number;
  readonly indexedVariables?: number;
}

export interface DebugBreakpoint {
  readonly id: number;
  readonly verified: boolean;
  readonly line: number;
  readonly source: DebugSource;
}

/** A request that cannot be fulfilled; its message goes to the front end. */
export class DebugRequestError extends Error {
  override readonly name = "DebugRequestError";
}
