/**
 * Collections of garbage in the language worker.
 *
 * TypeScript leaves much behind: a program of its own for each state of the notebook. V8 is in no hurry to collect it, so a
 * kernel that is idle would keep half again what it needs, and one that runs thousands of cells would grow with each. A full
 * collection takes a tenth of a second, so it is made when nobody has asked for a while, and after many cells.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How long nothing was asked. Milliseconds. */
const QUIET = 2000;
/** After how many cells it is made in any case. */
const CELLS = 500;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let timer: NodeJS.Timeout | undefined;
let cells = 0;

function collectNow(): void {
  cells = 0;
  collect();
}

/** The worker has nothing to do. @param added How many cells it has been told of since it last said so. */
export function collectWhenQuiet(added: number): void {
  cells += added;
  clearTimeout(timer);
  if (cells >= CELLS) collectNow();
  else timer = setTimeout(collectNow, QUIET).unref();
}
