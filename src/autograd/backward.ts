/**
 * Reverse-mode differentiation: walk the recorded calls from a result back to the leaves, newest first, hand each call the
 * gradient of its output and pass on what its derivative says. The walk is the one in Karpathy's micrograd, on tensors.
 *
 * Memory is returned as the walk goes: a call that has been passed lets go of what it saved, and a gradient that nobody can
 * see any more is freed at once, not at the next collection, so its memory is still warm in the cache when it is used again.
 */
import { GradientError, ShapeError } from "../tensor/errors.ts";
import { setGradEnabled, isGradEnabled } from "../tensor/grad-mode.ts";
import { gradientNode } from "../tensor/graph.ts";
import type { GraphNode } from "../tensor/graph.ts";
import { releaseStorage, trackCreated } from "../tensor/memory.ts";
import type { TensorStorage } from "../tensor/memory.ts";
import type { BackwardMethods, BackwardOptions } from "../tensor/methods/backward.ts";
import { onesLike } from "../tensor/creation.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Gradients on their way, and how many of them share each storage. */
class Arrivals {
  /** One entry an output of the call. */
  readonly #gradients = new Map<GraphNode, (Tensor | undefined)[]>();
  readonly #uses = new Map<TensorStorage, number>();
  /** Storages made during this walk: only these may be freed, everything else belongs to somebody. */
  readonly #ours = new Set<TensorStorage>();

  own(storages: readonly TensorStorage[]): void {
    for (const storage of storages) this.#ours.add(storage);
  }

  add(node: GraphNode, output: number, gradient: Tensor): void {
    let arrived = this.#gradients.get(node);
    if (arrived === undefined) {
      arrived = new Array<Tensor | undefined>(node.outputCount).fill(undefined);
      this.#gradients.set(node, arrived);
    }
    const before = arrived[output];
    this.#set(arrived, output, before === undefined ? gradient : before.add(gradient));
    if (before !== undefined) this.release(before);
  }

  #set(arrived: (Tensor | undefined)[], output: number, gradient: Tensor): void {
    arrived[output] = gradient;
    this.#uses.set(gradient.storage, (this.#uses.get(gradient.storage) ?? 0) + 1);
  }

  take(node: GraphNode): readonly (Tensor | undefined)[] | undefined {
    const gradients = this.#gradients.get(node);
    this.#gradients.delete(node);
    return gradients;
  }

  /** True when this gradient is the last to use memory that the walk has made: it may be kept or freed. */
  isLastUse(gradient: Tensor): boolean {
    return this.#ours.has(gradient.storage) && this.#uses.get(gradient.storage) === 1;
  }

  /** Says that a gradient taken or replaced is done with. */
  release(gradient: Tensor): void {
    const left = (this.#uses.get(gradient.storage) ?? 0) - 1;
    this.#uses.set(gradient.storage, left);
    if (left === 0 && this.#ours.delete(gradient.storage)) releaseStorage(gradient.storage);
  }

  /** Keeps a gradient's memory for good. */
  keep(gradient: Tensor): void {
    this.#ours.delete(gradient.storage);
  }

  /** Frees what a derivative made on its way and nobody waits for. */
  releaseUnused(storages: readonly TensorStorage[]): void {
    for (const storage of storages) {
      if ((this.#uses.get(storage) ?? 0) === 0 && this.#ours.delete(storage)) releaseStorage(storage);
    }
  }
}

/** Every call that leads from leaves to `root`, newest first. */
function callsBehind(roots: readonly GraphNode[]): GraphNode[] {
  const seen = new Set<GraphNode>(roots);
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const parent of node.parents ?? []) {
      if (parent === undefined || seen.has(parent)) continue;
      seen.add(parent);
      open.push(parent);
    }
  }
  return [...seen].sort((a, b) => b.sequence - a.sequence);
}

/** Gradients of one call's outputs; undefined for an output that nobody used. */
type Gradients = readonly (Tensor | undefined)[];

/** Looks at what arrives at a node; true when no derivative goes on from there. */
type Receiver = (node: GraphNode, gradients: Gradients, arrivals: Arrivals) => boolean;

function walk(outputs: readonly Tensor[], seeds: readonly Tensor[], options: BackwardOptions, receive: Receiver): void {
  const arrivals = new Arrivals();
  const createGraph = options.createGraph === true;
  const retain = options.retainGraph ?? createGraph;
  const roots = outputs.map((output) => gradientNode(output)!);
  roots.forEach((root, i) => arrivals.add(root, outputs[i]!.outputIndex, seeds[i]!));
  const before = isGradEnabled();
  setGradEnabled(createGraph);
  try {
    for (const node of callsBehind(roots)) {
      const gradients = arrivals.take(node);
      if (gradients === undefined) continue;
      if (!receive(node, gradients, arrivals)) passOn(node, gradients, arrivals, createGraph);
      if (!createGraph) {
        for (const gradient of gradients) if (gradient !== undefined) arrivals.release(gradient);
      }
      if (!retain && node.leaf === undefined) node.free();
    }
  } finally {
    setGradEnabled(before);
  }
}

/** Computes the gradients of a call's inputs from those of its outputs. */
function passOn(node: GraphNode, gradients: Gradients, arrivals: Arrivals, createGraph: boolean): void {
  const { parents, rule } = node;
  if (parents === null) {
    throw new GradientError(
      `${rule.name}: backward() has already been through this part of the graph and freed it; compute the result again, ` +
        `or pass {retainGraph: true} the first time`,
    );
  }
  const made: TensorStorage[] = [];
  /** What has been made since it last ran is ours; each storage once, for one that was freed meanwhile must not come back. */
  let owned = 0;
  const ownNew = (): void => {
    if (!createGraph) arrivals.own(made.slice(owned));
    owned = made.length;
  };
  trackCreated(made, () => {
    const joint = rule.jointDerivative?.(gradients, node);
    parents.forEach((parent, i) => {
      if (parent === undefined) return;
      // A call without a joint derivative has one output.
      const own = joint === undefined ? rule.derivative?.[i]?.(gradients[0]!, node) : joint[i];
      if (own === undefined) return;
      const result = own.sumTo(node.shapeOf(i)).to(node.dtypeOf(i)!);
      ownNew();
      arrivals.add(parent, node.parentOutputs[i]!, result);
    });
  });
  ownNew();
  if (!createGraph) arrivals.releaseUnused(made);
}

/** Adds a gradient to a leaf's `grad`, taking over its memory where nobody else uses it. */
function accumulate(leaf: Tensor, gradient: Tensor, arrivals: Arrivals, createGraph: boolean): void {
  if (createGraph) {
    leaf.grad = leaf.grad === null ? gradient : leaf.grad.add(gradient);
  } else if (leaf.grad !== null) {
    leaf.grad.add_(gradient);
  } else if (arrivals.isLastUse(gradient) && gradient.isContiguous()) {
    arrivals.keep(gradient);
    leaf.grad = gradient;
  } else {
    leaf.grad = gradient.clone();
  }
}

function seedFor(op: string, output: Tensor, gradient: Tensor | undefined): Tensor {
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
    return onesLike(output);
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
    const seed = seedFor("backward", this, gradient);
    walk([this], [seed], options, (node, [arrived], arrivals) => {
      if (node.leaf === undefined) return false;
      accumulate(node.leaf, arrived!, arrivals, options.createGraph === true);
      return true;
    });
  },
};

/**
 * The gradients of a result with respect to given tensors, without touching their `grad`.
 * @returns one gradient a tensor of `inputs`.
 * @throws GradientError when the result does not depend on one of them.
 */
export function grad(output: Tensor, inputs: readonly Tensor[], options: BackwardOptions & { gradient?: Tensor } = {}): Tensor[] {
  const wanted = new Map<GraphNode, number[]>();
  inputs.forEach((input, i) => {
    const node = gradientNode(input);
    if (node === undefined) throw new GradientError(`grad: input ${i} does not require gradients`);
    wanted.set(node, [...(wanted.get(node) ?? []), i]);
  });
  const results = new Array<Tensor | undefined>(inputs.length).fill(undefined);
  walk([output], [seedFor("grad", output, options.gradient)], options, (node, gradients, arrivals) => {
    for (const position of wanted.get(node) ?? []) {
      const arrived = gradients[inputs[position]!.outputIndex];
      if (arrived === undefined) continue;
      arrivals.keep(arrived);
      results[position] = arrived;
    }
    return node.leaf !== undefined;
  });
  return results.map((result, i) => {
    if (result === undefined) throw new GradientError(`grad: the result does not depend on input ${i}`);
    return result;
  });
}
