/**
 * What `npm run bench` makes of its arguments: `-- cpu [--json FILE] [--strict] [--rows a,b]`.
 */
import { parseArgs } from "node:util";
import { SetupFailure } from "../setup/failure.mjs";
import { rows } from "./rows/index.mjs";

const usage = "npm run bench -- cpu [--json FILE] [--strict] [--rows NAME,NAME]";

/**
 * @param {readonly string[]} args
 * @returns {{json: string | undefined, strict: boolean, chosen: readonly import("./rows/row.mjs").Row[]}}
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
  if (positionals.length !== 1 || positionals[0] !== "cpu") {
    throw new SetupFailure(`Say which device is measured, and there is only "cpu": \`${usage}\`.`);
  }
  const names = values.rows?.split(",") ?? rows.map(({ name }) => name);
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new SetupFailure(`There is no row ${unknown}: there are ${rows.map(({ name }) => name).join(", ")}.`);
  }
  return { json: values.json, strict: values.strict ?? false, chosen: rows.filter(({ name }) => names.includes(name)) };
}
