/**
 * Averages of a model's parameters over training, which are often better than the last ones: the plain mean of all visits
 * (stochastic weight averaging) or an exponential moving average.
 * Sources: Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018; Polyak and Juditsky,
 * "Acceleration of stochastic approximation by averaging", 1992. The role is that of PyTorch's `AveragedModel`.
 */
import { changing, everyRun } from "../tensor/call-observer.ts";
import { full } from "../tensor/creation.ts";
import { callInPlace } from "../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { ops } from "../tensor/ops.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What `stateDict()` of an average gives. */
export interface WeightAverageState {
  averaged: number;
  average: Tensor[];
}

/**
 * Averages of parameters, updated beside them.
 * @example
 * const average = new optim.WeightAverage(model.parameters(), { decay: 0.999 });
 * // after each step of the optimiser:
 * average.update();
 * // to see what the averages are worth:
 * await average.use(() => train.evaluate(model, test, { loss: nn.functional.crossEntropy }));
 */
export class WeightAverage {
  /** The tensors that are averaged. */
  readonly parameters: readonly Tensor[];
  /** Their averages, in the same order. */
  readonly average: readonly Tensor[];
  readonly #decay: number | undefined;
  #averaged = 0;

  /**
   * @param options.decay how much of the average an update keeps (an exponential moving average, 0.999 say); without it
   * every update counts the same.
   * @throws NablaError when decay is not from 0 to 1, or there are no parameters.
   */
  constructor(parameters: Iterable<Tensor>, { decay }: { decay?: number } = {}) {
    this.parameters = [...parameters];
    if (this.parameters.length === 0) throw new NablaError("WeightAverage: there is nothing to average");
    if (decay !== undefined && !(decay >= 0 && decay <= 1)) {
      throw new NablaError(`WeightAverage: decay is ${decay}; it must be from 0 to 1`);
    }
    this.#decay = decay;
    this.average = this.parameters.map((parameter) => requireTensor("WeightAverage", parameter).detach().clone());
  }

  /** How many updates there have been. */
  get averaged(): number {
    return this.#averaged;
  }

  /** Takes the parameters' present values in, after an optimiser's step; the first update takes them as they are. */
  update(): void {
    everyRun(() => this.#averaged++);
    this.#take(this.#share());
  }

  /** On its own: a closure beside the one above would share its scope, which a compiled step keeps, and keep the scalar alive. */
  #take(share: Tensor): void {
    noGrad(() => {
      for (const [i, average] of this.average.entries()) {
        const change = this.parameters[i]!.sub(average).mul(share.to(average.dtype));
        callInPlace(ops.add, [average, change], [average]);
      }
    });
  }

  /** Runs a function, an evaluation say, with the averages in the parameters' place, and puts the parameters back. */
  use<T>(run: () => T): T {
    const own = this.parameters.map((parameter) => parameter.detach().clone());
    const put = (values: readonly Tensor[]): void =>
      noGrad(() => this.parameters.forEach((parameter, i) => parameter.copy_(values[i]!)));
    put(this.average);
    let result: T;
    try {
      result = run();
    } catch (error) {
      put(own);
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => put(own)) as T;
    put(own);
    return result;
  }

  /** Copies of the averages, and how many updates are in them. */
  stateDict(): WeightAverageState {
    return { averaged: this.#averaged, average: this.average.map((each) => each.clone()) };
  }

  /** @throws ShapeError when the averages are those of other parameters; then nothing has been changed. */
  loadStateDict({ averaged, average }: WeightAverageState): void {
    const shapes = (list: readonly Tensor[]): string => list.map(({ shape }) => formatShape(shape)).join(" ");
    if (average.length !== this.average.length || average.some((each, i) => !sameShape(each.shape, this.average[i]!.shape))) {
      throw new ShapeError(`WeightAverage: the state has shapes ${shapes(average)}, the parameters ${shapes(this.average)}`);
    }
    this.#averaged = averaged;
    this.average.forEach((each, i) => each.copy_(average[i]!));
  }

  /** How much of the difference from the average this update takes in, as a scalar. */
  #share(): Tensor {
    const share = (): number => {
      if (this.#averaged === 1) return 1;
      return this.#decay === undefined ? 1 / this.#averaged : 1 - this.#decay;
    };
    return full([], changing(() => [share()] as const)[0], { dtype: "float64", device: this.average[0]?.device ?? "cpu" });
  }
}
