/**
 * A drawing of boxes and arrows as a Vega-Lite chart: the picture that stands in the saved file, for readers without the page's
 * own renderer. Coordinates are pixels; the chart has no axes and no scales beside those that turn y upside down.
 */
import type { Point } from "../../view/states/network.ts";

export interface PictureBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  readonly stroke: string;
  /** Rounding of the corners; 5 when not given. */
  readonly radius?: number;
}

export interface PictureText {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly colour: string;
  readonly align?: "left" | "center" | "right";
  readonly bold?: boolean;
}

export interface PictureArrow {
  readonly points: readonly Point[];
  readonly colour: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** The drawing in words. */
  readonly description: string;
  readonly boxes: readonly PictureBox[];
  readonly arrows: readonly PictureArrow[];
  readonly texts: readonly PictureText[];
}

const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";
const ARROW_SIZE = 55;

/** Which way an arrow points at its end: the angle of Vega's triangle, which points up at 0. */
function angleAtEnd(points: readonly Point[]): number {
  const [before, end] = [points.at(-2)!, points.at(-1)!];
  return Math.round((Math.atan2(end[1] - before[1], end[0] - before[0]) * 180) / Math.PI) + 90;
}

/** The Vega-Lite specification of a drawing, on a white ground in the light theme and the dark one. */
export function pictureSpec({ width, height, description, boxes, arrows, texts }: Picture): Record<string, unknown> {
  const place = {
    x: { field: "x", type: "quantitative", scale: { domain: [0, width], nice: false }, axis: null },
    y: { field: "y", type: "quantitative", scale: { domain: [0, height], reverse: true, nice: false }, axis: null },
  };
  const as = (field: string): Record<string, unknown> => ({ field, type: "nominal", scale: null, legend: null });
  const rectangles = [...new Set(boxes.map(({ radius = 5 }) => radius))].map((radius) => ({
    data: { values: boxes.filter((box) => (box.radius ?? 5) === radius).map(({ x, y, width: w, height: h, fill, stroke }) => ({ x, y, x2: x + w, y2: y + h, fill, stroke })) },
    mark: { type: "rect", cornerRadius: radius, strokeWidth: 1 },
    encoding: { ...place, x2: { field: "x2" }, y2: { field: "y2" }, fill: as("fill"), stroke: as("stroke") },
  }));
  const lines = {
    data: { values: arrows.flatMap(({ points, colour }, arrow) => points.map(([x, y], order) => ({ x, y, arrow, order, colour }))) },
    mark: { type: "line", interpolate: "basis", strokeWidth: 1.4 },
    encoding: { ...place, detail: { field: "arrow", type: "nominal" }, order: { field: "order" }, stroke: as("colour") },
  };
  const heads = {
    data: { values: arrows.map(({ points, colour }) => ({ x: points.at(-1)![0], y: points.at(-1)![1], angle: angleAtEnd(points), colour })) },
    mark: { type: "point", shape: "triangle-up", filled: true, opacity: 1, size: ARROW_SIZE },
    encoding: { ...place, angle: { field: "angle", type: "quantitative", scale: null }, fill: as("colour"), stroke: { value: null } },
  };
  // Size, weight and alignment belong to a mark, not to its data: one layer for each combination.
  const looks = new Map<string, PictureText[]>();
  for (const text of texts) {
    const look = JSON.stringify([text.size, text.align ?? "center", text.bold === true]);
    looks.set(look, [...(looks.get(look) ?? []), text]);
  }
  const labels = [...looks].map(([look, members]) => {
    const [fontSize, align, bold] = JSON.parse(look) as [number, string, boolean];
    return {
      data: { values: members.map(({ x, y, text, colour }) => ({ x, y, text, colour })) },
      mark: { type: "text", fontSize, align, baseline: "middle", ...(bold ? { fontWeight: "bold" } : {}) },
      encoding: { ...place, text: { field: "text", type: "nominal" }, color: as("colour") },
    };
  });
  const drawn = arrows.length === 0 ? [] : [lines, heads];
  return {
    $schema: SCHEMA,
    description,
    background: "white",
    padding: 10,
    width,
    height,
    config: { view: { stroke: null } },
    layer: [...rectangles, ...drawn, ...labels],
  };
}
