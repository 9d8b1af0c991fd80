/**
 * Tensors in nested arrays and objects: what a function of functions takes and gives back in the same structure. The idea
 * is JAX's pytrees, with nothing registered: arrays and plain objects are looked into, tensors are leaves.
 */
import { NablaError } from "../tensor/errors.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A tensor, or arrays and plain objects of them, nested at will. */
export type Tensors = Tensor | readonly Tensors[] | { readonly [name: string]: Tensors };

/** The tensors in a structure, in order; names of objects count in the order in which they were set. */
export function tensorsIn(op: string, structure: Tensors): Tensor[] {
  const found: Tensor[] = [];
  visit(op, structure, (tensor) => found.push(tensor));
  return found;
}

function visit(op: string, structure: Tensors, see: (tensor: Tensor) => void): void {
  if (structure instanceof Tensor) see(structure);
  else if (Array.isArray(structure)) for (const part of structure) visit(op, part as Tensors, see);
  else if (isPlain(structure)) for (const part of Object.values(structure)) visit(op, part as Tensors, see);
  else throw new NablaError(`${op}: expected tensors, or arrays or objects of them, got ${describe(structure)}`);
}

function isPlain(value: unknown): value is Record<string, Tensors> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? `a ${value.constructor.name}` : `a value of type ${typeof value}`;
}

/** The same structure with other tensors, taken in order. */
export function rebuilt<Structure extends Tensors>(structure: Structure, tensors: readonly Tensor[]): Structure {
  let next = 0;
  const build = (part: Tensors): Tensors => {
    if (part instanceof Tensor) return tensors[next++]!;
    if (Array.isArray(part)) return part.map((inner) => build(inner as Tensors));
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, build(inner as Tensors)]));
  };
  return build(structure) as Structure;
}
