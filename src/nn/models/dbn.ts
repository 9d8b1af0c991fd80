/**
 * The deep belief network: restricted Boltzmann machines on top of each other, trained one by one, whose weights then are
 * those of a classifier with sigmoid layers. Source: Hinton, Osindero and Teh, "A fast learning algorithm for deep belief
 * nets", 2006. Book 004 ("Deep Learning Algorithms in Practice, based on Theano and TensorFlow", in Chinese), chapter 11:
 * 784-1000-1000-1000-10, of whose parameters the classifier uses 2,797,010. (The book's other listing puts the machines'
 * weights into tanh layers, which compute something else than what was trained.)
 */
import { ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { zeros_ } from "../init.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { trainGreedily } from "./greedy-training.ts";
import type { GreedyOptions, Level } from "./greedy-training.ts";
import { RBM } from "./rbm.ts";
import type { RBMOptions } from "./rbm.ts";

export interface DBNPretrainOptions extends GreedyOptions {
  /** Steps of each machine's chain; 1 when not given. */
  k?: number;
  /** Chains go on from batch to batch in place of beginning at the data; false when not given. */
  persistent?: boolean;
}

/** Takes examples [N, sizes[0]], numbers between 0 and 1, gives scores [N, numClasses]. */
export class DBN extends Module {
  /** One a hidden layer; the classifier shares their weights and hidden biases. */
  readonly machines: readonly RBM[];
  readonly output: Linear;

  /**
   * @param sizes of the input and of each hidden layer.
   * @param options of the lowest machine; those above it have binary units.
   */
  constructor(sizes: readonly number[], numClasses: number, options: RBMOptions = {}) {
    super();
    if (!Array.isArray(sizes) || sizes.length < 2) {
      throw new ShapeError("DBN: give the sizes of the input and of at least one hidden layer: [784, 1000, 1000]");
    }
    const { visibleUnits = "binary", ...source } = options;
    this.machines = Array.from(
      { length: sizes.length - 1 },
      (_, i) => new RBM(sizes[i]!, sizes[i + 1]!, { ...source, visibleUnits: i === 0 ? visibleUnits : "binary" }),
    );
    this.output = new Linear(sizes.at(-1)!, numClasses);
    zeros_(this.output.weight);
    zeros_(this.output.bias!);
  }

  /** What the first `levels` hidden layers make of examples, as probabilities; all of them when not given. */
  encode(x: Tensor, levels = this.machines.length): Tensor {
    return this.machines.slice(0, levels).reduce((value, machine) => machine.propUp(value), x);
  }

  override forward(x: Tensor): Tensor {
    return this.output.forward(this.encode(x));
  }

  /** The parameters that the classifier uses: all but the machines' visible biases. */
  classifierParameters(): Parameter[] {
    return [...this.machines.flatMap(({ weight, hiddenBias }) => [weight, hiddenBias]), ...this.output.parameters()];
  }

  /**
   * Trains each machine by contrastive divergence on what the trained ones below it give, without labels; the cost told of is
   * that of reconstruction. Afterwards the whole is trained as any classifier: its parameters are `classifierParameters()`.
   */
  pretrain(batches: Iterable<Tensor>, { k = 1, persistent = false, ...options }: DBNPretrainOptions): void {
    const levels = this.machines.map((machine): Level => {
      let chain: Tensor | undefined;
      return {
        parameters: [...machine.parameters()],
        loss(x) {
          const found = machine.contrastiveDivergence(x, { k, ...(chain === undefined ? {} : { chain }) });
          // In place from the second batch on, so that a compiled step finds it where it was.
          if (persistent) chain = chain?.copy_(found.chain) ?? found.chain.clone();
          return { loss: found.loss, cost: () => machine.reconstructionCost(x) };
        },
        encode: (x) => machine.propUp(x),
      };
    });
    trainGreedily("DBN.pretrain", levels, batches, options);
  }

  /**
   * New examples: a chain in the top machine, then down through the others.
   * @param count how many, each by a chain of its own.
   * @param options.steps of the top machine's chain; 1000 when not given.
   * @returns the lowest machine's means, [count, sizes[0]].
   */
  sample(count: number, { steps = 1000 }: { steps?: number } = {}): Tensor {
    return noGrad(() => {
      const top = this.machines.at(-1)!;
      const begin = top.sampleVisible(top.weight.newZeros([count, top.hidden]));
      let state = top.gibbs(begin, steps);
      // Units between are drawn; of the lowest the means are given, which look less grainy.
      for (const machine of this.machines.slice(1, -1).reverse()) state = machine.sampleVisible(state);
      return this.machines.length === 1 ? top.propDown(top.sampleHidden(state)) : this.machines[0]!.propDown(state);
    });
  }
}
