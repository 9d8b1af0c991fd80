/** A chart of a classifier's plane that does not move, for readers whose program draws no playground: VS Code, GitHub, print. */
import { chart } from "../plot/chart.ts";
import type { Chart } from "../plot/chart.ts";
import { CATEGORY_COLOURS } from "../plot/colours.ts";
import { pngUrl } from "../plot/png.ts";
import type { ClassifierFrame, ClassifierPoints } from "../view/states/classifier.ts";

type Rgb = readonly [number, number, number];
const rgbOf = (hexadecimal: string): Rgb => {
  const number = parseInt(hexadecimal.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
};
/** Class 0 is blue and class 1 orange, the ground in the same colours, paler. */
const [CLASS_0, CLASS_1] = [CATEGORY_COLOURS[0], CATEGORY_COLOURS[1]];
const PALEST = 0.28;

/** The colour of the ground where class 1 has this probability, 0 to 255. */
function groundColour(level: number): Rgb {
  const towards = Math.abs(level - 127.5) / 127.5;
  const colour = rgbOf(level < 127.5 ? CLASS_0 : CLASS_1);
  const mix = (channel: 0 | 1 | 2): number => Math.round(255 - (255 - colour[channel]) * towards * (1 - PALEST));
  return [mix(0), mix(1), mix(2)];
}

/** The plane with its points and the ground that the model gives to each class. */
export function planeChart(frame: ClassifierFrame, points: ClassifierPoints, bounds: readonly [x0: number, x1: number, y0: number, y1: number], side: number): Chart {
  const [x0, x1, y0, y1] = bounds;
  const levels = Buffer.from(frame.field, "base64");
  const rgb = new Uint8Array(3 * levels.length);
  levels.forEach((level, i) => rgb.set(groundColour(level), 3 * i));
  const size = 260;
  const rows = Array.from({ length: points.train.length / 3 }, (_, i) => ({ x: points.train[3 * i], y: points.train[3 * i + 1], class: points.train[3 * i + 2] }));
  const axis = (field: string, title: string, low: number, high: number): object => ({
    field, type: "quantitative", title, scale: { domain: [low, high], nice: false, zero: false }, axis: { grid: false, tickCount: 4 },
  });
  const place = { x: axis("x", "x₁", x0, x1), y: axis("y", "x₂", y0, y1) };
  const title = `What the model says, step ${frame.step}`;
  const body = {
    width: size, height: size,
    layer: [
      {
        data: { values: [{ x: (x0 + x1) / 2, y: (y0 + y1) / 2, url: pngUrl(side, rgb) }] },
        mark: { type: "image", width: size, height: size, aspect: false },
        encoding: { ...place, url: { field: "url", type: "nominal" } },
      },
      {
        data: { values: rows },
        mark: { type: "circle", size: 28, opacity: 1, stroke: "#FFFFFF", strokeWidth: 0.8 },
        encoding: { ...place, color: { field: "class", type: "nominal", scale: { domain: [0, 1], range: [CLASS_0, CLASS_1] }, legend: { orient: "top", title: "class" } } },
      },
    ],
  };
  return chart({ title }, `${rows.length} points of two classes on the ground that a model gives to each, after ${frame.step} steps.`, body, []);
}
