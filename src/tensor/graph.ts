/**
 * The record of a call that autograd walks backwards. A node knows the nodes its gradients go to and what its derivative
 * needs of the call, nothing else: an input whose value no derivative asks for is not kept alive. After its gradient has
 * been computed a node lets go of everything, so that a loss kept in an array keeps only itself (PyTorch does the same).
 */
import type { DType } from "./dtype.ts";
import { GradientError } from "./errors.ts";
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

let calls = 0;

/** A call on the way to a result, or a leaf where gradients are collected. */
export class GraphNode {
  /** Grows with every call: a node's parents always have smaller numbers. Leaves come last on the way back: 0. */
  readonly sequence: number;
  readonly rule: DerivativeRule;
  /** The leaf whose `grad` receives what arrives here. */
  readonly leaf: Tensor | undefined;
  /** Where each input's gradient goes; undefined for an input that needs none. Null once the node has been used up. */
  parents: readonly (GraphNode | undefined)[] | null;
  /** Which output of its parent each input is. */
  readonly parentOutputs: readonly number[];
  readonly outputCount: number;
  /** The arguments of the call that were not tensors, for its derivatives. */
  readonly details: unknown;
  private readonly inputShapes: readonly Shape[];
  private readonly inputTypes: readonly (DType | undefined)[];
  private savedInputs: readonly (Tensor | number)[] | undefined;
  private savedOutputs: readonly Tensor[] | undefined;
  private readonly versions: readonly number[] | undefined;

  private constructor(
    rule: DerivativeRule,
    leaf: Tensor | undefined,
    inputs: readonly (Tensor | number)[],
    outputs: readonly Tensor[],
    details: unknown,
  ) {
    this.sequence = leaf === undefined ? ++calls : 0;
    this.rule = rule;
    this.leaf = leaf;
    this.details = details;
    this.parents = inputs.map((input) => (typeof input === "number" ? undefined : gradientNode(input)));
    this.parentOutputs = inputs.map((input) => (typeof input === "number" ? 0 : input.outputIndex));
    this.outputCount = outputs.length;
    this.inputShapes = inputs.map((input) => (typeof input === "number" ? [] : input.shape));
    this.inputTypes = inputs.map((input) => (typeof input === "number" ? undefined : input.dtype));
    const { saves } = rule;
    if (saves === "inputs" || saves === "both") {
      this.savedInputs = inputs;
      this.versions = inputs.map((input) => (typeof input === "number" ? 0 : input.storage.version));
    }
    if (saves === "output" || saves === "both") this.savedOutputs = outputs;
  }

  /** The node at which a leaf's gradient arrives. */
  static ofLeaf(leaf: Tensor): GraphNode {
    return new GraphNode({ name: "leaf" }, leaf, [], [leaf], undefined);
  }

  /** The node of a call. `details` are the arguments that its derivatives need beside tensors. */
  static ofCall(
    rule: DerivativeRule,
    inputs: readonly (Tensor | number)[],
    outputs: readonly Tensor[],
    details: unknown,
  ): GraphNode {
    return new GraphNode(rule, undefined, inputs, outputs, details);
  }

  /** True when somebody waits for the gradient of this input. */
  needs(position: number): boolean {
    return this.parents?.[position] !== undefined;
  }

  /** The value of an input as it was in the call. */
  input(position: number): Tensor {
    const input = this.operand(position);
    if (typeof input === "number") throw new GradientError(`${this.rule.name}: input ${position} is a number`);
    return input;
  }

  /** The value of an input, which may have been a plain number. */
  operand(position: number): Tensor | number {
    const input = this.savedInputs?.[position];
    if (input === undefined) throw this.freed();
    if (typeof input !== "number" && input.storage.version !== this.versions![position]) {
      throw new GradientError(
        `${this.rule.name}: a tensor that its derivative needs was changed in place after the call (it is at version ` +
          `${input.storage.version}, expected ${this.versions![position]}); change a copy, or change it after backward()`,
      );
    }
    return input;
  }

  /** The value of the output, the first where there are several. */
  get output(): Tensor {
    return this.outputAt(0);
  }

  /** The value of one of several outputs. */
  outputAt(position: number): Tensor {
    const output = this.savedOutputs?.[position];
    if (output === undefined) throw this.freed();
    return output;
  }

  shapeOf(position: number): Shape {
    return this.inputShapes[position]!;
  }

  /** The type of an input, undefined for a plain number. */
  dtypeOf(position: number): DType | undefined {
    return this.inputTypes[position];
  }

  /** Lets go of everything the call has saved. */
  free(): void {
    this.parents = null;
    this.savedInputs = undefined;
    this.savedOutputs = undefined;
  }

  private freed(): GradientError {
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
