/**
 * A fast wrong answer is no answer: before a row is timed, its result is compared with the peer's.
 */

/** Two contenders computed different things. */
export class Disagreement extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "Disagreement";
  }
}

/**
 * @param {string} what the row and the peer, for the message
 * @param {readonly number[]} ours
 * @param {readonly number[]} theirs
 * @param {number} tolerance how far apart two values may be, as a part of the peer's largest
 * @throws {Disagreement} naming the first value that differs
 */
export function requireAgreement(what, ours, theirs, tolerance) {
  if (ours.length !== theirs.length || ours.length === 0) {
    throw new Disagreement(`${what}: ${ours.length} values here and ${theirs.length} there`);
  }
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const position = ours.findIndex((value, i) => !(Math.abs(value - theirs[i]) <= tolerance * largest));
  if (position >= 0) {
    throw new Disagreement(
      `${what}: value ${position} of ${ours.length} is ${ours[position]} here and ${theirs[position]} there; ` +
        `they may differ by ${tolerance * largest}`,
    );
  }
}
