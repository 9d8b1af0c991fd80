/**
 * Losses of sequences in the reference: by adding up every path, one by one.
 */
import { get } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

/** Every list of `length` numbers below `choices`. */
export function* paths(length: number, choices: number): Generator<number[]> {
  const total = choices ** length;
  for (let code = 0; code < total; code++) {
    yield Array.from({ length }, (_, i) => Math.floor(code / choices ** i) % choices);
  }
}

function collapse(path: readonly number[], blank: number): number[] {
  return path.filter((symbol, i) => symbol !== blank && symbol !== path[i - 1]);
}

/** -log of the sum over all paths that say the target. */
export function ctcLoss(
  logProbs: ReferenceArray,
  targets: readonly (readonly number[])[],
  inputLengths: readonly number[],
  blank: number,
): ReferenceArray {
  const classes = logProbs.shape[2]!;
  const values = targets.map((target, n) => {
    let probability = 0;
    for (const path of paths(inputLengths[n]!, classes)) {
      if (collapse(path, blank).join() !== target.join()) continue;
      probability += Math.exp(path.reduce((sum, symbol, t) => sum + get(logProbs, [t, n, symbol]), 0));
    }
    return -Math.log(probability);
  });
  return { shape: [targets.length], values };
}

/** The score of one sequence of labels. */
export function chainScore(
  emissions: ReferenceArray,
  n: number,
  path: readonly number[],
  transitions: ReferenceArray,
  start?: ReferenceArray,
  end?: ReferenceArray,
): number {
  const steps = path.map((label, t) => get(emissions, [t, n, label]) + (t > 0 ? get(transitions, [path[t - 1]!, label]) : 0));
  const ends = (start?.values[path[0]!] ?? 0) + (end?.values[path.at(-1)!] ?? 0);
  return steps.reduce((a, b) => a + b, 0) + ends;
}
