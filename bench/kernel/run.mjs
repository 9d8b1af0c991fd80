/**
 * `npm run bench -- kernel`: what a front end waits for, in this kernel and in those of other languages that are installed.
 * Every row is measured for one kernel after the other before the next row begins, so that all meet the same machine.
 */
import { cpus, loadavg } from "node:os";
import { NoAnswer } from "./client.mjs";
import { findContenders } from "./contenders.mjs";
import { measures } from "./measures.mjs";
import { asJson, missed, table } from "./report.mjs";

/**
 * A kernel that stops answering in the middle of a measure has failed what the measure is for.
 * @param {Promise<import("./measures.mjs").Results>} measuring @param {readonly string[]} names of the measure's rows
 * @returns {Promise<import("./measures.mjs").Results>}
 */
async function orFailure(measuring, names) {
  try {
    return await measuring;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const { message } = error;
    return Object.fromEntries(names.map((name) => [name, { failure: message }]));
  }
}

const load = () => Number(loadavg()[0].toFixed(2));

/**
 * @param {readonly import("./rows.mjs").Row[]} chosen
 * @returns {Promise<{json: object, missed: string[]}>} what is to be written, and the rows that were missed
 */
export async function benchKernels(chosen) {
  const { contenders, absent } = findContenders(process.env);
  const names = new Set(chosen.map(({ name }) => name));
  const all = chosen.map((row) => ({ row, results: /** @type {Record<string, import("./rows.mjs").Result>} */ ({}) }));
  const loadBefore = load();
  for (const { rows, measure } of measures) {
    const wanted = all.filter(({ row }) => rows.includes(row.name));
    if (wanted.length === 0) continue;
    for (const contender of contenders) {
      console.error(`measuring ${wanted.map(({ row }) => row.name).join(", ")}: ${contender.name}`);
      const results = await orFailure(measure(contender, names), wanted.map(({ row }) => row.name));
      for (const { row, results: collected } of wanted) if (results[row.name] !== undefined) collected[contender.name] = results[row.name];
    }
  }

  const machine = { cpu: cpus()[0]?.model.trim() ?? "unknown", processors: cpus().length, node: process.versions.node, loadBefore, loadAfter: load() };
  console.log(`\n${machine.cpu}, ${machine.processors} processors, Node ${machine.node}; load ${machine.loadBefore} before and ${machine.loadAfter} after`);
  for (const { name, version } of contenders) console.log(`${name} ${version}`);
  for (const { name, reason } of absent) console.log(`${name}: absent (${reason})`);
  console.log(`\nmedian, and the worst in parentheses\n${table(all, contenders.map(({ name }) => name))}`);
  return { json: asJson(machine, all), missed: missed(all) };
}
