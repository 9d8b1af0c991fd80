/** What is shown of a value. */
import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { displayBundle, formatConsole } from "../../../kernel/display/bundle.ts";

const display = Symbol.for("Jupyter.display");
const text = (value: unknown): string => (displayBundle(value) as { "text/plain": string })["text/plain"];

describe("a value without a form of its own is a text", () => {
  test.each([[1], ["text"], [null], [undefined], [{ a: [1, { b: 2 }] }], [new Map([[1, "a"]])], [new Float32Array([1.5, 2])], [10n], [Symbol("s")], [() => 1]])("%s as Node inspects it", (value) => {
    expect(displayBundle(value)).toEqual({ "text/plain": inspect(value) });
  });
  test("that stays short for a million numbers, a long string and a deep object", () => {
    expect(text(new Float32Array(1_000_000)).length).toBeLessThan(2_000);
    expect(text(Array.from({ length: 1_000_000 }, () => 1))).toContain("999900 more items");
    expect(text("x".repeat(1_000_000)).length).toBeLessThan(12_000);
    expect(text({ a: { b: { c: { d: { e: { f: 1 } } } } } })).toContain("[Object]");
  });
  test("even if it cannot be read", () => {
    const value = { [inspect.custom]: () => { throw new TypeError("no"); } };
    expect(text(value)).toBe("[object that cannot be read: TypeError: no]");
  });
});

describe("a value with a display method", () => {
  test("shows its own forms, with a text added", () => {
    expect(displayBundle({ [display]: () => ({ "image/png": "AA" }), a: 1 })).toMatchObject({ "image/png": "AA", "text/plain": expect.stringContaining("a: 1") as string });
  });
  test("may be a function or inherit the method, and is its `this`", () => {
    class Picture { name = "p"; [display]() { return { "text/plain": this.name }; } }
    expect(displayBundle(new (class extends Picture {})())).toEqual({ "text/plain": "p" });
    expect(displayBundle(Object.assign(() => 1, { [display]: () => ({ "text/plain": "f" }) }))).toEqual({ "text/plain": "f" });
  });
  test("may give a promise", async () => {
    const shown = displayBundle({ [display]: async () => ({ "text/html": "<b>" }) });
    expect(shown).toBeInstanceOf(Promise);
    expect(await shown).toMatchObject({ "text/html": "<b>", "text/plain": expect.any(String) as string });
  });
  test.each([
    ["throws", () => { throw new RangeError("broken"); }, "RangeError: broken"],
    ["rejects", () => Promise.reject(new RangeError("late")), "RangeError: late"],
    ["returns text", () => "text", "must return an object of MIME types"],
    ["returns nothing", () => undefined, "returned undefined"],
    ["returns keys that are no MIME types", () => ({ html: "<b>" }), "must return an object of MIME types"],
    ["returns an empty object", () => ({}), "must return an object of MIME types"],
    ["promises an array", async () => [1], "must return an object of MIME types"],
  ])("that %s is shown as text with the reason", async (_, method, reason) => {
    const bundle = await displayBundle({ answer: 42, [display]: method });
    expect(Object.keys(bundle)).toEqual(["text/plain"]);
    expect(bundle["text/plain"]).toContain("answer: 42");
    expect(bundle["text/plain"]).toContain(reason);
  });
});

describe("the console's text", () => {
  test.each([[["a", 1, { b: 2 }]], [["%s is %d, %o", "x", 3, [1]]], [[]], [["100%", 5]]])("of %j is Node's", (args) => {
    expect(formatConsole(args).replace(/\s+/g, " ")).toBe(inspectLikeConsole(args).replace(/\s+/g, " "));
  });
  test("keeps a long string whole and a long array short", () => {
    expect(formatConsole(["x".repeat(100_000)]).length).toBe(100_000);
    expect(formatConsole([new Float64Array(100_000)]).length).toBeLessThan(4_000);
  });
});

function inspectLikeConsole(args: readonly unknown[]): string {
  let written = "";
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  new Console({ stdout }).log(...args);
  return written.slice(0, -1);
}
