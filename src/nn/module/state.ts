/**
 * A module's weights by name, taken out and put in. The names are PyTorch's, words joined by underscores (`running_mean`,
 * `weight_ih_l0`), so that weights pass between the two by name.
 */
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Tensors by name. */
export type StateDict = Record<string, Tensor>;

/** Weights that do not belong to the module they were given to. */
export class StateDictError extends NablaError {
  override name = "StateDictError";
}

export interface LoadOptions {
  /** False lets names be missing or unexpected, never shapes differ; true when not given. */
  strict?: boolean;
}

/** The names that a state lacked, and those it had too many. */
export interface LoadReport {
  missing: string[];
  unexpected: string[];
}

/** A field's name as PyTorch writes it: `numBatchesTracked` is `num_batches_tracked`. */
export function pythonName(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const listed = (title: string, names: readonly string[]): string => (names.length === 0 ? "" : `\n  ${title}: ${names.join(", ")}`);

/**
 * Overwrites the tensors of one state by those of another, in place; nothing at all when something does not fit.
 * @throws StateDictError that lists every name that is missing, unexpected or has another shape.
 */
export function loadState(owner: string, own: StateDict, given: Readonly<StateDict>, { strict = true }: LoadOptions): LoadReport {
  if (typeof given !== "object" || given === null || isTensor(given)) {
    throw new StateDictError(`loadStateDict: expected an object of tensors by name, as stateDict() gives one`);
  }
  const missing = Object.keys(own).filter((name) => !Object.hasOwn(given, name));
  const unexpected = Object.keys(given).filter((name) => !Object.hasOwn(own, name));
  const fitting = Object.keys(own).filter((name) => Object.hasOwn(given, name));
  const misshapen = fitting.flatMap((name) => {
    const [wanted, got] = [own[name]!, given[name]!];
    if (!isTensor(got)) return [`${name} (expected a tensor of shape ${formatShape(wanted.shape)}, got ${typeof got})`];
    return sameShape(wanted.shape, got.shape) ? [] : [`${name} (expected ${formatShape(wanted.shape)}, got ${formatShape(got.shape)})`];
  });
  if (misshapen.length > 0 || (strict && missing.length + unexpected.length > 0)) {
    throw new StateDictError(
      `loadStateDict: the weights do not fit ${owner}; nothing was loaded` +
        listed("missing", missing) +
        listed("unexpected", unexpected) +
        listed("misshapen", misshapen),
    );
  }
  noGrad(() => {
    for (const name of fitting) own[name]!.copy_(given[name]!);
  });
  return { missing, unexpected };
}
