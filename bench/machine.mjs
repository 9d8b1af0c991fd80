/**
 * The machine under the measurements: its peak of multiply-adds and of copying, asked from native/bench/peak.cpp between
 * the measurements themselves, so that both are taken in the same second.
 */
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { SetupFailure } from "../setup/failure.mjs";
import { paths, shown } from "../setup/paths.mjs";
import { LineProcess } from "./line-process.mjs";

const program = path.join(paths.nativeBuild, "bench", "bench_peak");

/** Bytes moved to find the bandwidth of memory rather than of a cache: 64 MB are read and 64 MB written. */
const memoryBytes = 128e6;

export class Machine {
  #probe;
  /** The best seen so far, in GFLOP/s; 0 on a processor without fused multiply-adds. */
  bestPeak = 0;
  #bestBandwidth = 0;

  constructor() {
    if (!existsSync(program)) throw new SetupFailure(`${shown(program)} is missing: run \`npm run bench\`, which builds it.`);
    this.#probe = new LineProcess("the probe of the machine's peak", program);
  }

  /** The peak of float32 multiply-adds now, in GFLOP/s. @returns {Promise<number>} */
  async peak() {
    const peak = await this.#probe.ask("fma");
    this.bestPeak = Math.max(this.bestPeak, peak);
    return peak;
  }

  /**
   * How fast memory is copied now, in GB/s, read and written bytes counted.
   * @param {number} bytes in all; few bytes stay in a cache
   * @returns {Promise<number>}
   */
  copyRate(bytes) {
    return this.#probe.ask(`copy ${Math.round(bytes)}`);
  }

  /**
   * What this row's work takes at the least, now.
   * @param {import("./rows/row.mjs").Row} row
   * @returns {Promise<import("./rounds.mjs").Glance>}
   */
  async glance(row) {
    const peak = await this.peak();
    if (row.bytes !== undefined) return { peak, floor: row.bytes / (await this.copyRate(row.bytes)) / 1e9 };
    return { peak, floor: row.flops === undefined || peak === 0 ? null : row.flops / peak / 1e9 };
  }

  /** A call has done its work when it returns. */
  finish() {}

  /** Looks at the peak for about half a second, so that the first row has a best to be held against. */
  async findPeak() {
    for (const end = performance.now() + 500; performance.now() < end;) await this.peak();
  }

  /** Looks at the bandwidth of memory once more and keeps the best. */
  async lookAtBandwidth() {
    this.#bestBandwidth = Math.max(this.#bestBandwidth, await this.copyRate(memoryBytes));
  }

  /**
   * @param {number} threads
   * @returns {{fmaPeakGflops: number, bandwidthGBs: number, cpu: string, threads: number, node: string}}
   */
  description(threads) {
    return {
      fmaPeakGflops: this.bestPeak,
      bandwidthGBs: this.#bestBandwidth,
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      threads,
      node: process.versions.node,
    };
  }

  end() {
    this.#probe.end();
  }
}
