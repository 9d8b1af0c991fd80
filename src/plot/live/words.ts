/** How the numbers of a live panel are said in words: on one line, as rows of text, and for readers who do not see the chart. */
import type { LiveProgress } from "../../view/states/live.ts";
import { sparkline } from "../sparkline.ts";
import { extent, readable } from "../values.ts";
import type { Series } from "./series.ts";

/** A time as a person says it. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A count or a rate in at most four digits. */
function short(value: number): string {
  if (value >= 1e6) return `${readable(Number((value / 1e6).toPrecision(3)))} M`;
  if (value >= 1e4) return `${readable(Number((value / 1e3).toPrecision(3)))} k`;
  return readable(Number(value.toPrecision(value >= 100 ? Math.max(3, Math.ceil(Math.log10(value))) : 3)));
}

/** Where a run stands, in one line. */
export function progressLine(progress: LiveProgress): string {
  const { status, reason, step, steps, epoch, epochs, seconds, rate, secondsLeft } = progress;
  const isOver = status === "finished" || status === "stopped" || status === "failed" || status === "interrupted";
  return [
    reason === undefined ? status : `${status}: ${reason}`,
    ...(epoch === undefined ? [] : [`epoch ${readable(epoch)}${epochs === undefined ? "" : `/${epochs}`}`]),
    ...(step === undefined ? [] : [`step ${readable(step)}${steps === undefined ? "" : `/${steps}`}`]),
    ...(rate === undefined ? [] : [`${short(rate.value)} ${rate.unit}/s`]),
    ...(isOver || secondsLeft === undefined ? [duration(seconds)] : [`${duration(seconds)}, ${duration(secondsLeft)} left`]),
  ].join(" · ");
}

/** One curve in a sentence. */
function sentence(series: Series): string {
  const { values, steps, length } = series;
  const bad = values.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
  const gap = bad === 0 ? "" : `, ${bad} not finite`;
  if (length === 1) return `${readable(values[0]!)}`;
  if (bad === length) return `${length} points${gap}`;
  const [lowest, highest] = extent(values);
  const at = (value: number): string => `${readable(value)} at ${readable(steps[values.indexOf(value)]!)}`;
  return `${readable(values[0]!)} → ${readable(values.at(-1)!)}, lowest ${at(lowest)}, highest ${at(highest)}${gap}`;
}

/** The panel as text: a line of progress and a line for each curve. */
export function textForm(title: string | undefined, progress: LiveProgress, all: readonly Series[]): string {
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  const lines = all.map((series) => `  ${series.name.padEnd(width)}  ${sparkline(Array.from(series.values))}  ${sentence(series)}`);
  return [`${title ?? "Training"}: ${progressLine(progress)}`, ...lines].join("\n");
}

/** The newest value of each curve, in one line: what a terminal shows while the run goes on. */
export function latestLine(progress: LiveProgress, all: readonly Series[]): string {
  return [progressLine(progress), ...all.map(({ name, last }) => `${name} ${last === undefined ? "" : readable(last)}`)].join(" · ");
}

/** The chart in words, for readers who do not see it. */
export function described(title: string | undefined, progress: LiveProgress, all: readonly Series[]): string {
  const curves = all.map((series) => `${series.name}: ${sentence(series)}`).join("; ");
  return `${title ?? "Training"}, ${progressLine(progress)}. ${curves === "" ? "There are no values yet" : curves}.`;
}
