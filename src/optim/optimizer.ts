/**
 * What every optimiser does: hold the parameters, clear their gradients, and step through those that have one.
 */
import { DTypeError, NablaError, ShapeError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export abstract class Optimizer {
  /** The tensors that steps change. */
  readonly parameters: readonly Tensor[];

  /** @throws NablaError when there are none, or one is not a leaf that requires gradients. */
  protected constructor(name: string, parameters: Iterable<Tensor>) {
    this.parameters = [...parameters];
    if (this.parameters.length === 0) throw new NablaError(`${name}: there are no parameters to optimise`);
    this.parameters.forEach((parameter, i) => {
      requireTensor(name, parameter);
      if (!parameter.requiresGrad || !parameter.isLeaf) {
        throw new NablaError(`${name}: parameter ${i} is not a leaf that requires gradients; make it with {requiresGrad: true}`);
      }
    });
  }

  /** Forgets the gradients, before the next backward pass adds to them. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /** Changes every parameter that has a gradient. */
  step(): void {
    this.parameters.forEach((parameter, i) => {
      if (parameter.grad === null) return;
      this.#checkGradient(parameter, parameter.grad, i);
      this.update(parameter, parameter.grad);
    });
  }

  /** A gradient that `backward()` made always fits; one that somebody has put there may not. */
  #checkGradient(parameter: Tensor, gradient: Tensor, i: number): void {
    const name = `${this.constructor.name}: parameter ${i}`;
    if (!sameShape(parameter.shape, gradient.shape)) {
      throw new ShapeError(`${name} has shape ${formatShape(parameter.shape)} and its gradient ${formatShape(gradient.shape)}`);
    }
    if (parameter.dtype !== gradient.dtype) {
      throw new DTypeError(`${name} is ${parameter.dtype} and its gradient ${gradient.dtype}`);
    }
  }

  /** Changes one parameter in place. */
  protected abstract update(parameter: Tensor, gradient: Tensor): void;
}
