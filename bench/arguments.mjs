/**
 * What `npm run bench` makes of its arguments: `-- cpu [--json FILE] [--strict] [--rows a,b]`, and the same with `kernel`.
 */
import { parseArgs } from "node:util";
import { SetupFailure } from "../setup/failure.mjs";
import { rows as kernelRows } from "./kernel/rows.mjs";
import { rows as processorRows } from "./rows/index.mjs";

const usage = "npm run bench -- cpu|kernel [--json FILE] [--strict] [--rows NAME,NAME]";

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
 *   {subject: "cpu", chosen: readonly import("./rows/row.mjs").Row[]} | {subject: "kernel", chosen: readonly import("./kernel/rows.mjs").Row[]}
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
      options: { json: { type: "string" }, strict: { type: "boolean", default: false }, rows: { type: "string" } },
    });
  } catch (error) {
    throw new SetupFailure(`${/** @type {Error} */ (error).message} The command is \`${usage}\`.`);
  }
  const { values, positionals } = parsed;
  const options = { json: values.json, strict: values.strict ?? false };
  const [subject] = positionals;
  if (positionals.length === 1 && subject === "cpu") return { ...options, subject, chosen: choose(processorRows, values.rows) };
  if (positionals.length === 1 && subject === "kernel") return { ...options, subject, chosen: choose(kernelRows, values.rows) };
  throw new SetupFailure(`Say what is measured, "cpu" or "kernel": \`${usage}\`.`);
}
