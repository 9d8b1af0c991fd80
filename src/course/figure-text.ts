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
export function shownNumber(value: number | null, digits: number): string {
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
export function bandText({ atLeast, atMost, near }: Band): string {
  return [
    ...(atLeast === undefined ? [] : [say(messages.atLeast(String(atLeast)))]),
    ...(atMost === undefined ? [] : [say(messages.atMost(String(atMost)))]),
    ...(near === undefined ? [] : [`${near[0]} ± ${near[1]}`]),
  ].join(say(messages.and()));
}

function dataText(data: FigureRecord["data"]): string {
  return data.map(({ name, checksum, kind }) => `${name} (${say(messages.setKind(kind))}, MD5 ${checksum.slice(0, 8)}…)`).join("; ");
}

/** A figure in words. */
interface Words {
  /** What was measured, and whether it will do. */
  readonly line: string;
  /** The facts behind it, each with its head. */
  readonly facts: readonly (readonly [head: string, text: string])[];
}

function wordsOf(record: FigureRecord): Words {
  const { title, values, seeds, band, printed, data, losses, median, standing, size } = record;
  const digits = decimals(record);
  const show = (value: number | null): string => shownNumber(value, digits);
  const finite = values.filter((value) => value !== null);
  const range = finite.length < values.length ? "NaN" : `${show(Math.min(...finite))} … ${show(Math.max(...finite))}`;
  const claims = [...(band === undefined ? [] : [bandText(band)]), ...(losses === undefined ? [] : [say(messages.lossFalls())])];
  const fact = (head: Text, text: string): [string, string] => [say(head), text];

  const where = data.some(({ kind }) => kind === "drawn") ? "drawn" : "real";
  const [mark, verdict] = ({
    reached: ["✔", messages.figureReached(where)],
    missed: ["✘", messages.figureMissed()],
    open: ["○", messages.figureOpen(where)],
  } as const)[standing];
  const shown = values.length > 1 ? `${show(median)} (${say(messages.median())})` : show(median);
  return {
    line: `${mark} **${title}: ${shown}** — ${say(verdict)}`,
    facts: [
      fact(messages.claimed(), claims.length === 0 ? say(messages.nothing()) : claims.join(say(messages.and()))),
      ...(values.length > 1 ? [fact(messages.rangeOf(String(values.length)), range)] : []),
      ...(seeds === undefined ? [] : [fact(messages.seeds(), seedsText(seeds))]),
      ...(printed === undefined ? [] : [fact(messages.bookPrinted(), String(printed))]),
      ...(losses === undefined ? [] : [fact(messages.lossColumn(), `${show(losses[0])} → ${show(losses[1])}`)]),
      ...(data.length === 0 ? [] : [fact(messages.dataColumn(), dataText(data))]),
      fact(messages.sizeColumn(), say(messages.size(size))),
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
