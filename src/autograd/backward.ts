/**
 * Reverse-mode differentiation: walk the recorded calls from a result back to the leaves, newest first, hand each call the
 * gradient of its output and pass on what its derivative says. The walk is the one in Karpathy's micrograd, on tensors.
 *
 * Memory is returned as the walk goes: a call that has been passed lets go of what it saved, and a gradient that nobody can
 * see any more is freed at once, not at the next collection, so its memory is still warm in the cache when it is used again.
 */
import { observer } from "../tensor/call-observer.ts";
import type { DType } from "../tensor/dtype.ts";
import { GradientError, ShapeError } from "../tensor/errors.ts";
import { setGradEnabled, isGradEnabled } from "../tensor/grad-mode.ts";
import { gradientNode, setNodeBeingDifferentiated } from "../tensor/graph.ts";
import type { GraphNode } from "../tensor/graph.ts";
import { isAutocast, setAutocast } from "../tensor/matmul-precision.ts";
import { keepStorage, releaseStorage, trackCreated } from "../tensor/memory.ts";
import type { TensorStorage } from "../tensor/memory.ts";
import type { BackwardMethods, BackwardOptions } from "../tensor/methods/backward.ts";
import { onesLike } from "../tensor/creation.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { PendingCalls } from "./pending-calls.ts";

/** Looks at what arrives at a node; true when no derivative goes on from there. */
type Receiver = (node: GraphNode, gradients: Gradients) => boolean;

/** Gradients of one call's outputs; undefined for an output that nobody used. */
type Gradients = readonly (Tensor | undefined)[];

/** Sees a gradient on its way from an input of a call to what made it. It may be changed afterwards: copy what is to be kept. */
export type GradientWatcher = (from: GraphNode, position: number, gradient: Tensor) => void;

/** One walk from results to leaves. */
class BackwardPass {
  readonly #pending = new PendingCalls();
  readonly #receive: Receiver;
  readonly #createGraph: boolean;
  readonly #retain: boolean;
  readonly #watcher: GradientWatcher | undefined;
  /** What has been made since the last call was passed. Only memory made by the walk is freed by it. */
  readonly #made: TensorStorage[] = [];

  constructor(options: BackwardOptions, receive: Receiver, watcher?: GradientWatcher) {
    this.#receive = receive;
    this.#watcher = watcher;
    this.#createGraph = options.createGraph === true;
    this.#retain = options.retainGraph ?? this.#createGraph;
  }

  /** Walks from `outputs`, whose gradients are `seeds`. */
  run(outputs: readonly Tensor[], seeds: readonly Tensor[]): void {
    const before = isGradEnabled();
    setGradEnabled(this.#createGraph);
    try {
      for (let i = 0; i < outputs.length; i++) this.#arrive(gradientNode(outputs[i]!)!, outputs[i]!.outputIndex, seeds[i]!);
      for (let node = this.#pending.pop(); node !== undefined; node = this.#pending.pop()) this.#pass(node);
    } finally {
      setGradEnabled(before);
      this.#abandon();
    }
  }

  #pass(node: GraphNode): void {
    const gradients = node.arrived!;
    node.arrived = undefined;
    try {
      if (this.#receive(node, gradients)) return;
      this.#differentiate(node, gradients);
    } finally {
      for (const gradient of gradients) if (gradient !== undefined) this.#release(gradient);
    }
    if (this.#retain) return;
    // Recorded gradients may be views of it.
    if (!this.#createGraph) node.unseen.forEach(releaseStorage);
    node.free();
  }

  /** Computes the gradients of a call's inputs from those of its outputs. */
  #differentiate(node: GraphNode, gradients: Gradients): void {
    if (node.freed) throw node.usedUp();
    const outer = this.#createGraph ? undefined : trackCreated(this.#made);
    const { rule, inputs } = node;
    setNodeBeingDifferentiated(node);
    const scope = setAutocast(node.autocast || isAutocast());
    let joint: Gradients | undefined;
    try {
      joint = rule.jointDerivative?.(gradients, node);
      // All of them are counted before the first arrives: two may share memory, and an arrival may change its sum in place.
      if (joint !== undefined) for (const own of joint) if (own !== undefined) own.storage.gradientUses++;
      for (let i = 0; i < inputs.length; i++) {
        const input = inputs[i]!;
        if (input.node === undefined) continue;
        // A call without a joint derivative has one output.
        const own = joint === undefined ? rule.derivative?.[i]?.(gradients[0]!, node) : joint[i];
        if (own === undefined) continue;
        const fitted = sameShape(own.shape, input.shape) ? own : own.sumTo(input.shape);
        const arriving = fitted.dtype === input.dtype ? fitted : fitted.to(input.dtype!);
        this.#watcher?.(node, i, arriving);
        this.#arrive(input.node, input.output, arriving);
      }
    } finally {
      setNodeBeingDifferentiated(undefined);
      setAutocast(scope);
      if (joint !== undefined) for (const own of joint) if (own !== undefined) own.storage.gradientUses--;
      if (!this.#createGraph) {
        trackCreated(outer);
        this.#releaseUnused();
      }
    }
  }

  #arrive(node: GraphNode, output: number, gradient: Tensor): void {
    gradient.storage.gradientUses++;
    if (node.arrived === undefined) {
      node.arrived = node.outputCount === 1 ? [gradient] : new Array<Tensor | undefined>(node.outputCount).fill(undefined);
      node.arrived[output] = gradient;
      this.#pending.push(node);
      return;
    }
    const before = node.arrived[output];
    if (before === undefined) {
      node.arrived[output] = gradient;
      return;
    }
    if (this.isLastUse(before) && before.isContiguous()) {
      before.add_(gradient);
      this.#release(gradient);
      return;
    }
    const sum = before.add(gradient);
    sum.storage.gradientUses++;
    node.arrived[output] = sum;
    this.#release(before);
    this.#release(gradient);
  }

  /** True when this gradient is the last to use memory that the walk has made: it may be kept or freed. */
  isLastUse({ storage }: Tensor): boolean {
    return storage.temporary && storage.gradientUses === 1;
  }

  /** Says that a gradient is done with; memory that the walk has made and no gradient uses any more is freed. */
  #release({ storage }: Tensor): void {
    storage.gradientUses--;
    if (storage.temporary && storage.gradientUses === 0) releaseStorage(storage);
  }

  /** Frees what a derivative made on its way and nobody waits for. */
  #releaseUnused(): void {
    for (const storage of this.#made) if (storage.temporary && storage.gradientUses === 0) releaseStorage(storage);
    this.#made.length = 0;
  }

  /** After an error: forgets the gradients that are still on their way. */
  #abandon(): void {
    for (let node = this.#pending.pop(); node !== undefined; node = this.#pending.pop()) {
      for (const gradient of node.arrived!) if (gradient !== undefined) this.#release(gradient);
      node.arrived = undefined;
    }
  }
}

/** Adds a gradient to a leaf's `grad`, taking over its memory where nobody else uses it. */
function accumulate(leaf: Tensor, gradient: Tensor, pass: BackwardPass, createGraph: boolean): void {
  if (createGraph) {
    leaf.grad = leaf.grad === null ? gradient : leaf.grad.add(gradient);
  } else if (leaf.grad !== null) {
    leaf.grad.add_(gradient);
  } else if (pass.isLastUse(gradient) && gradient.isContiguous()) {
    keepStorage(gradient.storage);
    leaf.grad = gradient;
  } else {
    leaf.grad = gradient.clone();
  }
}

/** For each type the gradient of a result with respect to itself, for passes that hand it to nobody who could change it. */
const ones = new Map<DType, Tensor>();

/** @param mayShare whether the seed will stay inside the pass. */
function seedFor(op: string, output: Tensor, gradient: Tensor | undefined, mayShare: boolean): Tensor {
  if (!output.requiresGrad) {
    throw new GradientError(
      `${op}: this tensor does not depend on one that requires gradients; make a leaf with {requiresGrad: true} before ` +
        `computing it, and not inside noGrad`,
    );
  }
  if (gradient === undefined) {
    if (output.numel !== 1) {
      throw new ShapeError(
        `${op}: a result of shape ${formatShape(output.shape)} needs its own gradient; only a single value has one by ` +
          `itself. Take .sum() or .mean() first, or pass a gradient`,
      );
    }
    if (!mayShare || output.device !== "cpu" || output.ndim !== 0 || observer !== undefined) return onesLike(output);
    let seed = ones.get(output.dtype);
    if (seed === undefined) ones.set(output.dtype, (seed = onesLike(output)));
    return seed;
  }
  if (!sameShape(gradient.shape, output.shape)) {
    throw new ShapeError(
      `${op}: the gradient has shape ${formatShape(gradient.shape)}, the result ${formatShape(output.shape)}`,
    );
  }
  return gradient;
}

export const backwardMethods: BackwardMethods & ThisType<Tensor> = {
  backward(gradient, options = {}) {
    const createGraph = options.createGraph === true;
    const seed = seedFor("backward", this, gradient, !createGraph);
    const pass = new BackwardPass(options, (node, gradients) => {
      if (node.leaf === undefined) return false;
      accumulate(node.leaf, gradients[0]!, pass, createGraph);
      return true;
    });
    pass.run([this], [seed]);
  },
};

/** How `gradientsOf` walks, and what it makes of an input on which the result does not depend. */
export interface GradientOptions extends BackwardOptions {
  /** The gradient of the result itself; may be left out for a scalar, where it is 1. */
  gradient?: Tensor;
  /** The walk leaves calls up to this number alone: what was recorded before the inputs does not lead to them. */
  since?: number;
  /** Zeros for an input on which the result does not depend, instead of an error. */
  zeros?: boolean;
}

/**
 * The gradients of a result with respect to given tensors, without touching their `grad`; one a tensor of `inputs`.
 * @throws GradientError when the result does not depend on one of them.
 */
export function gradientsOf(op: string, output: Tensor, inputs: readonly Tensor[], options: GradientOptions = {}): Tensor[] {
  const { since = 0, zeros = false } = options;
  const wanted = new Map<GraphNode, number[]>();
  inputs.forEach((input, i) => {
    const node = gradientNode(requireTensor(op, input));
    if (node === undefined) throw new GradientError(`${op}: input ${i} does not require gradients`);
    wanted.set(node, [...(wanted.get(node) ?? []), i]);
  });
  const results = new Array<Tensor | undefined>(inputs.length).fill(undefined);
  const pass = new BackwardPass(options, (node, gradients) => {
    for (const position of wanted.get(node) ?? []) {
      const arrived = gradients[inputs[position]!.outputIndex];
      if (arrived === undefined) continue;
      keepStorage(arrived.storage);
      results[position] = arrived;
    }
    return node.sequence <= since;
  });
  if (output.requiresGrad || !zeros) pass.run([output], [seedFor(op, output, options.gradient, false)]);
  return results.map((result, i) => {
    if (result !== undefined) return result;
    if (zeros) return inputs[i]!.newZeros(inputs[i]!.shape);
    throw new GradientError(`${op}: the result does not depend on input ${i}`);
  });
}

/**
 * Walks from a scalar result to its leaves and shows every gradient on the way, without keeping any: the graph is not used up and
 * no leaf's `grad` changes.
 * @param onArrow sees what each call passes on to what made one of its inputs, in the order of the walk
 * @param onCall sees the whole gradients of a call's outputs, or of a leaf, before they are passed on
 */
export function watchGradients(op: string, output: Tensor, onArrow: GradientWatcher, onCall: (node: GraphNode, gradients: Gradients) => void): void {
  const receive: Receiver = (node, gradients) => {
    onCall(node, gradients);
    return node.leaf !== undefined;
  };
  new BackwardPass({ retainGraph: true }, receive, onArrow).run([output], [seedFor(op, output, undefined, false)]);
}
