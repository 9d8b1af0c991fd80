/**
 * Heat maps of a matrix. Up to 32 by 32 cells each is a rectangle that shows its value; a larger matrix is one picture,
 * because thousands of rectangles make a notebook heavy and slow.
 */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions, SpecPart } from "./chart.ts";
import { chooseScale, colourOf, isDark, MISSING_COLOUR, TEXT_ON_CELL, vegaColourScale } from "./colours.ts";
import type { ColourOptions, ColourScale } from "./colours.ts";
import { colourLegend, legendNumbers } from "./colour-legend.ts";
import { matrixPicture } from "./pictures.ts";
import { ChartDataError, chartNumber, extent, namesOf, numberMatrix, readable, tableNumber } from "./values.ts";
import type { NameList, NumberMatrix } from "./values.ts";

/** Options of {@link heatmap}. */
export interface HeatmapOptions extends ChartOptions, ColourOptions {
  /** Names of the rows. Default: their numbers. */
  rows?: NameList;
  /** Names of the columns. Default: their numbers. */
  columns?: NameList;
  xTitle?: string;
  yTitle?: string;
  /** Whether to print each value in its cell (up to 32 by 32 cells). Default true where it can. */
  cellText?: boolean;
}

const MOST_CELLS_A_SIDE = 32;
const LONGEST_SIDE = 440;
/** With more cells a side they are smaller, and values have two digits and no zero before the point. */
const MOST_LARGE_CELLS = 12;
/** Of a matrix of many cells with values in them: a notebook's column. */
const LONGEST_SIDE_WITH_TEXT = 540;
const LARGEST_CELL = 46;
/** About as many names as fit beside an axis. */
const MOST_NAMES = 16;

/**
 * Draws a matrix, row 0 at the top.
 *
 * @param values rows of equal length; values that are not finite are drawn grey.
 */
export function heatmap(values: NumberMatrix, options: HeatmapOptions = {}): Chart {
  const cells = numberMatrix(values, "heatmap");
  const [height, width] = [cells.length, cells[0]!.length];
  const rowNames = namesOf(options.rows, height, "heatmap: rows");
  const columnNames = namesOf(options.columns, width, "heatmap: columns");
  const range = extent(cells.flat());
  const scale = chooseScale(range, options, "sequential");
  const small = height <= MOST_CELLS_A_SIDE && width <= MOST_CELLS_A_SIDE;
  if (options.cellText === true && !small) {
    throw new ChartDataError(`heatmap: ${height} by ${width} cells are too many to print values in; leave cellText out`);
  }
  const withText = options.cellText ?? small;
  const body = small
    ? rectangles(cells, rowNames, columnNames, scale, withText, options)
    : picture(cells, scale, options);
  const sentence = `${height} rows and ${width} columns, values ${readable(range[0])} to ${readable(range[1])}`;
  return chart(
    options,
    `Heat map${titled(options)}: ${sentence}.`,
    body,
    [`  ${sentence}`, ...(Math.max(height, width) <= MOST_LARGE_CELLS && withText ? textRows(cells, rowNames, columnNames) : [])],
    () => cells.flatMap((line, row) => line.map((value, column) => ({
      [options.yTitle ?? "row"]: rowNames[row]!,
      [options.xTitle ?? "column"]: columnNames[column]!,
      value: tableNumber(value),
    }))),
  );
}

function rectangles(
  cells: readonly (readonly number[])[],
  rowNames: readonly string[],
  columnNames: readonly string[],
  scale: ColourScale,
  withText: boolean,
  options: HeatmapOptions,
): SpecPart {
  const side = Math.max(cells.length, columnNames.length);
  const short = side > MOST_LARGE_CELLS;
  const largest = Math.max(...extent(cells.flat()).map(Math.abs));
  const cell = Math.min(LARGEST_CELL, Math.floor((short && withText ? LONGEST_SIDE_WITH_TEXT : LONGEST_SIDE) / side));
  const rows = cells.flatMap((line, row) => line.map((value, column) => ({
    row,
    column,
    value: chartNumber(value),
    ...(withText ? { text: short ? shortText(value, largest) : cellText(value), ...(isDark(colourOf(value, scale)) ? { dark: true } : {}) } : {}),
    ...(options.rows === undefined ? {} : { rowName: rowNames[row] }),
    ...(options.columns === undefined ? {} : { columnName: columnNames[column] }),
  })));
  const place = {
    x: { field: "column", type: "ordinal", title: options.xTitle ?? null, axis: nameAxis(columnNames, "top") },
    y: { field: "row", type: "ordinal", title: options.yTitle ?? null, axis: nameAxis(rowNames, "left") },
  };
  const tooltip = [
    { field: options.rows === undefined ? "row" : "rowName", type: "nominal", title: options.yTitle ?? "row" },
    { field: options.columns === undefined ? "column" : "columnName", type: "nominal", title: options.xTitle ?? "column" },
    { field: "value", type: "quantitative", title: "value" },
  ];
  const rectangle = {
    // Cells without a number are drawn too, in grey.
    mark: { type: "rect", stroke: "#FFFFFF", strokeWidth: cell > 12 ? 1 : 0, invalid: null },
    encoding: {
      ...place,
      color: {
        condition: { test: "!isValid(datum.value)", value: MISSING_COLOUR },
        field: "value",
        type: "quantitative",
        scale: vegaColourScale(scale),
        legend: { title: null, gradientLength: Math.max(60, Math.min(200, cell * cells.length)), ...legendNumbers(scale) },
      },
      tooltip,
    },
  };
  const letters = Math.max(...rows.map(({ text = "" }) => text.length));
  const text = {
    mark: { type: "text", fontSize: Math.max(6, Math.min(12, short ? (cell - 2) / (0.6 * letters) : Math.floor(cell / 3.6))) },
    encoding: { ...place, text: { field: "text", type: "nominal" }, color: { condition: TEXT_ON_CELL, value: "#222222" }, tooltip },
  };
  return {
    width: options.width ?? cell * columnNames.length,
    height: options.height ?? cell * cells.length,
    data: { values: rows },
    layer: withText ? [rectangle, text] : [rectangle],
  };
}

/** An axis that shows every name, or every second, fifth … where they are many. */
function nameAxis(names: readonly string[], orient: "top" | "left"): Record<string, unknown> {
  const step = [1, 2, 4, 5, 10].find((every) => names.length / every <= MOST_NAMES) ?? 10;
  return {
    orient,
    values: Array.from({ length: Math.ceil(names.length / step) }, (_, i) => i * step),
    labelExpr: `${JSON.stringify(names)}[datum.value]`,
    labelAngle: orient === "top" && names.some((name) => name.length > 4) ? -40 : 0,
    ticks: false,
    domain: false,
  };
}

function picture(cells: readonly (readonly number[])[], scale: ColourScale, options: HeatmapOptions): SpecPart {
  const [rows, columns] = [cells.length, cells[0]!.length];
  const perCell = LONGEST_SIDE / Math.max(rows, columns);
  const width = options.width ?? Math.max(40, Math.round(columns * perCell));
  const height = options.height ?? Math.max(40, Math.round(rows * perCell));
  const axis = { grid: false, tickMinStep: 1, labelFlush: false };
  return {
    width,
    height,
    layer: [
      {
        data: { values: [{ x: columns / 2, y: rows / 2, url: matrixPicture(cells, scale, width) }] },
        mark: { type: "image", width, height, aspect: false, smooth: false },
        encoding: {
          url: { field: "url", type: "nominal" },
          x: { field: "x", type: "quantitative", title: options.xTitle ?? null, scale: { domain: [0, columns], nice: false }, axis: { ...axis, orient: "top" } },
          y: { field: "y", type: "quantitative", title: options.yTitle ?? null, scale: { domain: [0, rows], reverse: true, nice: false }, axis },
        },
      },
      colourLegend(scale, Math.min(200, height)),
    ],
  };
}

function cellText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "–";
}

/** A value for a small cell, to two digits and not finer than a hundredth of the largest: -.12, 3.4, 12, 5e3. */
function shortText(value: number, largest: number): string {
  if (!Number.isFinite(value)) return "–";
  const decimals = Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(largest || 1))));
  const plain = String(Number(Number(value.toPrecision(2)).toFixed(decimals)) + 0).replace(/^(-?)0\./, "$1.");
  return plain.length <= 5 ? plain : value.toExponential(0).replace("e+", "e");
}

function textRows(cells: readonly (readonly number[])[], rowNames: readonly string[], columnNames: readonly string[]): string[] {
  const table = [["", ...columnNames], ...cells.map((line, row) => [rowNames[row]!, ...line.map(cellText)])];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  return table.map((line) => `  ${line.map((text, column) => text.padStart(widths[column]!)).join("  ")}`);
}
