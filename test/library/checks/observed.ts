/**
 * Which rows of the table a piece of work runs, as seen where calls cross to native code: what a case says it exercises is not
 * taken on trust.
 */
import { observedBy } from "../../../src/tensor/call-observer.ts";
import type { CallObserver } from "../../../src/tensor/call-observer.ts";

const nothing = (): void => {};

/** Runs something and adds the names of the rows that it called to `seen`. */
export function observeRows<T>(seen: Set<string>, run: () => T): T {
  const observer: CallObserver = {
    called: ({ name }) => seen.add(name),
    written: nothing,
    reading: nothing,
    viewed: nothing,
    changing: nothing,
    acted: nothing,
    relied: nothing,
    leafMade: nothing,
    gradientRead: nothing,
    gradientWritten: nothing,
    positionsChecked: nothing,
  };
  return observedBy(observer, run);
}
