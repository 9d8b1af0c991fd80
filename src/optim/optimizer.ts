/**
 * What every optimiser does: hold the parameters, clear their gradients, and step through those that have one, several in
 * one native call.
 */
import { changing } from "../tensor/call-observer.ts";
import { callInPlace } from "../tensor/dispatch.ts";
import { DTypeError, NablaError, ShapeError } from "../tensor/errors.ts";
import { maxOperands } from "../tensor/frame.ts";
import { ops } from "../tensor/ops.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export abstract class Optimizer {
  /** The tensors that steps change. */
  readonly parameters: readonly Tensor[];
  /** How many steps each parameter has taken: one without a gradient takes none. */
  readonly #steps: number[];
  /** What is kept for each parameter between steps: lists of tensors of the parameters' shapes. */
  readonly #states: readonly (readonly Tensor[])[];
  readonly #name: string;

  /**
   * @param stateCount how many tensors of each parameter's shape are kept between steps.
   * @throws NablaError when there are no parameters, or one is not a leaf that requires gradients.
   */
  protected constructor(name: string, parameters: Iterable<Tensor>, stateCount: number) {
    this.#name = name;
    this.parameters = [...parameters];
    if (this.parameters.length === 0) throw new NablaError(`${name}: there are no parameters to optimise`);
    this.parameters.forEach((parameter, i) => {
      requireTensor(name, parameter);
      if (!parameter.requiresGrad || !parameter.isLeaf) {
        throw new NablaError(`${name}: parameter ${i} is not a leaf that requires gradients; make it with {requiresGrad: true}`);
      }
      if (this.parameters.indexOf(parameter) !== i) throw new NablaError(`${name}: parameter ${i} is in the list twice`);
    });
    this.#steps = this.parameters.map(() => 0);
    this.#states = Array.from({ length: stateCount }, () => this.parameters.map((parameter) => parameter.newZeros(parameter.shape)));
  }

  /** Forgets the gradients, before the next backward pass adds to them. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /** Changes every parameter that has a gradient. */
  step(): void {
    const largest = Math.floor(maxOperands / (2 + this.#states.length));
    let run: number[] = [];
    let gradients: Tensor[] = [];
    for (let i = 0; i < this.parameters.length; i++) {
      const gradient = this.parameters[i]!.grad;
      if (gradient === null) continue;
      this.#checkGradient(this.parameters[i]!, gradient, i);
      if (run.length === largest || (run.length > 0 && !this.#alike(run[0]!, i))) {
        this.#update(run, gradients);
        run = [];
        gradients = [];
      }
      run.push(i);
      gradients.push(gradient);
    }
    if (run.length > 0) this.#update(run, gradients);
  }

  /** True when two parameters can be changed by one call. */
  #alike(i: number, j: number): boolean {
    return this.parameters[i]!.dtype === this.parameters[j]!.dtype && this.#steps[i] === this.#steps[j];
  }

  /** One native call for parameters of one type that have taken as many steps. */
  #update(run: readonly number[], gradients: readonly Tensor[]): void {
    const outputs: Tensor[] = [];
    for (const i of run) outputs.push(this.parameters[i]!);
    for (const state of this.#states) for (const i of run) outputs.push(state[i]!);
    const numbers = changing(() => {
      const step = ++this.#steps[run[0]!]!;
      for (let k = 1; k < run.length; k++) this.#steps[run[k]!] = step;
      return this.changingSettings(step);
    });
    callInPlace(ops[this.op], gradients, outputs, [...numbers, ...this.settings]);
  }

  /** A gradient that `backward()` made always fits; one that somebody has put there may not. */
  #checkGradient(parameter: Tensor, gradient: Tensor, i: number): void {
    if (!sameShape(parameter.shape, gradient.shape)) {
      throw new ShapeError(
        `${this.#name}: parameter ${i} has shape ${formatShape(parameter.shape)} and its gradient ${formatShape(gradient.shape)}`,
      );
    }
    if (parameter.dtype !== gradient.dtype) {
      throw new DTypeError(`${this.#name}: parameter ${i} is ${parameter.dtype} and its gradient ${gradient.dtype}`);
    }
  }

  /** The row that computes a step. */
  protected abstract readonly op: "sgdStep" | "adamStep";
  /** The kernel's attributes that are the same in every step; they follow the changing ones. */
  protected abstract readonly settings: readonly number[];
  /** The kernel's first two attributes, in the step of this number (from 1). */
  protected abstract changingSettings(step: number): readonly [number, number];
}

/** Checks options that must be numbers of at least 0. @throws NablaError naming the first that is not. */
export function requireNotNegative(name: string, options: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(options)) {
    if (!(value >= 0)) throw new NablaError(`${name}: ${option} is ${value}; it must be a number of at least 0`);
  }
}
