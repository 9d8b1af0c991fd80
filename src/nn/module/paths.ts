/**
 * Errors inside a model say where: the path of the module in the model that was called. A module does not know who holds
 * it, so on its way out of each module around it an error is given its path from there; the last one is the whole path.
 */
import { NablaError } from "../../tensor/errors.ts";

/** What naming the place needs of a module. */
export interface Placed {
  /** The module's own name and sizes: `Linear(784, 128)`. */
  readonly label: string;
  namedModules(): Iterable<[string, unknown]>;
}

/** Where an error was first seen, and what it said then. */
const origins = new WeakMap<NablaError, { module: Placed; message: string }>();

/** Names the place in an error that leaves a module's forward. */
export function nameThePlace(error: unknown, module: Placed): void {
  if (!(error instanceof NablaError)) return;
  const origin = origins.get(error);
  if (origin === undefined) {
    origins.set(error, { module, message: error.message });
    return;
  }
  const found = [...module.namedModules()].find(([, inner]) => inner === origin.module);
  if (found === undefined) return;
  const { label } = origin.module;
  const about = origin.message.startsWith(label) ? origin.message : `${label}: ${origin.message}`;
  const message = `${found[0]}: ${about}`;
  // The stack repeats the message.
  if (error.stack !== undefined) error.stack = error.stack.replace(error.message, () => message);
  error.message = message;
}
