/**
 * The card under the measurements: how fast it copies, looked at between the measurements themselves, what it can compute at the
 * most, and the clocks it runs at.
 */
import { performance } from "node:perf_hooks";
import { queryCard } from "../../setup/cuda.mjs";
import { PeerFailure } from "../peers.mjs";

/**
 * @typedef {import("../rows/row.mjs").Nabla} Nabla
 * @typedef {import("../peers.mjs").Peer} Peer
 */

/** Floats copied at once: 256 MB, more than any card's cache holds. */
const copied = 1 << 26;

/** Rows and columns of the matrices by which a card's peak is found, and how often it is tried. */
const largest = 8192;
const tries = 10;

/** GB/s, read and written bytes counted. @param {number} elements @param {number} seconds */
const rate = (elements, seconds) => (8 * elements) / seconds / 1e9;

export class Card {
  #elements;
  #source;
  #target;
  #word;
  /** The best rate of Nabla's copy so far, in GB/s. */
  bestPeak = 0;
  /** The best rate of anybody's copy, in GB/s. */
  bandwidth = 0;
  /**
   * The best rates of PyTorch's products, in GFLOP/s; none where it was not there to ask.
   * @type {Partial<Record<import("../rows/row.mjs").Precision, number>>}
   */
  peakGflops = {};

  /** @param {Nabla} nabla @param {number} [elements] of a copy */
  constructor({ empty, zeros }, elements = copied) {
    this.#elements = elements;
    this.#source = zeros([elements], { device: "cuda" });
    this.#target = empty([elements], { device: "cuda" });
    this.#word = zeros([1], { device: "cuda" });
  }

  /** Waits until all that was started is done: reading a number does. */
  finish() {
    this.#word.item();
  }

  /** How fast the card copies now, in GB/s. */
  copyRate(times = 4) {
    this.finish();
    const begin = performance.now();
    for (let i = 0; i < times; i++) this.#target.copy_(this.#source);
    this.finish();
    const now = rate(times * this.#elements, (performance.now() - begin) / 1000);
    this.bestPeak = Math.max(this.bestPeak, now);
    this.bandwidth = Math.max(this.bandwidth, now);
    return now;
  }

  /**
   * What this row's work takes at the least: its bytes at the best rate of a copy, or its operations at the card's peak.
   * @param {import("../rows/row.mjs").Row} row
   * @returns {Promise<import("../rounds.mjs").Glance>}
   */
  glance(row) {
    const peak = this.copyRate();
    let floor = null;
    if (row.bytes !== undefined) floor = row.bytes / this.bandwidth / 1e9;
    else {
      const peakGflops = this.peakGflops[row.precision ?? "fp32"];
      if (row.flops !== undefined && peakGflops !== undefined) floor = row.flops / peakGflops / 1e9;
    }
    return Promise.resolve({ peak, floor });
  }

  /**
   * Looks for the best that the card can do: Nabla's copy, and PyTorch's copy and products.
   * @param {Peer | undefined} pytorch
   */
  async findPeaks(pytorch) {
    for (let i = 0; i < tries; i++) this.copyRate();
    if (pytorch === undefined) return;
    /** The shortest time of PyTorch's row; undefined where it cannot do it. */
    const fastest = async (/** @type {string} */ row, /** @type {object} */ sizes) => {
      try {
        await pytorch.prepare(row, sizes);
        await pytorch.seconds(3);
        let least = Infinity;
        for (let i = 0; i < tries; i++) least = Math.min(least, (await pytorch.seconds(4)) / 4);
        return least;
      } catch (error) {
        if (!(error instanceof PeerFailure)) throw error;
        console.error(`${row}: ${error.message}`);
        return undefined;
      }
    };
    const copying = await fastest("copy", { elements: this.#elements });
    if (copying !== undefined) this.bandwidth = Math.max(this.bandwidth, rate(this.#elements, copying));
    for (const precision of /** @type {const} */ (["fp32", "tf32", "bf16"])) {
      const multiplying = await fastest(`matmul-${precision}`, { size: largest });
      if (multiplying !== undefined) this.peakGflops[precision] = (2 * largest ** 3) / multiplying / 1e9;
    }
  }
}

/** The clocks of the card now, in MHz; null where the driver does not say. */
export function clocks() {
  const [multiprocessors = null, memory = null] = queryCard(["clocks.sm", "clocks.mem"]).map(Number);
  return { multiprocessors, memory };
}

/** What is told of the card as it stands in the machine. */
export function description() {
  const [name, driver, multiprocessors, memory, watts, megabytes] = queryCard(["name", "driver_version", "clocks.max.sm", "clocks.max.mem", "power.limit", "memory.total"]);
  return { name, driver, highestClocksMHz: { multiprocessors: Number(multiprocessors), memory: Number(memory) }, powerLimitWatts: Number(watts), memoryMiB: Number(megabytes) };
}
