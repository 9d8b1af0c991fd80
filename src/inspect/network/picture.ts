/** A network as a static picture and as text, for readers without the page's renderer. */
import { formatShape } from "../../tensor/shape.ts";
import type { BoxRole, NetworkDrawing, NetworkLayer, NetworkState } from "../../view/states/network.ts";
import { pictureSpec } from "../graph/picture.ts";
import type { PictureText } from "../graph/picture.ts";

/** Ground and border of a box: tints of the palette of M. Okabe and K. Ito, told apart by colour-blind readers too. */
const COLOURS: Readonly<Record<BoxRole, readonly [fill: string, stroke: string]>> = {
  input: ["#F2F2F2", "#8A8A8A"],
  output: ["#F2F2F2", "#8A8A8A"],
  weights: ["#DCEBF7", "#0072B2"],
  activation: ["#FBE3D4", "#D55E00"],
  normalisation: ["#D9F0E8", "#009E73"],
  pooling: ["#F5E4EE", "#CC79A7"],
  regular: ["#F5E4EE", "#CC79A7"],
  shape: ["#FFFFFF", "#8A8A8A"],
  operation: ["#FDF2D5", "#C58A00"],
  group: ["#E8F4FC", "#56B4E9"],
  frame: ["#FAFCFE", "#A9CFE8"],
};
const INK = "#222222";
const GREY = "#555555";
const LINE = "#777777";

/** The drawing as a Vega-Lite specification. */
export function networkSpec(name: string, drawing: NetworkDrawing): Record<string, unknown> {
  const texts = drawing.boxes.flatMap((box): PictureText[] => {
    const middle = box.x + box.width / 2;
    const title = box.call === undefined ? box.title : `${box.title}  ${box.call[0]}/${box.call[1]}`;
    if (box.role === "frame") return [{ x: box.x + 8, y: box.y + 10, text: title, size: 10.5, colour: GREY, align: "left", bold: true }];
    if (box.subtitle === "") return [{ x: middle, y: box.y + box.height / 2, text: title, size: 12, colour: INK, bold: true }];
    return [
      { x: middle, y: box.y + box.height / 2 - 8, text: title, size: 12, colour: INK, bold: true },
      { x: middle, y: box.y + box.height / 2 + 9, text: box.subtitle, size: 11, colour: GREY },
    ];
  });
  return pictureSpec({
    width: drawing.width,
    height: drawing.height,
    description: describeDrawing(name, drawing),
    boxes: drawing.boxes.map(({ x, y, width, height, role }) => ({ x, y, width, height, fill: COLOURS[role][0], stroke: COLOURS[role][1] })),
    arrows: drawing.arrows.map(({ points }) => ({ points, colour: LINE })),
    texts,
  });
}

/** The drawing in a sentence, for readers who do not see it. */
export function describeDrawing(name: string, drawing: NetworkDrawing): string {
  const titles = new Map(drawing.boxes.map(({ id, title }) => [id, title]));
  const boxes = drawing.boxes.filter(({ role }) => role !== "frame");
  const arrows = drawing.arrows.map(({ from, to }) => `${titles.get(from)} to ${titles.get(to)}`);
  return `Graph of the network ${name}: ${boxes.length} boxes. Arrows: ${arrows.slice(0, 40).join("; ")}${arrows.length > 40 ? "; and more" : ""}.`;
}

const grouped = (count: number): string => count.toLocaleString("en-US");

/** The layers as a table of text and, where a forward pass was run, what leads where. */
export function networkText(state: NetworkState): string {
  const cells = state.layers.map((layer) => [
    `${"  ".repeat(layer.depth)}${layer.path === "" ? layer.label : `${layer.path}: ${layer.label}`}`,
    shapesText(layer),
    layer.inner && layer.parameters === 0 ? "" : grouped(layer.parameters),
  ]);
  const all = [["layer", "output shape", "parameters"], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = ([name, shape, count]: readonly string[]): string =>
    `${name!.padEnd(widths[0]!)}  ${shape!.padEnd(widths[1]!)}  ${count!.padStart(widths[2]!)}`.trimEnd();
  const rule = "-".repeat(widths[0]! + widths[1]! + widths[2]! + 4);
  const frozen = state.parameters - state.trainable;
  const total = `parameters: ${grouped(state.parameters)}${frozen === 0 ? "" : `, of which ${grouped(frozen)} are frozen`}`;
  const lines = [line(all[0]!), rule, ...cells.map(line), rule, total];
  if (state.note === "no-example") lines.push("inspect.network(model, input) shows shapes and the graph");
  const drawing = state.levels[state.level];
  if (drawing !== undefined) lines.push("", ...branches(drawing));
  return lines.join("\n");
}

function shapesText({ outputShapes, calls }: NetworkLayer): string {
  if (calls === undefined) return "?";
  if (calls === 0) return "not called";
  const shapes = outputShapes.map((shape) => formatShape(shape)).join(", ");
  return calls === 1 ? shapes : `${shapes} (${calls} calls)`;
}

/** The arrows that go on from somewhere else than the line before, which the order of the table does not show. */
function branches({ boxes, arrows }: NetworkDrawing): string[] {
  const titles = new Map(boxes.map(({ id, title, call }) => [id, call === undefined ? title : `${title} (call ${call[0]})`]));
  const [into, outOf] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const { from, to } of arrows) {
    into.set(to, [...(into.get(to) ?? []), from]);
    outOf.set(from, [...(outOf.get(from) ?? []), to]);
  }
  const lines: string[] = [];
  for (const [from, all] of outOf) if (all.length > 1) lines.push(`${titles.get(from)} goes to ${all.map((to) => titles.get(to)).join(" and ")}`);
  for (const [to, all] of into) if (all.length > 1) lines.push(`${titles.get(to)} takes ${all.map((from) => titles.get(from)).join(" and ")}`);
  return lines;
}
