/**
 * Modules made of a list of others.
 */
import { NablaError, TensorIndexError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";
import type { AnyModule, Part } from "../module/module.ts";

/** A module from one tensor to one tensor. */
export type Layer = Module<[Tensor], Tensor>;

function requireModules(container: string, entries: readonly (readonly [string, unknown])[]): void {
  for (const [name, entry] of entries) {
    if (!(entry instanceof Module)) {
      const cure = typeof entry === "function" ? "a class is to be made with new, a function wrapped in a module" : "make it with new nn.…";
      throw new NablaError(`${container}: entry ${name} is not a module (${entry === null ? "null" : typeof entry}); ${cure}`);
    }
  }
}

/** The entry at a position, counted from the back where negative. */
function entryAt<Entry>(container: string, entries: readonly Entry[], position: number): Entry {
  const entry = entries.at(position);
  if (entry === undefined) throw new TensorIndexError(`${container}: there is no entry ${position}; there are ${entries.length}`);
  return entry;
}

/**
 * Layers one after another. Given as `new Sequential(a, b)`, as a list, or by names, which then stand in the paths:
 * `new Sequential({ hidden: a, output: b })`. (torch.nn.Sequential)
 */
export class Sequential extends Module {
  readonly #layers: [string, Layer][];

  constructor(...layers: readonly Layer[] | [readonly Layer[]] | [Readonly<Record<string, Layer>>]) {
    super();
    const [first] = layers;
    const listed = layers.length === 1 && typeof first === "object" && first !== null && !(first instanceof Module);
    this.#layers = Object.entries((listed ? first : layers) as Record<string, Layer>);
    requireModules("Sequential", this.#layers);
  }

  override forward(x: Tensor): Tensor {
    return this.#layers.reduce((value, [, layer]) => layer.forward(value), x);
  }

  override *ownParts(): Generator<[string, Part]> {
    for (const [name, layer] of this.#layers) yield [name, layer as AnyModule];
    yield* super.ownParts();
  }

  /** Number of layers. */
  get length(): number {
    return this.#layers.length;
  }

  /** The layer at a position (negative ones count from the back) or of a name. */
  at(place: number | string): Layer {
    if (typeof place === "number") return entryAt("Sequential", this.#layers, place)[1];
    const found = this.#layers.find(([name]) => name === place);
    if (found === undefined) {
      throw new TensorIndexError(`Sequential: there is no layer ${place}; there are ${this.#layers.map(([name]) => name).join(", ")}`);
    }
    return found[1];
  }

  /** Adds a layer at the end. */
  append(layer: Layer): this {
    const name = String(this.#layers.length);
    requireModules("Sequential", [[name, layer]]);
    if (this.#layers.some(([taken]) => taken === name)) throw new NablaError(`Sequential: there is a layer of the name ${name} already`);
    this.#layers.push([name, layer]);
    return this;
  }

  *[Symbol.iterator](): Generator<Layer> {
    for (const [, layer] of this.#layers) yield layer;
  }
}

/**
 * A list of modules that are used in a way of one's own. A plain array in a field does as well; this one is a module itself,
 * printed and named as one. (torch.nn.ModuleList)
 */
export class ModuleList<Entry extends AnyModule = Layer> extends Module<readonly unknown[], never> {
  readonly #entries: Entry[];

  constructor(entries: Iterable<Entry> = []) {
    super();
    this.#entries = [...entries];
    requireModules("ModuleList", Object.entries(this.#entries));
  }

  /** @throws NablaError always: a list does not say in which order its modules are used. */
  override forward(): never {
    throw new NablaError("ModuleList: it has no forward; call its modules yourself, or use nn.Sequential for one after another");
  }

  override *ownParts(): Generator<[string, Part]> {
    for (const [position, entry] of this.#entries.entries()) yield [String(position), entry];
    yield* super.ownParts();
  }

  /** Number of modules. */
  get length(): number {
    return this.#entries.length;
  }

  /** The module at a position; negative ones count from the back. */
  at(position: number): Entry {
    return entryAt("ModuleList", this.#entries, position);
  }

  /** Adds a module at the end. */
  append(entry: Entry): this {
    requireModules("ModuleList", [[String(this.#entries.length), entry]]);
    this.#entries.push(entry);
    return this;
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#entries[Symbol.iterator]();
  }
}
