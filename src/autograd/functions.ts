/**
 * Functions of functions: from a function of tensors its gradient, Jacobian, Hessian and products with them. The functions
 * themselves are JAX's (`grad`, `value_and_grad`, `jacobian`, `hessian`, `vjp`, `jvp`); everything is made of the backward
 * pass, so what can be differentiated there can be here, and inside out: a gradient of a gradient is a gradient.
 */
import { GradientError, ShapeError } from "../tensor/errors.ts";
import { enableGrad, isGradEnabled } from "../tensor/grad-mode.ts";
import { latestCall } from "../tensor/graph.ts";
import type { BackwardOptions } from "../tensor/methods/backward.ts";
import { stack } from "../tensor/methods/join.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { isTensor, requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradientsOf } from "./backward.ts";
import { rebuilt, tensorsIn } from "./structure.ts";
import type { Tensors } from "./structure.ts";

/** A function of tensors with one tensor as its result. More arguments are passed through and not differentiated. */
export type TensorFunction<Input extends Tensors, Rest extends unknown[] = []> = (input: Input, ...rest: Rest) => Tensor;

/** A function that has been run once, ready for gradients. */
class Traced {
  readonly output: Tensor;
  readonly #op: string;
  readonly #inputs: readonly Tensor[];
  readonly #since: number;
  /** True when the gradients are part of what somebody outside differentiates. */
  readonly #recorded: boolean;

  /**
   * Runs `f` on stand-ins of the inputs that require gradients: the same memory as leaves of their own, or, when the inputs
   * are being differentiated outside, as views that lead there.
   */
  constructor(op: string, f: (inputs: readonly Tensor[]) => Tensor, inputs: readonly Tensor[], others: readonly unknown[]) {
    if (inputs.length === 0) throw new GradientError(`${op}: there is no tensor to differentiate with respect to`);
    this.#op = op;
    this.#since = latestCall();
    this.#recorded = isGradEnabled() && [...inputs, ...others].some((value) => isTensor(value) && value.requiresGrad);
    this.#inputs = inputs.map((input) =>
      this.#recorded && input.requiresGrad ? input.view(input.shape) : input.detach().requiresGrad_(),
    );
    this.output = requireTensor(op, enableGrad(() => f(this.#inputs)));
  }

  /** The result for the caller: recorded only where somebody outside differentiates. */
  get value(): Tensor {
    return this.#recorded ? this.output : this.output.detach();
  }

  /** Gradients of a tensor computed from the result, with respect to the inputs, or to others. */
  gradients(
    of: Tensor,
    options: BackwardOptions & { gradient?: Tensor } = {},
    inputs: readonly Tensor[] = this.#inputs,
  ): Tensor[] {
    const createGraph = options.createGraph ?? this.#recorded;
    return gradientsOf(this.#op, of, inputs, { ...options, createGraph, since: this.#since, zeros: true });
  }
}

function requireScalar(op: string, output: Tensor): Tensor {
  if (requireTensor(op, output).numel === 1) return output;
  throw new ShapeError(
    `${op}: the function's result has shape ${formatShape(output.shape)}; a gradient is that of one number. Take .sum() or ` +
      `.mean() inside, or use jacobian`,
  );
}

/**
 * The value of a function of one number and its gradient with respect to its first argument, in that argument's structure.
 * An input on which the result does not depend gets zeros.
 */
export function valueAndGrad<Input extends Tensors, Rest extends unknown[]>(
  f: TensorFunction<Input, Rest>,
): (input: Input, ...rest: Rest) => [Tensor, Input] {
  return (input, ...rest) => differentiated("valueAndGrad", f, input, rest);
}

function differentiated<Input extends Tensors, Rest extends unknown[]>(
  op: string,
  f: TensorFunction<Input, Rest>,
  input: Input,
  rest: Rest,
): [Tensor, Input] {
  const traced = new Traced(op, (inputs) => f(rebuilt(input, inputs), ...rest), tensorsIn(op, input), rest);
  const gradients = traced.gradients(requireScalar(op, traced.output));
  return [traced.value, rebuilt(input, gradients)];
}

/**
 * The gradient of a function, as a function: with respect to its first argument (a tensor, or arrays or objects of them), in
 * that argument's structure. Where the argument itself requires gradients and calls are recorded, the result does too.
 */
export function grad<Input extends Tensors, Rest extends unknown[]>(
  f: TensorFunction<Input, Rest>,
): (input: Input, ...rest: Rest) => Input;
/**
 * The gradients of a result with respect to given tensors, without touching their `grad`.
 * @returns one gradient a tensor of `inputs`.
 * @throws GradientError when the result does not depend on one of them.
 */
export function grad(output: Tensor, inputs: readonly Tensor[], options?: BackwardOptions & { gradient?: Tensor }): Tensor[];
export function grad<Input extends Tensors, Rest extends unknown[]>(
  subject: Tensor | TensorFunction<Input, Rest>,
  inputs: readonly Tensor[] = [],
  options: BackwardOptions & { gradient?: Tensor } = {},
): Tensor[] | ((input: Input, ...rest: Rest) => Input) {
  if (typeof subject !== "function") return gradientsOf("grad", requireTensor("grad", subject), inputs, options);
  return (input, ...rest) => differentiated("grad", subject, input, rest)[1];
}

/**
 * The Jacobian of a function of one tensor: shape [...result, ...input], whose element (i, j) says how result i changes
 * with input j. One backward pass a number of the result.
 */
export function jacobian(f: TensorFunction<Tensor>): (input: Tensor) => Tensor {
  return (input) => {
    const traced = new Traced("jacobian", ([at]) => f(at!), [requireTensor("jacobian", input)], []);
    const { output } = traced;
    const shape = [...output.shape, ...input.shape];
    if (output.numel === 0) return input.newZeros(shape);
    const flat = enableGrad(() => output.reshape([output.numel]));
    const rows = Array.from({ length: output.numel }, (_, i) => {
      const chosen = enableGrad(() => flat.select(0, i));
      return traced.gradients(chosen, { retainGraph: true })[0]!;
    });
    return stack(rows).reshape(shape);
  };
}

/** The Hessian of a function of one tensor whose result is one number: shape [...input, ...input]. */
export function hessian(f: TensorFunction<Tensor>): (input: Tensor) => Tensor {
  return jacobian(grad((at: Tensor) => requireScalar("hessian", f(at))));
}

/**
 * The product of a function's Hessian with a vector of the input's shape, without making the Hessian: the gradient of
 * gradient times vector (Pearlmutter, "Fast exact multiplication by the Hessian", 1994, by two reverse passes).
 */
export function hvp(f: TensorFunction<Tensor>): (input: Tensor, vector: Tensor) => Tensor {
  const gradient = grad((at: Tensor) => requireScalar("hvp", f(at)));
  return (input, vector) => {
    requireLike("hvp", "vector", vector, "input", input);
    return grad((at: Tensor, along: Tensor) => gradient(at).mul(along).sum())(input, vector);
  };
}

/** The value of a function of one tensor, and the product of a vector of the result's shape with its Jacobian. */
export function vjp(f: TensorFunction<Tensor>): (input: Tensor, vector: Tensor) => [Tensor, Tensor] {
  return (input, vector) => {
    const traced = new Traced("vjp", ([at]) => f(at!), [requireTensor("vjp", input)], [vector]);
    requireLike("vjp", "vector", vector, "result", traced.output);
    return [traced.value, traced.gradients(traced.output, { gradient: vector })[0]!];
  };
}

/**
 * The value of a function of one tensor, and the product of its Jacobian with a vector of the input's shape. Multiplying
 * with the transposed Jacobian is a linear function; the product wanted is the gradient of that one: two reverse passes
 * (Townsend, "A new trick for calculating Jacobian vector products", 2017).
 */
export function jvp(f: TensorFunction<Tensor>): (input: Tensor, vector: Tensor) => [Tensor, Tensor] {
  return (input, vector) => {
    requireLike("jvp", "vector", vector, "input", input);
    const traced = new Traced("jvp", ([at]) => f(at!), [input], [vector]);
    const { output } = traced;
    const weights = output.newZeros(output.shape).requiresGrad_();
    const pulled = traced.gradients(output, { gradient: weights, createGraph: true })[0]!;
    return [traced.value, traced.gradients(pulled, { gradient: vector }, [weights])[0]!];
  };
}

function requireLike(op: string, name: string, vector: Tensor, otherName: string, other: Tensor): void {
  if (sameShape(requireTensor(op, vector).shape, requireTensor(op, other).shape)) return;
  throw new ShapeError(`${op}: the ${name} has shape ${formatShape(vector.shape)}, the ${otherName} ${formatShape(other.shape)}`);
}
