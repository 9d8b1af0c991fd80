/** The losses of a training run: of each batch, faintly, and of each epoch. */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { CATEGORY_COLOURS } from "./colours.ts";
import { thinned } from "./line.ts";
import { sparkline } from "./sparkline.ts";
import { ChartDataError, chartNumber, loneValueAxis, readable, tableNumber } from "./values.ts";

/** What of a training's history is drawn; `fit` returns one. */
export interface LossHistory {
  /** A row for each epoch, with its number from 1 and the numbers measured in it. */
  readonly epochs: readonly Readonly<Record<string, number>>[];
  /** The loss of each batch. */
  readonly batchLosses: readonly number[];
}

/** Options of {@link lossCurve}. */
export interface LossCurveOptions extends ChartOptions {
  /** "log" leaves out what is not above zero. Default "linear". */
  yScale?: "linear" | "log";
  /** Lowest and highest value of the vertical axis. Default: as the data need. */
  yDomain?: readonly [low: number, high: number];
}

interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [epoch: number, loss: number])[];
}

const BATCHES = "each batch";
/** Of the batches' curve, which is as wide as the drawing and seen as a band. */
const MOST_BATCHES = 400;
/** Grey behind the epochs' colours. */
const FAINT = "#9BB8CF";

/**
 * Draws the losses of a run: the loss of each batch as a faint line, and over it each epoch's training loss and, where
 * there is one, validation loss. Quantities that are no losses are drawn by `plot.line`, from `history.column(name)`.
 *
 * @param history what `fit` returned.
 * @example
 * plot.lossCurve(await fit(model, loader, options), { title: "Loss", yScale: "log" });
 * @throws ChartDataError when not one batch or epoch was finished.
 */
export function lossCurve(history: LossHistory, options: LossCurveOptions = {}): Chart {
  const { epochs, batchLosses } = history;
  const { yScale = "linear" } = options;
  const names = [...new Set(epochs.flatMap((row) => Object.keys(row)))].filter((name) => name.toLowerCase().endsWith("loss"));
  const perEpoch = epochs.length === 0 ? batchLosses.length : batchLosses.length / epochs.length;
  const curves: Curve[] = [
    ...(batchLosses.length > 1 ? [{ name: BATCHES, points: batchLosses.map((loss, i) => [(i + 1) / perEpoch, loss] as const) }] : []),
    ...names.map((name) => ({ name: spoken(name), points: epochs.map((row) => [row["epoch"]!, row[name] ?? NaN] as const) })),
  ];
  if (curves.length === 0) throw new ChartDataError("lossCurve: this history has no epoch and no batch yet; train first, then draw what fit returned");
  const placed = (loss: number): number | null => (yScale === "log" && loss <= 0 ? null : chartNumber(loss));
  const rows = curves.flatMap(({ name, points }) => {
    const kept = name === BATCHES ? thinned(points.map(([epoch]) => epoch), points.map(([, loss]) => loss), MOST_BATCHES) : points.keys();
    return [...kept].map((i) => ({ epoch: chartNumber(points[i]![0]), loss: placed(points[i]![1]), curve: name }));
  });
  const colours = curves.map(({ name }) => (name === BATCHES ? FAINT : CATEGORY_COLOURS[names.map(spoken).indexOf(name) % CATEGORY_COLOURS.length]!));
  const encoding = {
    x: { field: "epoch", type: "quantitative", title: "epoch", scale: { nice: false, zero: false }, axis: { grid: false, labelFlush: false, tickMinStep: 1 } },
    y: {
      field: "loss", type: "quantitative", title: "loss",
      scale: { ...(yScale === "log" ? { type: "log", nice: false } : { zero: false }), ...(options.yDomain === undefined ? {} : { domain: [...options.yDomain] }) },
      ...loneValueAxis(rows.map(({ loss }) => loss)),
    },
    color: { field: "curve", type: "nominal", scale: { domain: curves.map(({ name }) => name), range: colours }, legend: { orient: "top", title: null, symbolStrokeWidth: 3, symbolType: "stroke" } },
    tooltip: [{ field: "curve", type: "nominal" }, { field: "epoch", type: "quantitative", format: ".4~g" }, { field: "loss", type: "quantitative", format: ".4~g" }],
  };
  const clip = options.yDomain === undefined ? {} : { clip: true };
  const layer = [
    { transform: [{ filter: `datum.curve === '${BATCHES}'` }], mark: { type: "line", strokeWidth: 1, ...clip }, encoding },
    { transform: [{ filter: `datum.curve !== '${BATCHES}'` }], mark: { type: "line", strokeWidth: 2, point: { size: 30, filled: true }, ...clip }, encoding },
  ];
  const sentences = curves.map(({ points }) => describe(points));
  const nameWidth = Math.max(...curves.map(({ name }) => name.length));
  return chart(
    options,
    `Loss curve${titled(options)}, ${epochs.length} epochs. ${curves.map(({ name }, i) => `${name}: ${sentences[i]}`).join("; ")}.`,
    { width: options.width ?? 480, height: options.height ?? 260, data: { values: rows }, layer: names.length === 0 ? layer.slice(0, 1) : curves[0]!.name === BATCHES ? layer : layer.slice(1) },
    curves.map(({ name, points }, i) => `  ${name.padEnd(nameWidth)}  ${sparkline(points.map(([, loss]) => loss))}  ${sentences[i]}`),
    () => curves.flatMap(({ name, points }) => points.map(([epoch, loss]) => ({ curve: name, epoch, loss: tableNumber(loss) }))),
  );
}

/** "validationLoss" as one says it: "validation"; the training's own is called "loss". */
function spoken(name: string): string {
  return name === "loss" ? "training" : name.slice(0, -"loss".length).replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

function describe(points: Curve["points"]): string {
  const finite = points.filter(([, loss]) => Number.isFinite(loss));
  if (finite.length === 0) return `${points.length} values, none finite`;
  const [epoch, loss] = finite.reduce((best, point) => (point[1] < best[1] ? point : best));
  const missing = points.length - finite.length;
  return `from ${readable(points[0]![1])} to ${readable(points.at(-1)![1])}, smallest ${readable(loss)} at epoch ${readable(epoch)}${missing === 0 ? "" : `, ${missing} not finite`}`;
}
