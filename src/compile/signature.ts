/**
 * What must be the same for a program to fit a call: how its arguments are nested, the shapes, strides and types of the
 * tensors among them, which of these share memory, and every other value as it is. The tensors' contents, and where in
 * its memory a tensor begins, may differ.
 */
import { sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Device } from "../tensor/device.ts";
import type { DType } from "../tensor/dtype.ts";

/** An argument, as deep as arrays and plain objects go. */
type Pattern =
  | { readonly kind: "tensor"; readonly shape: Shape; readonly strides: Shape; readonly dtype: DType; readonly device: Device; readonly requiresGrad: boolean }
  | { readonly kind: "array"; readonly items: readonly Pattern[] }
  | { readonly kind: "object"; readonly keys: readonly string[]; readonly items: readonly Pattern[] }
  | { readonly kind: "value"; readonly value: unknown };

/** True for `{…}` and objects without a prototype; instances of classes are values of their own. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

function patternOf(value: unknown, tensors: Tensor[]): Pattern {
  if (value instanceof Tensor) {
    tensors.push(value);
    const { shape, strides, dtype, device, requiresGrad } = value;
    return { kind: "tensor", shape, strides, dtype, device, requiresGrad };
  }
  if (Array.isArray(value)) return { kind: "array", items: value.map((item) => patternOf(item, tensors)) };
  if (isPlainObject(value)) {
    const keys = Object.keys(value);
    return { kind: "object", keys, items: keys.map((key) => patternOf(value[key], tensors)) };
  }
  return { kind: "value", value };
}

function fits(pattern: Pattern, value: unknown, tensors: Tensor[]): boolean {
  switch (pattern.kind) {
    case "tensor":
      if (!(value instanceof Tensor)) return false;
      tensors.push(value);
      return (
        value.dtype === pattern.dtype &&
        value.device === pattern.device &&
        value.requiresGrad === pattern.requiresGrad &&
        sameShape(value.shape, pattern.shape) &&
        sameShape(value.strides, pattern.strides)
      );
    case "array": {
      const { items } = pattern;
      if (!Array.isArray(value) || value.length !== items.length) return false;
      for (let i = 0; i < items.length; i++) if (!fits(items[i]!, value[i], tensors)) return false;
      return true;
    }
    case "object": {
      if (!isPlainObject(value)) return false;
      const keys = Object.keys(value);
      if (keys.length !== pattern.keys.length) return false;
      return pattern.keys.every((key, i) => keys[i] === key && fits(pattern.items[i]!, value[key], tensors));
    }
    case "value":
      return Object.is(pattern.value, value);
  }
}

/** Puts other tensors into the places of those of a value. */
export function withTensors(value: unknown, replace: (tensor: Tensor) => unknown): unknown {
  if (value instanceof Tensor) return replace(value);
  if (Array.isArray(value)) return value.map((item) => withTensors(item, replace));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTensors(item, replace)]));
}

/** The first argument in which two calls differ by a number, for a warning. */
function differingNumber(a: Pattern, b: Pattern): string | undefined {
  if (a.kind === "value" && b.kind === "value") {
    return typeof a.value === "number" && typeof b.value === "number" && a.value !== b.value ? `${a.value}, then ${b.value}` : undefined;
  }
  if ((a.kind === "array" || a.kind === "object") && a.kind === b.kind) {
    for (let i = 0; i < Math.min(a.items.length, b.items.length); i++) {
      const found = differingNumber(a.items[i]!, b.items[i]!);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Which earlier tensor each one shares memory with (-1: none), and how far from it it begins. */
interface Sharing {
  readonly leader: number;
  readonly distance: number;
}

const alone: Sharing = { leader: -1, distance: 0 };

function sharingOf(tensors: readonly Tensor[]): Sharing[] {
  return tensors.map((tensor, i) => {
    const leader = tensors.findIndex((other) => other.storage === tensor.storage);
    return leader === i ? alone : { leader, distance: tensor.offset - tensors[leader]!.offset };
  });
}

export class Signature {
  readonly sharing: readonly Sharing[];
  readonly #patterns: readonly Pattern[];

  /** The signature of a call; its tensors are put into `tensors`, in order. */
  constructor(args: readonly unknown[], tensors: Tensor[]) {
    this.#patterns = args.map((arg) => patternOf(arg, tensors));
    this.sharing = sharingOf(tensors);
  }

  /** True when a call has this signature; its tensors are then in `tensors`. */
  matches(args: readonly unknown[], tensors: Tensor[]): boolean {
    tensors.length = 0;
    const patterns = this.#patterns;
    if (args.length !== patterns.length) return false;
    for (let i = 0; i < patterns.length; i++) if (!fits(patterns[i]!, args[i], tensors)) return false;
    for (let i = 1; i < tensors.length; i++) {
      const { leader, distance } = this.sharing[i]!;
      const { storage, offset } = tensors[i]!;
      for (let j = 0; j < i; j++) {
        if (tensors[j]!.storage !== storage) continue;
        if (j !== leader || offset - tensors[j]!.offset !== distance) return false;
        break;
      }
      if (leader >= 0 && tensors[leader]!.storage !== storage) return false;
    }
    return true;
  }

  /** How this call's plain numbers differ from another's, or undefined when they do not. */
  differingNumber(other: Signature): string | undefined {
    const items = (signature: Signature): Pattern => ({ kind: "array", items: signature.#patterns });
    return differingNumber(items(this), items(other));
  }
}
