/** The numbers of a live panel as texts: where the run stands, the value of each curve, what a screen reader is told. */
import type { LiveProgress, LiveValue } from "../../../../src/view/states/live.ts";
import type { Language, Say } from "../../strings/index.ts";
import type { Curve } from "./curves.ts";
import { nearest } from "./curves.ts";

/** A value in four digits, as one reads them off. */
export function readable(value: LiveValue | null | undefined): string {
  if (value === undefined) return "–";
  if (value === null) return "NaN";
  if (typeof value === "string") return value === "NaN" ? "NaN" : value === "Infinity" ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return String(Number(value.toPrecision(3))).replace("-", "−");
  return value.toFixed(Math.min(4, Math.max(0, 3 - Math.floor(Math.log10(size))))).replace("-", "−");
}

/** A time as a person says it. */
export function duration(seconds: number, text: Say): string {
  if (seconds < 9.95) return text("live.seconds", { seconds: seconds.toFixed(1) });
  const whole = Math.round(seconds);
  if (whole < 60) return text("live.seconds", { seconds: whole });
  if (whole < 3600) return text("live.minutes", { minutes: Math.floor(whole / 60), seconds: whole % 60 });
  return text("live.hours", { hours: Math.floor(whole / 3600), minutes: Math.floor((whole % 3600) / 60) });
}

/** The parts of the line below the title. */
export function progressParts({ step, steps, epoch, epochs, rate, seconds, secondsLeft }: LiveProgress, text: Say, language: Language): string[] {
  const count = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", { maximumFractionDigits: 2 });
  const speed = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", { maximumSignificantDigits: 3 });
  const of = (now: number, all: number | undefined): string => (all === undefined ? count.format(now) : `${count.format(now)} / ${count.format(all)}`);
  return [
    ...(epoch === undefined ? [] : [text("live.epoch", { epoch: of(epoch, epochs) })]),
    ...(step === undefined ? [] : [text("live.step", { step: of(step, steps) })]),
    ...(rate === undefined ? [] : [text(rate.unit === "samples" ? "live.samplesPerSecond" : "live.stepsPerSecond", { rate: speed.format(rate.value) })]),
    duration(seconds, text),
    ...(secondsLeft === undefined ? [] : [text("live.left", { time: duration(secondsLeft, text) })]),
  ];
}

/** How much of the run is done, from 0 to 1, where that is known. */
export function partDone({ step, steps }: LiveProgress): number | undefined {
  return step === undefined || steps === undefined || steps <= 0 ? undefined : Math.min(1, Math.max(0, step / steps));
}

/** The value of a curve at a step, and where its nearest point stands. */
export function valueAt({ steps, values }: Curve, step: number): { readonly step: number; readonly value: number | null } | undefined {
  const at = nearest(steps, step);
  return at < 0 ? undefined : { step: steps[at]!, value: values[at]! };
}

/** The newest values in a sentence. */
export function spoken(progress: LiveProgress, curves: readonly Curve[], text: Say, language: Language): string {
  const [first] = progressParts(progress, text, language);
  return [first ?? "", ...curves.map(({ name, last }) => `${name} ${readable(last)}`)].join(", ");
}
