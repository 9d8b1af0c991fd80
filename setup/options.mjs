/**
 * The options of `npm exec nabla COMMAND`, read by Node's own parser. npm keeps what looks like an option for itself unless
 * `--` stands before it, and hands those that it does not know on as variables: they are taken from there, so that an
 * option is never lost without a word.
 */
import { parseArgs } from "node:util";
import { SetupFailure } from "./failure.mjs";

/** Options that npm has a meaning of its own for: their variables are npm's settings and not what was typed. */
const ofNpm = new Set(["prefix", "user"]);

/** What npm has taken from a command line without `--`, if it has. */
function takenByNpm(name, type, environment) {
  if (ofNpm.has(name) || environment.npm_command !== "exec") return undefined;
  const value = environment[`npm_config_${name.replaceAll("-", "_")}`];
  if (value === undefined || value === "") return undefined;
  if (type === "string") return value;
  if (value !== "true") throw new SetupFailure(`npm took "${value}" for the value of --${name}: put \`--\` before the options of the command, as in \`npm exec nabla run notebook.ipynb -- --${name}\`.`);
  return true;
}

/**
 * @param {readonly string[]} args
 * @param {Record<string, "string" | "boolean">} known the options' names and what they take
 * @param {string} usage the sentence that says how it is written
 * @returns {{options: Record<string, any>, rest: string[]}}
 */
export function readOptions(args, known, usage, environment = process.env) {
  const types = Object.fromEntries(Object.entries(known).map(([name, type]) => [name, { type }]));
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: types, allowPositionals: true, strict: true });
  } catch (error) {
    if (!String(error.code).startsWith("ERR_PARSE_ARGS")) throw error;
    throw new SetupFailure(`${error.message.split(". ")[0]}. It is written: ${usage}`);
  }
  const options = { ...parsed.values };
  for (const [name, type] of Object.entries(known)) options[name] ??= takenByNpm(name, type, environment);
  return { options, rest: parsed.positionals };
}
