/**
 * The denoising autoencoder: it sees a damaged example and gives back the whole one, so that it must learn how the parts of
 * an example hang together. Source: Vincent, Larochelle, Bengio and Manzagol, "Extracting and composing robust features with
 * denoising autoencoders", 2008. Book 004 ("Deep Learning Algorithms in Practice, based on Theano and TensorFlow", in
 * Chinese), section 8.3: 784-500-784 with tied weights, sigmoid and cross-entropy, 393,284 parameters; section 8.2: tanh. The
 * book's cross-entropy of a tanh output has no lower bound; with tanh the loss here is the squared error.
 */
import { zeros } from "../../tensor/creation.ts";
import { bernoulli } from "../../tensor/random/generator.ts";
import type { Generator } from "../../tensor/random/stream.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { uniform_ } from "../init.ts";
import { argumentsText, requireInput, requirePart, requireSizes, unexpected } from "../layers/describe.ts";
import { linear } from "../linear.ts";
import { binaryCrossEntropyWithLogits } from "../losses/binary.ts";
import { mseLoss } from "../losses/regression.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";

export interface DenoisingAutoencoderOptions {
  /** The part of an example's numbers that is set to 0 while training; 0.3 when not given. */
  corruption?: number;
  /** Of both layers: `"sigmoid"` for inputs between 0 and 1 (the default), `"tanh"` for inputs between -1 and 1. */
  activation?: "sigmoid" | "tanh";
  /** False for a decoder with weights of its own in place of the encoder's transposed; true when not given. */
  tied?: boolean;
  /** Where the noise comes from; the source that `manualSeed` seeds when not given. */
  generator?: Generator;
}

/** From examples [N, V] to their reconstructions [N, V], through H hidden units. */
export class DenoisingAutoencoder extends Module {
  readonly visible: number;
  readonly hidden: number;
  readonly corruption: number;
  readonly activation: "sigmoid" | "tanh";
  /** Encoder, [H, V]; when tied also the decoder, transposed. */
  readonly weight: Parameter;
  /** [H]. */
  readonly hiddenBias: Parameter;
  /** [V]. */
  readonly visibleBias: Parameter;
  /** Decoder, [V, H]; undefined when tied. */
  readonly decoderWeight: Parameter | undefined;
  readonly #source: { generator?: Generator };

  constructor(visible: number, hidden: number, options: DenoisingAutoencoderOptions = {}) {
    super();
    const { corruption = 0.3, activation = "sigmoid", tied = true, generator } = options;
    requireSizes("DenoisingAutoencoder", { visible, hidden });
    requirePart("DenoisingAutoencoder", "corruption", corruption);
    this.visible = visible;
    this.hidden = hidden;
    this.corruption = corruption;
    this.activation = activation;
    this.#source = generator === undefined ? {} : { generator };
    // Xavier's bound for tanh, four times as wide for a sigmoid, as the book has it.
    const bound = (activation === "sigmoid" ? 4 : 1) * Math.sqrt(6 / (visible + hidden));
    this.weight = new Parameter(uniform_(zeros([hidden, visible]), -bound, bound));
    this.hiddenBias = new Parameter(zeros([hidden]));
    this.visibleBias = new Parameter(zeros([visible]));
    this.decoderWeight = tied ? undefined : new Parameter(uniform_(zeros([visible, hidden]), -bound, bound));
  }

  #active(x: Tensor): Tensor {
    return this.activation === "sigmoid" ? x.sigmoid() : x.tanh();
  }

  /** The hidden units of examples [N, V], [N, H]. */
  encode(x: Tensor): Tensor {
    if (requireInput(this, x).shape.at(-1) !== this.visible) throw unexpected(this, `[N, ${this.visible}]`, x);
    return this.#active(linear(x, this.weight, this.hiddenBias));
  }

  #scores(hidden: Tensor): Tensor {
    return linear(hidden, this.decoderWeight ?? this.weight.t(), this.visibleBias);
  }

  /** The examples that hidden units stand for, [N, V]. */
  decode(hidden: Tensor): Tensor {
    return this.#active(this.#scores(hidden));
  }

  /** Examples of which a part of the numbers, drawn one by one, is 0. */
  corrupt(x: Tensor): Tensor {
    if (this.corruption === 0) return x;
    return x.mul(bernoulli(x.shape, 1 - this.corruption, { dtype: x.dtype, ...this.#source }));
  }

  /** The reconstruction: of damaged examples while training, of the examples as they are otherwise. */
  override forward(x: Tensor): Tensor {
    return this.decode(this.encode(this.training ? this.corrupt(x) : x));
  }

  /**
   * The cost of a batch [N, V]: for each example the cross-entropy (or, with tanh, the squared error) of its numbers, summed;
   * the mean over the batch. While training the examples are damaged first.
   */
  loss(x: Tensor): Tensor {
    const scores = this.#scores(this.encode(this.training ? this.corrupt(x) : x));
    const sum =
      this.activation === "sigmoid"
        ? binaryCrossEntropyWithLogits(scores, x, { reduction: "sum" })
        : mseLoss(scores.tanh(), x, { reduction: "sum" });
    return sum.div(x.shape[0]!);
  }

  override extraRepr(): string {
    return argumentsText([this.visible, this.hidden], {
      corruption: [this.corruption, 0.3],
      activation: [this.activation, "sigmoid"],
      tied: [this.decoderWeight === undefined, true],
    });
  }
}
