/**
 * The words of shared memory through which the child's main thread and its inbound worker agree on interrupts.
 *
 * A termination that lands in the kernel's own code would lose a reply or tear a record, and one that lands in a bare timer
 * callback ends the process. So the worker may only terminate after it has moved the gate from `Entered` (or from
 * `Open`, late) to `Terminating`, and the main thread moves the gate to `Masked` around all code of the kernel.
 */

/** Who holds the main thread. */
export const Gate = {
  /** The event loop. What runs now, if anything, is a continuation of user code or Node itself. */
  Open: 0,
  /** User code inside an inspector frame: termination is safe at once. */
  Entered: 1,
  /** The kernel's own code: never terminated. */
  Masked: 2,
  /** The worker has sent a termination, and it has not been seen to land. */
  Terminating: 3,
} as const;

/** Indices into the shared words. */
export const Word = {
  Gate: 0,
  /** How many interrupts have been asked for. */
  Interrupts: 1,
  /** The last interrupt that the main thread has seen: waits are rejected, the signal is aborted. */
  InterruptsSeen: 2,
  /** 1 once V8 has confirmed the termination that was sent last. */
  Landed: 3,
  /** How many records the worker has put into the inbox. */
  Inbox: 4,
  /** 1 once the worker has let go of the inspector. */
  Disconnected: 5,
  /** The last interrupt that is over: the cell that it was for has been answered. */
  InterruptsOver: 6,
  /** 1 while a debugger is attached: cells are announced before they run. */
  Debugger: 7,
  /** 1 while a cell runs, until the moment at which it is known how it has ended. */
  Running: 8,
  /** The number of the last cell that was started. */
  Started: 9,
  /** How many of the parent's records the worker has dealt with. */
  Handled: 10,
  /** How many bytes of the shared list of sub-processes were there when that cell was started. */
  Listed: 11,
} as const;

export function createSharedWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * Object.keys(Word).length));
}
