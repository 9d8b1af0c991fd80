/**
 * The drawing of a traced network: which boxes are seen when some of its modules are unfolded and the others are not, what
 * they say, and where they stand.
 */
import { layeredLayout } from "../graph/layout.ts";
import { textWidth } from "../graph/text.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { NetworkBox, NetworkDrawing, NetworkLayer } from "../../view/states/network.ts";
import { layerRole, operationRole } from "./roles.ts";
import type { NetworkTrace, TracedNode } from "./trace.ts";

/** More boxes than this are no drawing. */
export const MOST_BOXES = 160;

const BOX_HEIGHT = 44;
const LOW_BOX_HEIGHT = 26;
const FONT = { title: 12.5, subtitle: 11 } as const;

/** The names that readers know, for operations whose rows are called otherwise. */
const signs: Readonly<Record<string, string>> = {
  add: "+ add", sub: "− sub", mul: "× mul", div: "÷ div", matmul: "@ matmul", cat: "cat", stack: "stack", mean: "mean", sum: "sum",
};

/** A traced network and what is known of its layers, ready to be drawn in any way of folding. */
export class FoldableNetwork {
  readonly #trace: NetworkTrace;
  readonly #layers: ReadonlyMap<string, NetworkLayer>;
  readonly #byId: ReadonlyMap<string, TracedNode>;
  readonly #used: ReadonlySet<string>;

  constructor(trace: NetworkTrace, layers: readonly NetworkLayer[]) {
    this.#trace = trace;
    this.#layers = new Map(layers.map((layer) => [layer.path, layer]));
    this.#byId = new Map(trace.nodes.map((node) => [node.id, node]));
    this.#used = leadingTo(trace);
  }

  /** How deep modules stand within modules. */
  get depth(): number {
    return Math.max(0, ...this.#trace.nodes.filter(({ kind }) => kind === "group").map((node) => this.#around(node).length + 1));
  }

  /** The modules that are unfolded when everything down to a depth is. */
  openTo(depth: number): string[] {
    return this.#trace.nodes.filter((node) => node.kind === "group" && this.#around(node).length < depth).map(({ id }) => id);
  }

  /** How many boxes there are with these modules unfolded. */
  count(open: readonly string[]): number {
    return this.#seen(new Set(open)).boxes.length;
  }

  /** Draws the network with the given modules unfolded. */
  draw(open: readonly string[]): NetworkDrawing {
    const { boxes, frames, standIn } = this.#seen(new Set(open));
    const faces = boxes.map((node) => this.#face(node));
    const arrows = new Map<string, { from: string; to: string }>();
    for (const edge of this.#trace.edges) {
      const [from, to] = [standIn.get(edge.from)!, standIn.get(edge.to)!];
      if (from !== to) arrows.set(`${from} ${to}`, { from, to });
    }
    const connections = [...arrows.values()];
    const frameOf = (node: TracedNode): { frame?: string } => (node.within === undefined ? {} : { frame: node.within });
    const placed = layeredLayout(
      faces.map(({ id, width, height }, i) => ({ id, width, height, ...frameOf(boxes[i]!) })),
      connections,
      { direction: "down", between: 26, layers: frames.length > 0 ? 26 : 34, frames: frames.map((node) => ({ id: node.id, ...frameOf(node) })) },
    );
    const at = (id: string): { x: number; y: number; width: number; height: number } => placed.places.get(id)!;
    return {
      width: placed.width,
      height: placed.height,
      boxes: [
        ...frames.map((node): NetworkBox => ({ ...this.#face(node), role: "frame", ...at(node.id) })),
        ...faces.map((face) => ({ ...face, ...at(face.id) })),
      ],
      arrows: connections.map(({ from, to }, i) => ({ from, to, points: placed.lines[i]! })),
      open: frames.map(({ id }) => id),
    };
  }

  /** The modules that a call stands in, innermost first. */
  #around(node: TracedNode): TracedNode[] {
    const around: TracedNode[] = [];
    for (let at = node.within; at !== undefined; at = this.#byId.get(at)!.within) around.push(this.#byId.get(at)!);
    return around;
  }

  /** What is seen, and for every call the box that stands for it. */
  #seen(open: ReadonlySet<string>): { boxes: TracedNode[]; frames: TracedNode[]; standIn: Map<string, string> } {
    const standIn = new Map<string, string>();
    const [boxes, frames]: [TracedNode[], TracedNode[]] = [[], []];
    const empty = new Set(this.#trace.nodes.filter((node) => node.kind === "group" && !this.#trace.nodes.some(({ within }) => within === node.id)).map(({ id }) => id));
    for (const node of this.#trace.nodes) {
      const folded = this.#around(node).findLast(({ id }) => !open.has(id));
      standIn.set(node.id, folded?.id ?? node.id);
      if (folded !== undefined) continue;
      // A module that did nothing to its input has nothing to unfold, and no arrow leads to it.
      if (node.kind === "group" && empty.has(node.id)) continue;
      (node.kind === "group" && open.has(node.id) ? frames : boxes).push(node);
    }
    return { boxes, frames, standIn };
  }

  #face(node: TracedNode): Omit<NetworkBox, "x" | "y"> {
    const shapes = node.shapes.map((shape) => formatShape(shape)).join(", ");
    const unused = this.#used.has(node.id) || node.kind === "output" ? {} : { unused: true };
    if (node.kind === "input" || node.kind === "output") return sized({ id: node.id, role: node.kind, title: node.name, subtitle: shapes, ...unused });
    if (node.kind === "operation") return sized({ id: node.id, role: operationRole(node.name), title: signs[node.name] ?? node.name, subtitle: shapes, ...unused });
    const layer = this.#layers.get(node.name);
    const times = this.#trace.calls.get(node.name) ?? 1;
    const name = node.name === "" ? "" : `${node.name.split(".").slice(nameStart(node.name)).join(".")}: `;
    return sized({
      id: node.id,
      role: node.kind === "group" ? "group" : layerRole(layer),
      title: `${name}${layer?.label ?? ""}`,
      subtitle: shapes,
      path: node.name,
      ...(times > 1 ? { call: [node.call, times] as const } : {}),
      ...unused,
    });
  }
}

/** A path's last name, with the one before where that is only a position in a list. */
function nameStart(path: string): number {
  return /\.\d+$/.test(path) ? -2 : -1;
}

function sized(face: Omit<NetworkBox, "x" | "y" | "width" | "height">): Omit<NetworkBox, "x" | "y"> {
  const longest = Math.max(textWidth(face.title, FONT.title, true), textWidth(face.subtitle, FONT.subtitle));
  // Corners with a sign to unfold, or with the number of the call, are kept free.
  const corner = (face.call === undefined ? 0 : 20) + (face.role === "group" ? 28 : 0);
  return { ...face, width: Math.ceil(Math.max(64, longest + corner + 26)), height: face.subtitle === "" ? LOW_BOX_HEIGHT : BOX_HEIGHT };
}

/** The calls from which something leads to an output, those of modules around them included. */
function leadingTo({ nodes, edges }: NetworkTrace): Set<string> {
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) before.set(to, [...(before.get(to) ?? []), from]);
  const used = new Set<string>();
  const waiting = nodes.filter(({ kind }) => kind === "output").map(({ id }) => id);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (used.has(id)) continue;
    used.add(id);
    waiting.push(...(before.get(id) ?? []));
    for (let around = byId.get(id)?.within; around !== undefined; around = byId.get(around)?.within) used.add(around);
  }
  return used;
}
