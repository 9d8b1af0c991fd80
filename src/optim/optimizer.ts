/**
 * What every optimiser does: hold the parameters, clear their gradients, and step through those that have one.
 */
import { NablaError } from "../tensor/errors.ts";
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
    for (const parameter of this.parameters) {
      if (parameter.grad !== null) this.update(parameter, parameter.grad);
    }
  }

  /** Changes one parameter in place. */
  protected abstract update(parameter: Tensor, gradient: Tensor): void;
}
