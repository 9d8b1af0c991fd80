/** Curves and bars made of characters, for places where only text is shown. */
import { extent } from "./values.ts";

const BLOCKS = "▁▂▃▄▅▆▇█";
const LENGTH = 32;

/** A curve one line high; values that are not numbers leave a gap. */
export function sparkline(values: readonly number[]): string {
  const length = Math.min(LENGTH, values.length);
  const means = Array.from({ length }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / length), Math.floor(((i + 1) * values.length) / length));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const [smallest, largest] = extent(means);
  // What differs by the rounding of the means alone is flat.
  const isFlat = largest - smallest <= 1e-12 * Math.max(Math.abs(smallest), Math.abs(largest));
  return means.map((mean) => {
    if (!Number.isFinite(mean)) return " ";
    const level = isFlat ? 0 : Math.round(((BLOCKS.length - 1) * (mean - smallest)) / (largest - smallest));
    return BLOCKS[level];
  }).join("");
}

/** A bar of blocks for a value between 0 and the largest. */
export function textBar(value: number, largest: number): string {
  const length = largest > 0 ? Math.round((LENGTH * Math.max(0, value)) / largest) : 0;
  return "█".repeat(Number.isFinite(length) ? length : 0);
}
