/**
 * What one forward pass does with its input: which module is called within which, on what, and which operations stand between
 * them. Hooks on every module tell where a call begins and ends; between them the calls that cross to native code are
 * observed, as `compile` does. A tensor's maker is found by the tensor itself, so branches, sums over a skipped connection
 * and a layer that is called twice come out as they are.
 */
import { Onlooker, observedBy, observer as outerObserver } from "../../tensor/call-observer.ts";
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { TensorStorage } from "../../tensor/memory.ts";
import { isTensor, Tensor } from "../../tensor/tensor.ts";
import { sameShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { AnyModule } from "../../nn/module/module.ts";
import type { TensorStatistics } from "../../view/states/network.ts";
import { statisticsOf } from "./statistics.ts";

/** A call of a module or of an operation, or an end of the network. */
export interface TracedNode {
  readonly id: string;
  readonly kind: "input" | "output" | "module" | "group" | "operation";
  /** The id of the call of the module that it stands in; undefined directly in the model. */
  readonly within: string | undefined;
  /** Path of the module, or name of the operation. */
  readonly name: string;
  /** Which call of this module it is, from 1. */
  readonly call: number;
  shapes: readonly Shape[];
}

export interface TracedEdge {
  readonly from: string;
  readonly to: string;
}

export interface NetworkTrace {
  readonly nodes: readonly TracedNode[];
  readonly edges: readonly TracedEdge[];
  /** How often each module was called. */
  readonly calls: ReadonlyMap<string, number>;
  /** What the last call of each module gave. */
  readonly outputShapes: ReadonlyMap<string, readonly Shape[]>;
  readonly outputs: ReadonlyMap<string, TensorStatistics>;
}

/** Calls that change nothing that a reader of the graph would look for: the same numbers, stretched, or copied and converted. */
const passedThrough = new Set(["expand", "copy"]);

/** More calls than this are no graph to look at. */
const MOST_NODES = 3000;

/** The tensors in a value, at any depth of lists and objects. */
export function tensorsIn(value: unknown, depth = 0): Tensor[] {
  if (isTensor(value)) return [value];
  if (typeof value !== "object" || value === null || depth > 4 || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap((inner) => tensorsIn(inner, depth + 1));
}

class Recorder extends Onlooker {
  readonly nodes: TracedNode[] = [];
  readonly edges: TracedEdge[] = [];
  readonly calls = new Map<string, number>();
  readonly outputShapes = new Map<string, readonly Shape[]>();
  readonly outputs = new Map<string, TensorStatistics>();
  readonly #makers = new WeakMap<Tensor, string>();
  /** For windows on memory that nobody has reported: who wrote the memory last. */
  readonly #writers = new WeakMap<TensorStorage, string>();
  /** For new memory that is being filled piece by piece: who made the pieces. */
  readonly #pieces = new WeakMap<TensorStorage, Set<string>>();
  readonly #edges = new Set<string>();
  readonly #within: TracedNode[] = [];

  add(kind: TracedNode["kind"], name: string, shapes: readonly Shape[], call = 1): TracedNode {
    if (this.nodes.length >= MOST_NODES) {
      throw new NablaError(
        `inspect.network: one forward pass makes more than ${MOST_NODES} calls; give a shorter sequence or a smaller input, ` +
          "or inspect one of the model's parts",
      );
    }
    const within = kind === "input" || kind === "output" ? undefined : this.#within.at(-1)?.id;
    const node: TracedNode = { id: `n${this.nodes.length}`, kind, within, name, call, shapes };
    this.nodes.push(node);
    return node;
  }

  makerOf(tensor: Tensor): string | undefined {
    return this.#makers.get(tensor) ?? this.#writers.get(tensor.storage) ?? this.#filledBy(tensor);
  }

  /** The maker of a tensor that was put together by hand: that of its only piece, or a box of its own. */
  #filledBy(tensor: Tensor): string | undefined {
    const pieces = this.#pieces.get(tensor.storage);
    if (pieces === undefined) return undefined;
    const [first, ...more] = pieces;
    if (more.length === 0) return first;
    const node = this.add("operation", "copy", [tensor.shape]);
    for (const piece of pieces) this.connect(piece, node.id);
    this.#writers.set(tensor.storage, node.id);
    return node.id;
  }

  made(tensor: Tensor, by: string): void {
    this.#makers.set(tensor, by);
    this.#writers.set(tensor.storage, by);
  }

  connect(from: string, to: string): void {
    const key = `${from} ${to}`;
    if (from === to || this.#edges.has(key)) return;
    this.#edges.add(key);
    this.edges.push({ from, to });
  }

  /** True inside of a layer, whose own calls are not looked at. */
  get #insideLayer(): boolean {
    return this.#within.at(-1)?.kind === "module";
  }

  enter(path: string, inner: boolean, given: readonly Tensor[]): void {
    const call = (this.calls.get(path) ?? 0) + 1;
    this.calls.set(path, call);
    // The model itself is what the whole drawing shows, unless it is one layer.
    if (path === "" && inner) return;
    const node = this.add(inner ? "group" : "module", path, [], call);
    if (!inner) for (const tensor of given) this.#lead(tensor, node.id);
    this.#within.push(node);
  }

  /** Returns what the module gives, as another window where a layer has passed its input on as it is. */
  leave(path: string, inner: boolean, given: readonly Tensor[], output: unknown): unknown {
    const found = tensorsIn(output);
    const shapes = found.map(({ shape }) => shape);
    this.outputShapes.set(path, shapes);
    if (found[0] !== undefined) {
      const statistics = observedBy(undefined, () => statisticsOf(found[0]!));
      if (statistics !== undefined) this.outputs.set(path, statistics);
    }
    if (path === "" && inner) return undefined;
    const node = this.#within.pop()!;
    node.shapes = shapes;
    if (inner) return undefined;
    if (isTensor(output) && given.includes(output)) {
      const same = new Tensor(output.storage, output.shape, output.strides, output.offset, output.dtype);
      this.made(same, node.id);
      return same;
    }
    for (const tensor of found) this.made(tensor, node.id);
    return undefined;
  }

  #lead(tensor: Tensor, to: string): void {
    const maker = this.makerOf(tensor);
    if (maker !== undefined) this.connect(maker, to);
  }

  /** A call of several tensors: a box, unless none of them comes from the input. */
  #record(name: string, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    if (this.#insideLayer) return;
    const makers = inputs.flatMap((input) => this.makerOf(input) ?? []);
    if (makers.length === 0) return;
    if (passedThrough.has(name)) {
      for (const output of outputs) this.made(output, makers[0]!);
      return;
    }
    const node = this.add("operation", name, outputs.map(({ shape }) => shape));
    for (const maker of makers) this.connect(maker, node.id);
    for (const output of outputs) this.made(output, node.id);
  }

  override called(row: { readonly name: string }, inputs: readonly (Tensor | number)[], outputs: readonly Tensor[], fresh: boolean): void {
    const [source, window] = [inputs[0], outputs[0]];
    if (row.name === "copy" && !fresh && isTensor(source) && window !== undefined && !this.#writers.has(window.storage)) return this.#addPiece(source, window);
    this.#record(row.name, inputs.filter((input) => typeof input !== "number"), outputs);
  }

  #addPiece(source: Tensor, window: Tensor): void {
    if (this.#insideLayer) return;
    const maker = this.makerOf(source);
    if (maker !== undefined) this.#pieces.set(window.storage, (this.#pieces.get(window.storage) ?? new Set()).add(maker));
  }

  joined(name: string, parts: readonly Tensor[], whole: Tensor): void {
    this.#pieces.delete(whole.storage);
    this.#record(name, parts, [whole]);
  }

  override viewed(rule: string, of: Tensor, view: Tensor): void {
    // What is half filled has no maker yet.
    if (this.#pieces.has(of.storage) && !this.#makers.has(of)) return;
    // A shape that stays as it is says nothing either.
    this.#record(rule === "reshape" && sameShape(of.shape, view.shape) ? "expand" : rule, [of], [view]);
  }
}

/** Runs a model once, without training and without recording, and notes what it does. */
export function traceNetwork(model: AnyModule, inputs: readonly unknown[]): NetworkTrace {
  if (outerObserver !== undefined) throw new NablaError("inspect.network: cannot look into a model inside of a function that is being compiled");
  const recorder = new Recorder();
  const all = [...model.namedModules()];
  const modes = all.map(([, { training }]) => training);
  const handles = all.flatMap(([path, each]) => {
    const inner = each.children().next().done !== true;
    return [
      each.registerForwardPreHook((_, given) => recorder.enter(path, inner, tensorsIn(given))),
      each.registerForwardHook((_, given, output) => recorder.leave(path, inner, tensorsIn(given), output)),
    ];
  });
  const given = tensorsIn(inputs);
  given.forEach((tensor, i) => recorder.made(tensor, recorder.add("input", given.length === 1 ? "input" : `input ${i + 1}`, [tensor.shape]).id));
  try {
    model.eval();
    const output = observedBy(recorder, () => noGrad(() => model.forward(...inputs)));
    const results = tensorsIn(output);
    results.forEach((tensor, i) => {
      const node = recorder.add("output", results.length === 1 ? "output" : `output ${i + 1}`, [tensor.shape]);
      const maker = recorder.makerOf(tensor);
      if (maker !== undefined) recorder.connect(maker, node.id);
    });
  } finally {
    handles.forEach((handle) => handle.remove());
    all.forEach(([, each], i) => (each.training = modes[i]!));
  }
  return recorder;
}
