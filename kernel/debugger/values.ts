/**
 * Values of the main thread as variables of the Debug Adapter Protocol.
 *
 * The text of a value and the list of its fields are made on the main thread (child/value-listing.ts), which the inspector
 * calls; here the values are known by references, numbers that hold until the code runs on.
 */
import type { Runtime } from "node:inspector";
import type { FieldSummary } from "../child/value-listing.ts";
import type { MimeBundle } from "../contracts.ts";
import type { Inspector } from "./inspector.ts";
import { DebugRequestError } from "./messages.ts";
import type { DebugVariable } from "./messages.ts";

/** Who asks for values, and how long the inspector is to hold them. */
export type ValueGroup = "stopped" | `idle-${number}`;

/** The fields that a reference stands for. */
interface Fields {
  /** Objects: one whose fields they are, or the scopes whose variables they are. */
  readonly objects: readonly Runtime.RemoteObject[];
  readonly kind: "fields" | "scopes" | "listing";
  readonly group: ValueGroup;
}

export interface ListOptions {
  readonly start?: number;
  readonly count?: number;
}

/** The values that a front end looks at, by their references. */
export class Values {
  readonly #inspector: Inspector;
  readonly #fields = new Map<number, Fields>();
  #references = 0;
  #host: Runtime.RemoteObjectId | undefined;
  /** Whether a front end wants to be told a variable's type. */
  showsTypes = false;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  /** Gives the values of a group back to the garbage collector. */
  async release(group: ValueGroup): Promise<void> {
    for (const [reference, fields] of this.#fields) if (fields.group === group) this.#fields.delete(reference);
    await this.#inspector.post("Runtime.releaseObjectGroup", { objectGroup: group });
  }

  /** A reference for the variables of scopes, innermost first. */
  referToScopes(scopes: readonly Runtime.RemoteObject[], group: ValueGroup): number {
    return this.#refer({ objects: scopes, kind: "scopes", group });
  }

  /** A reference for a listing that the main thread has made. */
  referToListing(listing: Runtime.RemoteObject, group: ValueGroup): number {
    return this.#refer({ objects: [listing], kind: "listing", group });
  }

  /** What a reference stands for. */
  async list(reference: number, { start, count }: ListOptions = {}): Promise<DebugVariable[]> {
    const fields = this.#fields.get(reference);
    if (fields === undefined) throw new DebugRequestError(`there is no variable with the reference ${reference}; the code has run on since it was given`);
    const { kind, objects, group } = fields;
    let listing = objects[0]!;
    if (kind !== "listing") {
      const limits = kind === "fields" ? [start ?? 0, count !== undefined && count > 0 ? count : undefined].map((value) => ({ value })) : [];
      listing = await this.call(kind, [...objects.map(argumentOf), ...limits], { group });
    }
    const { result } = await this.#inspector.post("Runtime.getProperties", { objectId: listing.objectId!, ownProperties: true });
    const values = new Map(result.map((property) => [property.name, property.value]));
    const summaries = JSON.parse(String(values.get("summaries")?.value)) as FieldSummary[];
    return summaries.map(({ name, text, type, named, indexed }, index) => {
      const value = values.get(String(index));
      const isExpandable = named + indexed > 0 && value?.objectId !== undefined;
      return {
        name,
        value: text,
        ...(this.showsTypes && { type }),
        ...(kind !== "fields" && { evaluateName: name }),
        variablesReference: isExpandable ? this.#refer({ objects: [value], kind: "fields", group }) : 0,
        ...(isExpandable && { namedVariables: named, indexedVariables: indexed }),
      };
    });
  }

  /** A value by itself: the answer to an expression. */
  async describe(value: Runtime.RemoteObject, group: ValueGroup): Promise<{ result: string; type?: string; variablesReference: number }> {
    const result = String((await this.call("line", [argumentOf(value)])).value);
    const variablesReference = value.objectId === undefined || value.type === "symbol" ? 0 : this.#refer({ objects: [value], kind: "fields", group });
    return { result, ...(this.showsTypes && { type: value.className ?? value.type }), variablesReference };
  }

  /** The forms of a value, by MIME type. A value may promise its forms, and stopped code cannot wait for a promise. */
  async bundle(value: Runtime.RemoteObject, canWait: boolean): Promise<MimeBundle> {
    const args = [argumentOf(value)];
    if (canWait) return (await this.call("bundle", args, { awaits: true })).value as MimeBundle;
    const shown = await this.call("bundle", args, { group: "stopped" });
    if (shown.subtype === "promise") return { "text/plain": String((await this.call("line", args)).value) };
    return (await this.call("same", [argumentOf(shown)])).value as MimeBundle;
  }

  /** Calls a function of the main thread's host object. @returns Its value; with a group, a reference to it. */
  async call(name: string, args: readonly Runtime.CallArgument[], options: { group?: ValueGroup; awaits?: boolean } = {}): Promise<Runtime.RemoteObject> {
    const byReference = options.group !== undefined;
    const { result, exceptionDetails } = await this.#inspector.post("Runtime.callFunctionOn", {
      objectId: await this.#hostObject(),
      functionDeclaration: `function (...values) { return this[${JSON.stringify(name)}](...values); }`,
      arguments: [...args],
      silent: true,
      returnByValue: !byReference,
      awaitPromise: options.awaits === true,
      ...(byReference && { objectGroup: options.group }),
    });
    if (exceptionDetails !== undefined) throw new DebugRequestError(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result;
  }

  async #hostObject(): Promise<Runtime.RemoteObjectId> {
    if (this.#host === undefined) {
      const { result } = await this.#inspector.post("Runtime.evaluate", { expression: "__kernel.debugger", silent: true });
      this.#host = result.objectId!;
    }
    return this.#host;
  }

  #refer(fields: Fields): number {
    this.#fields.set(++this.#references, fields);
    return this.#references;
  }
}

/** A value as the inspector takes it back. */
export function argumentOf(value: Runtime.RemoteObject): Runtime.CallArgument {
  if (value.objectId !== undefined) return { objectId: value.objectId };
  if (value.unserializableValue !== undefined) return { unserializableValue: value.unserializableValue };
  return { value: value.value as unknown };
}
