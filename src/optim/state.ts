/**
 * The state of an optimiser as plain data: options of the groups, and what is remembered of each parameter under its number.
 * The form is PyTorch's `state_dict`. Loading is all or nothing.
 */
import { DTypeError, NablaError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** An option of a group. */
export type OptionValue = number | boolean | string | null | readonly number[];

/** What `stateDict()` of an optimiser gives: numbers, booleans, texts, lists and tensors alone. */
export interface OptimizerState {
  /** What is remembered of each parameter, by its number over all groups. */
  state: Record<number, Record<string, Tensor | number>>;
  /** The options of each group, and the numbers of its parameters. */
  paramGroups: (Record<string, OptionValue | number[]> & { params: number[] })[];
}

interface Remembered {
  readonly tensors: Record<string, Tensor>;
  readonly numbers: Record<string, number>;
}
interface Group {
  readonly params: readonly Tensor[];
}

/** A parameter's memory as plain data. */
export function saveOptimizerState(groups: readonly Group[], memoryOf: (parameter: Tensor) => Remembered | undefined): OptimizerState {
  const saved: OptimizerState = { state: {}, paramGroups: [] };
  let next = 0;
  for (const { params, ...options } of groups) {
    const numbers = params.map((parameter) => {
      const memory = memoryOf(parameter);
      if (memory !== undefined) {
        const copies = Object.entries(memory.tensors).map(([name, each]) => [name, each.detach().clone()] as const);
        saved.state[next] = { ...memory.numbers, ...Object.fromEntries(copies) };
      }
      return next++;
    });
    saved.paramGroups.push({ ...(structuredClone(options) as Record<string, OptionValue>), params: numbers });
  }
  return saved;
}

/** @throws NablaError listing what does not fit, before anything is changed. */
export function loadOptimizerState<G extends Group>(
  name: string,
  saved: OptimizerState,
  groups: readonly G[],
  memoryOf: (group: G, parameter: Tensor) => Remembered,
): void {
  const problems: string[] = [];
  if (!Array.isArray(saved?.paramGroups) || typeof saved.state !== "object") {
    throw new DTypeError(`${name}: expected what stateDict() gives, with state and paramGroups`);
  }
  const sizes = (list: readonly { params: readonly unknown[] }[]): string => `[${list.map(({ params }) => params.length).join(", ")}]`;
  if (sizes(saved.paramGroups) !== sizes(groups)) {
    throw new NablaError(
      `${name}: the state is of groups with ${sizes(saved.paramGroups)} parameters, this optimiser has groups with ${sizes(groups)}`,
    );
  }
  const places = groups.flatMap((group, g) =>
    group.params.map((parameter, i) => ({ group, parameter, number: saved.paramGroups[g]!.params[i]! })),
  );
  for (const { parameter, number } of places) {
    for (const [key, value] of Object.entries(saved.state[number] ?? {})) {
      if (!isTensor(value)) continue;
      if (!sameShape(value.shape, parameter.shape)) {
        problems.push(`${key} of parameter ${number} has shape ${formatShape(value.shape)}, the parameter ${formatShape(parameter.shape)}`);
      } else if (value.dtype !== parameter.dtype) {
        problems.push(`${key} of parameter ${number} is ${value.dtype}, the parameter ${parameter.dtype}`);
      }
    }
  }
  groups.forEach((group, g) => {
    const [own, given] = [group, saved.paramGroups[g]!].map((each) => Object.keys(each).filter((key) => key !== "initialLr"));
    const unknown = given!.filter((key) => !own!.includes(key));
    const missing = own!.filter((key) => !given!.includes(key));
    if (unknown.length > 0) problems.push(`group ${g} has the unknown ${unknown.join(", ")}`);
    if (missing.length > 0) problems.push(`group ${g} lacks ${missing.join(", ")}`);
  });
  if (problems.length > 0) throw new NablaError(`${name}: the state does not fit: ${problems.join("; ")}`);

  groups.forEach((group, g) => {
    const { params: _, ...options } = saved.paramGroups[g]!;
    Object.assign(group, structuredClone(options));
  });
  noGrad(() => {
    for (const { group, parameter, number } of places) {
      const entry = saved.state[number];
      if (entry === undefined) continue;
      const memory = memoryOf(group, parameter);
      for (const [key, value] of Object.entries(entry)) {
        if (!isTensor(value)) memory.numbers[key] = value;
        else if (memory.tensors[key] === undefined) memory.tensors[key] = value.detach().clone();
        else memory.tensors[key].copy_(value);
      }
    }
  });
}
