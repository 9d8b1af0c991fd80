/**
 * The record of a call that autograd walks backwards. A node knows the nodes its gradients go to and what its derivative
 * needs of the call, nothing else: an input whose value no derivative asks for is not kept alive. After its gradient has
 * been computed a node lets go of everything, so that a loss kept in an array keeps only itself (PyTorch does the same).
 */
import type { DType } from "./dtype.ts";
import { callerOutsideLibrary } from "./call-site.ts";
import { GradientError } from "./errors.ts";
import { isAutocast } from "./matmul-precision.ts";
import type { TensorStorage } from "./memory.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** The gradient of one input, given the gradient of the output and the recorded call. */
export type Derivative = (gradient: Tensor, call: GraphNode) => Tensor;

/**
 * The gradients of all inputs at once, given those of all outputs; undefined for an output that nobody used, and for an
 * input that needs none (`call.needs(i)`). For calls with several outputs, and where one kernel computes several gradients.
 */
export type JointDerivative = (gradients: readonly (Tensor | undefined)[], call: GraphNode) => readonly (Tensor | undefined)[];

/** What recording needs to know of an op. */
export interface DerivativeRule {
  readonly name: string;
  /** One derivative an input; an input without one gets no gradient. */
  readonly derivative?: readonly (Derivative | undefined)[];
  /** In place of `derivative`. */
  readonly jointDerivative?: JointDerivative;
  /** What of the call the derivatives read besides shapes and arguments. */
  readonly saves?: "inputs" | "output" | "both";
}

/** A tensor, or a number, as it was when a derivative's need of it was recorded. */
class SavedValue {
  readonly value: Tensor | number;
  readonly version: number;

  constructor(value: Tensor | number) {
    this.value = value;
    this.version = typeof value === "number" ? 0 : value.storage.version;
  }

  /** The value, if nothing has changed it in place since. */
  read(op: string): Tensor | number {
    const { value } = this;
    if (typeof value !== "number" && value.storage.version !== this.version) {
      throw new GradientError(
        `${op}: a tensor that its derivative needs was changed in place after the call (it is at version ` +
          `${value.storage.version}, expected ${this.version}); change a copy, or change it after backward()`,
      );
    }
    return value;
  }
}

/** What a node remembers of one input of its call. */
export class CallInput {
  /** Where the input's gradient goes; undefined when it needs none. */
  readonly node: GraphNode | undefined;
  /** Which of that node's outputs the input is. */
  readonly output: number;
  readonly shape: Shape;
  /** Undefined for a plain number. */
  readonly dtype: DType | undefined;
  readonly saved: SavedValue | undefined;

  constructor(input: Tensor | number, save: boolean) {
    if (typeof input === "number") {
      this.node = undefined;
      this.output = 0;
      this.shape = scalarShape;
      this.dtype = undefined;
    } else {
      this.node = gradientNode(input);
      this.output = input.outputIndex;
      this.shape = input.shape;
      this.dtype = input.dtype;
    }
    // A number costs nothing to keep, and says what was added to a reader of the graph.
    this.saved = save || typeof input === "number" ? new SavedValue(input) : undefined;
  }
}

const scalarShape: Shape = [];
const nothing: readonly never[] = [];
const leafRule: DerivativeRule = { name: "leaf" };
let calls = 0;

let originsWanted = false;

/** Says whether recorded calls remember the line they were made at, which costs microseconds each; returns what was before. */
export function rememberOrigins(wanted: boolean): boolean {
  const before = originsWanted;
  originsWanted = wanted;
  return before;
}

let differentiating: GraphNode | undefined;

/** The node whose derivative is being computed; undefined outside a backward pass. */
export function nodeBeingDifferentiated(): GraphNode | undefined {
  return differentiating;
}

/** Told by the backward pass which node it is at. */
export function setNodeBeingDifferentiated(node: GraphNode | undefined): void {
  differentiating = node;
}

/** The number of the newest recorded call. */
export function latestCall(): number {
  return calls;
}

/** A call on the way to a result, or a leaf where gradients are collected. */
export class GraphNode {
  /** Grows with every call: the nodes behind a node always have smaller numbers. Leaves come last on the way back: 0. */
  readonly sequence: number;
  readonly rule: DerivativeRule;
  /** The leaf whose `grad` receives what arrives here. */
  readonly leaf: Tensor | undefined;
  readonly outputCount: number;
  /** The arguments of the call that were not tensors, for its derivatives. */
  readonly details: unknown;
  /** During a backward pass: the gradients that have arrived, one an output. */
  arrived: (Tensor | undefined)[] | undefined = undefined;
  /** True once a backward pass has used the node up. */
  freed = false;
  /** Whether the call was made inside of `autocast`: then its derivative is computed there too. */
  readonly autocast = isAutocast();
  /** Where the call was made, as "at file:line", while somebody looks for anomalies. */
  origin: string | undefined = undefined;
  inputs: readonly CallInput[] = nothing;
  /** Memory of the call that nobody but its derivative sees. */
  unseen: readonly TensorStorage[] = nothing;
  private outputs: readonly SavedValue[] = nothing;

  private constructor(rule: DerivativeRule, leaf: Tensor | undefined, outputCount: number, details: unknown) {
    this.sequence = leaf === undefined ? ++calls : 0;
    this.rule = rule;
    this.leaf = leaf;
    this.outputCount = outputCount;
    this.details = details;
  }

  /** The node at which a leaf's gradient arrives. */
  static ofLeaf(leaf: Tensor): GraphNode {
    return new GraphNode(leafRule, leaf, 1, undefined);
  }

  /** The node of a call. `details` are the arguments that its derivatives need beside tensors. */
  static ofCall(
    rule: DerivativeRule,
    inputs: readonly (Tensor | number)[],
    outputs: readonly Tensor[],
    details: unknown,
  ): GraphNode {
    const { saves } = rule;
    const node = new GraphNode(rule, undefined, outputs.length, details);
    const records = new Array<CallInput>(inputs.length);
    for (let i = 0; i < inputs.length; i++) records[i] = new CallInput(inputs[i]!, saves === "inputs" || saves === "both");
    node.inputs = records;
    if (originsWanted) node.origin = callerOutsideLibrary();
    if (saves === "output" || saves === "both") node.outputs = outputs.map((output) => new SavedValue(output));
    return node;
  }

  /** True when somebody waits for the gradient of this input. */
  needs(position: number): boolean {
    return this.inputs[position]?.node !== undefined;
  }

  /** The value of an input as it was in the call. */
  input(position: number): Tensor {
    const input = this.operand(position);
    if (typeof input === "number") throw new GradientError(`${this.rule.name}: input ${position} is a number`);
    return input;
  }

  /** The value of an input, which may have been a plain number. */
  operand(position: number): Tensor | number {
    const saved = this.inputs[position]?.saved;
    if (saved === undefined) throw this.usedUp();
    return saved.read(this.rule.name);
  }

  /** The value of the output, the first where there are several. */
  get output(): Tensor {
    return this.outputAt(0);
  }

  /** The value of one of several outputs. */
  outputAt(position: number): Tensor {
    const saved = this.outputs[position];
    if (saved === undefined) throw this.usedUp();
    return saved.read(this.rule.name) as Tensor;
  }

  shapeOf(position: number): Shape {
    return this.inputs[position]!.shape;
  }

  /** The type of an input, undefined for a plain number. */
  dtypeOf(position: number): DType | undefined {
    return this.inputs[position]!.dtype;
  }

  /** Lets go of everything the call has saved. */
  free(): void {
    this.freed = true;
    this.inputs = nothing;
    this.outputs = nothing;
    this.unseen = nothing;
  }

  /** The error of a second pass through a node that the first has used up. */
  usedUp(): GradientError {
    return new GradientError(
      `${this.rule.name}: backward() has already been through this part of the graph and freed it; compute the result ` +
        `again, or pass {retainGraph: true} the first time`,
    );
  }
}

/** Where the gradient of a tensor goes: the call that made it, or itself when it is a leaf; undefined if it needs none. */
export function gradientNode(tensor: Tensor): GraphNode | undefined {
  if (!tensor.requiresGrad) return undefined;
  if (tensor.viewedAt >= 0 && tensor.viewedAt !== tensor.storage.recordedChanges) {
    throw new GradientError(
      "a view was used after the tensor behind it had been changed in place; its gradient would miss the change. " +
        "Make the view again after the change",
    );
  }
  return (tensor.node ??= GraphNode.ofLeaf(tensor));
}
