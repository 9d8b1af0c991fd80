/**
 * Values as a variable view shows them: one line of text each, and their fields. No getter runs.
 *
 * A tensor is told by its form, `shape`, `dtype` and `device`, since the kernel knows no library; its line has these three in
 * front of its elements.
 */
import { inspect, types } from "node:util";

/** Longest line. UTF-16 units. */
const LONGEST = 200;
/** Most fields of one value. */
const MOST = 1000;

interface TensorForm {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly device: string;
}

/** What the view learns of a value's fields; the values themselves stand under their numbers. */
export interface FieldSummary {
  readonly name: string;
  readonly text: string;
  readonly type: string;
  readonly named: number;
  readonly indexed: number;
}

/** A field, in front of its summary. */
interface Field {
  readonly name: string;
  readonly value: unknown;
  /** Given where the value is not to be looked at. */
  readonly text?: string;
}

/** Fields as the inspector fetches them in one go: `summaries` is JSON, the value of the n-th is the property n. */
export interface Listing {
  readonly summaries: string;
  readonly [index: number]: unknown;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A name for what kind of value it is: the constructor's, else JavaScript's own. */
export function typeText(value: unknown): string {
  if (!isObject(value)) return value === null ? "null" : typeof value;
  if (typeof value === "function") return "function";
  if (types.isProxy(value)) return "Proxy";
  // Looked for by descriptors: `value.constructor` may be a getter.
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof constructor === "function" && constructor.name !== "") return constructor.name;
  }
  return "object";
}

function tensorForm(value: unknown): TensorForm | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  try {
    const { shape, dtype, device } = value as Partial<TensorForm>;
    const isTensor = Array.isArray(shape) && shape.every((size) => typeof size === "number") && typeof dtype === "string" && device !== undefined;
    return isTensor ? { shape, dtype, device: String(device) } : undefined;
  } catch {
    // A getter of the value's own.
    return undefined;
  }
}

function clipped(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** A value in one line. */
export function lineOf(value: unknown): string {
  try {
    if (typeof value === "function") return functionLine(value);
    const form = tensorForm(value);
    const text = inspect(value, { depth: 1, maxArrayLength: 20, maxStringLength: LONGEST, breakLength: Infinity, compact: true });
    return clipped(form === undefined ? text : `[${form.shape.join(", ")}] ${form.dtype} ${form.device} ${text}`);
  } catch (error) {
    return clipped(`(cannot be shown: ${String(error)})`);
  }
}

function functionLine(value: object): string {
  const text = Function.prototype.toString.call(value);
  const isClass = /^class\b/.test(text);
  const name = String(Object.getOwnPropertyDescriptor(value, "name")?.value ?? "");
  if (isClass) return clipped(`class ${name}`);
  const parameters = /^(?:async\s*)?(?:function\s*\*?\s*)?[\w$]*\s*(\([^)]*\))/.exec(text)?.[1];
  // Where types stood there is white space now.
  return clipped(`${name === "" ? "function" : name}${parameters?.replace(/\s+(?=[,)])/g, "") ?? "(…)"}`);
}

/** How many fields a value has, by name and by number. */
function counts(value: unknown): { named: number; indexed: number } {
  if (!isObject(value) || types.isProxy(value)) return { named: 0, indexed: 0 };
  if (Array.isArray(value)) return { named: 0, indexed: value.length };
  if (ArrayBuffer.isView(value)) return { named: 0, indexed: (value as Partial<Uint8Array>).length ?? 0 };
  if (types.isMap(value) || types.isSet(value)) return { named: 0, indexed: value.size };
  if (tensorForm(value) !== undefined) return { named: 4 + ownNames(value).length, indexed: 0 };
  return { named: ownNames(value).length, indexed: 0 };
}

function ownNames(value: object): string[] {
  const names = Object.getOwnPropertyNames(value);
  return typeof value === "function" ? names.filter((name) => !/^(?:length|name|prototype|arguments|caller)$/.test(name)) : names;
}

function ownField(value: object, name: string): Field {
  const descriptor = Object.getOwnPropertyDescriptor(value, name);
  if (descriptor === undefined || "value" in descriptor) return { name, value: descriptor?.value as unknown };
  return { name, value: undefined, text: "(getter)" };
}

function* fieldsOf(value: object): Generator<Field> {
  if (types.isProxy(value)) return;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = value as ArrayLike<unknown>;
    for (let index = 0; index < (items.length ?? 0); index++) yield Array.isArray(value) ? { ...ownField(value, String(index)) } : { name: String(index), value: items[index] };
  } else if (types.isMap(value)) {
    for (const [key, each] of Map.prototype.entries.call(value)) yield { name: lineOf(key), value: each };
  } else if (types.isSet(value)) {
    let index = 0;
    for (const each of Set.prototype.values.call(value)) yield { name: String(index++), value: each };
  } else {
    const form = tensorForm(value);
    const own = ownNames(value);
    if (form !== undefined) {
      for (const name of ["shape", "dtype", "device", "requiresGrad"] as const) {
        if (name in value) yield { name, value: (value as Record<string, unknown>)[name] };
      }
    }
    for (const name of own) {
      if (form === undefined || !/^(?:shape|dtype|device|requiresGrad)$/.test(name)) yield ownField(value, name);
    }
  }
}

function listing(fields: Iterable<Field>, start = 0, count = MOST): Listing {
  const summaries: FieldSummary[] = [];
  const list: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let index = 0;
  for (const { name, value, text } of fields) {
    if (index++ < start) continue;
    if (summaries.length >= count) break;
    list[summaries.length] = value;
    summaries.push({ name, text: text ?? lineOf(value), type: text === undefined ? typeText(value) : "", ...(text === undefined ? counts(value) : { named: 0, indexed: 0 }) });
  }
  list["summaries"] = JSON.stringify(summaries);
  return list as unknown as Listing;
}

/** The fields of a value, or a part of them. */
export function listFields(value: unknown, start?: number, count?: number): Listing {
  return listing(isObject(value) ? fieldsOf(value) : [], start, count);
}

/** The variables of scopes, innermost first; an inner name hides the same name further out. */
export function listScopes(scopes: readonly object[]): Listing {
  const seen = new Map<string, Field>();
  for (const scope of scopes) {
    for (const name of Object.getOwnPropertyNames(scope)) {
      // V8's own, such as `.result`, are no names of the language.
      if (!seen.has(name) && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) seen.set(name, ownField(scope, name));
    }
  }
  return listing(seen.values());
}

/** Variables by name, each with the function that reads it; those that have no value yet are left out. */
export function listVariables(readers: Readonly<Record<string, () => unknown>>): Listing {
  const fields: Field[] = [];
  for (const [name, read] of Object.entries(readers)) {
    try {
      fields.push({ name, value: read() });
    } catch {
      // Declared by a cell that failed before its line was reached.
    }
  }
  return listing(fields);
}
