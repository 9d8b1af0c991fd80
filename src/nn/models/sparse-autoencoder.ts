/**
 * The sparse autoencoder: its hidden units are kept silent most of the time, so that each stands for something of its own.
 * Source: Ng, "Sparse autoencoder", lecture notes CS294A, 2011. Book 004 ("Deep Learning Algorithms in Practice, based on
 * Theano and TensorFlow", in Chinese), section 8.1, has the theory: each unit's mean activity is drawn towards rho = 0.05 by
 * the Kullback-Leibler divergence between the two.
 */
import { NablaError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { uniform_ } from "../init.ts";
import { argumentsText, requireSizes } from "../layers/describe.ts";
import { Linear } from "../layers/linear.ts";
import { mseLoss } from "../losses/regression.ts";
import { Module } from "../module/module.ts";

export interface SparseAutoencoderOptions {
  /** The mean activity that each hidden unit is drawn to, between 0 and 1; 0.05 when not given. */
  sparsity?: number;
  /** How strongly; 3 when not given. */
  sparsityWeight?: number;
  /** Factor of half the sum of all squared weights; 1e-4 when not given. */
  weightDecay?: number;
}

/** From examples [N, V] with numbers between 0 and 1 to their reconstructions [N, V], through H hidden sigmoid units. */
export class SparseAutoencoder extends Module {
  readonly encoder: Linear;
  readonly decoder: Linear;
  readonly sparsity: number;
  readonly sparsityWeight: number;
  readonly weightDecay: number;

  constructor(visible: number, hidden: number, options: SparseAutoencoderOptions = {}) {
    super();
    const { sparsity = 0.05, sparsityWeight = 3, weightDecay = 1e-4 } = options;
    requireSizes("SparseAutoencoder", { visible, hidden });
    if (!(sparsity > 0 && sparsity < 1)) throw new NablaError(`SparseAutoencoder: sparsity is ${sparsity}; a mean activity lies between 0 and 1`);
    this.encoder = new Linear(visible, hidden);
    this.decoder = new Linear(hidden, visible);
    this.sparsity = sparsity;
    this.sparsityWeight = sparsityWeight;
    this.weightDecay = weightDecay;
    const bound = Math.sqrt(6 / (visible + hidden + 1));
    for (const { weight, bias } of [this.encoder, this.decoder]) {
      uniform_(weight, -bound, bound);
      uniform_(bias!, 0, 0);
    }
  }

  /** The hidden units, [N, H]. */
  encode(x: Tensor): Tensor {
    return this.encoder.forward(x).sigmoid();
  }

  /** The reconstruction. */
  override forward(x: Tensor): Tensor {
    return this.decoder.forward(this.encode(x)).sigmoid();
  }

  /** The divergence of Bernoulli(mean activity) from Bernoulli(sparsity), summed over the hidden units [N, H]. */
  sparsityPenalty(hidden: Tensor): Tensor {
    const rho = this.sparsity;
    // An activity that has rounded to 0 or 1 costs much, not infinitely much.
    const mean = hidden.mean({ dim: 0 }).clamp({ min: 1e-7, max: 1 - 1e-7 });
    const on = mean.log().neg().add(Math.log(rho)).mul(rho);
    const off = mean.neg().log1p().neg().add(Math.log(1 - rho)).mul(1 - rho);
    return on.add(off).sum();
  }

  /** Half the squared error of each example, averaged over the batch, with the two penalties. */
  loss(x: Tensor): Tensor {
    const hidden = this.encode(x);
    const error = mseLoss(this.decoder.forward(hidden).sigmoid(), x, { reduction: "sum" }).div(2 * x.shape[0]!);
    const squares = this.encoder.weight.square().sum().add(this.decoder.weight.square().sum());
    return error.add(squares.mul(this.weightDecay / 2)).add(this.sparsityPenalty(hidden).mul(this.sparsityWeight));
  }

  override extraRepr(): string {
    return argumentsText([this.encoder.inFeatures, this.encoder.outFeatures], {
      sparsity: [this.sparsity, 0.05],
      sparsityWeight: [this.sparsityWeight, 3],
      weightDecay: [this.weightDecay, 1e-4],
    });
  }
}
