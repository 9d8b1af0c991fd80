/** What a run of the kernel's benchmark tells: a table for a person, JSON for a program, and what was missed. */
import { median } from "../statistics.mjs";

/** @typedef {import("./rows.mjs").Row} Row */
/** @typedef {import("./rows.mjs").Result} Result */
/** @typedef {{row: Row, results: Record<string, Result>}} Measured results by the names of contenders */

/** @param {number} value @param {Row["unit"]} unit */
function shown(value, unit) {
  return `${unit === "MiB" ? value.toFixed(0) : Number(value.toPrecision(3))} ${unit}`;
}

/** @param {Result | undefined} result @param {Row} row */
function cell(result, { unit }) {
  if (result === undefined) return "";
  if ("failure" in result) return result.failure;
  const middle = shown(median(result.values), unit);
  return result.values.length === 1 ? middle : `${middle} (${shown(Math.max(...result.values), unit)})`;
}

/** Whether this kernel reached what the row asks for. @param {Measured} measured */
function isMet({ row, results }) {
  const { nabla } = results;
  if (row.atMost === undefined) return true;
  return nabla !== undefined && "values" in nabla && median(nabla.values) <= row.atMost;
}

/** The rows that were missed. @param {readonly Measured[]} all @returns {string[]} */
export function missed(all) {
  return all.filter((measured) => !isMet(measured)).map(({ row }) => row.name);
}

/** @param {readonly Measured[]} all @param {readonly string[]} contenders @returns {string} */
export function table(all, contenders) {
  const header = ["", ...contenders, "at most", ""];
  const lines = [header, ...all.map((measured) => {
    const { row, results } = measured;
    const goal = row.atMost === undefined ? ["", ""] : [shown(row.atMost, row.unit), isMet(measured) ? "+" : "-"];
    return [row.what, ...contenders.map((name) => cell(results[name], row)), ...goal];
  })];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column])).join("  ").trimEnd()).join("\n");
}

/** @param {object} machine @param {readonly Measured[]} all */
export function asJson(machine, all) {
  const figures = (/** @type {Result} */ result) =>
    "failure" in result ? result : { median: median(result.values), worst: Math.max(...result.values), times: result.values.length };
  const rows = all.map((measured) => {
    const { row: { name, unit, atMost }, results } = measured;
    const contenders = Object.fromEntries(Object.entries(results).map(([contender, result]) => [contender, figures(result)]));
    return { name, unit, atMost: atMost ?? null, met: isMet(measured), contenders };
  });
  return { machine, rows };
}
