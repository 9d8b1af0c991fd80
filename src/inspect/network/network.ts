/**
 * A module shown: the table of its layers and, when it may be run on an example, its graph. The table is that of
 * Keras's `model.summary()`; the graph that unfolds follows TensorBoard's (K. Wongsuphasawat and others, "Visualizing dataflow
 * graphs of deep learning models in TensorFlow", 2018), drawn from a real forward pass instead of from declarations.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { Module } from "../../nn/module/module.ts";
import { Buffer, Parameter } from "../../nn/module/parameter.ts";
import { zeros } from "../../tensor/creation.ts";
import { byteSize } from "../../tensor/dtype.ts";
import type { DType } from "../../tensor/dtype.ts";
import { NablaError } from "../../tensor/errors.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Shape } from "../../tensor/shape.ts";
import { View } from "../../view/index.ts";
import type { Json } from "../../view/index.ts";
import type { NetworkDrawing, NetworkLayer, NetworkState, NetworkTensor } from "../../view/states/network.ts";
import { FoldableNetwork, MOST_BOXES } from "./drawing.ts";
import { networkSpec, networkText } from "./picture.ts";
import { statisticsOf } from "./statistics.ts";
import { traceNetwork } from "./trace.ts";
import type { NetworkTrace } from "./trace.ts";

export interface NetworkOptions {
  /** Type of an input that is given by its shape: `"int32"` for words. That of the first parameter when not given. */
  dtype?: DType;
  /** How many levels of modules within modules are unfolded at first. Default: as many as give a drawing of up to 40 boxes. */
  depth?: number;
}

/** What of a drawing is comfortable to look at. */
const COMFORTABLE_BOXES = 40;
/** Room in the saved state for drawings, in characters. */
const DRAWINGS_ROOM = 120_000;
/** A layer's row with its tensors is about this long; the table of a deep model leaves the details of its last rows out. */
const DETAILS_ROOM = 80_000;
/** A table of more rows shows what lies deep inside with the module around it. */
const MOST_ROWS = 400;

/** The inputs to run a module with: as they are, or zeros of a shape. */
function inputsOf(model: AnyModule, example: unknown, dtype: DType | undefined): readonly unknown[] {
  if (isTensor(example)) return [example];
  if (!Array.isArray(example)) {
    throw new NablaError(
      "inspect.network: expected an input, a list of inputs, or an input's shape with its batch, as in inspect.network(model, [1, 1, 28, 28])",
    );
  }
  if (!example.every((size) => Number.isInteger(size))) return example;
  const first = model.parameters().next();
  const type = dtype ?? (first.done === true ? undefined : (first.value as Tensor).dtype);
  return [zeros(example as number[], type === undefined ? {} : { dtype: type })];
}

function tensorDetails(name: string, tensor: Parameter | Buffer): NetworkTensor[] {
  const statistics = statisticsOf(tensor);
  if (statistics === undefined) return [];
  const kind = tensor instanceof Parameter ? (tensor.requiresGrad ? "parameter" : "frozen") : "buffer";
  const gradient = tensor.grad === null ? undefined : statisticsOf(tensor.grad);
  return [{ name, kind, ...statistics, ...(gradient === undefined ? {} : { gradient: { mean: gradient.mean, std: gradient.std } }) }];
}

/** The table: each module once, with what it holds itself. */
function layersOf(model: AnyModule, trace: NetworkTrace | undefined): NetworkLayer[] {
  const counted = new Set<Tensor>();
  let room = DETAILS_ROOM;
  return [...model.namedModules()].map(([path, module]) => {
    const own = [...module.ownParts()].filter((part): part is [string, Parameter | Buffer] => part[1] instanceof Parameter || part[1] instanceof Buffer);
    const fresh = own.flatMap(([, part]) => (part instanceof Parameter && !counted.has(part) ? [part] : []));
    fresh.forEach((parameter) => counted.add(parameter));
    const elements = (tensors: readonly Tensor[]): number => tensors.reduce((sum, { numel }) => sum + numel, 0);
    const output = trace?.outputs.get(path);
    const tensors = room > 0 ? own.flatMap(([name, part]) => tensorDetails(name, part)) : [];
    room -= JSON.stringify([tensors, output ?? null]).length;
    return {
      path,
      label: module.label,
      depth: path === "" ? 0 : path.split(".").length,
      inner: module.children().next().done !== true,
      ...(trace === undefined ? {} : { calls: trace.calls.get(path) ?? 0 }),
      outputShapes: trace?.outputShapes.get(path) ?? [],
      parameters: elements(fresh),
      trainable: elements(fresh.filter(({ requiresGrad }) => requiresGrad)),
      tensors,
      ...(output === undefined || room <= 0 ? {} : { output }),
    };
  });
}

/** The table without its deepest rows, where it has too many: what they hold is counted with the modules around them. */
function withinRows(layers: readonly NetworkLayer[]): readonly NetworkLayer[] {
  let kept = layers;
  for (let depth = Math.max(...layers.map((layer) => layer.depth)); kept.length > MOST_ROWS && depth > 0; depth--) {
    const [inside, rest] = [kept.filter((layer) => layer.depth === depth), kept.filter((layer) => layer.depth < depth)];
    const parents = inside.map(({ path }) => parentOf(path, rest));
    kept = rest.map((layer) => {
      const own = inside.filter((_, i) => parents[i] === layer.path);
      const sum = (count: (one: NetworkLayer) => number): number => own.reduce((total, one) => total + count(one), count(layer));
      return own.length === 0 ? layer : { ...layer, parameters: sum(({ parameters }) => parameters), trainable: sum(({ trainable }) => trainable) };
    });
  }
  return kept;
}

/** The path of the innermost module of the table around another: a list in between is none. */
function parentOf(path: string, layers: readonly NetworkLayer[]): string {
  const around = layers.filter((layer) => layer.path === "" || path.startsWith(`${layer.path}.`));
  return around.reduce((longest, layer) => (layer.path.length > longest.length ? layer.path : longest), "");
}

/** The drawings from all folded to all unfolded, as far as there is room for them. */
function levelsOf(network: FoldableNetwork): NetworkDrawing[] {
  const levels: NetworkDrawing[] = [];
  let room = DRAWINGS_ROOM;
  for (let depth = 0; depth <= network.depth; depth++) {
    const open = network.openTo(depth);
    if (network.count(open) > MOST_BOXES) break;
    const drawing = network.draw(open);
    room -= JSON.stringify(drawing).length;
    if (room < 0 && depth > 0) break;
    levels.push(drawing);
  }
  return levels;
}

/** What the view of a model holds, and the network that can be drawn folded in other ways. */
export function networkState(model: AnyModule, example: unknown, options: NetworkOptions): { state: NetworkState; network?: FoldableNetwork } {
  const trace = example === undefined ? undefined : traceNetwork(model, inputsOf(model, example, options.dtype));
  const layers = layersOf(model, trace);
  const network = trace === undefined ? undefined : new FoldableNetwork(trace, layers);
  const levels = network === undefined ? [] : levelsOf(network);
  const comfortable = levels.findLastIndex(({ boxes }) => boxes.length <= COMFORTABLE_BOXES);
  const level = Math.max(0, Math.min(levels.length - 1, options.depth ?? comfortable));
  const memory = [...model.parameters(), ...model.buffers()].reduce((sum, { numel, dtype }) => sum + numel * byteSize(dtype), 0);
  const note = network === undefined ? "no-example" : levels.length <= network.depth ? "too-large" : undefined;
  const state: NetworkState = {
    name: model.constructor.name,
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    trainable: layers.reduce((sum, { trainable }) => sum + trainable, 0),
    bytes: memory,
    layers: withinRows(layers),
    levels,
    level,
    ...(note === undefined ? {} : { note }),
  };
  return { state, ...(network === undefined ? {} : { network }) };
}

/** Which modules the page wants unfolded. */
function openIn(params: Json): string[] {
  const open = (params as { open?: unknown } | null)?.open;
  return Array.isArray(open) ? open.filter((id) => typeof id === "string") : [];
}

/**
 * Shows a network: a table of its layers with the shapes they give and the parameters they have and, with an example of its
 * input, the graph of one forward pass, in which modules fold and unfold and a click on a layer shows its weights' numbers.
 * The pass is run as in `model.eval()` and without gradients; nothing of the model is changed.
 * @param model the module
 * @param example an input, a list of all inputs, or the shape of one input with its batch: `[1, 1, 28, 28]`. Without one only
 * what the model itself knows is shown.
 * @param options `dtype` of an input given by its shape; `depth` of unfolding at first
 * @returns the view: the last expression of a cell, or `.show()` it; in a terminal it prints a table
 * @throws NablaError for what is no module or no input, and whatever the model's own `forward` throws.
 */
export function network(model: AnyModule, example?: Tensor | Shape | readonly unknown[], options: NetworkOptions = {}): View<NetworkState> {
  if (!((model as unknown) instanceof Module)) throw new NablaError("inspect.network: expected a module (an object of a class that extends nn.Module)");
  const { state, network: foldable } = networkState(model, example, options);
  return new View<NetworkState>({
    kind: "network",
    state,
    fallback: () => {
      const drawing = state.levels[state.level];
      return { ...(drawing === undefined ? {} : { spec: networkSpec(state.name, drawing) }), text: networkText(state) };
    },
    requests: {
      /** The drawing with other modules unfolded. */
      fold: (params) => {
        const open = openIn(params);
        const boxes = foldable?.count(open) ?? 0;
        if (foldable === undefined || boxes > MOST_BOXES) throw new NablaError(`${boxes} boxes are too many to draw; fold another module first`);
        return foldable.draw(open) as unknown as Json;
      },
    },
  });
}
