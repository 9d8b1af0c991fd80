/**
 * Places the boxes of a graph in layers, so that arrows go one way and seldom cross. The method is that of K. Sugiyama,
 * S. Tagawa and M. Toda ("Methods for visual understanding of hierarchical system structures", 1981) as in dagre, which
 * follows E. Gansner and others ("A technique for drawing directed graphs", 1993).
 */
import { graphlib, layout } from "@dagrejs/dagre";
import type { Point } from "../../view/states/network.ts";

/** A box to be placed, of a size in pixels. */
export interface BoxSize {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** The frame that it stands in. */
  readonly frame?: string;
}

/** A frame around boxes and other frames. */
export interface FrameNesting {
  readonly id: string;
  readonly frame?: string;
}

/** An arrow between two boxes. */
export interface Connection {
  readonly from: string;
  readonly to: string;
}

/** Where something stands: its upper left corner and size. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedGraph {
  readonly width: number;
  readonly height: number;
  /** Boxes and frames by id. */
  readonly places: ReadonlyMap<string, Place>;
  /** The bends of each connection, in the order given, ends included. */
  readonly lines: readonly (readonly Point[])[];
}

export interface LayoutOptions {
  readonly direction: "right" | "down";
  /** Room between neighbours of one layer. */
  readonly between: number;
  /** Room between layers. */
  readonly layers: number;
  readonly frames?: readonly FrameNesting[];
}

/** What dagre works on; its own types are lost to resolvers that ask for file extensions. */
interface LayeredGraph {
  setGraph(label: Record<string, unknown>): void;
  setNode(id: string, label: Record<string, unknown>): void;
  setParent(id: string, parent: string): void;
  setEdge(from: string, to: string, label: Record<string, unknown>, name: string): void;
  node(id: string): { x: number; y: number; width: number; height: number };
  edge(from: string, to: string, name: string): { points: readonly { x: number; y: number }[] };
  graph(): { width?: number; height?: number };
}

const MARGIN = 12;
/** Room above the boxes of a frame for its title. */
const TITLE = 10;
/** How far an arrow goes straight on from a box before it may bend. */
const STRAIGHT = 8;

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Lays a graph out. Arrows leave and reach their boxes in the middle of a side. */
export function layeredLayout(boxes: readonly BoxSize[], connections: readonly Connection[], options: LayoutOptions): PlacedGraph {
  const Graph = graphlib.Graph as unknown as new (options: Record<string, boolean>) => LayeredGraph;
  const graph = new Graph({ directed: true, compound: true, multigraph: true });
  const { direction, between, layers, frames = [] } = options;
  graph.setGraph({
    rankdir: direction === "right" ? "LR" : "TB",
    nodesep: between,
    edgesep: between / 2,
    ranksep: layers,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const { id } of frames) graph.setNode(id, {});
  for (const { id, frame } of [...boxes, ...frames]) if (frame !== undefined) graph.setParent(id, frame);
  connections.forEach(({ from, to }, index) => graph.setEdge(from, to, {}, String(index)));
  (layout as unknown as (graph: LayeredGraph) => void)(graph);

  const places = new Map<string, Place>();
  for (const { id } of [...boxes, ...frames]) {
    const { x, y, width, height } = graph.node(id);
    places.set(id, { x: tenth(x - width / 2), y: tenth(y - height / 2), width: tenth(width), height: tenth(height) });
  }
  for (const { id } of frames) {
    const { x, y, width, height } = places.get(id)!;
    places.set(id, { x, y: y - TITLE, width, height: height + TITLE });
  }
  const lines = connections.map(({ from, to }, index) => {
    const bends = graph.edge(from, to, String(index)).points.slice(1, -1).map(({ x, y }): Point => [tenth(x), tenth(y)]);
    return straightened(line(places.get(from)!, places.get(to)!, bends, direction));
  });
  const { width = 0, height = 0 } = graph.graph();
  return { width: Math.ceil(width), height: Math.ceil(height), places, lines };
}

/** From the middle of the side that looks at the next layer to the middle of the side that looks back. */
function line(from: Place, to: Place, bends: readonly Point[], direction: LayoutOptions["direction"]): Point[] {
  if (direction === "right") {
    const [start, end]: [Point, Point] = [[from.x + from.width, from.y + from.height / 2], [to.x, to.y + to.height / 2]];
    return [start, [start[0] + STRAIGHT, start[1]] as const, ...bends, [end[0] - STRAIGHT, end[1]] as const, end].map(rounded);
  }
  const [start, end]: [Point, Point] = [[from.x + from.width / 2, from.y + from.height], [to.x + to.width / 2, to.y]];
  return [start, [start[0], start[1] + STRAIGHT] as const, ...bends, [end[0], end[1] - STRAIGHT] as const, end].map(rounded);
}

const rounded = ([x, y]: Point): Point => [tenth(x), tenth(y)];

/** Two points are enough for a line without a bend. */
function straightened(points: readonly Point[]): readonly Point[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const bends = points.some(([x, y]) => Math.abs((x - first[0]) * (last[1] - first[1]) - (y - first[1]) * (last[0] - first[0])) > 0.5);
  return bends ? points : [first, last];
}
