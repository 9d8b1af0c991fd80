/** The records that the kernel's two processes exchange. Every record of the child names the job it belongs to. */
import type { MimeBundle } from "../contracts.ts";
import type { DebugEvent, DebugRequest, DebugResponse } from "../debugger/messages.ts";

/**
 * The descriptors of the child: its main thread writes records to one, its inbound worker reads them from the other, which
 * is a socket and carries the few records of that worker in the other direction.
 */
export const RECORDS_OUT = 3;
export const RECORDS_IN = 4;
/** Where the inbound worker itself writes, in the debugger's name: the main thread may be stopped. */
export const DEBUG_RECORDS_OUT = 5;
/** Where the main thread itself reads the cells that it is to run: one thread less is woken on their way. */
export const CELLS_IN = 6;

/** What identifies a request whose output goes to a message of its own: the `msg_id` of that request. */
export type JobId = string;

/**
 * Which marks the child wrote on its raw descriptors: everything before a mark was written before the record.
 *
 * Behind the last records of a cell nothing of the cell's is printed any more, so they need no marks: `"drained"` says that all
 * that lies in the raw pipes goes before them.
 */
export type Barrier = Marks | "drained";

export interface Marks {
  /** The serial number written on descriptor 1, or 0 if that descriptor is closed. */
  readonly stdout: number;
  /** The same on descriptor 2. */
  readonly stderr: number;
  /** The same on the pipes of the job, if it has some. */
  readonly pipes?: { readonly number: number; readonly stdout: number; readonly stderr: number };
}

/** The names of the pipes of a job, in their folder. */
export const PIPE_NAMES = ["stdout", "stderr"] as const;

/** A job has pipes of its own, on which its sub-processes print. */
export interface PipesOpen {
  readonly type: "pipes-open";
  readonly job: JobId;
  /** No other pipes of this child have the same number. */
  readonly pipes: number;
  /** Where they are, until the parent has opened them and removes it. */
  readonly folder: string;
}

/** An error as a front end shows it. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type ExpressionReply =
  | { readonly status: "ok"; readonly data: MimeBundle; readonly metadata: object }
  | ({ readonly status: "error" } & ErrorContent);

export interface CellReply {
  readonly type: "reply";
  readonly job: JobId;
  readonly status: "ok" | "error";
  readonly error?: ErrorContent;
  readonly userExpressions: Record<string, ExpressionReply>;
  readonly barrier: Barrier;
}

export interface DisplayRecord {
  readonly type: "display";
  readonly job: JobId;
  readonly kind: "display_data" | "update_display_data" | "execute_result";
  readonly data: MimeBundle;
  readonly metadata: object;
  readonly id?: string;
  readonly barrier: Barrier;
}

/** From the child to the parent. */
export type ChildRecord =
  | { readonly type: "ready" }
  | { readonly type: "stream"; readonly job: JobId; readonly name: "stdout" | "stderr"; readonly text: string }
  | DisplayRecord
  | { readonly type: "clear"; readonly job: JobId; readonly wait: boolean }
  | CellReply
  | { readonly type: "comm-open"; readonly job: JobId; readonly comm: string; readonly target: string; readonly data: unknown; readonly metadata: object }
  | { readonly type: "comm-msg"; readonly job: JobId; readonly comm: string; readonly data: unknown; readonly metadata?: object }
  | { readonly type: "comm-close"; readonly job: JobId; readonly comm: string; readonly data: unknown }
  | { readonly type: "mail-begin"; readonly job: JobId }
  | { readonly type: "mail-end"; readonly job: JobId; readonly barrier: Barrier }
  | PipesOpen
  /** The child itself writes no more marks on them. */
  | { readonly type: "pipes-close"; readonly job: JobId; readonly pipes: number; readonly barrier: Barrier }
  | { readonly type: "input"; readonly job: JobId; readonly request: number; readonly prompt: string; readonly password: boolean }
  | { readonly type: "exit"; readonly code: number };

/** From the child's debugger to the parent. */
export type DebugRecord =
  | { readonly type: "debug-reply"; readonly request: number; readonly message: DebugResponse }
  | { readonly type: "debug-event"; readonly message: DebugEvent };

/** One cell to run. */
export interface ExecuteJob {
  readonly type: "execute";
  readonly job: JobId;
  /** What the cell is called in stacks and breakpoints: `cell:` and a number that no other execution has. */
  readonly url: string;
  /** The number of the execution: later ones have higher numbers. */
  readonly serial: number;
  readonly source: string;
  readonly executionCount: number;
  readonly silent: boolean;
  readonly allowStdin: boolean;
  readonly userExpressions: Record<string, string>;
  /** The cell of the notebook, where the front end names it. */
  readonly cellId?: string;
}

/** A cell on the way of its own, on which it must not overtake what was sent before it on the common one. */
export interface SentCell {
  readonly type: "cell";
  readonly job: ExecuteJob;
  /** How many records had been sent on the common way. */
  readonly after: number;
}

/** Mail of a comm, from the front end. */
export interface CommMail {
  readonly type: "comm";
  readonly job: JobId;
  readonly kind: "open" | "msg" | "close";
  readonly comm: string;
  readonly target: string;
  readonly data: unknown;
  readonly metadata: Record<string, unknown>;
}

/** From the parent to the child, but for the cells. */
export type ParentRecord =
  | CommMail
  /** With the cell that has been sent and not been answered, in case the interrupt arrives first. */
  | { readonly type: "interrupt"; readonly job?: ExecuteJob }
  | { readonly type: "input-reply"; readonly request: number; readonly value: string }
  | { readonly type: "debug-request"; readonly request: number; readonly message: DebugRequest }
  | { readonly type: "shutdown" };

/** From the child's inbound worker to the parent: an interrupt had no effect, and nothing that the child can do would. */
export type WorkerRecord = { readonly type: "stuck" };
