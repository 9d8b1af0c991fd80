/**
 * The computation behind a result: the calls that autograd has recorded, what each was called with, and their values as far
 * as anybody has kept them.
 */
import { GradientError } from "../../tensor/errors.ts";
import { gradientNode } from "../../tensor/graph.ts";
import type { CallInput, GraphNode } from "../../tensor/graph.ts";
import { sameShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { DType } from "../../tensor/dtype.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { TensorNames } from "./names.ts";
import { computeAgain } from "./recompute.ts";
import { snapshot, tooMany } from "./record.ts";
import type { RecordedValues, Snapshot } from "./record.ts";

/** More calls than this are no graph to step through. */
export const MOST_STEPPED_CALLS = 48;

/** An operand of a call: another box's value, or a plain number. */
export type Operand = { readonly box: Box; readonly output: number } | { readonly number: number | undefined };

/** A call, a leaf that collects a gradient, or a tensor that needs none. */
export interface Box {
  readonly kind: "call" | "parameter" | "constant";
  readonly node: GraphNode | undefined;
  readonly operands: readonly Operand[];
  /** One a result that is used. */
  readonly values: readonly Value[];
}

export interface Value {
  /** Its position among the results of the call. */
  readonly index: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly name: string | undefined;
  readonly snapshot: Snapshot | undefined;
}

export interface Computation {
  /** Operands before the calls that use them. */
  readonly boxes: readonly Box[];
  readonly result: Box;
}

/** A place where a result is read. */
interface Use {
  readonly reader: GraphNode;
  readonly position: number;
  readonly input: CallInput;
}

/** Follows the record from a result back to the leaves. */
export function computationBehind(result: Tensor, names: TensorNames, recorded?: RecordedValues): Computation {
  const collector = new Collector(names, recorded);
  return { result: collector.collect(result), boxes: collector.boxes };
}

class Collector {
  readonly boxes: Box[] = [];
  readonly #names: TensorNames;
  readonly #recorded: RecordedValues | undefined;
  readonly #byNode = new Map<GraphNode, Box>();
  readonly #constants: { readonly tensor: Tensor; readonly box: Box }[] = [];
  readonly #uses = new Map<GraphNode, Use[]>();

  constructor(names: TensorNames, recorded: RecordedValues | undefined) {
    this.#names = names;
    this.#recorded = recorded;
  }

  collect(result: Tensor): Box {
    const root = gradientNode(result)!;
    const nodes = nodesBehind(root);
    const calls = nodes.filter(({ leaf }) => leaf === undefined).length;
    if (calls > MOST_STEPPED_CALLS) throw tooMany(String(calls));
    for (const reader of nodes) {
      reader.inputs.forEach((input, position) => {
        if (input.node !== undefined) this.#uses.set(input.node, [...(this.#uses.get(input.node) ?? []), { reader, position, input }]);
      });
    }
    for (const node of nodes) {
      const operands = node.inputs.map((input, position) => this.#operand(node, input, position));
      const values = node.leaf === undefined ? this.#results(node, operands, node === root ? result : undefined) : [this.#leafValue(node.leaf)];
      const box: Box = { kind: node.leaf === undefined ? "call" : "parameter", node, operands, values };
      this.#byNode.set(node, box);
      this.boxes.push(box);
    }
    return this.#byNode.get(root)!;
  }

  #operand(node: GraphNode, input: CallInput, position: number): Operand {
    if (input.node !== undefined) return { box: this.#byNode.get(input.node)!, output: input.output };
    const saved = input.saved?.value;
    if (input.dtype === undefined) return { number: typeof saved === "number" ? saved : undefined };
    const known = saved === undefined ? this.#recordedInput(node, position) : snapshot(node.input(position));
    return { box: this.#constant(input, known), output: 0 };
  }

  /** What a call was seen to read, if what was seen is the call that autograd has recorded and not a step of it. */
  #recordedInput(node: GraphNode, position: number): Snapshot | undefined {
    const seen = this.#recorded?.inputs.get(node);
    const isSame = seen?.length === node.inputs.length && node.inputs.every(({ dtype, shape, node: from }, i) => {
      const own = seen[i];
      if (own === undefined) return dtype === undefined;
      return own.tensor.dtype === dtype && sameShape(own.tensor.shape, shape) && (from === undefined || own.tensor.node === from);
    });
    return isSame ? seen[position] : undefined;
  }

  /** The box of a tensor that needs no gradient; the same one wherever the same tensor is used. */
  #constant(input: CallInput, known: Snapshot | undefined): Box {
    const tensor = known?.tensor;
    const same = tensor === undefined ? undefined : this.#constants.find((other) => isSameWindow(other.tensor, tensor));
    if (same !== undefined) return same.box;
    const name = tensor === undefined ? undefined : this.#names.of(tensor);
    const value: Value = { index: 0, shape: input.shape, dtype: input.dtype!, name, snapshot: known };
    const box: Box = { kind: "constant", node: undefined, operands: [], values: [value] };
    if (tensor !== undefined) this.#constants.push({ tensor, box });
    this.boxes.push(box);
    return box;
  }

  #leafValue(leaf: Tensor): Value {
    return { index: 0, shape: leaf.shape, dtype: leaf.dtype, name: this.#names.of(leaf), snapshot: snapshot(leaf) };
  }

  /** The results of a call that somebody uses. */
  #results(node: GraphNode, operands: readonly Operand[], result: Tensor | undefined): Value[] {
    const uses = this.#uses.get(node) ?? [];
    const indices = new Set([...uses.map(({ input }) => input.output), ...(result === undefined ? [] : [result.outputIndex])]);
    return [...indices].sort((a, b) => a - b).map((index) => {
      const read = uses.filter(({ input }) => input.output === index);
      const own = result?.outputIndex === index ? result : undefined;
      const { shape, dtype } = own ?? { shape: read[0]!.input.shape, dtype: read[0]!.input.dtype! };
      const found = this.#recorded?.outputs.get(node)?.[index] ?? this.#kept(node, index, own, read) ?? computeAgain(node, operands, shape);
      return { index, shape, dtype, name: this.#names.ofCall(node, index), snapshot: found };
    });
  }

  /** A result that is still there: the one asked for, in a variable, or kept for a derivative. */
  #kept(node: GraphNode, index: number, own: Tensor | undefined, uses: readonly Use[]): Snapshot | undefined {
    const named = own ?? this.#names.madeBy(node, index);
    if (named !== undefined) return snapshot(named);
    const reader = uses.find(({ input }) => input.saved !== undefined);
    if (reader !== undefined) return snapshot(reader.reader.input(reader.position));
    const saves = node.rule.saves === "output" || node.rule.saves === "both";
    return saves ? snapshot(node.outputAt(index)) : undefined;
  }
}

/** All nodes behind a node, those that were made first at the front and each leaf before the call that uses it first. */
function nodesBehind(root: GraphNode): GraphNode[] {
  const seen = new Set<GraphNode>();
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    if (node.freed) throw new GradientError(`inspect.backprop: ${node.usedUp().message}. inspect.backprop() itself uses nothing up: call it before backward()`);
    seen.add(node);
    for (const input of node.inputs) if (input.node !== undefined) waiting.push(input.node);
  }
  const ordered = new Set<GraphNode>();
  for (const node of [...seen].sort((a, b) => a.sequence - b.sequence)) {
    if (node.leaf !== undefined) continue;
    for (const { node: input } of node.inputs) if (input?.leaf !== undefined) ordered.add(input);
    ordered.add(node);
  }
  return ordered.size === 0 ? [root] : [...ordered];
}

function isSameWindow(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  return a.storage === b.storage && a.offset === b.offset && a.dtype === b.dtype && String([a.shape, a.strides]) === String([b.shape, b.strides]);
}
