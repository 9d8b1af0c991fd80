/**
 * What is measured of a kernel, and what it must reach.
 *
 * A row of several measurements is told as their median and their worst. `atMost` is held against the median, and against
 * the worst where the row says so.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} what in words
 * @property {"s" | "ms" | "MiB"} unit
 * @property {number} [atMost] what this kernel must reach; none where the figure is told beside another
 */

/** @type {readonly Row[]} */
export const rows = [
  { name: "ready", what: "ready after start", unit: "s", atMost: 0.35 },
  { name: "first-result", what: "first result after start", unit: "s" },
  { name: "cell", what: "1+1 to idle", unit: "ms", atMost: 1.0 },
  { name: "cell-after-100", what: "1+1 to idle after 100 declarations", unit: "ms", atMost: 1.2 },
  { name: "completion", what: "completion, warm", unit: "ms", atMost: 30 },
  { name: "completion-busy", what: "completion while a cell computes", unit: "ms", atMost: 60 },
  { name: "interrupt-loop", what: "interrupt of while (true) {}", unit: "ms", atMost: 10 },
  { name: "interrupt-loop-after-import", what: "interrupt of a loop after an import", unit: "ms", atMost: 10 },
  { name: "interrupt-await", what: "interrupt of a pending await", unit: "ms", atMost: 10 },
  { name: "interrupt-timer", what: "interrupt of a loop in a timer callback", unit: "ms", atMost: 60 },
  { name: "interrupt-training", what: "interrupt of a native training loop", unit: "ms", atMost: 100 },
  { name: "lines", what: "300,000 lines, all in order before idle", unit: "s", atMost: 2 },
  { name: "memory-first-cell", what: "memory after the first cell", unit: "MiB", atMost: 160 },
  { name: "memory-completing", what: "memory with the language service warm", unit: "MiB", atMost: 450 },
  { name: "memory-20-kernels", what: "memory of 20 idle kernels", unit: "MiB", atMost: 4 * 1024 },
];

/**
 * What came of a row for one contender: figures, or in words why there are none.
 * @typedef {{values: number[]} | {failure: string}} Result
 */

/** The figure that counts of a result. @typedef {{median: number, worst: number, times: number}} Figure */
