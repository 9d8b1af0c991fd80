/** Numbers of a tensor in words and figures: five of them, and a histogram. */
import type { TensorState } from "../../../../src/view/states/tensor.ts";
import { html, svg } from "../../graph/svg.ts";
import type { ViewHost } from "../../registry.ts";

const [WIDTH, HEIGHT] = [200, 64];

/** Four digits. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (Number.isFinite(value) && size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

/** Bytes as one says them. */
export function sizeOf(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${["B", "kB", "MB", "GB"][step]}`;
}

/** The list of numbers. Each has its name in `data-number`. */
export function numberList({ state: { numbers }, text }: ViewHost<TensorState>): HTMLElement {
  const list = html("dl", "nabla-tensor-numbers");
  for (const name of ["min", "max", "mean", "nan", "inf"] as const) {
    const value = numbers[name];
    const shown = html("dd", value !== null && value > 0 && (name === "nan" || name === "inf") ? "nabla-tensor-alarm" : "", value === null ? "–" : short(value));
    shown.dataset["number"] = name;
    list.append(html("dt", "", text(`tensor.${name}`)), shown);
  }
  return list;
}

/** How the elements lie between the smallest and the largest. */
export function histogram({ state: { histogram: { counts, sampled }, numbers: { min, max } }, text }: ViewHost<TensorState>): HTMLElement {
  const figure = html("figure", "nabla-tensor-histogram");
  if (min === null || max === null) return figure;
  const most = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  const bars = counts.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
    return svg("rect", { x: i * width, y: HEIGHT - height, width: width - 0.8, height });
  });
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", "aria-label": text("tensor.histogram", { min: short(min), max: short(max) }) }, ...bars);
  drawing.dataset["counts"] = counts.join();
  figure.append(drawing, html("figcaption", "", html("span", "", short(min)), html("span", "", short(max))));
  if (sampled !== undefined) figure.title = text("tensor.sampled", { count: sampled.toLocaleString() });
  return figure;
}
