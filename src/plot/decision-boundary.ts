/** Where a classifier of points in the plane decides for which class, with the points themselves over it. */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions, SpecPart } from "./chart.ts";
import { gridPoints, lead, likeliest, sharesOf } from "./class-map.ts";
import type { Classifier, Shares } from "./class-map.ts";
import { CATEGORY_COLOURS, mixed, rgbOf } from "./colours.ts";
import { linesAt, planeAxes, planePicture } from "./contour.ts";
import { checkRange } from "./function-grid.ts";
import type { PlaneDomain } from "./function-grid.ts";
import { paintedPicture } from "./pictures.ts";
import { ChartDataError, chartNumber, extent, namesOf, numberList, numberMatrix, tableNumber } from "./values.ts";
import type { NameList, NumberList, NumberMatrix } from "./values.ts";

/** Options of {@link decisionBoundary}. */
export interface DecisionBoundaryOptions extends ChartOptions {
  /** Names of the classes. Default: their numbers. */
  classes?: NameList;
  /** The part of the plane to show. Default: where the points are, and a tenth more on each side. */
  domain?: PlaneDomain;
  xTitle?: string;
  yTitle?: string;
}

const COLUMNS = 120;
const ROWS = 90;

/** Each class has a shape besides its colour. */
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right"] as const;

/**
 * Draws which class a classifier gives to each place of the plane, the border between them, and the points it learned
 * from (or others). The surer it is, the stronger the colour; each class has a colour and a shape.
 *
 * @param classifier a model or a function that takes points of shape [N, 2]. Its output may be scores [N, classes] (logits
 * or probabilities), one logit or probability each ([N] or [N, 1], two classes), or the classes themselves as whole numbers.
 * @param points rows of two numbers, [N, 2].
 * @param labels the class of each point, a whole number from 0.
 * @example
 * plot.decisionBoundary(model, X, y, { classes: ["inner", "outer"] });
 * @throws ChartDataError for points that are not [N, 2], labels that are no classes, or an output of another shape.
 */
export function decisionBoundary(classifier: Classifier, points: NumberMatrix, labels: NumberList, options: DecisionBoundaryOptions = {}): Chart {
  const places = numberMatrix(points, "decisionBoundary: points");
  if (places[0]!.length !== 2) throw new ChartDataError(`decisionBoundary: points must have 2 numbers each, but have ${places[0]!.length}; choose two columns, or project them to two dimensions`);
  const classes = numberList(labels, "decisionBoundary: labels");
  if (classes.length !== places.length) throw new ChartDataError(`decisionBoundary: there are ${places.length} points but ${classes.length} labels; each point needs one`);
  classes.forEach((label, i) => {
    if (!Number.isInteger(label) || label < 0) throw new ChartDataError(`decisionBoundary: label ${i} is ${label}; classes are whole numbers from 0`);
  });
  const domain = options.domain ?? { x: roomy(places.map(([x]) => x!)), y: roomy(places.map(([, y]) => y!)) };
  checkRange(domain.x, "decisionBoundary: the domain's x");
  checkRange(domain.y, "decisionBoundary: the domain's y");
  const given = Math.max(...classes) + 1;
  const shares = sharesOf(classifier, gridPoints(domain, COLUMNS, ROWS), given);
  const answers = sharesOf(classifier, places.map(([x, y]): [number, number] => [x!, y!]), given).map(likeliest);
  const count = Math.max(given, ...shares.map((row) => row.length));
  if (count > SHAPES.length) throw new ChartDataError(`decisionBoundary: ${count} classes are more than can be told apart; ${SHAPES.length} are drawn`);
  const names = namesOf(options.classes, count, "decisionBoundary: classes");
  const axes = planeAxes(options.xTitle, options.yTitle, options.domain);
  const all = shares.map((row) => [...row, ...Array.from({ length: count - row.length }, () => 0)]);
  const lines = borders(all, count, domain);
  const layer: SpecPart[] = [
    planePicture(domain, regions(all), axes, true),
    ...(lines.length === 0 ? [] : [{
      data: { values: lines },
      mark: { type: "line", color: "#333333", strokeWidth: 1.25, tooltip: false },
      encoding: { ...axes, detail: { field: "line", type: "nominal" }, order: { field: "i", type: "quantitative" } },
    }]),
    {
      data: { values: places.map(([x, y], i) => ({ x: chartNumber(x!), y: chartNumber(y!), class: names[classes[i]!], predicted: names[answers[i]!] })) },
      mark: { type: "point", filled: true, size: 46, opacity: 1, stroke: "#FFFFFF", strokeWidth: 0.8, clip: options.domain !== undefined },
      encoding: {
        ...axes,
        color: { field: "class", type: "nominal", scale: { domain: names, range: names.map((_, k) => CATEGORY_COLOURS[k]) }, legend: { orient: "top", title: null } },
        shape: { field: "class", type: "nominal", scale: { domain: names, range: SHAPES.slice(0, count) }, legend: { orient: "top", title: null } },
        tooltip: ["class", "predicted", "x", "y"].map((field) => ({ field, type: field.length === 1 ? "quantitative" : "nominal" })),
      },
    },
  ];
  const right = answers.filter((answer, i) => answer === classes[i]).length;
  const areas = names.map((name, k) => `${name} in ${Math.round((100 * all.filter((row) => likeliest(row) === k).length) / all.length)} %`);
  const sentence = `${right} of ${places.length} points lie on their class's side; of the area shown the classifier takes ${areas.join(", ")}`;
  return chart(
    options,
    `Decision boundary${titled(options)}. ${sentence}.`,
    { width: options.width ?? 400, height: options.height ?? 300, layer },
    [`  ${sentence}`],
    () => places.map(([x, y], i) => ({
      [options.xTitle ?? "x"]: tableNumber(x!), [options.yTitle ?? "y"]: tableNumber(y!), class: names[classes[i]!]!, predicted: names[answers[i]!]!,
    })),
  );
}

function roomy(values: readonly number[]): [number, number] {
  const [low, high] = extent(values);
  const room = 0.1 * (high - low) || 1;
  return [low - room, high + room];
}

/** Each place in its class's colour, the paler the less sure. */
function regions(shares: Shares): string {
  const white = [255, 255, 255] as const;
  return paintedPicture(COLUMNS, ROWS, (column, row) => {
    const here = shares[(ROWS - 1 - row) * COLUMNS + column]!;
    const best = likeliest(here);
    const sureness = (here[best]! - 1 / here.length) / (1 - 1 / here.length);
    // In steps, so that the picture's colours fit into a palette.
    const strength = 0.12 + 0.4 * (Math.round(20 * sureness) / 20);
    return Number.isFinite(strength) ? mixed(white, rgbOf(CATEGORY_COLOURS[best]!), strength) : undefined;
  });
}

/** The borders of all classes but one, which has none of its own. */
function borders(shares: Shares, count: number, domain: PlaneDomain): object[] {
  return Array.from({ length: count - 1 }, (_, k) => {
    const heights = Array.from({ length: ROWS }, (_row, i) => Array.from({ length: COLUMNS }, (_column, j) => lead(shares[i * COLUMNS + j]!, k)));
    return linesAt({ domain, heights }, 0, `${k}.`);
  }).flat();
}
