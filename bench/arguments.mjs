/**
 * What `npm run bench` makes of its arguments: `-- cpu [--json FILE] [--strict] [--rows a,b]`, the same with `cuda [--built]` and
 * `kernel`, and `-- live [--json FILE] [--strict] [--seconds N]`.
 */
import { parseArgs } from "node:util";
import { SetupFailure } from "../setup/failure.mjs";
import { rows as cardRows } from "./cuda/rows.mjs";
import { rows as kernelRows } from "./kernel/rows.mjs";
import { rows as processorRows } from "./rows/index.mjs";

const usage = "npm run bench -- cpu|cuda|kernel|live [--json FILE] [--strict] [--rows NAME,NAME] [--built] [--seconds N]";

/** How long points go into a live panel, in seconds. */
const LIVE_SECONDS = 60;

/**
 * The rows that were asked for.
 * @template {{readonly name: string}} Row
 * @param {readonly Row[]} rows all there are
 * @param {string | undefined} asked
 * @returns {readonly Row[]}
 */
function choose(rows, asked) {
  const names = asked?.split(",") ?? rows.map(({ name }) => name);
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new SetupFailure(`There is no row ${unknown}: there are ${rows.map(({ name }) => name).join(", ")}.`);
  }
  return rows.filter(({ name }) => names.includes(name));
}

/**
 * @typedef {{json: string | undefined, strict: boolean} & (
 *   {subject: "cpu", chosen: readonly import("./rows/row.mjs").Row[]} | {subject: "cuda", built: boolean, chosen: readonly import("./rows/row.mjs").Row[]}
 *    | {subject: "kernel", chosen: readonly import("./kernel/rows.mjs").Row[]}
 *   | {subject: "live", seconds: number}
 * )} Arguments
 */

/**
 * @param {readonly string[]} args
 * @returns {Arguments}
 * @throws {SetupFailure} when they are not understood
 */
export function readArguments(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "string" }, strict: { type: "boolean", default: false }, rows: { type: "string" }, seconds: { type: "string" }, built: { type: "boolean", default: false } },
    });
  } catch (error) {
    throw new SetupFailure(`${/** @type {Error} */ (error).message} The command is \`${usage}\`.`);
  }
  const { values, positionals } = parsed;
  const options = { json: values.json, strict: values.strict ?? false };
  const [subject] = positionals;
  const built = values.built ?? false;
  if (built && subject !== "cuda") throw new SetupFailure(`--built is for "cuda": the others measure what they have just built. The command is \`${usage}\`.`);
  if (positionals.length === 1 && subject === "cpu") return { ...options, subject, chosen: choose(processorRows, values.rows) };
  if (positionals.length === 1 && subject === "cuda") return { ...options, subject, built, chosen: choose(cardRows, values.rows) };
  if (positionals.length === 1 && subject === "kernel") return { ...options, subject, chosen: choose(kernelRows, values.rows) };
  if (positionals.length === 1 && subject === "live" && values.rows === undefined) {
    const seconds = Number(values.seconds ?? LIVE_SECONDS);
    if (!(seconds >= 1)) throw new SetupFailure(`--seconds is ${values.seconds}; give a number of at least 1.`);
    return { ...options, subject, seconds };
  }
  throw new SetupFailure(`Say what is measured, "cpu", "cuda", "kernel" or "live": \`${usage}\`.`);
}
