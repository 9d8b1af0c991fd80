/**
 * Denoising autoencoders on top of each other, trained one by one and then together as a classifier. Source: Vincent et al.,
 * "Stacked denoising autoencoders", 2010. Book 004 ("Deep Learning Algorithms in Practice, based on Theano and TensorFlow", in
 * Chinese), section 9.1: 784-1000-1000-1000-10, of whose parameters the classifier uses 2,797,010.
 */
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { zeros_ } from "../init.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { DenoisingAutoencoder } from "./denoising-autoencoder.ts";
import type { DenoisingAutoencoderOptions } from "./denoising-autoencoder.ts";
import { trainGreedily } from "./greedy-training.ts";
import type { GreedyOptions } from "./greedy-training.ts";

export interface StackedAutoencoderOptions extends Omit<DenoisingAutoencoderOptions, "corruption"> {
  /** The part of each level's input that is set to 0 while that level is trained alone; 0.1, 0.2, 0.3 and so on when not given. */
  corruption?: readonly number[];
}

/** Takes examples [N, sizes[0]], gives scores [N, numClasses]. */
export class StackedAutoencoder extends Module {
  /** One a hidden layer; the classifier shares their encoders. */
  readonly autoencoders: readonly DenoisingAutoencoder[];
  readonly output: Linear;

  /** @param sizes of the input and of each hidden layer. */
  constructor(sizes: readonly number[], numClasses: number, { corruption, ...options }: StackedAutoencoderOptions = {}) {
    super();
    if (!Array.isArray(sizes) || sizes.length < 2) {
      throw new ShapeError("StackedAutoencoder: give the sizes of the input and of at least one hidden layer: [784, 1000, 1000]");
    }
    const levels = sizes.length - 1;
    if (corruption !== undefined && corruption.length !== levels) {
      throw new NablaError(`StackedAutoencoder: corruption has ${corruption.length} numbers for ${levels} hidden layers`);
    }
    this.autoencoders = Array.from({ length: levels }, (_, i) => {
      const part = corruption?.[i] ?? Math.min(0.1 * (i + 1), 0.5);
      return new DenoisingAutoencoder(sizes[i]!, sizes[i + 1]!, { ...options, corruption: part });
    });
    this.output = new Linear(sizes.at(-1)!, numClasses);
    zeros_(this.output.weight);
    zeros_(this.output.bias!);
  }

  /** What the first `levels` hidden layers make of examples; all of them when not given. */
  encode(x: Tensor, levels = this.autoencoders.length): Tensor {
    return this.autoencoders.slice(0, levels).reduce((value, each) => each.encode(value), x);
  }

  override forward(x: Tensor): Tensor {
    return this.output.forward(this.encode(x));
  }

  /** The parameters that the classifier uses: all but the decoders'. */
  classifierParameters(): Parameter[] {
    return [...this.autoencoders.flatMap(({ weight, hiddenBias }) => [weight, hiddenBias]), ...this.output.parameters()];
  }

  /**
   * Trains each autoencoder on what the trained ones below it give, without labels. Afterwards the whole is trained as any
   * classifier: its parameters are `classifierParameters()`.
   */
  pretrain(batches: Iterable<Tensor>, options: GreedyOptions): void {
    const levels = this.autoencoders.map((each) => ({
      parameters: [...each.parameters()],
      loss: (x: Tensor) => {
        const loss = each.loss(x);
        return { loss, cost: () => loss.detach() };
      },
      encode: (x: Tensor) => each.encode(x),
    }));
    trainGreedily("StackedAutoencoder.pretrain", levels, batches, options);
  }
}
