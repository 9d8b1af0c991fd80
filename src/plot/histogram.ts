/** Histograms: how many values of a tensor or list lie in each stretch of their range. */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { CATEGORY_COLOURS } from "./colours.ts";
import { sparkline } from "./sparkline.ts";
import { ChartDataError, chartNumber, extent, flatNumbers, readable } from "./values.ts";
import type { NestedNumberList } from "./values.ts";

/** Options of {@link histogram}. */
export interface HistogramOptions extends ChartOptions {
  /** How many stretches of equal length. Default: as many as the values tell apart, 5 to 60. */
  bins?: number;
  /** Where the first stretch begins and the last ends; values outside are counted in the text only. Default: the smallest and largest value. */
  range?: readonly [low: number, high: number];
  /** Whether heights are shares of all values for one unit of x, so that the area is 1. Default false: counts. */
  density?: boolean;
  xTitle?: string;
  yTitle?: string;
}

/** What to count: one set of values of any shape, or several by name. */
export type HistogramData = NestedNumberList | Readonly<Record<string, NestedNumberList>>;

interface Sample {
  readonly name: string;
  readonly values: Float64Array;
  readonly missing: number;
}

const [FEWEST_BINS, MOST_BINS] = [5, 60];

/**
 * Draws a histogram. Values that are not finite are left out and counted in the description.
 *
 * The number of stretches follows Freedman and Diaconis ("On the histogram as a density estimator", 1981), whose width is
 * twice the distance between the quartiles over the cube root of the count; whole numbers that span little get one each.
 *
 * @param values a tensor or nested list of any shape, or several by name.
 * @example
 * plot.histogram({ "before training": before, "after": model.weight }, { bins: 40 });
 * @throws ChartDataError without a finite value, or for a range or number of bins that is none.
 */
export function histogram(values: HistogramData, options: HistogramOptions = {}): Chart {
  const samples = samplesOf(values);
  const { density = false } = options;
  const [low, high] = options.range ?? rangeOf(samples);
  if (options.range !== undefined && !(low < high)) throw new ChartDataError(`histogram: the range must go from low to high, but is [${low}, ${high}]`);
  const whole = options.range === undefined && options.bins === undefined && samples.every(({ values: own }) => own.every(Number.isInteger)) && high - low < MOST_BINS;
  const [from, to] = whole || low === high ? [low - 0.5, high + 0.5] : [low, high];
  const bins = options.bins ?? (whole ? to - from : automaticBins(samples, to - from));
  if (!Number.isInteger(bins) || bins < 1) throw new ChartDataError(`histogram: bins must be a whole number from 1, but is ${bins}`);
  const width = (to - from) / bins;
  const counted = samples.map((sample) => ({ ...sample, counts: countInto(sample.values, from, width, bins) }));
  const heightOf = (count: number, total: number): number => (density ? count / (total * width) : count);
  const several = samples.length > 1;
  const edge = (i: number): number => chartNumber(from + width * i)!;
  const rows = counted.flatMap(({ name, values: own, counts }) => counts.flatMap((count, i) => (count === 0 ? [] : [{
    from: edge(i),
    to: edge(i + 1),
    [density ? "density" : "count"]: chartNumber(heightOf(count, own.length)),
    ...(several ? { series: name } : {}),
  }])));
  const field = density ? "density" : "count";
  const body = {
    width: options.width ?? 440,
    height: options.height ?? 220,
    data: { values: rows },
    mark: { type: "bar", binSpacing: bins > 40 ? 0.5 : 1, tooltip: true, ...(several ? { opacity: 0.55 } : { color: CATEGORY_COLOURS[0] }) },
    encoding: {
      x: {
        field: "from", type: "quantitative", bin: { binned: true }, title: options.xTitle ?? null,
        scale: { domain: [edge(0), edge(bins)], nice: false, zero: false }, axis: { grid: false, labelFlush: false, ...(whole ? { tickMinStep: 1 } : {}) },
      },
      x2: { field: "to" },
      y: { field, type: "quantitative", title: options.yTitle ?? field, stack: null, axis: density ? {} : { tickMinStep: 1 } },
      ...(several ? {
        color: {
          field: "series", type: "nominal", legend: { orient: "top", title: null, symbolOpacity: 1 },
          scale: { domain: samples.map(({ name }) => name), range: samples.map((_, i) => CATEGORY_COLOURS[i % CATEGORY_COLOURS.length]) },
        },
      } : {}),
    },
  };
  const sentences = counted.map((sample) => describe(sample, from, width));
  const nameWidth = Math.max(...samples.map(({ name }) => name.length));
  return chart(
    options,
    `Histogram${titled(options)}. ${samples.map(({ name }, i) => `${several ? `${name}: ` : ""}${sentences[i]}`).join("; ")}.`,
    body,
    counted.map(({ name, counts }, i) => `  ${several ? `${name.padEnd(nameWidth)}  ` : ""}${sparkline(counts)}  ${sentences[i]}`),
    () => counted.flatMap(({ name, values: own, counts }) => counts.map((count, i) => ({
      ...(several ? { series: name } : {}), from: edge(i), to: edge(i + 1), count, ...(density ? { density: heightOf(count, own.length) } : {}),
    }))),
  );
}

function samplesOf(data: HistogramData): Sample[] {
  const isNamed = typeof data === "object" && data !== null && !Array.isArray(data) && !ArrayBuffer.isView(data) && !("toArray" in data && typeof data.toArray === "function");
  const named = isNamed ? Object.entries(data) : [["values", data] as const];
  if (named.length === 0) throw new ChartDataError("histogram: there is nothing to count; give at least one set of values");
  return named.map(([name, values]) => {
    const all = flatNumbers(values as NestedNumberList, `histogram: ${name}`);
    const finite = all.filter(Number.isFinite);
    if (finite.length === 0) throw new ChartDataError(`histogram: ${name} has ${all.length} values, none of them a finite number; give at least one`);
    return { name, values: finite, missing: all.length - finite.length };
  });
}

function rangeOf(samples: readonly Sample[]): [number, number] {
  const extents = samples.map(({ values }) => extent(values));
  return [Math.min(...extents.map(([smallest]) => smallest)), Math.max(...extents.map(([, largest]) => largest))];
}

function automaticBins(samples: readonly Sample[], range: number): number {
  const wanted = samples.map(({ values }) => {
    const sorted = values.length > 100_000 ? values.filter((_, i) => i % Math.ceil(values.length / 100_000) === 0).sort() : values.slice().sort();
    const spread = sorted[Math.floor(0.75 * (sorted.length - 1))]! - sorted[Math.floor(0.25 * (sorted.length - 1))]!;
    return spread > 0 ? Math.ceil((range * Math.cbrt(values.length)) / (2 * spread)) : FEWEST_BINS * 2;
  });
  return Math.min(MOST_BINS, Math.max(FEWEST_BINS, ...wanted));
}

/** Counts of each stretch; as in NumPy the last one includes its upper end. */
function countInto(values: Float64Array, from: number, width: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const end = from + width * bins;
  for (const value of values) {
    if (value < from || value > end) continue;
    counts[Math.min(bins - 1, Math.floor((value - from) / width))]! += 1;
  }
  return counts;
}

function describe({ values, missing, counts }: Sample & { counts: readonly number[] }, from: number, width: number): string {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const [smallest, largest] = extent(values);
  const fullest = counts.indexOf(Math.max(...counts));
  const counted = counts.reduce((total, count) => total + count, 0);
  return `${values.length} values from ${readable(smallest)} to ${readable(largest)}, mean ${readable(mean)}, standard deviation ${readable(Math.sqrt(squares / values.length))}; `
    + `most (${counts[fullest]}) between ${readable(from + width * fullest)} and ${readable(from + width * (fullest + 1))}`
    + `${counted === values.length ? "" : `, ${values.length - counted} outside the range`}${missing === 0 ? "" : `, ${missing} not finite`}`;
}
