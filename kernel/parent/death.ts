/** Why a child process ended, in words for the person whose cell was running in it. */
import type { ErrorContent } from "../channel/records.ts";

/** A child that ended by itself. */
export interface Death {
  readonly error: ErrorContent;
  /** Whether it ever took a cell; one that did not would not the next time either. */
  readonly wasReady: boolean;
}

/** What is known of the end. */
export interface DeathFacts {
  /** The exit code, or why there was no process at all. */
  readonly cause: string | number | null;
  readonly signal: NodeJS.Signals | null;
  /** The code that the process announced, if it ended in an orderly way. */
  readonly exitCode: number | undefined;
  readonly lastWords: string;
  readonly wasReady: boolean;
}

const LOSS = "All variables are lost; a fresh process has been started. Run the cells again from the top.";

/** Puts the facts into one error. */
export function describeDeath(facts: DeathFacts): Death {
  const { ename, reason } = explain(facts);
  const evalue = facts.wasReady ? `${reason} ${LOSS}` : reason;
  return { wasReady: facts.wasReady, error: { ename, evalue, traceback: [`${ename}: ${evalue}`] } };
}

function explain({ cause, signal, exitCode, lastWords, wasReady }: DeathFacts): { ename: string; reason: string } {
  if (!wasReady) {
    const words = lastWords.trim();
    return { ename: "KernelStartError", reason: `The process that runs cells did not start (${String(cause ?? signal)}).${words === "" ? "" : `\n${words}`}` };
  }
  if (/heap out of memory|Allocation failed|ERR_WORKER_OUT_OF_MEMORY/.test(lastWords)) {
    return { ename: "OutOfMemoryError", reason: "The cell used up the memory that JavaScript may have, and its process ended." };
  }
  if (exitCode !== undefined) return { ename: "ProcessExit", reason: `The process that runs cells ended with exit code ${exitCode}: process.exit() was called.` };
  if (signal === "SIGKILL") {
    return { ename: "ProcessKilled", reason: "The process that runs cells was killed (SIGKILL), which is what a system does when memory runs out." };
  }
  return { ename: "ProcessCrash", reason: `The process that runs cells crashed (${signal ?? `exit code ${String(cause)}`}), most likely in native code.` };
}
