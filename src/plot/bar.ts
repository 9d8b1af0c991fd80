/** Bar charts: one number for each of a few names, such as the probability of each class. */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { CATEGORY_COLOURS } from "./colours.ts";
import { textBar } from "./sparkline.ts";
import { asArray, ChartDataError, chartNumber, extent, namesOf, numberList, readable, tableNumber } from "./values.ts";
import type { NameList, NumberList } from "./values.ts";

/** Options of {@link bar}. */
export interface BarOptions extends ChartOptions {
  /** Names of the bars, when values are given as a list. Default: their numbers. */
  labels?: NameList;
  xTitle?: string;
  yTitle?: string;
  /** Lowest and highest value of the vertical axis. Default: from zero, as the data need. */
  yDomain?: readonly [low: number, high: number];
}

/** With more bars than this the values are not printed above them. */
const MOST_WITH_TEXT = 16;

/** Of a letter in a name, in pixels, about. */
const CHARACTER_WIDTH = 6.5;
/** A longer name beside the axis is cut, in pixels. */
const LONGEST_NAME = 130;
/** Of the whole drawing, in pixels. */
const WIDEST = 500;

/**
 * Draws bars from zero.
 *
 * @example
 * plot.bar({ "linear": 0.914, "one hidden layer": 0.978 }, { yTitle: "accuracy" });
 */
export function bar(values: NumberList | Readonly<Record<string, number>>, options: BarOptions = {}): Chart {
  const isList = asArray(values) !== undefined;
  if (!isList && options.labels !== undefined) {
    throw new ChartDataError("bar: the values have names already; leave labels out, or give the values as a list");
  }
  const heights = numberList(isList ? (values as NumberList) : Object.values(values), "bar");
  if (heights.length === 0) throw new ChartDataError("bar: there is nothing to draw; give at least one value");
  const names = namesOf(isList ? options.labels : Object.keys(values), heights.length, "bar: labels");
  const rows = heights.map((value, bar) => ({ bar, name: names[bar], value: chartNumber(value), text: readable(value) }));
  const nameWidth = Math.max(...names.map((name) => name.length));
  const step = Math.min(Math.max(56, CHARACTER_WIDTH * (nameWidth + 2)), WIDEST / heights.length);
  const crowded = CHARACTER_WIDTH * nameWidth > step;
  const encoding = {
    x: {
      field: "bar",
      type: "ordinal",
      title: options.xTitle ?? null,
      axis: { labelExpr: `${JSON.stringify(names)}[datum.value]`, labelAngle: crowded ? -40 : 0, labelLimit: LONGEST_NAME, ticks: false },
    },
    y: {
      field: "value",
      type: "quantitative",
      title: options.yTitle ?? null,
      scale: { domain: [...(options.yDomain ?? roomyDomain(heights))], nice: options.yDomain === undefined },
    },
    tooltip: [{ field: "name", type: "nominal" }, { field: "value", type: "quantitative" }],
  };
  const layer: Record<string, unknown>[] = [{ mark: { type: "bar", color: CATEGORY_COLOURS[0], clip: true }, encoding }];
  if (heights.length <= MOST_WITH_TEXT) {
    const text = { field: "text", type: "nominal" };
    layer.push(
      { transform: [{ filter: "datum.value >= 0" }], mark: { type: "text", dy: -7, fontSize: 11 }, encoding: { ...encoding, text } },
      { transform: [{ filter: "datum.value < 0" }], mark: { type: "text", dy: 9, fontSize: 11 }, encoding: { ...encoding, text } },
    );
  }
  const largest = Math.max(...heights.filter(Number.isFinite), 0);
  return chart(
    options,
    `Bar chart${titled(options)}. ${names.map((name, i) => `${name}: ${readable(heights[i]!)}`).join("; ")}.`,
    { width: options.width ?? Math.max(120, step * heights.length), height: options.height ?? 240, data: { values: rows }, layer },
    names.map((name, i) => `  ${name.padEnd(nameWidth)}  ${textBar(heights[i]!, largest)} ${readable(heights[i]!)}`),
    () => heights.map((value, i) => ({ [options.xTitle ?? "name"]: names[i]!, [options.yTitle ?? "value"]: tableNumber(value) })),
  );
}

/** From zero to the farthest bars, with room for the printed values beyond their ends. */
function roomyDomain(heights: readonly number[]): [low: number, high: number] {
  const [smallest, largest] = extent([0, ...heights]);
  const room = 0.08 * (largest - smallest || 1);
  return [smallest < 0 ? smallest - room : 0, largest > 0 || smallest === 0 ? largest + room : 0];
}
