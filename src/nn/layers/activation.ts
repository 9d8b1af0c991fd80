/**
 * Activations as layers: functions of single elements, and softmax along a dimension. All keep the input's shape.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";
import { argumentsText, requireInput } from "./describe.ts";

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
