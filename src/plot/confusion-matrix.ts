/** The confusion matrix of a classifier: how often each class was taken for each. */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { colourOf, isDark, TEXT_ON_CELL, vegaColourScale } from "./colours.ts";
import type { ColourScale } from "./colours.ts";
import { asArray, ChartDataError, namesOf, numberList, numberMatrix } from "./values.ts";
import type { NameList, NumberList, NumberMatrix } from "./values.ts";

/** Options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions extends ChartOptions {
  /** Names of the classes. Default: their numbers. */
  classes?: NameList;
}

/** Counts, actual class by predicted class, or the two classes of each example. */
export type ConfusionData = NumberMatrix | { actual: NumberList; predicted: NumberList };

const LONGEST_SIDE = 440;
const LARGEST_CELL = 44;
const SHARES: ColourScale = { ramp: "sequential", domain: [0, 1] };

/**
 * Draws a confusion matrix: the count in each cell, its colour the share among the examples of its actual class (its row).
 *
 * @example
 * plot.confusionMatrix({ actual: labels, predicted: logits.argmax({ dim: 1 }) });
 */
export function confusionMatrix(data: ConfusionData, options: ConfusionMatrixOptions = {}): Chart {
  const counts = countsOf(data, options.classes === undefined ? undefined : asArray(options.classes)?.length);
  const classes = namesOf(options.classes, counts.length, "confusionMatrix: classes");
  const cell = Math.min(LARGEST_CELL, Math.floor(LONGEST_SIDE / counts.length));
  const values = counts.flatMap((line, row) => {
    const sum = line.reduce((total, count) => total + count, 0);
    return line.map((count, column) => {
      const share = sum === 0 ? 0 : count / sum;
      return {
        row,
        column,
        actual: classes[row],
        predicted: classes[column],
        count,
        share: Number(share.toPrecision(4)),
        dark: isDark(colourOf(share, SHARES)),
      };
    });
  });
  const names = `${JSON.stringify(classes)}[datum.value]`;
  const axis = { labelExpr: names, ticks: false, domain: false };
  const longNames = classes.some((name) => name.length > 4);
  const place = {
    x: { field: "column", type: "ordinal", title: "predicted", axis: { ...axis, orient: "top", labelAngle: longNames ? -40 : 0 } },
    y: { field: "row", type: "ordinal", title: "actual", axis },
  };
  const tooltip = [
    { field: "actual", type: "nominal" },
    { field: "predicted", type: "nominal" },
    { field: "count", type: "quantitative" },
    { field: "share", type: "quantitative", format: ".1%", title: "share of its actual class" },
  ];
  const body = {
    width: options.width ?? cell * counts.length,
    height: options.height ?? cell * counts.length,
    data: { values },
    layer: [
      {
        mark: { type: "rect", stroke: "#FFFFFF" },
        encoding: {
          ...place,
          color: {
            field: "share",
            type: "quantitative",
            scale: vegaColourScale(SHARES),
            legend: { title: "of row", format: ".0%" },
          },
          tooltip,
        },
      },
      {
        mark: { type: "text", fontSize: Math.max(8, Math.min(12, Math.floor(cell / 3.4))) },
        encoding: {
          ...place,
          text: { field: "count", type: "quantitative" },
          color: { condition: [{ test: "datum.count === 0", value: "#9A9A9A" }, TEXT_ON_CELL], value: "#222222" },
          tooltip,
        },
      },
    ],
  };
  const sentence = summarise(counts, classes);
  return chart(
    options,
    `Confusion matrix${titled(options)}: ${sentence}.`,
    body,
    [`  ${sentence}`],
    () => values.map(({ actual, predicted, count, share }) => ({ actual: actual!, predicted: predicted!, count, share })),
  );
}

function countsOf(data: ConfusionData, namedClasses: number | undefined): number[][] {
  if (!("actual" in data)) {
    const counts = numberMatrix(data, "confusionMatrix");
    if (counts.length !== counts[0]!.length) {
      throw new ChartDataError(`confusionMatrix: counts must be square, but are ${counts.length} by ${counts[0]!.length}`);
    }
    return counts;
  }
  const actual = numberList(data.actual, "confusionMatrix: actual");
  const predicted = numberList(data.predicted, "confusionMatrix: predicted");
  if (actual.length !== predicted.length) {
    throw new ChartDataError(`confusionMatrix: ${actual.length} actual classes but ${predicted.length} predicted; each example needs both`);
  }
  const classes = namedClasses ?? [...actual, ...predicted].reduce((largest, label) => Math.max(largest, label), 0) + 1;
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  actual.forEach((row, example) => {
    for (const label of [row, predicted[example]!]) {
      if (Number.isInteger(label) && label >= 0 && label < classes) continue;
      throw new ChartDataError(`confusionMatrix: example ${example} has the class ${label}; classes are whole numbers from 0 to ${classes - 1}`);
    }
    counts[row]![predicted[example]!]! += 1;
  });
  return counts;
}

function summarise(counts: readonly (readonly number[])[], classes: readonly string[]): string {
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, line, row) => sum + line[row]!, 0);
  const mistakes = counts
    .flatMap((line, row) => line.map((count, column) => ({ count, row, column })))
    .filter(({ count, row, column }) => row !== column && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3)
    .map(({ count, row, column }) => `${classes[row]} taken for ${classes[column]} (${count})`);
  const worst = mistakes.length === 0 ? "no mistakes" : `most frequent mistakes ${mistakes.join(", ")}`;
  return `${right} of ${total} right in ${classes.length} classes; ${worst}`;
}
