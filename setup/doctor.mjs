/**
 * `npm exec nabla doctor`: tries every piece for real, from Node to a product of tensors in a cell, and says of each that
 * fails what cures it. Exit status 0 when all is well.
 */
import { checks } from "./doctor/checks.mjs";
import { SetupFailure } from "./failure.mjs";
import { readOptions } from "./options.mjs";

/**
 * Runs the checks in their order; one that needs an earlier one that failed is not run and says so.
 * @param {readonly {name: string, needs?: readonly string[], check: () => Promise<string> | string}[]} list
 * @returns {Promise<{name: string, state: "well" | "ill" | "untried", sentence: string}[]>}
 */
export async function examine(list) {
  const findings = [];
  for (const { name, needs = [], check } of list) {
    const missing = needs.find((need) => findings.some((finding) => finding.name === need && finding.state !== "well"));
    if (missing !== undefined) {
      findings.push({ name, state: "untried", sentence: `not tried without: ${missing}` });
      continue;
    }
    try {
      findings.push({ name, state: "well", sentence: await check() });
    } catch (error) {
      findings.push({ name, state: "ill", sentence: error instanceof SetupFailure ? error.message : String(error.stack ?? error) });
    }
  }
  return findings;
}

const marks = { well: "✓", ill: "✗", untried: "-" };

export async function run(args, { say = console.log } = {}) {
  const { rest } = readOptions(args, {}, "npm exec nabla doctor");
  if (rest.length > 0) throw new SetupFailure("It is written: npm exec nabla doctor");
  const findings = await examine(checks);
  for (const { name, state, sentence } of findings) say(`${marks[state]} ${name}: ${sentence.replaceAll("\n", "\n  ")}`);
  const ill = findings.filter(({ state }) => state === "ill").length;
  say(ill === 0 ? "Everything works." : `${ill} of ${findings.length} checks failed; the cure of each stands behind it.`);
  if (ill > 0) process.exitCode = 1;
}
