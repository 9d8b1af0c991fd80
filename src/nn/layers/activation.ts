/**
 * Activations as layers: functions of single elements, and softmax along a dimension. All keep the input's shape.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { glu, hardtanh, logSigmoid, mish, prelu, relu6, selu, silu, softmin } from "../activation.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";
import { constantWeight } from "./weights.ts";
import type { WeightOptions } from "./weights.ts";

/** max(x, 0). (torch.nn.ReLU) */
export class ReLU extends Module {
  override forward(x: Tensor): Tensor {
    return requireInput(this, x).relu();
  }
}

/** x where it is positive, else x times a slope (0.01 when not given). (torch.nn.LeakyReLU) */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  constructor({ negativeSlope = 0.01 }: { negativeSlope?: number } = {}) {
    super();
    this.negativeSlope = negativeSlope;
  }

  override forward(x: Tensor): Tensor {
    return requireInput(this, x).leakyRelu({ negativeSlope: this.negativeSlope });
  }

  override extraRepr(): string {
    return argumentsText([], { negativeSlope: [this.negativeSlope, 0.01] });
  }
}

/** x where it is positive, else alpha (exp(x) - 1), alpha 1 when not given. (torch.nn.ELU) */
export class ELU extends Module {
  readonly alpha: number;

  constructor({ alpha = 1 }: { alpha?: number } = {}) {
    super();
    this.alpha = alpha;
  }

  override forward(x: Tensor): Tensor {
    return requireInput(this, x).elu({ alpha: this.alpha });
  }

  override extraRepr(): string {
    return argumentsText([], { alpha: [this.alpha, 1] });
  }
}

/** x times the normal distribution's function, exact or by tanh (Hendrycks and Gimpel 2016). (torch.nn.GELU) */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor({ approximate = "none" }: { approximate?: "none" | "tanh" } = {}) {
    super();
    this.approximate = approximate;
  }

  override forward(x: Tensor): Tensor {
    return requireInput(this, x).gelu({ approximate: this.approximate });
  }

  override extraRepr(): string {
    return argumentsText([], { approximate: [this.approximate, "none"] });
  }
}

/** The hyperbolic tangent. (torch.nn.Tanh) */
export class Tanh extends Module {
  override forward(x: Tensor): Tensor {
    return requireInput(this, x).tanh();
  }
}

/** 1 / (1 + exp(-x)). (torch.nn.Sigmoid) */
export class Sigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return requireInput(this, x).sigmoid();
  }
}

/** exp(x) over its sum along a dimension. (torch.nn.Softmax) */
export class Softmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  override forward(x: Tensor): Tensor {
    return requireInput(this, x).softmax(this.dim);
  }

  override extraRepr(): string {
    return argumentsText([this.dim]);
  }
}

/** The logarithm of softmax, computed without its rounding to 0. (torch.nn.LogSoftmax) */
export class LogSoftmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  override forward(x: Tensor): Tensor {
    return requireInput(this, x).logSoftmax(this.dim);
  }

  override extraRepr(): string {
    return argumentsText([this.dim]);
  }
}

/** log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold. (torch.nn.Softplus) */
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor({ beta = 1, threshold = 20 }: { beta?: number; threshold?: number } = {}) {
    super();
    this.beta = beta;
    this.threshold = threshold;
  }

  override forward(x: Tensor): Tensor {
    return requireInput(this, x).softplus({ beta: this.beta, threshold: this.threshold });
  }

  override extraRepr(): string {
    return argumentsText([], { beta: [this.beta, 1], threshold: [this.threshold, 20] });
  }
}

/** x / (1 + |x|). (torch.nn.Softsign) */
export class Softsign extends Module {
  override forward(x: Tensor): Tensor {
    return requireInput(this, x).softsign();
  }
}

/** x / 6 + 1 / 2, brought into the interval from 0 to 1. (torch.nn.Hardsigmoid) */
export class Hardsigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return requireInput(this, x).hardSigmoid();
  }
}

/** ELU with the constants that keep mean 0 and variance 1 (Klambauer et al. 2017). (torch.nn.SELU) */
export class SELU extends Module {
  override forward(x: Tensor): Tensor {
    return selu(requireInput(this, x));
  }
}

/** x sigmoid(x), also called swish. (torch.nn.SiLU) */
export class SiLU extends Module {
  override forward(x: Tensor): Tensor {
    return silu(requireInput(this, x));
  }
}

/** x tanh(log(1 + exp(x))). (torch.nn.Mish) */
export class Mish extends Module {
  override forward(x: Tensor): Tensor {
    return mish(requireInput(this, x));
  }
}

/** x brought into the interval from `minVal` to `maxVal`, -1 and 1 when not given. (torch.nn.Hardtanh) */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;

  constructor({ minVal = -1, maxVal = 1 }: { minVal?: number; maxVal?: number } = {}) {
    super();
    this.minVal = minVal;
    this.maxVal = maxVal;
  }

  override forward(x: Tensor): Tensor {
    return hardtanh(requireInput(this, x), { minVal: this.minVal, maxVal: this.maxVal });
  }

  override extraRepr(): string {
    return argumentsText([], { minVal: [this.minVal, -1], maxVal: [this.maxVal, 1] });
  }
}

/** x brought into the interval from 0 to 6. (torch.nn.ReLU6) */
export class ReLU6 extends Module {
  override forward(x: Tensor): Tensor {
    return relu6(requireInput(this, x));
  }
}

export interface PReLUOptions extends WeightOptions {
  /** 1 for one slope in all, or the number of channels of an input [N, C, ...]; 1 when not given. */
  numParameters?: number;
  /** The slopes at first; 0.25 when not given. */
  init?: number;
}

/** x where it is positive, else x times a slope that is learnt (He et al. 2015). (torch.nn.PReLU) */
export class PReLU extends Module {
  /** The slopes, [numParameters]. */
  readonly weight: Parameter;

  constructor({ numParameters = 1, init = 0.25, dtype }: PReLUOptions = {}) {
    super();
    requireSizes("PReLU", { numParameters });
    this.weight = constantWeight([numParameters], init, dtype);
  }

  override forward(x: Tensor): Tensor {
    const slopes = this.weight.numel;
    if (slopes > 1 && (requireInput(this, x).ndim < 2 || x.shape[1] !== slopes)) throw unexpected(this, `[N, ${slopes}, ...]`, x);
    return prelu(requireInput(this, x), this.weight);
  }

  override extraRepr(): string {
    return argumentsText([], { numParameters: [this.weight.numel, 1] });
  }
}

/** log(1 / (1 + exp(-x))), computed without the logarithm of a 0. (torch.nn.LogSigmoid) */
export class LogSigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return logSigmoid(requireInput(this, x));
  }
}

/** The softmax of -x. (torch.nn.Softmin) */
export class Softmin extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  override forward(x: Tensor): Tensor {
    return softmin(requireInput(this, x), this.dim);
  }

  override extraRepr(): string {
    return argumentsText([this.dim]);
  }
}

/** The first half along a dimension (the last when not given) times the sigmoid of the second. (torch.nn.GLU) */
export class GLU extends Module {
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  override forward(x: Tensor): Tensor {
    return glu(requireInput(this, x), this.dim);
  }

  override extraRepr(): string {
    return argumentsText(this.dim === -1 ? [] : [this.dim]);
  }
}
