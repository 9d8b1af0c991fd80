/**
 * L-BFGS: a quasi-Newton method that knows the curvature from the last changes of gradient, for smooth losses computed over
 * the same data each time. It measures the loss several times a step, so its `step` takes a closure.
 * Source: Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989; the direction is algorithm
 * 7.4 of Nocedal and Wright, "Numerical optimization", 2006. Options, defaults and stopping are those of PyTorch's `LBFGS`.
 */
import { full } from "../tensor/creation.ts";
import { requireFloat } from "../tensor/dispatch.ts";
import { DTypeError, NablaError, ShapeError } from "../tensor/errors.ts";
import { enableGrad, noGrad } from "../tensor/grad-mode.ts";
import { cat, stack } from "../tensor/methods/join.ts";
import { betweenSteps } from "../tensor/interruption.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkParameters, groupsOf, requireTrainable } from "./groups.ts";
import type { ParameterGroup, ParametersOrGroups } from "./groups.ts";
import { requireNotNegative } from "./optimizer.ts";
import { loadOptimizerState } from "./state.ts";
import type { OptimizerState } from "./state.ts";
import { strongWolfe } from "./strong-wolfe.ts";
import type { LinePoint } from "./strong-wolfe.ts";

export interface LBFGSOptions {
  /** Learning rate: the length of a step without line search, the first length tried with one; 1 when not given. */
  lr?: number;
  /** How often a `step` changes the parameters at most; 20 when not given. */
  maxIter?: number;
  /** How often a `step` computes the loss, give or take one; 5/4 of maxIter when not given. */
  maxEval?: number | null;
  /** A `step` ends when no element of the gradient is larger; 1e-7 when not given. */
  toleranceGrad?: number;
  /** A `step` ends when loss or parameters change by less; 1e-9 when not given. */
  toleranceChange?: number;
  /** How many changes of the gradient are remembered; 100 when not given. */
  historySize?: number;
  /** Choose the length of each step by a line search (strongly recommended), or (null, the default) by the learning rate alone. */
  lineSearchFn?: "strong_wolfe" | null;
}

/** The past of the search; all vectors are the parameters' elements one after the other. */
interface Curvature {
  direction: Tensor;
  step: number;
  gradient: Tensor;
  /** Changes of the gradient and of the parameters, and one over their products; the oldest first. */
  readonly gradientChanges: Tensor[];
  readonly changes: Tensor[];
  readonly inverses: number[];
  /** The curvature that is assumed where nothing is known. */
  scale: number;
}

const largest = (x: Tensor): number => x.abs().amax().item();
const dot = (a: Tensor, b: Tensor): number => a.mul(b).sum().item();

/**
 * L-BFGS. All parameters change together, so there is one group.
 * @example
 * const optimizer = new optim.LBFGS(model.parameters(), { lineSearchFn: "strong_wolfe" });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = nn.functional.mseLoss(model.forward(x), y);
 *   loss.backward();
 *   return loss;
 * });
 */
export class LBFGS {
  readonly paramGroups: ParameterGroup<Required<LBFGSOptions>>[];
  readonly name = "LBFGS";
  #iterations = 0;
  #evaluations = 0;
  #past: Curvature | undefined;

  /** @throws NablaError when an option is outside its range, there are several groups, or nothing requires gradients. */
  constructor(parameters: ParametersOrGroups<LBFGSOptions>, options: LBFGSOptions = {}) {
    const groups = groupsOf(this.name, parameters);
    if (groups.length > 1) throw new NablaError("LBFGS: all parameters change together; give one list, not groups");
    const [{ params, ...own }] = groups as [(typeof groups)[number]];
    const list = isTensor(params) ? [params] : [...params];
    const { lr = 1, maxIter = 20, maxEval = null, toleranceGrad = 1e-7, toleranceChange = 1e-9, historySize = 100, lineSearchFn = null } =
      { ...options, ...own };
    requireNotNegative(this.name, { lr, maxIter, maxEval: maxEval ?? 0, toleranceGrad, toleranceChange });
    if (!(historySize >= 1)) throw new NablaError(`LBFGS: historySize is ${historySize}; it must be at least 1`);
    if (lineSearchFn !== null && lineSearchFn !== "strong_wolfe") {
      throw new NablaError(`LBFGS: lineSearchFn is ${JSON.stringify(lineSearchFn)}; known are "strong_wolfe" and null`);
    }
    checkParameters(this.name, list);
    requireTrainable(this.name, list);
    for (const parameter of list) requireFloat(this.name, parameter);
    const different = list.find(({ dtype }) => dtype !== list[0]!.dtype);
    if (different !== undefined) {
      throw new DTypeError(`LBFGS: parameters are ${list[0]!.dtype} and ${different.dtype}; they must be of one type`);
    }
    this.paramGroups = [{ params: list, lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn }];
  }

  /** All parameters. */
  get parameters(): readonly Tensor[] {
    return this.paramGroups[0]!.params;
  }

  /** The learning rate. */
  get lr(): number {
    return this.paramGroups[0]!.lr;
  }

  set lr(rate: number) {
    this.paramGroups[0]!.lr = rate;
  }

  /** Forgets the gradients; the closure of `step` begins with it. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /**
   * Goes downhill for up to `maxIter` iterations.
   * @param closure clears the gradients, computes the loss, calls `backward()` and returns the loss; called several times.
   * @returns the loss before the step.
   * @throws NablaError without a closure.
   * @throws StoppedError when a live panel's stop button was pressed; then nothing has been changed.
   */
  step(closure: () => Tensor): Tensor {
    betweenSteps();
    if (typeof closure !== "function") {
      throw new NablaError("LBFGS: step needs a function that clears the gradients, computes the loss, calls backward() and returns it");
    }
    return noGrad(() => this.#descend(closure));
  }

  #descend(closure: () => Tensor): Tensor {
    const group = this.paramGroups[0]!;
    const { toleranceGrad, toleranceChange, maxIter } = group;
    const maxEval = group.maxEval ?? Math.floor((maxIter * 5) / 4);
    const first = enableGrad(closure);
    let point: { loss: number; gradient: Tensor } = { loss: first.item(), gradient: this.#flatGradient() };
    let evaluations = 1;
    this.#evaluations++;
    if (largest(point.gradient) <= toleranceGrad) return first;

    for (let i = 1; i <= maxIter; i++) {
      const { loss, gradient } = point;
      const direction = this.#nextDirection(gradient, group.historySize);
      this.#iterations++;
      let step = this.#iterations === 1 ? Math.min(1, 1 / gradient.abs().sum().item()) * group.lr : group.lr;
      const past: Curvature = { ...this.#past!, direction, step, gradient };
      this.#past = past;
      const slope = dot(gradient, direction);
      if (slope > -toleranceChange) break;

      let measured = 0;
      if (group.lineSearchFn === "strong_wolfe") {
        const before = this.parameters.map((parameter) => parameter.detach().clone());
        const at = (length: number): LinePoint => {
          this.#move(before, direction, length);
          const value = enableGrad(closure).item();
          const steepest = this.#flatGradient();
          return { step: length, loss: value, gradient: steepest, slope: dot(steepest, direction) };
        };
        const best = this.#restoring(before, () =>
          strongWolfe({ step: 0, loss, gradient, slope }, step, largest(direction), maxEval - evaluations, at),
        );
        this.#move(before, direction, best.point.step);
        point = best.point;
        step = best.point.step;
        past.step = step;
        measured = best.evaluations;
      } else {
        this.#move(this.parameters, direction, step);
        if (i < maxIter) {
          point = { loss: enableGrad(closure).item(), gradient: this.#flatGradient() };
          measured = 1;
        }
      }
      evaluations += measured;
      this.#evaluations += measured;
      if (evaluations >= maxEval || largest(point.gradient) <= toleranceGrad) break;
      if (largest(direction) * step <= toleranceChange || Math.abs(point.loss - loss) < toleranceChange) break;
    }
    return first;
  }

  /** Where to go from a point with this gradient: against it, bent by the curvature that is known. */
  #nextDirection(gradient: Tensor, historySize: number): Tensor {
    const past = this.#past;
    if (past === undefined) {
      const direction = gradient.neg();
      this.#past = { direction, step: 0, gradient, gradientChanges: [], changes: [], inverses: [], scale: 1 };
      return direction;
    }
    const gradientChange = gradient.sub(past.gradient);
    const change = past.direction.mul(past.step);
    const product = dot(gradientChange, change);
    const { gradientChanges, changes, inverses } = past;
    // Only an upward curvature says where a minimum is.
    if (product > 1e-10) {
      if (changes.length >= historySize) for (const list of [gradientChanges, changes, inverses]) list.shift();
      gradientChanges.push(gradientChange);
      changes.push(change);
      inverses.push(1 / product);
      past.scale = product / dot(gradientChange, gradientChange);
    }
    let direction = gradient.neg();
    const shares: number[] = [];
    for (let i = changes.length - 1; i >= 0; i--) {
      shares[i] = dot(changes[i]!, direction) * inverses[i]!;
      direction = direction.sub(gradientChanges[i]!.mul(shares[i]!));
    }
    direction = direction.mul(past.scale);
    for (let i = 0; i < changes.length; i++) {
      const share = dot(gradientChanges[i]!, direction) * inverses[i]!;
      direction = direction.add(changes[i]!.mul(shares[i]! - share));
    }
    return direction;
  }

  /** The gradients of all parameters, one after the other; 0 where there is none. */
  #flatGradient(): Tensor {
    return cat(this.parameters.map(({ grad, numel, dtype, device }) => grad?.reshape([-1]) ?? full([numel], 0, { dtype, device })));
  }

  /** Runs a search that tries parameters out; when it fails, interrupted say, they are put back where they were. */
  #restoring<T>(before: readonly Tensor[], search: () => T): T {
    try {
      return search();
    } catch (error) {
      this.parameters.forEach((parameter, i) => parameter.copy_(before[i]!));
      throw error;
    }
  }

  /** Puts the parameters at a distance from where they were. */
  #move(from: readonly Tensor[], direction: Tensor, step: number): void {
    let offset = 0;
    this.parameters.forEach((parameter, i) => {
      const part = direction.narrow(0, offset, parameter.numel).reshape(parameter.shape);
      parameter.copy_(from[i]!.add(part.mul(step)));
      offset += parameter.numel;
    });
  }

  /** Everything that a run resumed elsewhere needs to go on with the same bits: copies, which later steps do not change. */
  stateDict(): OptimizerState {
    const { params, ...options } = this.paramGroups[0]!;
    const past = this.#past;
    const state: OptimizerState["state"] = { 0: { iterations: this.#iterations, evaluations: this.#evaluations } };
    if (past !== undefined) {
      const { direction, gradient, step, scale, changes, gradientChanges, inverses } = past;
      Object.assign(state[0]!, { step, scale, direction: direction.clone(), gradient: gradient.clone() });
      inverses.forEach((inverse, i) => (state[0]![`inverse${i}`] = inverse));
      if (changes.length > 0) Object.assign(state[0]!, { changes: stack(changes), gradientChanges: stack(gradientChanges) });
    }
    return { state, paramGroups: [{ ...options, params: params.map((_, i) => i) }] };
  }

  /**
   * Puts back what `stateDict()` gave, in an optimiser of the same parameters in the same order.
   * @throws NablaError naming what does not fit; then nothing has been changed.
   */
  loadStateDict(state: OptimizerState): void {
    const saved = state?.state?.[0] ?? {};
    const past = this.#pastOf(saved);
    loadOptimizerState(this.name, { ...state, state: {} }, this.paramGroups, () => {
      throw new NablaError("LBFGS: nothing is remembered of single parameters");
    });
    this.#iterations = Number(saved["iterations"] ?? 0);
    this.#evaluations = Number(saved["evaluations"] ?? 0);
    this.#past = past;
  }

  /** The past as it was saved. @throws ShapeError or NablaError when it is that of other parameters. */
  #pastOf(saved: Readonly<Record<string, Tensor | number>>): Curvature | undefined {
    const { direction, gradient, changes, gradientChanges } = saved;
    if (direction === undefined && gradient === undefined) return undefined;
    const count = this.parameters.reduce((sum, { numel }) => sum + numel, 0);
    if (!isTensor(direction) || !isTensor(gradient)) throw new NablaError("LBFGS: the state lacks its direction or gradient");
    for (const vector of [direction, gradient]) {
      if (sameShape(vector.shape, [count]) && vector.dtype === this.parameters[0]!.dtype) continue;
      throw new ShapeError(
        `LBFGS: the state is of ${formatShape(vector.shape)} ${vector.dtype} elements, the parameters have ${count} of ${this.parameters[0]!.dtype}`,
      );
    }
    const rows = (matrix: Tensor | number | undefined): Tensor[] =>
      isTensor(matrix) ? Array.from({ length: matrix.shape[0]! }, (_, i) => matrix.select(0, i).clone()) : [];
    const known = rows(changes);
    return {
      direction: direction.clone(),
      gradient: gradient.clone(),
      step: Number(saved["step"]),
      scale: Number(saved["scale"]),
      changes: known,
      gradientChanges: rows(gradientChanges),
      inverses: known.map((_, i) => Number(saved[`inverse${i}`])),
    };
  }
}
