/** Where a number is on a slider, and which number is at a place of it. */
import type { RangeState } from "../../../../src/view/states/playground.ts";

/** Digits of a number between the ends of a logarithmic slider; the library has the same. */
const DIGITS = 3;

type Scale = Pick<RangeState, "min" | "max" | "step" | "scale">;

/** The place for a number. */
export function placeOf({ min, max, step, scale }: Scale, value: number): number {
  return scale === "log" ? Math.round((step * Math.log(value / min)) / Math.log(max / min)) : value;
}

/** The number at a place. */
export function valueAt({ min, max, step, scale }: Scale, place: number): number {
  if (scale === "linear") return Number(place.toPrecision(12));
  if (place <= 0) return min;
  if (place >= step) return max;
  return Number((min * (max / min) ** (place / step)).toPrecision(DIGITS));
}

/** A number as a person reads it: four digits. */
export function readableValue(value: number): string {
  return String(Number(value.toPrecision(4)));
}
