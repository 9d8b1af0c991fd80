/**
 * What is shown of a value: the forms that it makes of itself, or a readable text.
 *
 * A value shows itself by a method named by `Symbol.for("Jupyter.display")`, which is Deno's convention
 * (https://docs.deno.com/runtime/reference/cli/jupyter/), so that libraries written for it work here.
 */
import { formatWithOptions, inspect, types, type InspectOptions } from "node:util";
import { DISPLAY_SYMBOL, type MimeBundle } from "../contracts.ts";
import { isMimeBundle } from "./mime.ts";

/** Enough to see what a value is; an array of a million numbers must not become a page. */
const LIMITS: InspectOptions = { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100, compact: 3 };

/** Enough for a text that a learner meant to print: strings whole, the rest as above. */
const CONSOLE_LIMITS: InspectOptions = { ...LIMITS, maxStringLength: Infinity, colors: false };

/**
 * The forms of a value. A value that fails to show itself is shown as text with the reason, so that the cell's result is
 * not lost; a promise comes back only when the value's own method gives one.
 */
export function displayBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  let shown: unknown;
  try {
    const method = displayMethod(value);
    if (method === undefined) return { "text/plain": plainText(value) };
    shown = method.call(value);
  } catch (error) {
    return failed(value, reason(error));
  }
  if (!types.isPromise(shown) && !isThenable(shown)) return checked(value, shown);
  return Promise.resolve(shown).then(
    (bundle) => checked(value, bundle),
    (error: unknown) => failed(value, reason(error)),
  );
}

/** A console's arguments as one text, with `%s` and its like, as Node's console formats them. */
export function formatConsole(args: readonly unknown[]): string {
  return formatWithOptions(CONSOLE_LIMITS, ...args);
}

function displayMethod(value: unknown): ((this: unknown) => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const method: unknown = (value as Record<symbol, unknown>)[DISPLAY_SYMBOL];
  return typeof method === "function" ? (method as (this: unknown) => unknown) : undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function checked(value: unknown, bundle: unknown): MimeBundle {
  if (!isMimeBundle(bundle)) {
    return failed(value, `its Symbol.for("Jupyter.display") method must return an object of MIME types, such as { "text/plain": "…" }, and returned ${inspect(bundle, { depth: 0 })}`);
  }
  return "text/plain" in bundle ? bundle : { ...bundle, "text/plain": plainText(value) };
}

function failed(value: unknown, why: string): MimeBundle {
  return { "text/plain": `${plainText(value)}\n\n(The value could not show itself: ${why})` };
}

function reason(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
}

function plainText(value: unknown): string {
  try {
    return inspect(value, LIMITS);
  } catch (error) {
    // A getter or `inspect.custom` of the value's own threw.
    return `[${typeof value} that cannot be read: ${reason(error)}]`;
  }
}
