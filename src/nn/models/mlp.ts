/**
 * The multi-layer perceptron: fully connected layers with an activation between them.
 * Sources: book 003 (Gulli and Pal, "Deep Learning with Keras", in Chinese), chapter 1: softmax regression, 7,850 parameters,
 * and 784-128-128-10, 118,282. Book 001, section 2.4: the medical network 2-3-2 with tanh.
 */
import { ShapeError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ReLU, Sigmoid, Tanh } from "../layers/activation.ts";
import { Flatten } from "../layers/arrangement.ts";
import { Sequential } from "../layers/container.ts";
import type { Layer } from "../layers/container.ts";
import { requireSizes } from "../layers/describe.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import type { WeightOptions } from "../layers/weights.ts";
import { Module } from "../module/module.ts";

const activations = { relu: ReLU, tanh: Tanh, sigmoid: Sigmoid } as const;

export interface MlpOptions extends WeightOptions {
  /** After each layer but the last; `"relu"` when not given. */
  activation?: keyof typeof activations;
  /** The part of each hidden layer that is left out while training; 0 when not given. */
  dropout?: number;
}

/**
 * A multi-layer perceptron. `new nn.models.Mlp([784, 10])` is softmax regression, `[784, 128, 128, 10]` has two hidden layers.
 * Takes [N, ...] whose dimensions after the first hold `sizes[0]` numbers together, gives scores [N, last size]: softmax
 * belongs to the loss.
 */
export class Mlp extends Module {
  readonly layers: Sequential;
  readonly sizes: readonly number[];

  /**
   * @param sizes of the input, of each hidden layer, and of the output.
   * @throws ShapeError unless there are at least two sizes, whole numbers from 1 on.
   */
  constructor(sizes: readonly number[], { activation = "relu", dropout = 0, dtype }: MlpOptions = {}) {
    super();
    if (!Array.isArray(sizes) || sizes.length < 2) {
      throw new ShapeError("Mlp: give the sizes of input and output, and of the hidden layers between them: [784, 128, 10]");
    }
    sizes.forEach((size: number, i) => requireSizes("Mlp", { [`sizes[${i}]`]: size }));
    if (!Object.hasOwn(activations, activation)) {
      throw new ShapeError(`Mlp: activation is ${JSON.stringify(activation)}; known are ${Object.keys(activations).join(", ")}`);
    }
    this.sizes = [...sizes];
    const layers: Record<string, Layer> = { flatten: new Flatten() };
    for (let i = 1; i < sizes.length; i++) {
      layers[`linear${i}`] = new Linear(sizes[i - 1]!, sizes[i]!, dtype === undefined ? {} : { dtype });
      if (i === sizes.length - 1) break;
      layers[`${activation}${i}`] = new activations[activation]();
      if (dropout > 0) layers[`dropout${i}`] = new Dropout(dropout);
    }
    this.layers = new Sequential(layers);
  }

  override forward(x: Tensor): Tensor {
    return this.layers.forward(x);
  }

  override extraRepr(): string {
    return `[${this.sizes.join(", ")}]`;
  }
}
