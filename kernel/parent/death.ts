/** Why a child process ended, in words for the person whose cell was running in it. */
import type { ErrorContent } from "../channel/records.ts";
import { say } from "../messages/say.ts";

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
  /** Whether it was ended because an interrupt had no effect. */
  readonly isStuck: boolean;
  readonly wasReady: boolean;
}

/** Puts the facts into one error. */
export function describeDeath(facts: DeathFacts): Death {
  const { ename, reason } = explain(facts);
  const evalue = facts.wasReady ? `${reason} ${say("allLost")}` : reason;
  return { wasReady: facts.wasReady, error: { ename, evalue, traceback: [`${ename}: ${evalue}`] } };
}

function explain({ cause, signal, exitCode, lastWords, isStuck, wasReady }: DeathFacts): { ename: string; reason: string } {
  if (!wasReady) {
    const words = lastWords.trim();
    return { ename: "KernelStartError", reason: say("didNotStart", { cause: String(cause ?? signal) }) + (words === "" ? "" : `\n${words}`) };
  }
  if (isStuck) return { ename: "KeyboardInterrupt", reason: say("stuck") };
  if (/heap out of memory|Allocation failed|ERR_WORKER_OUT_OF_MEMORY/.test(lastWords)) {
    return { ename: "OutOfMemoryError", reason: say("outOfMemory") };
  }
  if (exitCode !== undefined) return { ename: "ProcessExit", reason: say("exited", { code: exitCode }) };
  if (signal === "SIGKILL") {
    return { ename: "ProcessKilled", reason: say("killed") };
  }
  return { ename: "ProcessCrash", reason: say("crashed", { cause: signal ?? `exit code ${String(cause)}` }) };
}
