/**
 * What every optimiser does: hold parameters in groups, clear their gradients, step through those that have one, and keep
 * what a step remembers (moments, counts) so that it can be saved and put back. Groups and the form of the state are
 * PyTorch's.
 */
import { changing, everyRun } from "../tensor/call-observer.ts";
import { full } from "../tensor/creation.ts";
import { DTypeError, NablaError, ShapeError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { betweenSteps } from "../tensor/interruption.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkParameters, groupsOf, requireTrainable } from "./groups.ts";
import type { GroupOf, Hyperparameters, ParameterGroup, ParametersOrGroups } from "./groups.ts";
import { loadOptimizerState, saveOptimizerState } from "./state.ts";
import type { OptimizerState } from "./state.ts";

/** What is remembered of one parameter between steps. */
export interface Memory {
  readonly parameter: Tensor;
  /** Tensors of the parameter's shape, by name. */
  readonly tensors: Record<string, Tensor>;
  /** Counts and other numbers; `step` is how many steps the parameter has taken: one without a gradient takes none. */
  readonly numbers: Record<string, number> & { step: number };
}

export abstract class Optimizer<Options extends Hyperparameters = Hyperparameters> {
  /** The groups; their options may be changed between steps, as schedules do. */
  readonly paramGroups: ParameterGroup<Options>[] = [];
  /** The optimiser's name, for messages. */
  readonly name: string;
  readonly #defaults: Options;
  readonly #memories = new Map<Tensor, Memory>();

  /**
   * @param defaults the options of groups that do not have their own.
   * @throws NablaError when there are no parameters, one is not a leaf, or none requires gradients.
   */
  protected constructor(name: string, parameters: ParametersOrGroups<Options>, defaults: Options) {
    this.name = name;
    this.#defaults = defaults;
    this.checkOptions(defaults);
    for (const group of groupsOf(name, parameters)) this.addParamGroup(group);
    requireTrainable(name, this.parameters);
  }

  /** All parameters, group by group. */
  get parameters(): readonly Tensor[] {
    return this.paramGroups.flatMap(({ params }) => params);
  }

  /** The learning rate: of the first group when read, of every group when set. */
  get lr(): number {
    return this.paramGroups[0]!.lr;
  }

  set lr(rate: number) {
    for (const group of this.paramGroups) group.lr = rate;
  }

  /** Adds parameters, from the next step on. @throws NablaError when one is there already, or is not a leaf. */
  addParamGroup(group: GroupOf<Options>): void {
    const params = isTensor(group.params) ? [group.params] : [...group.params];
    checkParameters(this.name, params, this.parameters);
    const whole = { ...this.#defaults, ...group, params } as ParameterGroup<Options>;
    this.checkOptions(whole);
    this.paramGroups.push(whole);
    for (const parameter of params) if (parameter.requiresGrad) this.#memoryOf(whole, parameter);
  }

  /** Forgets the gradients, before the next backward pass adds to them. */
  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const parameter of params) parameter.grad = null;
  }

  /**
   * Changes every parameter that has a gradient; one that has none (frozen, or unused) stays as it is, and so does what is
   * remembered of it.
   * @param closure computes the loss and its gradients first; its result is returned.
   * @throws StoppedError when a live panel's stop button was pressed; then nothing has been changed. Its pause is waited out here.
   */
  step(closure?: () => Tensor): Tensor | undefined {
    betweenSteps();
    const loss = closure?.();
    noGrad(() => this.paramGroups.forEach((group) => this.#stepGroup(group)));
    return loss;
  }

  /** Everything that a run resumed elsewhere needs to go on with the same bits: copies, which later steps do not change. */
  stateDict(): OptimizerState {
    return saveOptimizerState(this.paramGroups, (parameter) => this.#memories.get(parameter));
  }

  /**
   * Puts back what `stateDict()` gave, in an optimiser of the same parameters in the same order.
   * @throws NablaError naming everything that does not fit; then nothing has been changed.
   */
  loadStateDict(state: OptimizerState): void {
    loadOptimizerState(this.name, state, this.paramGroups, (group, parameter) => this.#memoryOf(group, parameter));
  }

  #stepGroup(group: ParameterGroup<Options>): void {
    const limit = this.runLimit(group);
    let run: Memory[] = [];
    let gradients: Tensor[] = [];
    for (const parameter of group.params) {
      const gradient = parameter.grad;
      if (gradient === null) continue;
      this.#checkGradient(parameter, gradient);
      const memory = this.#memoryOf(group, parameter);
      if (run.length === limit || (run.length > 0 && !alike(run[0]!, memory))) {
        this.update(group, run, gradients);
        run = [];
        gradients = [];
      }
      run.push(memory);
      gradients.push(gradient);
    }
    if (run.length > 0) this.update(group, run, gradients);
  }

  /** What is remembered of a parameter: made when it is first wanted. */
  #memoryOf(group: ParameterGroup<Options>, parameter: Tensor): Memory {
    let memory = this.#memories.get(parameter);
    if (memory === undefined) {
      memory = { parameter, tensors: {}, numbers: { step: 0, ...this.startNumbers() } };
      this.#memories.set(parameter, memory);
    }
    for (const name of this.stateNames(group)) {
      memory.tensors[name] ??= full(parameter.shape, this.startValue(group, name), { dtype: parameter.dtype, device: parameter.device });
    }
    return memory;
  }

  /** A gradient that `backward()` made always fits; one that somebody has put there may not. */
  #checkGradient(parameter: Tensor, gradient: Tensor): void {
    if (sameShape(parameter.shape, gradient.shape) && parameter.dtype === gradient.dtype) return;
    const which = `${this.name}: parameter ${this.parameters.indexOf(parameter)}`;
    if (!sameShape(parameter.shape, gradient.shape)) {
      throw new ShapeError(`${which} has shape ${formatShape(parameter.shape)} and its gradient ${formatShape(gradient.shape)}`);
    }
    throw new DTypeError(`${which} is ${parameter.dtype} and its gradient ${gradient.dtype}`);
  }

  /** Counts a step of each parameter of a run, and gives numbers that a compiled step asks for anew each time. */
  protected advance<Numbers extends readonly number[]>(run: readonly Memory[], numbers: (step: number) => Numbers): Numbers {
    return changing(() => {
      const step = run[0]!.numbers.step + 1;
      for (const memory of run) memory.numbers.step = step;
      return numbers(step);
    });
  }

  /** The same as scalar tensors of the run's type, for optimisers that are written in tensor ops. */
  protected advanceScalars(run: readonly Memory[], numbers: (step: number) => readonly number[]): Tensor[] {
    let now: readonly number[] = [];
    everyRun(() => {
      const step = run[0]!.numbers.step + 1;
      for (const memory of run) memory.numbers.step = step;
      now = numbers(step);
    });
    const { dtype, device } = run[0]!.parameter;
    return now.map((_, i) => full([], changing(() => [now[i]!] as const)[0], { dtype, device }));
  }

  /** @throws NablaError when an option is outside its range. */
  protected abstract checkOptions(options: Options): void;
  /** The names of the tensors that are remembered of each parameter of a group. */
  protected abstract stateNames(group: Options): readonly string[];
  /** Changes the parameters of a run: of one type, with as many steps taken. Calls are not recorded meanwhile. */
  protected abstract update(group: ParameterGroup<Options>, run: readonly Memory[], gradients: readonly Tensor[]): void;

  /** How many parameters a run may have. */
  protected runLimit(_group: Options): number {
    return Infinity;
  }

  /** The value that a remembered tensor starts with. */
  protected startValue(_group: Options, _name: string): number {
    return 0;
  }

  /** Numbers that are remembered of a parameter beside its count of steps, as they are before the first one. */
  protected startNumbers(): Record<string, number> {
    return {};
  }
}

/** True when two parameters can be changed together. */
function alike(a: Memory, b: Memory): boolean {
  if (a.parameter.dtype !== b.parameter.dtype) return false;
  return Object.keys(a.numbers).every((name) => a.numbers[name] === b.numbers[name]);
}

/** Checks options that must be numbers of at least 0. @throws NablaError naming the first that is not. */
export function requireNotNegative(name: string, options: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(options)) {
    if (!(value >= 0)) throw new NablaError(`${name}: ${option} is ${value}; it must be a number of at least 0`);
  }
}

/** Checks the shares of running means that are kept. @throws NablaError when one is outside 0 up to 1. */
export function requireBetas(name: string, betas: readonly number[]): void {
  if (betas.length !== 2 || betas.some((beta) => !(beta >= 0 && beta < 1))) {
    throw new NablaError(`${name}: betas are [${betas.join(", ")}]; they must be two numbers from 0 up to, but not, 1`);
  }
}
