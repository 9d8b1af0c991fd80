/**
 * Collections of garbage in the language worker.
 *
 * TypeScript leaves much behind: a program of its own for each state of the notebook. V8 is in no hurry to collect it, so a
 * kernel that is idle would keep half again what it needs, and one that runs thousands of cells would take several times as
 * much. A full collection takes a tenth of a second, so it is made when nobody has asked for a while, and when much has
 * gathered.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How long nothing was asked. Milliseconds. */
const QUIET = 2000;
/** How much may gather. Bytes. */
const MUCH = 96 << 20;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let timer: NodeJS.Timeout | undefined;
/** What was in use after the last collection; before the first, about what TypeScript takes with the types of Node. */
let used = 96 << 20;

function collectNow(): void {
  collect();
  used = getHeapStatistics().used_heap_size;
}

/** The worker has answered a question, and may have more to do. */
export function collectWhenGrown(): void {
  clearTimeout(timer);
  if (getHeapStatistics().used_heap_size > used + MUCH) collectNow();
}

/** The worker has nothing to do. */
export function collectWhenQuiet(): void {
  clearTimeout(timer);
  timer = setTimeout(collectNow, QUIET).unref();
}
