/**
 * `figure`: a figure that a chapter claims, stated where it comes about. What it says is read by a learner (a line and a
 * table in Markdown, which follows the light and the dark theme and needs no trust) and by the command that runs the
 * chapters: the cell's output holds the same facts as JSON of the type `application/vnd.nabla.figure+json`, which JupyterLab
 * keeps in the file and does not show. So the saved notebook itself tells what was measured on which data.
 */
import { setKind } from "../data/set-kind.ts";
import type { SetKind } from "../data/set-kind.ts";
import { bandAt, liesIn } from "./band.ts";
import type { Band, Claim } from "./band.ts";
import { FigureError } from "./figure-error.ts";
import { markdownOf, plainTextOf } from "./figure-text.ts";
import { Notice } from "./notice.ts";
import { size } from "./size.ts";
import type { Size } from "./size.ts";

/** The type under which a cell's output holds a figure's {@link FigureRecord}. */
export const FIGURE_MIME = "application/vnd.nabla.figure+json";

/** What a loader says of its data set: pass the loaded set itself, or its two fields. */
export interface FigureData {
  readonly name: string;
  /** MD5 of its bytes. */
  readonly checksum: string;
}

/** Options of {@link figure}. At least one of `atLeast`, `atMost` and `near` must be there. */
export interface FigureOptions extends Claim {
  /** What is measured, in a few words with the model and the part of the data: "accuracy on the test digits, one layer". */
  readonly title: string;
  /** What the source book printed. */
  readonly printed?: number | string;
  /** The data set or sets it was measured on; left out for data that the chapter itself makes by the book's recipe. */
  readonly data?: FigureData | readonly FigureData[];
  /** The seeds, one for each value. */
  readonly seeds?: number | readonly number[];
  /** The loss in the course of training; the last must be below the first. All that is claimed on drawn data without `drawn`. */
  readonly losses?: readonly number[];
  /** The band on the sets that the package makes where the real ones cannot be had. */
  readonly drawn?: Claim;
}

/** A figure as the tools read it. Numbers that are not finite are null. */
export interface FigureRecord {
  readonly id: string;
  readonly title: string;
  readonly size: Size;
  readonly values: readonly (number | null)[];
  readonly median: number | null;
  readonly seeds?: readonly number[];
  /** What is claimed at this size on this data; left out where nothing is. */
  readonly band?: Band;
  readonly printed?: number | string;
  readonly data: readonly (FigureData & { readonly kind: SetKind })[];
  /** The first and the last loss. */
  readonly losses?: readonly [first: number | null, last: number | null];
  /** `open` where nothing is claimed. */
  readonly standing: "reached" | "missed" | "open";
}

/** A figure that shows itself. */
export class Figure extends Notice {
  readonly record: FigureRecord;

  constructor(record: FigureRecord) {
    super(markdownOf(record));
    this.record = record;
  }

  override get text(): string {
    return plainTextOf(this.record);
  }

  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    return { [FIGURE_MIME]: this.record, "text/markdown": this.markdown, "text/plain": this.text };
  }
}

const KNOWN = ["title", "atLeast", "atMost", "near", "printed", "data", "seeds", "losses", "drawn"];

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const isList = <Item>(value: Item | readonly Item[]): value is readonly Item[] => Array.isArray(value);
const listOf = <Item>(value: Item | readonly Item[] | undefined): readonly Item[] => (value === undefined ? [] : isList(value) ? value : [value]);

/** The value in the middle; of an even number of values, the mean of the two. */
function medianOf(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}

function numbers(where: string, given: unknown): readonly number[] {
  const values = listOf(given as number | readonly number[]);
  if (values.length === 0 || values.some((value) => typeof value !== "number")) {
    throw new FigureError(`${where} must be a number or an array of numbers, but it is ${JSON.stringify(given)}; of a tensor, .item() is the number and .toArray() the array`);
  }
  return values;
}

function dataOf(where: string, given: FigureOptions["data"]): FigureRecord["data"] {
  return listOf(given).map((set) => {
    if (typeof set?.name !== "string" || typeof set.checksum !== "string") {
      throw new FigureError(`${where}: data must be what a loader gave, with its name and checksum, as in { data: await data.mnist() }`);
    }
    return { name: set.name, checksum: set.checksum, kind: setKind(set.name) };
  });
}

/**
 * States a figure that the chapter claims: the median of the values, their range, the band, and whether it was reached.
 * Shows it as a cell's last expression or by `display`. A figure that misses its band throws nothing.
 *
 * @param id the chapter, a dot, and a word: `"03.mnist-dropout"`.
 * @param values what was measured: one number, or one for each seed.
 * @throws FigureError when the id or an option is not what it must be.
 *
 * @example
 * figure("02.mnist-softmax", accuracies, {
 *   title: "accuracy on the test digits, one layer", atLeast: 0.92, printed: 0.9222, data: digits, seeds: [1, 2, 3, 4, 5],
 * })
 */
export function figure(id: string, values: number | readonly number[], options: FigureOptions): Figure {
  if (typeof id !== "string" || !/^\d\d\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
    throw new FigureError(`figure: the id ${JSON.stringify(id)} must be a chapter's number, a dot and a word in small letters, as in "03.mnist-dropout"`);
  }
  const where = `figure ${id}`;
  const unknown = Object.keys(options ?? {}).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw new FigureError(`${where}: there is no option ${unknown}; there are ${KNOWN.join(", ")}`);
  const { title, printed, drawn, losses } = options ?? {};
  if (typeof title !== "string" || title.trim() === "") throw new FigureError(`${where}: the title must say what is measured`);
  if (printed !== undefined && typeof printed !== "number" && typeof printed !== "string") {
    throw new FigureError(`${where}: printed must be a number or a text, but it is ${JSON.stringify(printed)}`);
  }
  const measured = numbers(`${where}: the values`, values);
  const seeds = options.seeds === undefined ? undefined : numbers(`${where}: seeds`, options.seeds);
  if (seeds !== undefined && (seeds.length !== measured.length || !seeds.every(Number.isSafeInteger))) {
    throw new FigureError(`${where}: seeds must be one whole number for each of the ${measured.length} values, but they are [${seeds.join(", ")}]`);
  }
  const curve = losses === undefined ? undefined : numbers(`${where}: losses`, losses);
  if (curve !== undefined && curve.length < 2) throw new FigureError(`${where}: losses must hold at least the first and the last loss`);
  const data = dataOf(where, options.data);

  const onReal = bandAt(where, options, size);
  const onDrawn = drawn === undefined ? undefined : bandAt(`${where}, drawn`, drawn, size);
  const band = data.some(({ kind }) => kind === "drawn") ? onDrawn : onReal;
  const median = medianOf(measured);
  const claims = [
    ...(band === undefined ? [] : [liesIn(median, band)]),
    ...(curve === undefined ? [] : [curve.at(-1)! < curve[0]!]),
  ];
  return new Figure({
    id,
    title,
    size,
    values: measured.map(finite),
    median: finite(median),
    ...(seeds === undefined ? {} : { seeds }),
    ...(band === undefined ? {} : { band }),
    ...(printed === undefined ? {} : { printed }),
    data,
    ...(curve === undefined ? {} : { losses: [finite(curve[0]!), finite(curve.at(-1)!)] as const }),
    standing: claims.length === 0 ? "open" : claims.every(Boolean) ? "reached" : "missed",
  });
}
