/**
 * `npm run bench -- live`: a hundred points a second go for a minute into a live panel in a real JupyterLab. Told is what that
 * costs the page, and whether anything is lost on the way.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { openInLab } from "./lab.mjs";

const PER_SECOND = 100;
const VIEW = "application/vnd.nabla.view.v1+json";

/** The curves of the run; the page's points are compared with these numbers. */
const values = {
  loss: (/** @type {number} */ step) => 2 * Math.exp(-step / 1500) + 0.2 * Math.sin(step * 1.7),
  accuracy: (/** @type {number} */ step) => 1 - Math.exp(-step / 1000),
  gradNorm: (/** @type {number} */ step) => 1 + Math.abs(Math.sin(step * 2.3)),
  lr: (/** @type {number} */ step) => 0.1 / (1 + step / 1000),
};

const cell = (/** @type {number} */ steps) => `import { plot } from "nabla";
const live = plot.live({ title: "A hundred points a second", steps: ${steps}, batchSize: 32 });
const began = performance.now();
for (let step = 1; step <= ${steps}; step++) {
  live.add({ step, ${Object.entries(values).map(([name, value]) => `${name}: (${value.toString()})(step)`).join(", ")} });
  const due = began + step * ${1000 / PER_SECOND} - performance.now();
  if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
}
live.end();
JSON.stringify({ rows: live.points("loss").steps.length, seconds: (performance.now() - began) / 1000 })`;

/**
 * What must be reached.
 * @typedef {{rows: number, seconds: number, embeds: number, longTaskShare: number, lost: number, wrong: number, messagesPerSecond: number}} Figures
 * @type {readonly {name: keyof Figures, what: string, atMost: number}[]}
 */
export const limits = [
  { name: "embeds", what: "charts embedded", atMost: 1 },
  { name: "longTaskShare", what: "of the page's main thread in long tasks", atMost: 0.05 },
  { name: "lost", what: "points lost", atMost: 0 },
  { name: "wrong", what: "points drawn that the run does not have", atMost: 0 },
  { name: "messagesPerSecond", what: "messages a second", atMost: 20.5 },
];

/** @param {Figures} figures @returns {string[]} the limits that were missed, in words */
export function missedLimits(figures) {
  return limits.filter(({ name, atMost }) => !(figures[name] <= atMost)).map(({ name, what, atMost }) => `${what}: ${figures[name]}, at most ${atMost}`);
}

/** The points of a saved panel that are not those of the run. @param {any} state */
export function wrongPoints(state) {
  let wrong = 0;
  for (const { name, steps, values: drawn } of state.series) {
    const value = values[/** @type {keyof typeof values} */ (name)];
    steps.forEach((/** @type {number} */ step, /** @type {number} */ i) => {
      if (Math.abs(drawn[i] - value(step)) > 1e-5 * Math.abs(value(step)) + 1e-9) wrong++;
    });
  }
  return wrong;
}

/**
 * @param {number} seconds how long the run lasts
 * @returns {Promise<{json: object, missed: string[]}>}
 */
export async function benchLive(seconds) {
  const steps = Math.round(PER_SECOND * seconds);
  const loadBefore = loadavg()[0];
  const { page, file, stop } = await openInLab([cell(steps)]);
  try {
    const protocol = await page.context().newCDPSession(page);
    await protocol.send("Performance.enable");
    const busy = async () => (await protocol.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
    await page.evaluate(() => {
      const told = { longTasks: 0, longest: 0, count: 0, frames: 0 };
      /** @type {any} */ (globalThis).nablaBench = told;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          told.longTasks += duration;
          told.longest = Math.max(told.longest, duration);
          told.count++;
        }
      }).observe({ type: "longtask" });
      const frame = () => { told.frames++; requestAnimationFrame(frame); };
      requestAnimationFrame(frame);
    });
    const [busyBefore, began] = [await busy(), performance.now()];
    await page.evaluate(() => void /** @type {any} */ (globalThis).jupyterapp.commands.execute("notebook:run-cell"));
    await page.waitForSelector('.nabla-live[data-status="finished"]', { timeout: 1000 * seconds + 60_000 });
    const [busyAfter, wall] = [await busy(), (performance.now() - began) / 1000];
    const told = await page.evaluate(() => ({ .../** @type {any} */ (globalThis).nablaBench }));
    const panel = await page.evaluate(() => {
      const element = /** @type {HTMLElement} */ (document.querySelector(".nabla-live"));
      const curves = [.../** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(".nabla-live-number[data-name]"))];
      return { embeds: Number(element.dataset.embeds), messages: Number(element.dataset.messages), counts: curves.map(({ dataset }) => Number(dataset.count)), shown: curves.map(({ dataset }) => Number(dataset.shown)) };
    });
    // The file is saved a moment after the end.
    let saved;
    for (const deadline = Date.now() + 30_000; saved?.ended !== true && Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 200))) {
      saved = JSON.parse(readFileSync(file, "utf8")).cells[0].outputs[0]?.data?.[VIEW];
    }
    const figures = {
      rows: saved?.state.progress.rows ?? 0, seconds: Number(wall.toFixed(1)), embeds: panel.embeds,
      longTaskShare: Number((told.longTasks / 1000 / wall).toFixed(4)), longestTaskMs: Math.round(told.longest), longTasks: told.count,
      busyShare: Number(((busyAfter - busyBefore) / wall).toFixed(3)), framesPerSecond: Math.round(told.frames / wall),
      messages: panel.messages, messagesPerSecond: Number((panel.messages / wall).toFixed(1)),
      lost: Math.max(...panel.counts.map((count) => steps - count), steps - (saved?.state.progress.rows ?? 0)),
      drawn: Math.max(...panel.shown), wrong: saved === undefined ? steps : wrongPoints(saved.state),
    };
    const machine = { cpu: cpus()[0]?.model.trim() ?? "unknown", processors: cpus().length, node: process.versions.node, loadBefore, loadAfter: loadavg()[0] };
    console.log(`\n${machine.cpu}, ${machine.processors} processors, Node ${machine.node}; load ${machine.loadBefore.toFixed(2)} before and ${machine.loadAfter.toFixed(2)} after`);
    console.log(`${steps} rows of ${Object.keys(values).length} values in ${seconds} s: ${figures.messages} messages (${figures.messagesPerSecond} a second), ${figures.embeds} chart embedded, ${figures.lost} points lost`);
    console.log(`page: ${(100 * figures.longTaskShare).toFixed(2)} % of the time in ${figures.longTasks} long tasks (longest ${figures.longestTaskMs} ms), busy ${(100 * figures.busyShare).toFixed(1)} %, ${figures.framesPerSecond} frames a second, at most ${figures.drawn} points of a curve drawn`);
    const missed = missedLimits(figures);
    for (const each of missed) console.log(`missed: ${each}`);
    return { json: { machine, live: figures, limits: Object.fromEntries(limits.map(({ name, atMost }) => [name, atMost])) }, missed };
  } finally {
    await stop();
  }
}
