/**
 * Parameter groups: lists of parameters that share their options, so that one optimiser can train the head of a network
 * fast and its body slowly. The form is PyTorch's: `[{params, lr, ...}, {params}]`, where a group takes what it does not say
 * from the optimiser's own options.
 */
import { NablaError } from "../tensor/errors.ts";
import { isTensor, requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The options that optimisers have in common. */
export interface Hyperparameters {
  /** Learning rate: how far a step goes. */
  lr: number;
}

/** Parameters with options of their own; what is left out is taken from the optimiser's options. */
export type GroupOf<Options> = Partial<Options> & { params: Tensor | Iterable<Tensor> };

/** What an optimiser is made from: parameters, or groups of them. */
export type ParametersOrGroups<Options> = Iterable<Tensor> | Iterable<GroupOf<Options>>;

/** A group as an optimiser keeps it. All but `params` may be changed between steps. */
export type ParameterGroup<Options> = Options & {
  readonly params: readonly Tensor[];
  /** The learning rate that a schedule starts from; schedules set it. */
  initialLr?: number;
};

const isGroup = (value: unknown): value is GroupOf<Hyperparameters> =>
  typeof value === "object" && value !== null && !isTensor(value) && "params" in value;

/**
 * What was given, as groups.
 * @throws NablaError when there is nothing, or parameters stand beside groups.
 */
export function groupsOf<Options>(name: string, given: ParametersOrGroups<Options>): GroupOf<Options>[] {
  if (isTensor(given)) throw new NablaError(`${name}: expected a list of parameters, got one tensor; write [w]`);
  if (isGroup(given)) throw new NablaError(`${name}: expected a list of groups, got one; write [{params: ...}]`);
  if (typeof (given as Partial<Iterable<unknown>> | undefined)?.[Symbol.iterator] !== "function") {
    throw new NablaError(`${name}: expected a list of parameters, as model.parameters() gives, or of groups {params, lr}`);
  }
  const list = [...given] as unknown[];
  if (list.length === 0) throw new NablaError(`${name}: there are no parameters to optimise`);
  const groups = list.filter(isGroup);
  if (groups.length === 0) return [{ params: list as Tensor[] } as unknown as GroupOf<Options>];
  if (groups.length < list.length) {
    throw new NablaError(`${name}: parameters stand beside groups in one list; put them into a group of their own: {params: [...]}`);
  }
  return groups as unknown as GroupOf<Options>[];
}

/**
 * Checks parameters that are to be optimised.
 * @param known those that are there already.
 * @throws NablaError when one is there twice, or is not a leaf.
 */
export function checkParameters(name: string, params: readonly Tensor[], known: readonly Tensor[] = []): void {
  params.forEach((parameter, i) => {
    requireTensor(name, parameter);
    const where = `parameter ${known.length + i}`;
    if (!parameter.isLeaf) {
      throw new NablaError(`${name}: ${where} is not a leaf: it was computed. Give the tensors it was computed from, or detach() it`);
    }
    if (known.includes(parameter) || params.indexOf(parameter) !== i) throw new NablaError(`${name}: ${where} is in the list twice`);
  });
}

/** Checks that there is something to train. @throws NablaError when no parameter requires gradients. */
export function requireTrainable(name: string, params: readonly Tensor[]): void {
  if (params.some((parameter) => parameter.requiresGrad)) return;
  throw new NablaError(
    params.length === 0
      ? `${name}: there are no parameters to optimise`
      : `${name}: none of the parameters requires gradients; make them with {requiresGrad: true}`,
  );
}
