/**
 * Looking into a model without changing it: it is run as it is when nothing is trained (no dropout, stored means in batch
 * normalisation), and afterwards its modes and hooks are what they were. Also where looking failed, and where the learner
 * stopped the cell: a stopped cell skips `finally`, so the notebook is asked to call at the end of the cell too.
 */
import { notebookHost } from "../host.ts";
import type { HookHandle } from "../nn/module/hooks.ts";
import type { AnyModule } from "../nn/module/module.ts";

/** What is still to be put back. */
const pending = new Set<() => void>();
let watching = false;

function watchCells(): void {
  const host = notebookHost();
  if (watching || host?.onCellEnd === undefined) return;
  watching = true;
  host.onCellEnd(() => [...pending].forEach((restore) => restore()));
}

/**
 * Runs a function while the model is in evaluation mode, then puts its modes back and takes off the hooks that were handed
 * to `keep`.
 */
export function undisturbed<Result>(model: AnyModule, run: (keep: (handle: HookHandle) => void) => Result): Result {
  watchCells();
  const handles: HookHandle[] = [];
  const modes = [...model.modules()].map((module) => ({ module, training: module.training }));
  const restore = (): void => {
    pending.delete(restore);
    handles.forEach((handle) => handle.remove());
    modes.forEach(({ module, training }) => (module.training = training));
  };
  pending.add(restore);
  try {
    model.eval();
    return run((handle) => void handles.push(handle));
  } finally {
    restore();
  }
}
