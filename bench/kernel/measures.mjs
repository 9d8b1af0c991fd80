/**
 * How each row is measured. A measure makes figures for one or several rows of one contender, with kernels of its own; a
 * contender that cannot do what the row asks for gets a sentence in place of a figure.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { NoAnswer } from "./client.mjs";
import { KernelProcess } from "./process.mjs";

/** @typedef {import("./contenders.mjs").Contender} Contender */
/** @typedef {import("./rows.mjs").Result} Result */
/** @typedef {Record<string, Result>} Results by the names of rows */
/** @typedef {{rows: readonly string[], measure: (contender: Contender, chosen: ReadonlySet<string>) => Promise<Results>}} Measure */

const MEBIBYTE = 1024 * 1024;
const CELLS = 100;
const COMPLETIONS = 20;
const LINES = 300_000;
const KERNELS = 20;

/** How long a kernel is left alone, in milliseconds, until what it does in the background at its start is over. */
const SETTLING = 4000;
/** How long an interrupted cell is waited for, in milliseconds. */
const PATIENCE = 8000;
/** How long a cell that prints very much is waited for, in milliseconds. */
const PRINTING = 20_000;

/** @param {Contender} contender @param {(kernel: KernelProcess) => Promise<Results>} use @returns {Promise<Results>} */
async function withKernel(contender, use) {
  const kernel = await KernelProcess.start(contender);
  try {
    return await use(kernel);
  } finally {
    await kernel.stop();
  }
}

/** @type {Measure} */
const startup = {
  rows: ["ready", "first-result"],
  async measure(contender) {
    const ready = [], first = [];
    for (let start = 0; start < contender.times; start++) {
      await withKernel(contender, async (kernel) => {
        ready.push((kernel.readyAt - kernel.startedAt) / 1000);
        await kernel.client.mustRun("1+1");
        first.push((performance.now() - kernel.startedAt) / 1000);
        return {};
      });
    }
    return { ready: { values: ready }, "first-result": { values: first } };
  },
};

/** @param {KernelProcess} kernel @param {number} count @returns {Promise<Result>} */
async function cells(kernel, count) {
  const values = [];
  for (let cell = 0; cell < count; cell++) values.push((await kernel.client.mustRun("1+1")).milliseconds);
  return { values };
}

/** @type {Measure} */
const smallCells = {
  rows: ["cell", "cell-after-100"],
  measure: (contender) => withKernel(contender, async (kernel) => {
    await kernel.client.mustRun("1+1");
    await sleep(SETTLING);
    const fresh = await cells(kernel, CELLS);
    for (let index = 0; index < 100; index++) await kernel.client.mustRun(contender.cells.declaration(index));
    // What a kernel makes of the declarations in the background is not to be paid by the cells that come after.
    await sleep(SETTLING);
    return { cell: fresh, "cell-after-100": await cells(kernel, CELLS) };
  }),
};

/** Asks for a completion. @param {KernelProcess} kernel @returns {Promise<number | undefined>} milliseconds, unless nothing was found */
async function complete(kernel) {
  const { completionCode: code, completed } = kernel.contender.cells;
  const exchange = await kernel.client.ask("complete_request", { code, cursor_pos: code.length }, 30_000);
  return (exchange.reply.matches ?? []).some((/** @type {string} */ match) => match.includes(completed)) ? exchange.milliseconds : undefined;
}

/** @param {KernelProcess} kernel @param {() => boolean} goesOn @returns {Promise<Result>} */
async function completions(kernel, goesOn) {
  const values = [];
  while (values.length < COMPLETIONS && goesOn()) {
    const value = await complete(kernel);
    if (value === undefined) return { failure: "finds nothing" };
    values.push(value);
  }
  return { values };
}

/** @type {Measure} */
const completion = {
  rows: ["completion", "completion-busy"],
  measure: (contender) => withKernel(contender, async (kernel) => {
    await kernel.client.mustRun(contender.cells.greeting);
    await complete(kernel);
    await sleep(SETTLING);
    const warm = await completions(kernel, () => true);
    const cell = await kernel.client.start(contender.cells.computing(2));
    await cell.until(() => cell.printed.includes("running"), PATIENCE);
    const busy = await completions(kernel, () => Number.isNaN(cell.idleAt));
    await cell.finished();
    return { completion: warm, "completion-busy": busy };
  }),
};

/** Interrupts one cell. @param {KernelProcess} kernel @param {string} code @returns {Promise<Result>} */
async function interruptOnce(kernel, code) {
  const { client, contender } = kernel;
  const { keep, kept } = contender.cells;
  await client.mustRun(keep);
  const cell = await client.start(code);
  await cell.until(() => cell.printed.includes("running"), PATIENCE);
  await sleep(100);
  const pressed = await kernel.interrupt();
  try {
    const ended = kernel.ended.then(() => "ended");
    if ((await Promise.race([cell.finished(PATIENCE), ended])) === "ended") return { failure: "the kernel ends" };
  } catch (error) {
    if (error instanceof NoAnswer) return { failure: `no answer in ${PATIENCE / 1000} s` };
    throw error;
  }
  const after = await client.run(kept, PATIENCE).catch(() => undefined);
  const value = after?.outputs.map(({ content }) => content.data?.["text/plain"] ?? content.text ?? "").join("");
  if (value === undefined || !value.includes("42")) return { failure: "variables lost" };
  return { values: [Math.max(cell.replyAt, cell.idleAt) - pressed] };
}

/** @type {Measure} */
const interrupts = {
  rows: ["interrupt-loop", "interrupt-loop-after-import", "interrupt-await", "interrupt-timer", "interrupt-training"],
  async measure(contender, chosen) {
    const results = /** @type {Results} */ ({});
    for (const [row, code] of Object.entries(contender.cells.endless)) {
      if (!chosen.has(row) || code === undefined) continue;
      // A kernel of its own: what an interrupt has left running is not to be in the next one's way.
      Object.assign(results, await withKernel(contender, async (kernel) => {
        const values = [];
        for (let time = 0; time < kernel.contender.times; time++) {
          const result = await interruptOnce(kernel, code);
          if ("failure" in result) return { [row]: result };
          values.push(...result.values);
        }
        return { [row]: { values } };
      }));
    }
    return results;
  },
};

/** @type {Measure} */
const lines = {
  rows: ["lines"],
  measure: (contender) => withKernel(contender, async (kernel) => {
    const expected = Array.from({ length: LINES }, (_, line) => `${line}\n`).join("");
    const cell = await kernel.client.start(contender.cells.lines(LINES));
    try {
      await cell.finished(PRINTING);
    } catch (error) {
      if (error instanceof NoAnswer) return { lines: { failure: "never idle" } };
      throw error;
    }
    const before = cell.printed;
    if (before === expected) return { lines: { values: [cell.milliseconds / 1000] } };
    await sleep(1000);
    const late = cell.printed === expected;
    return { lines: { failure: late ? `${before.split("\n").length - 1} lines before idle` : `${cell.printed.split("\n").length - 1} lines in all, or not in order` } };
  }),
};

/** @type {Measure} */
const memory = {
  rows: ["memory-first-cell", "memory-completing"],
  measure: (contender) => withKernel(contender, async (kernel) => {
    await kernel.client.mustRun(contender.cells.greeting);
    const first = kernel.memory / MEBIBYTE;
    await complete(kernel);
    await sleep(SETTLING);
    await complete(kernel);
    return { "memory-first-cell": { values: [first] }, "memory-completing": { values: [kernel.memory / MEBIBYTE] } };
  }),
};

/** @type {Measure} */
const manyKernels = {
  rows: ["memory-20-kernels"],
  async measure(contender) {
    const kernels = /** @type {KernelProcess[]} */ ([]);
    try {
      for (let index = 0; index < KERNELS; index++) {
        const kernel = await KernelProcess.start(contender);
        kernels.push(kernel);
        await kernel.client.mustRun("1+1", 30_000);
      }
      await sleep(contender.settled);
      return { "memory-20-kernels": { values: [kernels.reduce((sum, kernel) => sum + kernel.memory, 0) / MEBIBYTE] } };
    } finally {
      await Promise.all(kernels.map((kernel) => kernel.stop()));
    }
  },
};

/** All of them, in the order in which they are made. @type {readonly Measure[]} */
export const measures = [startup, smallCells, completion, interrupts, lines, memory, manyKernels];
