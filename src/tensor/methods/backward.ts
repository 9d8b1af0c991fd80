/**
 * What differentiation adds to every tensor. Declared here, because a tensor's type names all its methods; the code is in
 * src/autograd, which stands on tensors and which they do not import.
 */
import type { Tensor } from "../tensor.ts";

/** How a backward pass treats the graph. */
export interface BackwardOptions {
  /** Keep what the calls saved, so that the graph can be walked again. */
  retainGraph?: boolean;
  /** Record the backward pass itself, so that gradients can be differentiated. Keeps the graph too. */
  createGraph?: boolean;
}

export interface BackwardMethods {
  /**
   * Computes the gradient of this tensor with respect to every leaf it was computed from and adds it to their `grad`.
   * @param gradient the gradient of this tensor itself; may be left out for a scalar, where it is 1.
   */
  backward(gradient?: Tensor, options?: BackwardOptions): void;
}
