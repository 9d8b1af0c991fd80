/** The arithmetic behind a number as the page shows it, and as a line of text. */
import { readable } from "../../plot/values.ts";
import type { FeatureArithmetic, FeatureChoice } from "../../view/states/features.ts";
import { arithmeticOf } from "./arithmetic.ts";
import type { RecordedCall } from "./recording.ts";
import { brief } from "./sheets.ts";

/** More channels than these, or than have so many numbers, are summed up. */
const [mostParts, mostNumbers] = [24, 1200];

const briefly = (lines: readonly (readonly (number | null)[])[]): (number | null)[][] =>
  lines.map((line) => line.map((value) => (value === null ? null : brief(value))));

/** How a number of a recorded call came about, small enough to be saved. */
export function explained(call: RecordedCall, { map, row, column }: FeatureChoice): FeatureArithmetic {
  const found = arithmeticOf(call, map, row, column);
  const value = brief(found.value);
  if (found.kind === "other") return { kind: "other", value };
  if (found.kind === "elementwise") return { kind: "elementwise", value, before: brief(found.before!) };
  const { kind, rows, columns, inputSize, parts, sum, bias, divisor, at, result } = found as Extract<typeof found, { parts: unknown }>;
  const most = Math.max(1, Math.min(mostParts, Math.floor(mostNumbers / (rows.length * columns.length))));
  const largest = [...parts].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum)).slice(0, most);
  const shown = [...largest].sort((a, b) => a.channel - b.channel);
  const others = parts.filter((part) => !shown.includes(part));
  return {
    kind, value, result: brief(result), rows, columns, inputSize,
    parts: shown.map(({ channel, inputs, weights, sum: own }) => ({
      channel, inputs: briefly(inputs), ...(weights === undefined ? {} : { weights: briefly(weights) }), sum: brief(own),
    })),
    ...(others.length === 0 ? {} : { rest: { channels: others.length, sum: brief(others.reduce((total, part) => total + part.sum, 0)) } }),
    sum: brief(sum),
    ...(bias === undefined ? {} : { bias: brief(bias) }),
    ...(divisor === undefined ? {} : { divisor }),
    ...(at === undefined ? {} : { at }),
  };
}

const shown = (value: number | null | undefined): string => (value === null || value === undefined ? "not finite" : readable(value));

/** The same in a line. */
export function sentenceOf(arithmetic: FeatureArithmetic, { map, row, column }: FeatureChoice): string {
  const { kind, value, sum, bias, result, divisor, at, before, rows, columns, parts = [], rest } = arithmetic;
  const place = `map ${map}, row ${row}, column ${column}: ${shown(value)}`;
  if (kind === "other") return `${place} (the layer is no convolution or pooling: there is no window to show)`;
  if (kind === "elementwise") return `${place}, from ${shown(before)} at the same place before (the layer has no windows)`;
  const window = `rows ${rows![0]} to ${rows!.at(-1)}, columns ${columns![0]} to ${columns!.at(-1)} of its input`;
  if (kind === "maximum") return `${place} = the largest under ${window}, at row ${at![0]}, column ${at![1]}`;
  if (kind === "mean") return `${place} = ${shown(sum)} / ${divisor} = ${shown(result)}, the mean under ${window}`;
  const count = (parts.length + (rest?.channels ?? 0)) * rows!.length * columns!.length;
  return `${place} = ${shown(sum)}, the sum of ${count} products over ${window}${bias === undefined ? "" : `, + bias ${shown(bias)} = ${shown(result)}`}`;
}
