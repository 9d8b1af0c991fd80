/**
 * What messages become in a notebook's file, where no notebook of ours can say it to nbclient: outputs that are cleared and
 * shown again ("Clear output" and "Update display data" in Jupyter's messaging specification).
 */
import { expect, test } from "vitest";
import { CellOutputs } from "../../../kernel/client/cell-outputs.ts";
import type { Displays } from "../../../kernel/client/cell-outputs.ts";

const shown = (text: string, id?: string): Record<string, unknown> => ({ data: { "text/plain": text }, metadata: {}, transient: id === undefined ? {} : { display_id: id } });

/** The texts of the outputs that a cell's messages leave. */
function left(messages: readonly (readonly [string, Record<string, unknown>])[], displays: Displays = new Map()): string[] {
  const outputs = new CellOutputs(displays);
  for (const [type, content] of messages) outputs.take(type, content);
  return outputs.finished().map((output) => [(output["data"] as Record<string, string[]> | undefined)?.["text/plain"] ?? output["text"]].flat().join(""));
}

const clear = (wait: boolean): readonly [string, Record<string, unknown>] => ["clear_output", { wait }];
const print = (text: string): readonly [string, Record<string, unknown>] => ["stream", { name: "stdout", text }];

test("a clear takes away what is there at once, or with the next output if it is to wait", () => {
  expect(left([print("one\n"), clear(false), print("two\n")])).toEqual(["two\n"]);
  expect(left([print("one\n"), clear(true)])).toEqual(["one\n"]);
  expect(left([print("one\n"), clear(true), print("two\n"), print("three\n")])).toEqual(["two\nthree\n"]);
  expect(left([print("one\n"), clear(true), ["display_data", shown("two")]])).toEqual(["two"]);
});

test("a stream goes on after another output as an output of its own", () => {
  expect(left([print("a"), print("b\n"), ["display_data", shown("x")], print("c\n")])).toEqual(["ab\n", "x", "c\n"]);
});

test("an update changes every output of that id, in the cells before too, and adds none", () => {
  const displays: Displays = new Map();
  const first = new CellOutputs(displays);
  first.take("display_data", shown("old", "id"));
  first.take("display_data", shown("other", "else"));
  expect(left([["display_data", shown("again", "id")], ["update_display_data", shown("new", "id")], ["update_display_data", shown("lost", "unknown")]], displays)).toEqual(["new"]);
  expect(first.finished().map(({ data }) => data)).toEqual([{ "text/plain": ["new"] }, { "text/plain": ["other"] }]);
});

test("a text that writes over itself is kept as it looks in the end, and three hundred thousand pieces take no more time than their length", () => {
  expect(left([print("10 %\r"), print("20 %\r"), print("30 %\n")])).toEqual(["30 %\n"]);
  expect(left([print("kept\r\n")])).toEqual(["kept\r\n"]);
  const started = performance.now();
  const [text] = left(Array.from({ length: 300_000 }, (_, line) => print(`${line}\n`)));
  expect(text?.split("\n")).toHaveLength(300_001);
  expect(performance.now() - started).toBeLessThan(30_000);
});
