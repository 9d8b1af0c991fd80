/**
 * Layers that multiply: every output is a weighted sum of the inputs, or of products of two inputs.
 */
import { elementCount } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { linear } from "../linear.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";
import { uniformWeight } from "./weights.ts";
import type { WeightOptions } from "./weights.ts";

export interface LinearOptions extends WeightOptions {
  /** False for a layer that adds none; true when not given. */
  bias?: boolean;
}

/**
 * y = x W^T + b. From [..., inFeatures] to [..., outFeatures].
 * Weight and bias start uniform within 1 / sqrt(inFeatures). (PyTorch: torch.nn.Linear)
 */
export class Linear extends Module {
  /** [outFeatures, inFeatures]. */
  readonly weight: Parameter;
  /** [outFeatures]. */
  readonly bias: Parameter | undefined;
  readonly inFeatures: number;
  readonly outFeatures: number;

  constructor(inFeatures: number, outFeatures: number, { bias = true, dtype }: LinearOptions = {}) {
    super();
    requireSizes("Linear", { inFeatures, outFeatures }, 0);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = uniformWeight([outFeatures, inFeatures], inFeatures, dtype);
    this.bias = bias ? uniformWeight([outFeatures], inFeatures, dtype) : undefined;
  }

  override forward(x: Tensor): Tensor {
    const { shape } = requireInput(this, x);
    if (shape[shape.length - 1] !== this.inFeatures) {
      const flat = x.ndim > 1 && elementCount(shape.slice(1)) === this.inFeatures;
      throw unexpected(this, `[..., ${this.inFeatures}]`, x, flat ? "flatten first: x.flatten({ startDim: 1 }), or an nn.Flatten before it" : "");
    }
    return linear(x, this.weight, this.bias);
  }

  override extraRepr(): string {
    return argumentsText([this.inFeatures, this.outFeatures], { bias: [this.bias !== undefined, true] });
  }
}

/**
 * y_k = x1^T A_k x2 + b_k. From [..., in1Features] and [..., in2Features] to [..., outFeatures].
 * Weight and bias start uniform within 1 / sqrt(in1Features). (PyTorch: torch.nn.Bilinear)
 */
export class Bilinear extends Module<[Tensor, Tensor]> {
  /** [outFeatures, in1Features, in2Features]. */
  readonly weight: Parameter;
  /** [outFeatures]. */
  readonly bias: Parameter | undefined;

  constructor(in1Features: number, in2Features: number, outFeatures: number, { bias = true, dtype }: LinearOptions = {}) {
    super();
    requireSizes("Bilinear", { in1Features, in2Features, outFeatures });
    this.weight = uniformWeight([outFeatures, in1Features, in2Features], in1Features, dtype);
    this.bias = bias ? uniformWeight([outFeatures], in1Features, dtype) : undefined;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    const [outputs, first, second] = this.weight.shape as [number, number, number];
    if (requireInput(this, x1).shape.at(-1) !== first) throw unexpected(this, `[..., ${first}] first`, x1);
    const batch = x1.shape.slice(0, -1);
    const wanted = [...batch, second];
    if (requireInput(this, x2).ndim !== x1.ndim || x2.shape.some((size, d) => size !== wanted[d])) {
      throw unexpected(this, `[${wanted.join(", ")}] second`, x2);
    }
    const rows = elementCount(batch);
    // Rows of x1 times all matrices side by side, then each row's matrices times its x2.
    const sides = this.weight.permute([1, 0, 2]).reshape([first, outputs * second]);
    const products = x1.reshape([rows, first]).matmul(sides).reshape([rows, outputs, second]);
    const result = products.matmul(x2.reshape([rows, second, 1])).reshape([...batch, outputs]);
    return this.bias === undefined ? result : result.add(this.bias);
  }

  override extraRepr(): string {
    const [outputs, first, second] = this.weight.shape;
    return argumentsText([first, second, outputs], { bias: [this.bias !== undefined, true] });
  }
}

/** Gives back what it is given. (PyTorch: torch.nn.Identity) */
export class Identity extends Module {
  override forward(x: Tensor): Tensor {
    return x;
  }
}
