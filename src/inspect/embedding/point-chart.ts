/**
 * Points in the plane with their classes or names. Up to seven classes have a colour each; beyond, colours come again with
 * another shape. The name of each class stands in the middle of its points, so that colours need not be told apart.
 */
import { chart } from "../../plot/chart.ts";
import type { Chart } from "../../plot/chart.ts";
import { CATEGORY_COLOURS } from "../../plot/colours.ts";
import { namesOf } from "../../plot/values.ts";
import type { NameList } from "../../plot/values.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface PointChartOptions {
  title?: string;
  /** The class or the name of each point. */
  labels?: NameList;
  xTitle?: string;
  yTitle?: string;
  /** Width and height of the drawing in pixels; 460 when not given. */
  side?: number;
}

/** More different labels than this, compared to the points, are names of single points. */
const mostClasses = 21;
const shapes = ["circle", "square", "triangle-up"] as const;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const brief = (value: number): number => Number(value.toPrecision(4));

/** Draws points [N, 2]. */
export function pointChart(what: string, points: Tensor, options: PointChartOptions, description: string): Chart {
  const { labels, title, xTitle, yTitle, side = 460 } = options;
  const places = (points.toArray() as [number, number][]).map(([x, y]) => ({ x: brief(x), y: brief(y) }));
  const names = labels === undefined ? undefined : namesOf(labels, places.length, `${what}: labels`);
  const numeric = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);
  const classes = [...new Set(names)].sort(numeric);
  const named = classes.length > mostClasses || (classes.length === places.length && classes.length > 1);
  const axis = (field: "x" | "y", axisTitle: string | undefined): object => ({
    field, type: "quantitative", title: axisTitle ?? null, scale: { zero: false, nice: false, padding: 14 },
    axis: { grid: false, labels: false, ticks: false, domain: false },
  });
  const at = { x: axis("x", xTitle), y: axis("y", yTitle) };
  const coloured = classes.length > 0 && !named;
  const range = (choose: (i: number) => string): object => ({ domain: classes, range: classes.map((_, i) => choose(i)) });
  const size = Math.max(14, Math.min(60, 20_000 / places.length));
  const layer: object[] = [{
    mark: { type: "point", filled: true, size, opacity: 0.7, color: CATEGORY_COLOURS[0], tooltip: true },
    encoding: {
      ...at,
      ...(coloured ? {
        color: { field: "label", type: "nominal", scale: range((i) => CATEGORY_COLOURS[i % CATEGORY_COLOURS.length]!), legend: { title: null, symbolSize: 70 } },
        shape: { field: "label", type: "nominal", scale: range((i) => shapes[Math.floor(i / CATEGORY_COLOURS.length)]!), legend: { title: null, symbolSize: 70 } },
      } : {}),
    },
  }];
  const text = (stroke: boolean): object => ({
    ...(named ? {} : { data: { values: middles(places, names ?? []) } }),
    mark: {
      type: "text", fontSize: named ? 10 : 15, fontWeight: named ? "normal" : "bold", dy: named ? -8 : 0, tooltip: false,
      ...(stroke ? { stroke: "white", strokeWidth: 4, strokeOpacity: 0.85, strokeJoin: "round" } : { color: "#222222" }),
    },
    encoding: { ...at, text: { field: "label", type: "nominal" } },
  });
  // The white text below is the halo of the one above.
  if (classes.length > 1 && places.length <= (named ? 300 : Infinity)) layer.push(text(true), text(false));
  const values = places.map((place, i) => (names === undefined ? place : { ...place, label: names[i] }));
  const sorts = names === undefined ? "" : named ? ", each with its name" : ` in ${classes.length} classes: ${classes.join(", ")}`;
  const sentence = `${places.length} points${sorts}`;
  return chart(
    title === undefined ? {} : { title },
    `${title ?? "Points in the plane"}. ${sentence}. ${description}`,
    { width: side, height: side, data: { values }, layer },
    [`  ${sentence}. ${description}`],
  );
}

/** The middle of each class. */
function middles(places: readonly { x: number; y: number }[], names: readonly string[]): { x: number; y: number; label: string }[] {
  return [...new Set(names)].map((label) => {
    const own = places.filter((_, i) => names[i] === label);
    return { x: median(own.map(({ x }) => x)), y: median(own.map(({ y }) => y)), label };
  });
}
