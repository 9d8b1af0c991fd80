/**
 * Nested state (objects, lists, numbers, texts, tensors) written as JSON beside a list of tensors, and back, so that every
 * number returns with the same bits and a tensor that stood in two places is one tensor again.
 */
import { tensor } from "../tensor/creation.ts";
import { NablaError } from "../tensor/errors.ts";
import { Tensor } from "../tensor/tensor.ts";

/** What a checkpoint can hold. */
export type State =
  | null | undefined | boolean | number | string | Tensor | Float32Array | Float64Array | Int32Array | Uint8Array
  | readonly State[] | ReadonlyMap<State, State> | { readonly [name: string]: State };

/** A node as JSON: what JSON itself can say, or an object with one key that names the kind. */
type Node =
  | null | boolean | number | string | readonly Node[]
  | { readonly object: Readonly<Record<string, Node>> }
  | { readonly map: readonly (readonly [Node, Node])[] }
  | { readonly number: string }
  | { readonly undefined: true }
  | { readonly tensor: string; readonly requiresGrad?: true }
  | { readonly array: string };

/** State taken apart. */
export interface TakenApart {
  readonly tree: Node;
  readonly tensors: Record<string, Tensor>;
}

/** Numbers that JSON cannot say. */
const SPECIAL_NUMBERS = ["NaN", "Infinity", "-Infinity", "-0"];

/**
 * Takes state apart into JSON and tensors, which are named by their place.
 * @throws NablaError naming the place of what cannot be saved: a function, an instance of a class, something inside itself.
 */
export function takeApart(state: unknown): TakenApart {
  const tensors: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>;
  const names = new Map<object, string>();
  const inside = new Set<object>();

  const store = (value: Tensor | Float32Array | Float64Array | Int32Array | Uint8Array, place: string): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    let name = place === "" ? "value" : place;
    while (name in tensors || name === "__metadata__") name += "'";
    tensors[name] = value instanceof Tensor ? value : tensor(value);
    names.set(value, name);
    return name;
  };

  const visit = (value: State, place: string): Node => {
    if (value === undefined) return { undefined: true };
    if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : { number: Object.is(value, -0) ? "-0" : String(value) };
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (value instanceof Tensor) return { tensor: store(value, place), ...(value.requiresGrad && value.isLeaf ? { requiresGrad: true as const } : {}) };
    if (isTypedArray(value)) return { array: store(value, place) };
    if (typeof value !== "object") return refuse(place, `a value of type ${typeof value}`);
    if (inside.has(value)) return refuse(place, "an object that contains itself");
    inside.add(value);
    const node = visitObject(value, place);
    inside.delete(value);
    return node;
  };

  const visitObject = (value: Extract<State, object>, place: string): Node => {
    const within = (key: string | number): string => (place === "" ? String(key) : `${place}.${key}`);
    if (Array.isArray(value)) return Array.from(value as readonly State[], (element, i) => visit(element, within(i)));
    if (value instanceof Map) {
      return { map: [...(value as ReadonlyMap<State, State>)].map(([key, element], i) => [visit(key, within(`${i}.key`)), visit(element, within(i))]) };
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return refuse(place, `an instance of ${value.constructor?.name ?? "a class"}`);
    return { object: Object.fromEntries(Object.entries(value).map(([key, element]) => [key, visit(element as State, within(key))])) };
  };

  return { tree: visit(state as State, ""), tensors };
}

function refuse(place: string, what: string): never {
  throw new NablaError(`save: ${place === "" ? "the state" : `state.${place}`} is ${what}, which cannot be saved; save plain values and tensors, such as its stateDict()`);
}

function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

function isTypedArray(value: unknown): value is Float32Array | Float64Array | Int32Array | Uint8Array {
  // Only these and no class made of them, such as Buffer, which would come back as another type.
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  return [Float32Array, Float64Array, Int32Array, Uint8Array].some((type) => prototype === type.prototype);
}

/**
 * Puts state together again.
 * @throws NablaError when the tree is not one that `takeApart` makes of these tensors.
 */
export function putTogether(tree: unknown, tensors: Readonly<Record<string, Tensor>>): State {
  const used = (name: string): Tensor => {
    if (!Object.hasOwn(tensors, name)) throw new NablaError(`the state names the tensor ${JSON.stringify(name)}, which is not there`);
    return tensors[name]!;
  };
  const arrays = new Map<string, ReturnType<Tensor["data"]>>();
  const build = (node: Node): State => {
    if (node === null || typeof node !== "object") return node;
    if (isList(node)) return node.map(build);
    if ("object" in node) return Object.fromEntries(Object.entries(node.object).map(([key, inner]) => [key, build(inner)]));
    if ("map" in node) return new Map(node.map.map(([key, inner]) => [build(key), build(inner)]));
    if ("number" in node && SPECIAL_NUMBERS.includes(node.number)) return Number(node.number);
    if ("undefined" in node) return undefined;
    if ("tensor" in node) {
      const found = used(node.tensor);
      return node.requiresGrad === true ? found.requiresGrad_() : found;
    }
    if ("array" in node) {
      const known = arrays.get(node.array) ?? used(node.array).data();
      arrays.set(node.array, known);
      return known;
    }
    throw new NablaError(`the state holds ${JSON.stringify(node)}, which no state is written as`);
  };
  return build(tree as Node);
}
