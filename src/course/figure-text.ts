/** A figure in words: a line that says what was measured and whether it will do, and a table of the facts behind it. */
import type { Band } from "./band.ts";
import type { FigureRecord } from "./figure.ts";
import { say } from "./language.ts";
import type { Text } from "./language.ts";
import { messages } from "./messages.ts";

const FEWEST_DECIMALS = 4;
const MOST_DECIMALS = 10;

const decimalsOf = (value: number): number => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;

/** As many decimals as the band or the book tells, and at least four. */
function decimals({ band, printed }: FigureRecord): number {
  const told = [band?.atLeast, band?.atMost, band?.near?.[0], printed].filter((value) => typeof value === "number");
  return Math.min(MOST_DECIMALS, Math.max(FEWEST_DECIMALS, ...told.map(decimalsOf)));
}

/** A number without zeros at its end; one too small for the decimals by its first digits. */
function shownNumber(value: number | null, digits: number): string {
  if (value === null) return "NaN";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 10 ** -digits ? value.toExponential(1) : String(Number(value.toFixed(digits)));
}

/** The seeds as a range where they follow one another. */
function seedsText(seeds: readonly number[]): string {
  const inOrder = seeds.length > 2 && seeds.every((seed, i) => seed === seeds[0]! + i);
  return inOrder ? say(messages.seedRange(String(seeds[0]), String(seeds.at(-1)))) : seeds.join(", ");
}

/** A band in words. */
function bandText({ atLeast, atMost, near }: Band): string {
  return [
    ...(atLeast === undefined ? [] : [say(messages.atLeast(String(atLeast)))]),
    ...(atMost === undefined ? [] : [say(messages.atMost(String(atMost)))]),
    ...(near === undefined ? [] : [`${near[0]} ± ${near[1]}`]),
  ].join(say(messages.and()));
}

function dataText(data: FigureRecord["data"]): string {
  return data.map(({ name, checksum, kind }) => `${name} (${say(messages.setKind(kind))}, MD5 ${checksum.slice(0, 8)}…)`).join("; ");
}

/** The facts of a figure, each as a text. */
export interface FigureFacts {
  /** `✔` as claimed, `✘` missed, `○` nothing is claimed. */
  readonly mark: "✔" | "✘" | "○";
  readonly value: string;
  readonly claimed: string;
  /** From the smallest to the largest of several values. */
  readonly range?: string;
  readonly seeds?: string;
  readonly printed?: string;
  readonly losses?: string;
  readonly data?: string;
}

/** A figure's facts in the learner's language. */
export function figureFacts(record: FigureRecord): FigureFacts {
  const { values, seeds, band, printed, data, losses, median, standing } = record;
  const digits = decimals(record);
  const show = (value: number | null): string => shownNumber(value, digits);
  const finite = values.filter((value) => value !== null);
  const claims = [...(band === undefined ? [] : [bandText(band)]), ...(losses === undefined ? [] : [say(messages.lossFalls())])];
  return {
    mark: ({ reached: "✔", missed: "✘", open: "○" } as const)[standing],
    value: show(median),
    claimed: claims.length === 0 ? say(messages.nothing()) : claims.join(say(messages.and())),
    ...(values.length > 1 ? { range: finite.length < values.length ? "NaN" : `${show(Math.min(...finite))} … ${show(Math.max(...finite))}` } : {}),
    ...(seeds === undefined ? {} : { seeds: seedsText(seeds) }),
    ...(printed === undefined ? {} : { printed: String(printed) }),
    ...(losses === undefined ? {} : { losses: `${show(losses[0])} → ${show(losses[1])}` }),
    ...(data.length === 0 ? {} : { data: dataText(data) }),
  };
}

/** What was measured and whether it will do, and the facts behind it, each with its head. */
function wordsOf(record: FigureRecord): { line: string; facts: readonly (readonly [head: string, text: string])[] } {
  const { title, values, data, standing, size } = record;
  const { mark, value, claimed, range, seeds, printed, losses, data: sets } = figureFacts(record);
  const fact = (head: Text, text: string | undefined): [string, string][] => (text === undefined ? [] : [[say(head), text]]);
  const where = data.some(({ kind }) => kind === "drawn") ? "drawn" : "real";
  const verdict = { reached: messages.figureReached(where), missed: messages.figureMissed(), open: messages.figureOpen(where) }[standing];
  return {
    line: `${mark} **${title}: ${values.length > 1 ? `${value} (${say(messages.median())})` : value}** — ${say(verdict)}`,
    facts: [
      ...fact(messages.claimed(), claimed),
      ...fact(messages.rangeOf(String(values.length)), range),
      ...fact(messages.seeds(), seeds),
      ...fact(messages.bookPrinted(), printed),
      ...fact(messages.lossColumn(), losses),
      ...fact(messages.dataColumn(), sets),
      ...fact(messages.sizeColumn(), say(messages.size(size))),
    ],
  };
}

/** A figure as Markdown: a line and a table. */
export function markdownOf(record: FigureRecord): string {
  const { line, facts } = wordsOf(record);
  const row = (texts: readonly string[]): string => `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line, "", row(facts.map(([head]) => head)), `|${"---|".repeat(facts.length)}`, row(facts.map(([, text]) => text))].join("\n");
}

/** A figure as plain text: a line for each fact. */
export function plainTextOf(record: FigureRecord): string {
  const { line, facts } = wordsOf(record);
  return [line.replaceAll("**", ""), ...facts.map(([head, text]) => `  ${head}: ${text}`)].join("\n");
}
