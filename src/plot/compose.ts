/**
 * Charts put together: over each other on common axes, beside each other, below each other. Any chart will do, those of
 * `plot.spec` included, and the result is a chart that can be put together again.
 */
import { Chart, LOOK, SCHEMA } from "./chart.ts";
import type { ChartOptions, SpecPart } from "./chart.ts";
import { CATEGORY_COLOURS } from "./colours.ts";
import type { TableRow } from "./table.ts";
import { ChartDataError } from "./values.ts";

/** Options of {@link hconcat} and {@link vconcat}. */
export type ConcatOptions = Pick<ChartOptions, "title" | "description">;

type Spec = Record<string, unknown>;

/** Of a whole chart only; what remains of a specification can be a part of another. */
const TOP_LEVEL = ["$schema", "background", "padding", "autosize", "config", "description"] as const;

/**
 * Charts over each other, the first at the bottom, on common axes: points over the contours of a function, a fitted line
 * over points. Each keeps its own colours and legend; those of one colour get the one of their place. Title and size are those of the
 * first chart that has them, unless the options say others.
 *
 * @example
 * plot.layer([plot.contour(loss, { x: [-1, 1], y: [-1, 1] }), plot.line([{ x: path.w, y: path.b }])]);
 * @throws ChartDataError without a chart, or with one that is itself several charts side by side.
 */
export function layer(charts: readonly Chart[], options: ChartOptions = {}): Chart {
  const parts = partsOf(charts, "layer");
  const size = (name: "width" | "height"): number | undefined => options[name] ?? (parts.find((part) => typeof part[name] === "number")?.[name] as number | undefined);
  const title = options.title ?? firstOf(parts, "title");
  const [width, height] = [size("width"), size("height")];
  const params = sharedParams(parts);
  const layers = parts.map((part, index) => {
    if (["hconcat", "vconcat", "concat", "facet", "repeat"].some((key) => key in part)) {
      throw new ChartDataError(`layer: chart ${index} is itself several charts side by side; layer those first, then put them beside each other`);
    }
    const { title: _title, width: _width, height: _height, params: _params, ...rest } = part;
    return hasSingleColour(rest) ? recoloured(rest, CATEGORY_COLOURS[index % CATEGORY_COLOURS.length]!) : rest;
  });
  for (const axis of ["x", "y"]) {
    // A chart that leaves its axis without a name has nothing against another's.
    const titles = layers.flatMap((one) => channels(one, axis).map((channel) => channel["title"]));
    const name = titles.find((each) => typeof each === "string");
    if (name === undefined) continue;
    layers.forEach((one, i) => (layers[i] = withTitle(one, axis, name)));
  }
  return compose(charts, options, "layers", {
    ...(title === undefined ? {} : { title }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...params,
    layer: layers,
    resolve: { scale: { color: "independent", shape: "independent" } },
  });
}

/**
 * Charts beside each other, from left to right.
 *
 * @throws ChartDataError without a chart.
 */
export function hconcat(charts: readonly Chart[], options: ConcatOptions = {}): Chart {
  return concatenated("hconcat", charts, options);
}

/**
 * Charts below each other, from top to bottom.
 *
 * @throws ChartDataError without a chart.
 */
export function vconcat(charts: readonly Chart[], options: ConcatOptions = {}): Chart {
  return concatenated("vconcat", charts, options);
}

function concatenated(how: "hconcat" | "vconcat", charts: readonly Chart[], options: ConcatOptions): Chart {
  const parts = partsOf(charts, how);
  return compose(charts, options, "charts", {
    ...(options.title === undefined ? {} : { title: options.title }),
    ...sharedParams(parts),
    [how]: parts.map(({ params: _, ...part }) => part),
    resolve: { scale: { color: "independent", shape: "independent" }, legend: { color: "independent", shape: "independent" } },
  });
}

function compose(charts: readonly Chart[], options: ChartOptions, noun: string, body: SpecPart): Chart {
  const described = charts.map(({ spec }) => spec.description).filter((text) => typeof text === "string");
  const whole = {
    $schema: SCHEMA,
    description: options.description ?? [`${options.title === undefined ? "" : `${options.title}. `}${charts.length} ${noun}.`, ...described].join(" "),
    ...LOOK,
    config: Object.assign({}, ...charts.map(({ spec }) => spec.config)) as object,
    ...body,
  };
  const heading = options.title ?? options.description;
  // Of several charts the rows say which one they are of.
  const rows = (): TableRow[] => charts.flatMap(({ table }, chart) => (charts.length === 1 ? [...table] : [...table].map((row) => ({ chart: chart + 1, ...row }))));
  return new Chart(whole, [...(heading === undefined ? [] : [heading]), ...charts.map(String)].join("\n"), rows);
}

function partsOf(charts: readonly Chart[], what: string): Spec[] {
  if (!Array.isArray(charts) || charts.length === 0) throw new ChartDataError(`${what}: give a list of at least one chart, as in plot.${what}([a, b])`);
  return charts.map((one, index) => {
    if (!(one instanceof Chart)) throw new ChartDataError(`${what}: element ${index} is no chart; a Vega-Lite specification becomes one by plot.spec(…)`);
    const part: Spec = { ...one.spec };
    for (const key of TOP_LEVEL) delete part[key];
    return part;
  });
}

/** Parameters (sliders) belong to the whole; those of one name are one, so that two surfaces turn together. */
function sharedParams(parts: readonly Spec[]): { params?: unknown[] } {
  const byName = new Map<unknown, unknown>();
  for (const { params } of parts) {
    for (const param of (params as { name: unknown }[] | undefined) ?? []) if (!byName.has(param.name)) byName.set(param.name, param);
  }
  return byName.size === 0 ? {} : { params: [...byName.values()] };
}

function firstOf(parts: readonly Spec[], key: string): unknown {
  return parts.find((part) => part[key] !== undefined)?.[key];
}

/** What a chart and the layers in it say of an axis. */
function channels(part: Spec, axis: string): Spec[] {
  const own = (part["encoding"] as Record<string, Spec> | undefined)?.[axis];
  const inner = ((part["layer"] as Spec[] | undefined) ?? []).flatMap((one) => channels(one, axis));
  return own === undefined ? inner : [own, ...inner];
}

/** The same with another name at the axis, wherever the axis is said to have no name or one. */
function withTitle(part: Spec, axis: string, title: unknown): Spec {
  const encoding = part["encoding"] as Record<string, Spec> | undefined;
  const channel = encoding?.[axis];
  const named = channel !== undefined && "title" in channel ? { encoding: { ...encoding, [axis]: { ...channel, title } } } : {};
  const inner = part["layer"] as Spec[] | undefined;
  return { ...part, ...named, ...(inner === undefined ? {} : { layer: inner.map((one) => withTitle(one, axis, title)) }) };
}

/** Whether a chart of this library shows one series, in the first colour, which no field decides. */
function hasSingleColour(part: Spec): boolean {
  const all = [part, ...((part["layer"] as Spec[] | undefined) ?? [])];
  const isFirst = (one: Spec): boolean => (one["mark"] as Spec | undefined)?.["color"] === CATEGORY_COLOURS[0];
  const hasField = (one: Spec): boolean => (one["encoding"] as Spec | undefined)?.["color"] !== undefined;
  return all.some(isFirst) && !all.some(hasField);
}

/** The same marks in another colour, their points included. */
function recoloured(part: Spec, colour: string): Spec {
  const repaint = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(repaint);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [
      key,
      key === "color" && inner === CATEGORY_COLOURS[0] ? colour : key === "data" ? inner : repaint(inner),
    ]));
  };
  return repaint(part) as Spec;
}
