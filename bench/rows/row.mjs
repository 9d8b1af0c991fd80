/**
 * What a row of the benchmark is: one piece of work, how it is done in Nabla, and what it must reach.
 *
 * @typedef {typeof import("../../src/index.ts")} Nabla
 *
 * @typedef {object} Work
 * @property {() => unknown} step does the work once
 * @property {() => number[]} result computes what is compared with the peers' result
 *
 * @typedef {"fp32" | "tf32" | "bf16"} Precision
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} work in words
 * @property {(nabla: Nabla) => Work} prepare
 * @property {number} tolerance between results, as a part of the largest value
 * @property {readonly string[]} peers it is compared with
 * @property {Readonly<Record<string, number>>} atLeast `floor`: part of the machine's peak; `seconds`: at most so many; all others: times the
 *   peer of that name
 * @property {object} [sizes] of the work, for peers to make the same of
 * @property {number} [flops] of doing the work once: its floor is that many at the machine's peak
 * @property {Precision} [precision] of those operations' factors, on a card; fp32 when not given
 * @property {number} [bytes] read and written: its floor is a copy that moves as many
 * @property {number} [repeats] how often one step does the work; 1 when not given
 */
export {};
