/** The colours of values, and numbers as text. */
import type { FeatureColours } from "../../../../src/view/states/features.ts";

type Rgb = readonly [number, number, number];

const missing: Rgb = [189, 189, 189];

function rgbOf(hexadecimal: string): Rgb {
  const number = parseInt(hexadecimal.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** A function from values to colours. */
export function painter({ stops, domain: [low, high] }: FeatureColours): (value: number | null) => Rgb {
  const colours = stops.map(rgbOf);
  const last = colours.length - 1;
  return (value) => {
    if (value === null) return missing;
    const position = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) * last : 0;
    const index = Math.min(Math.floor(position), last - 1);
    const [from, to] = [colours[index]!, colours[index + 1]!];
    const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + (position - index) * (to[channel] - from[channel]));
    return [mix(0), mix(1), mix(2)];
  };
}

/** Colours about zero that reach as far as the values do. */
export function aboutZero(stops: readonly string[], values: readonly (number | null)[]): FeatureColours {
  const reach = Math.max(0, ...values.map((value) => Math.abs(value ?? 0))) || 1;
  return { stops, domain: [-reach, reach] };
}

export const cssOf = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** Whether white text reads better on a colour than black (relative luminance as in WCAG 2). */
export function isDark(colour: Rgb): boolean {
  const [red, green, blue] = colour.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179;
}

/** Four digits, with a minus sign that is as wide as a plus. */
export function readable(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const rounded = Number(value.toPrecision(4));
  const text = rounded !== 0 && Math.abs(rounded) < 1e-4 ? rounded.toExponential(2) : String(rounded);
  return text.replace("-", "\u2212");
}

/** A number for a cell of a table, all with as many decimals as tell the largest, `reach`, by two digits or three. */
export function short(value: number | null, reach: number): string {
  if (value === null) return "";
  const order = reach > 0 ? Math.floor(Math.log10(reach)) : 0;
  const decimals = Math.min(4, Math.max(0, (order < 0 ? 1 : 2) - order));
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? "\u2212" : "") + text;
}
