/**
 * Greedy training of a stack, one level after the other, each on what the trained ones below it give: Hinton, Osindero and
 * Teh, "A fast learning algorithm for deep belief nets", 2006; Bengio et al., "Greedy layer-wise training of deep networks",
 * 2007. Which optimiser takes the steps is the caller's choice, so that this file needs none.
 */
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { UnreadNumbers } from "../../tensor/unread-numbers.ts";
import type { Parameter } from "../module/parameter.ts";

/** What the training asks of an optimiser: those of `optim` have both. */
export interface Stepper {
  zeroGrad(): void;
  step(): unknown;
}

/** How one pass over the data went. */
export interface LevelProgress {
  /** Which level, counted from 0. */
  level: number;
  /** Which pass over the data, counted from 0. */
  epoch: number;
  /** The mean of its batches' costs of reconstruction. */
  cost: number;
}

export interface GreedyOptions {
  /** The optimiser of a level: `(parameters) => new optim.SGD(parameters, { lr: 0.1 })`. */
  optimizer: (parameters: Parameter[], level: number) => Stepper;
  /** Passes over the data a level; 1 when not given. */
  epochs?: number;
  /** Told after each pass. Without it no costs are computed, which saves about a third of the work. */
  onEpoch?: (progress: LevelProgress) => void;
  /** What makes a step faster: `compile`. Steps run as they are written when not given. */
  compile?: (step: (batch: Tensor) => Tensor | undefined) => (batch: Tensor) => Tensor | undefined;
}

/** One level of a stack, as its training sees it. */
export interface Level {
  readonly parameters: Parameter[];
  /** What to go down, and how to find the cost to tell of. */
  loss(input: Tensor): { loss: Tensor; cost: () => Tensor };
  /** What the level gives the next one. */
  encode(input: Tensor): Tensor;
}

/**
 * Trains the levels of a stack.
 * @param batches of inputs [N, ...], read once a pass: a list, or anything else that can be read again and again.
 * @throws NablaError when there are no batches, or none the second time, as from a generator.
 */
export function trainGreedily(op: string, levels: readonly Level[], batches: Iterable<Tensor>, options: GreedyOptions): void {
  const { optimizer, epochs = 1, onEpoch, compile = (step) => step } = options;
  if (!Number.isInteger(epochs) || epochs < 0) throw new NablaError(`${op}: epochs is ${epochs}; a whole number of at least 0`);
  levels.forEach((own, level) => {
    const stepper = optimizer(own.parameters, level);
    const step = compile((batch) => {
      const input = noGrad(() => levels.slice(0, level).reduce((x, below) => below.encode(x), batch));
      const { loss, cost } = own.loss(input);
      // Before the step: the cost is that of the weights which the loss was computed with.
      const told = onEpoch && cost();
      stepper.zeroGrad();
      loss.backward();
      stepper.step();
      return told;
    });
    for (let epoch = 0; epoch < epochs; epoch++) {
      const unread = new UnreadNumbers();
      let sum = 0;
      let count = 0;
      for (const batch of batches) {
        const cost = step(requireTensor(op, batch));
        if (cost !== undefined) unread.add(cost, (number) => (sum += number));
        count++;
      }
      if (count === 0) {
        throw new NablaError(`${op}: there were no batches in pass ${epoch} of level ${level}; give a list, for a generator is read only once`);
      }
      unread.read();
      onEpoch?.({ level, epoch, cost: sum / count });
    }
  });
}
