/**
 * The restricted Boltzmann machine: visible and hidden units that are on or off, with weights between the two kinds alone.
 * The probability of a state is in proportion to exp(-energy). Sources: Smolensky 1986; Hinton, "Training products of experts
 * by minimizing contrastive divergence", 2002; Tieleman, "Training restricted Boltzmann machines using approximations to the
 * likelihood gradient", 2008 (persistent chains). Book 004 ("Deep Learning Algorithms in Practice, based on Theano and
 * TensorFlow", in Chinese), chapter 10: 784 visible with 250 and with 500 hidden units, 197,034 and 393,284 parameters.
 */
import { zeros } from "../../tensor/creation.ts";
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { bernoulli, randint, randn } from "../../tensor/random/generator.ts";
import type { Generator } from "../../tensor/random/stream.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { uniform_ } from "../init.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "../layers/describe.ts";
import { linear } from "../linear.ts";
import { binaryCrossEntropyWithLogits } from "../losses/binary.ts";
import { mseLoss } from "../losses/regression.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";

export interface RBMOptions {
  /** `"binary"` for visible units of 0 and 1 (the default), `"gaussian"` for numbers of unit variance. */
  visibleUnits?: "binary" | "gaussian";
  /** Where the random numbers come from; the source that `manualSeed` seeds when not given. */
  generator?: Generator;
}

export interface ContrastiveDivergenceOptions {
  /** Steps of the chain, each to the hidden units and back; 1 when not given. */
  k?: number;
  /** Where the chains go on, [M, V], as the call before gave them: persistent contrastive divergence. */
  chain?: Tensor;
}

export interface ContrastiveDivergence {
  /** What to call `backward()` on. Its gradient is the method's; its value is no likelihood and may be negative. */
  loss: Tensor;
  /** Visible units at the end of the chains: for the next call, when they are to persist. */
  chain: Tensor;
}

/** Beyond this many units of one kind their states are too many to count. */
const mostCounted = 20;

/** Takes visible units [N, V], gives the probability of each hidden unit to be on [N, H]. */
export class RBM extends Module {
  readonly visible: number;
  readonly hidden: number;
  readonly visibleUnits: "binary" | "gaussian";
  /** [H, V]. */
  readonly weight: Parameter;
  /** [H]. */
  readonly hiddenBias: Parameter;
  /** [V]. */
  readonly visibleBias: Parameter;
  readonly #source: { generator?: Generator };

  constructor(visible: number, hidden: number, { visibleUnits = "binary", generator }: RBMOptions = {}) {
    super();
    requireSizes("RBM", { visible, hidden });
    this.visible = visible;
    this.hidden = hidden;
    this.visibleUnits = visibleUnits;
    this.#source = generator === undefined ? {} : { generator };
    const bound = 4 * Math.sqrt(6 / (visible + hidden));
    this.weight = new Parameter(uniform_(zeros([hidden, visible]), -bound, bound));
    this.hiddenBias = new Parameter(zeros([hidden]));
    this.visibleBias = new Parameter(zeros([visible]));
  }

  #check(v: Tensor): Tensor {
    if (requireInput(this, v).ndim !== 2 || v.shape[1] !== this.visible) throw unexpected(this, `[N, ${this.visible}]`, v);
    return v;
  }

  #hiddenScores(v: Tensor): Tensor {
    return linear(this.#check(v), this.weight, this.hiddenBias);
  }

  #visibleScores(h: Tensor): Tensor {
    return linear(h, this.weight.t(), this.visibleBias);
  }

  /** The probability of each hidden unit to be on, given the visible ones: [N, V] to [N, H]. */
  override forward(v: Tensor): Tensor {
    return this.#hiddenScores(v).sigmoid();
  }

  /** The same, under the name it has in the literature. */
  propUp(v: Tensor): Tensor {
    return this.forward(v);
  }

  /** The mean of each visible unit (of a binary one: the probability to be on), given the hidden ones: [N, H] to [N, V]. */
  propDown(h: Tensor): Tensor {
    const scores = this.#visibleScores(h);
    return this.visibleUnits === "binary" ? scores.sigmoid() : scores;
  }

  /** Hidden units drawn given the visible ones, 0 and 1. */
  sampleHidden(v: Tensor): Tensor {
    return noGrad(() => bernoulli(this.forward(v), this.#source));
  }

  /** Visible units drawn given the hidden ones. */
  sampleVisible(h: Tensor): Tensor {
    return noGrad(() => {
      const mean = this.propDown(h);
      return this.visibleUnits === "binary" ? bernoulli(mean, this.#source) : mean.add(randn(mean.shape, { dtype: mean.dtype, device: mean.device, ...this.#source }));
    });
  }

  /** Where a chain that begins at visible units [N, V] is after some steps, each to the hidden units and back. */
  gibbs(v: Tensor, steps = 1): Tensor {
    if (!Number.isInteger(steps) || steps < 0) throw new NablaError(`${this.label}: ${steps} steps; a whole number of at least 0`);
    let state = this.#check(v);
    for (let step = 0; step < steps; step++) state = this.sampleVisible(this.sampleHidden(state));
    return state.detach();
  }

  /** The energy of states of all units, [N, V] and [N, H] to [N]. */
  energy(v: Tensor, h: Tensor): Tensor {
    const between = h.mul(linear(this.#check(v), this.weight)).sum({ dim: 1 });
    return this.#visibleEnergy(v).sub(between).sub(h.matmul(this.hiddenBias));
  }

  #visibleEnergy(v: Tensor): Tensor {
    if (this.visibleUnits === "binary") return v.matmul(this.visibleBias).neg();
    return v.sub(this.visibleBias).square().sum({ dim: 1 }).div(2);
  }

  /** -log of the sum of exp(-energy) over all hidden states, [N, V] to [N]: low where the machine finds v likely. */
  freeEnergy(v: Tensor): Tensor {
    return this.#visibleEnergy(v).sub(this.#hiddenScores(v).softplus({ threshold: 40 }).sum({ dim: 1 }));
  }

  /**
   * Contrastive divergence: the free energy of the data less that of where chains that began there (or go on from `chain`)
   * have come to. The end of the chains counts as a constant, so that `loss.backward()` gives the method's gradient.
   * @param v data, [N, V].
   */
  contrastiveDivergence(v: Tensor, { k = 1, chain }: ContrastiveDivergenceOptions = {}): ContrastiveDivergence {
    if (!Number.isInteger(k) || k < 1) throw new NablaError(`${this.label}: k is ${k}; a whole number of at least 1`);
    const end = this.gibbs(chain ?? v, k);
    return { loss: this.freeEnergy(v).mean().sub(this.freeEnergy(end).mean()), chain: end };
  }

  /**
   * The pseudo-log-likelihood (Besag, "Statistical analysis of non-lattice data", 1975): the sum over all units of the
   * log-probability of one unit given all others. With `bit: "all"` it is that sum, exact. Otherwise it is an estimate of it,
   * V times the term of the unit `bit`, or of one drawn for each example, as the books' programs print. Binary units alone;
   * inputs between 0 and 1 are rounded.
   * @returns one number, the mean over the batch.
   */
  pseudoLogLikelihood(v: Tensor, { bit }: { bit?: number | "all" } = {}): Tensor {
    this.#requireBinary("pseudoLogLikelihood");
    if (typeof bit === "number" && !(Number.isInteger(bit) && bit >= 0 && bit < this.visible)) {
      throw new NablaError(`${this.label}: there is no visible unit ${bit}; there are ${this.visible}`);
    }
    return noGrad(() => {
      const rounded = this.#check(v).round();
      if (bit === "all") return this.#allTerms(rounded).mean();
      const batch = v.shape[0]!;
      const chosen = bit === undefined ? randint(0, this.visible, [batch], { device: v.device, ...this.#source }) : zeros([batch], { dtype: "int32", device: v.device }).add(bit);
      const flip = chosen.oneHot(this.visible).to(v.dtype);
      // Where flip is 1: 1 - v, else v.
      const flipped = rounded.add(flip.mul(rounded.mul(-2).add(1)));
      const difference = this.freeEnergy(flipped).sub(this.freeEnergy(rounded));
      return difference.neg().softplus({ threshold: 40 }).neg().mean().mul(this.visible);
    });
  }

  /** The log-probabilities of each unit given all others, summed over the units: [N, V] of 0 and 1 to [N]. */
  #allTerms(v: Tensor): Tensor {
    const scores = this.#hiddenScores(v);
    const before = scores.softplus({ threshold: 40 }).sum({ dim: 1 });
    let sum = v.newZeros([v.shape[0]!]);
    for (let unit = 0; unit < this.visible; unit++) {
      // Turning a unit over moves the scores by its weights alone: no product of matrices is needed.
      const turn = v.select(1, unit).mul(-2).add(1);
      const after = scores.add(turn.unsqueeze(1).mul(this.weight.select(1, unit))).softplus({ threshold: 40 }).sum({ dim: 1 });
      sum = sum.sub(after.sub(before).add(turn.mul(this.visibleBias.select(0, unit))).softplus({ threshold: 40 }));
    }
    return sum;
  }

  /**
   * How badly one step to the hidden units' probabilities and back gives an example again: the cross-entropy of its units
   * (of Gaussian ones half the squared error), summed; the mean over the batch. It is no likelihood, but quick.
   */
  reconstructionCost(v: Tensor): Tensor {
    return noGrad(() => {
      const scores = this.#visibleScores(this.forward(v));
      const sum =
        this.visibleUnits === "binary"
          ? binaryCrossEntropyWithLogits(scores, v, { reduction: "sum" })
          : mseLoss(scores, v, { reduction: "sum" }).div(2);
      return sum.div(v.shape[0]!);
    });
  }

  /**
   * log of the sum of exp(-energy) over all states, counted one by one: for machines of which one kind has few units.
   * @throws NablaError when both kinds have more than 20.
   */
  logPartition(): Tensor {
    const throughHidden = this.visibleUnits === "gaussian" || this.hidden <= this.visible;
    const units = throughHidden ? this.hidden : this.visible;
    if (units > mostCounted) {
      throw new NablaError(`${this.label}: 2^${units} states are too many to count; logPartition is for at most ${mostCounted} units of one kind`);
    }
    const states = allStates(units, this.weight);
    if (!throughHidden) return this.freeEnergy(states).neg().logsumexp(0);
    const scores = linear(states, this.weight.t());
    const ofVisible =
      this.visibleUnits === "binary"
        ? scores.add(this.visibleBias).softplus({ threshold: 40 }).sum({ dim: 1 })
        : scores.add(this.visibleBias.mul(2)).mul(scores).sum({ dim: 1 }).div(2).add((this.visible * Math.log(2 * Math.PI)) / 2);
    return ofVisible.add(states.matmul(this.hiddenBias)).logsumexp(0);
  }

  /** log P(v) of each example, exact: [N, V] to [N]. For small machines; see `logPartition`. */
  logLikelihood(v: Tensor): Tensor {
    return this.freeEnergy(v).neg().sub(this.logPartition());
  }

  #requireBinary(op: string): void {
    if (this.visibleUnits !== "binary") throw new NablaError(`${this.label}: ${op} is for binary visible units`);
  }

  override extraRepr(): string {
    return argumentsText([this.visible, this.hidden], { visibleUnits: [this.visibleUnits, "binary"] });
  }
}

/** All states of binary units, one a row: [2^units, units]. */
function allStates(units: number, like: Tensor): Tensor {
  const table = like.newZeros([2 ** units, units]);
  noGrad(() => {
    for (let unit = 0; unit < units; unit++) {
      // Runs of 2^unit zeros and as many ones take turns.
      table.reshape([2 ** (units - 1 - unit), 2, 2 ** unit, units]).select(3, unit).select(1, 1).fill_(1);
    }
  });
  return table;
}
