/**
 * The colours of the charts. Categories use the palette of M. Okabe and K. Ito ("Color Universal Design", 2008), which stays
 * distinct for colour-blind readers; ramps change steadily in lightness, so that they also work in grey. The ramp of two
 * sides goes to blue and to orange, the pair that no common colour blindness confuses.
 */
import { ChartDataError } from "./values.ts";

/** Red, green and blue, each from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Colours of series and categories, in the order they are used. */
export const CATEGORY_COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"] as const;

/** Where a value is missing or not a number. */
export const MISSING_COLOUR = "#BDBDBD";

const RAMPS = {
  /** From small to large. */
  sequential: ["#F5F8FC", "#B9D3EC", "#6AA5D8", "#2A6DB0", "#0B2F5E"],
  /** Ink on paper: from nothing to all. */
  greys: ["#FFFFFF", "#D0D0D0", "#989898", "#555555", "#111111"],
  /** From small to large over many hues, told apart at every step (N. Smith and S. van der Walt, "viridis", 2015). */
  viridis: ["#440154", "#482878", "#3E4A89", "#31688E", "#26828E", "#1F9E89", "#35B779", "#6DCD59", "#B4DE2C", "#FDE725"],
  /** From negative (blue) through zero (white) to positive (orange). */
  diverging: ["#0B3C7A", "#5B9BD5", "#F7F7F7", "#EC9A4E", "#8F3B00"],
} as const;

/** Steps of a ramp, more than an eye tells apart: with the colour of what is missing a picture has 256 colours at most, and a palette. */
const SHADES = 254;

/** The name of a ramp of colours. */
export type ColourRamp = keyof typeof RAMPS;

/** A ramp of colours over a range of values. */
export interface ColourScale {
  readonly ramp: ColourRamp;
  readonly domain: readonly [low: number, high: number];
}

/** What a reader may choose about the colours of a matrix or an image. */
export interface ColourOptions {
  /** Default: diverging where there are values on both sides of zero, sequential (images: greys) otherwise. */
  colours?: ColourRamp;
  /** The values at both ends of the ramp. Default: the smallest and the largest; for diverging, symmetric about zero. */
  domain?: readonly [low: number, high: number];
}

/** Chooses the colours for values that reach from `smallest` to `largest`. */
export function chooseScale(
  [smallest, largest]: readonly [number, number],
  options: ColourOptions,
  oneSided: ColourRamp,
): ColourScale {
  const [low, high] = options.domain ?? [0, 1];
  if (!(low < high)) throw new ChartDataError(`the domain of colours must go from low to high, but is [${low}, ${high}]`);
  const ramp = options.colours ?? (smallest < 0 && largest > 0 ? "diverging" : oneSided);
  if (options.domain !== undefined) return { ramp, domain: options.domain };
  if (ramp !== "diverging") return { ramp, domain: smallest === largest ? [smallest, smallest + 1] : [smallest, largest] };
  const reach = Math.max(Math.abs(smallest), Math.abs(largest)) || 1;
  return { ramp, domain: [-reach, reach] };
}

/** The colour of a value; values beyond the domain have the colour of its end. */
export function colourOf(value: number, { ramp, domain: [low, high] }: ColourScale): Rgb {
  if (!Number.isFinite(value)) return rgbOf(MISSING_COLOUR);
  const stops = RAMPS[ramp];
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const position = (Math.round(share * SHADES) / SHADES) * (stops.length - 1);
  const index = Math.min(Math.floor(position), stops.length - 2);
  return mixed(rgbOf(stops[index]!), rgbOf(stops[index + 1]!), position - index);
}

/** Colours at equal distances along a ramp, its ends included. */
export function rampColours(ramp: ColourRamp, count: number): Rgb[] {
  return Array.from({ length: count }, (_, i) => colourOf(count === 1 ? 0.5 : i / (count - 1), { ramp, domain: [0, 1] }));
}

/** The share of the way from one colour to another. */
export function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + share * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}

/** The same scale in Vega-Lite's words: the stops of the ramp at equal distances over the domain. */
export function vegaColourScale({ ramp, domain: [low, high] }: ColourScale): Record<string, unknown> {
  const stops = RAMPS[ramp];
  return {
    domain: stops.map((_, index) => Number((low + ((high - low) * index) / (stops.length - 1)).toPrecision(6))),
    range: [...stops],
    interpolate: "rgb",
    clamp: true,
    zero: false,
  };
}

/** Whether white text reads better on the colour than black (relative luminance as in WCAG 2, its power rounded to 2). */
export function isDark([red, green, blue]: Rgb): boolean {
  return 0.2126 * (red / 255) ** 2 + 0.7152 * (green / 255) ** 2 + 0.0722 * (blue / 255) ** 2 < 0.3;
}

/**
 * The colour of text in a cell: white where the row of data says `dark`. A condition, not a field with colours in it: that
 * would share the colour scale of the layer below, which Vega-Lite 5.6.1 cannot compile.
 */
export const TEXT_ON_CELL = { test: "datum.dark", value: "#FFFFFF" } as const;

/** Red, green and blue of `#RRGGBB`. */
export function rgbOf(hexadecimal: string): Rgb {
  const number = parseInt(hexadecimal.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
