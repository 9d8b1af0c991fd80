/** Views on the library's side: what is saved, what pages are told, what is shown where no page draws. */
import { inspect } from "node:util";
import { beforeEach, expect, it, vi } from "vitest";
import { View } from "../../../src/view/index.ts";
import type { SavedView } from "../../../src/view/index.ts";
import { Notebook } from "./notebook.ts";

const MIME = "application/vnd.nabla.view.v1+json";
// The library ties itself to the first notebook's cells, as in a kernel, where there is one.
const notebook = new Notebook();
notebook.install();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  notebook.shown.length = 0;
  notebook.said.length = 0;
  notebook.opened.length = 0;
  notebook.buffers.length = 0;
  notebook.closes = 0;
});

function counter(live = false): { view: View<{ value: number }>; count: (by: number) => void } {
  let value = 0;
  const view: View<{ value: number }> = new View({
    kind: "count", state: () => ({ value }), live,
    fallback: () => ({ spec: { mark: "bar", value }, text: `count ${value}` }),
    requests: {
      twice: ({ of }: { of: number }) => of * 2,
      later: async () => "done",
      bytes: () => ({ value: "three", buffers: [new Float64Array([1, 2, 3]).subarray(1)] }),
      fails: () => { throw new RangeError("no such row"); },
    },
    events: { raise: ({ by }: { by: number }) => count(by) },
  });
  const count = (by: number): void => {
    value += by;
    view.send({ value });
  };
  return { view, count };
}
const last = () => notebook.shown.at(-1)!;
const saved = () => last().bundle[MIME] as SavedView<{ value: number }>;

it("an output holds the view, a chart and a text, and one comm is opened before it", () => {
  const { view } = counter();
  view.show();
  view.show();
  expect(notebook.opened).toEqual([{ target: "nabla.view", data: { kind: "count", id: view.id, seq: 0, live: false } }]);
  expect(last().id).toBe(view.id);
  expect(last().bundle).toEqual({
    [MIME]: { kind: "count", id: view.id, seq: 0, state: { value: 0 }, ended: true },
    "application/vnd.vegalite.v5+json": { mark: "bar", value: 0 }, "text/plain": "count 0",
  });
});

it("in plain Node its text is what is printed", () => {
  expect(inspect(counter().view)).toBe("count 0");
});

it("a page that says hello is told what happens, and the output stays as it is until the end", () => {
  const { view, count } = counter(true);
  view.show();
  notebook.says({ type: "hello", since: 0 });
  expect(view.isAttached).toBe(true);
  count(2);
  vi.advanceTimersByTime(5000);
  count(3);
  expect(notebook.said).toEqual([
    { type: "sync", since: 0, seq: 0, messages: [] },
    { type: "message", seq: 1, message: { value: 2 } },
    { type: "message", seq: 2, message: { value: 5 } },
  ]);
  expect(notebook.shown).toHaveLength(1);
  view.end();
  expect(notebook.shown).toHaveLength(2);
  expect([last().isUpdate, saved()]).toEqual([true, { kind: "count", id: view.id, seq: 2, state: { value: 5 }, ended: true }]);
  expect(notebook.said.at(-1)).toEqual({ type: "end", seq: 2 });
});

it("without a hello in 300 ms the output is shown again, twice a second at most", () => {
  const { view, count } = counter(true);
  view.show();
  for (let at = 0; at < 3000; at += 10) {
    count(1);
    vi.advanceTimersByTime(10);
  }
  expect(notebook.shown.length).toBeGreaterThanOrEqual(6);
  expect(notebook.shown.length).toBeLessThanOrEqual(8);
  // Nobody is told what nobody hears.
  expect(notebook.said.length).toBeLessThanOrEqual(30);
});

it("in a synchronous loop, in which no timer runs, the output is shown again too", () => {
  const { view, count } = counter(true);
  view.show();
  const clock = vi.spyOn(performance, "now");
  for (let at = 0; at < 2000; at += 100) {
    clock.mockReturnValue(performance.timeOrigin + at);
    count(1);
  }
  clock.mockRestore();
  expect(notebook.shown.length).toBeGreaterThan(3);
});

it("what changed last is shown when the loop has ended and the event loop turns", () => {
  const { view, count } = counter(true);
  view.show();
  vi.advanceTimersByTime(400);
  count(1);
  count(1);
  count(1);
  vi.advanceTimersByTime(600);
  expect(saved().state).toEqual({ value: 3 });
});

it("mail is taken in the middle of a synchronous loop", () => {
  const { view, count } = counter(true);
  view.show();
  notebook.writes({ type: "hello", since: 0 });
  notebook.writes({ type: "request", n: "a", name: "twice", params: { of: 21 } });
  notebook.writes({ type: "event", name: "raise", params: { by: 10 } });
  count(1);
  expect(notebook.said).toContainEqual({ type: "reply", n: "a", value: 42 });
  expect(view.state).toEqual({ value: 11 });
});

it("requests are answered with JSON, later, with binary data, or with what went wrong", async () => {
  const { view } = counter();
  view.show();
  for (const name of ["twice", "later", "bytes", "fails", "unknown"]) notebook.says({ type: "request", n: name, name, params: { of: 1.5 } });
  await Promise.resolve();
  await Promise.resolve();
  const replies = Object.fromEntries(notebook.said.map((said) => [said.type === "reply" ? said.n : said.type, said]));
  expect(replies["twice"]).toEqual({ type: "reply", n: "twice", value: 3 });
  expect(replies["later"]).toEqual({ type: "reply", n: "later", value: "done" });
  expect(replies["fails"]).toEqual({ type: "reply", n: "fails", error: "no such row" });
  expect(replies["unknown"]).toMatchObject({ error: expect.stringContaining('no request "unknown"') });
  const bytes = notebook.buffers[notebook.said.findIndex((said) => said.type === "reply" && said.n === "bytes")]![0]!;
  expect([...new Float64Array(bytes.slice().buffer)]).toEqual([2, 3]);
});

it("a page that comes later gets the messages that it missed, or the state where they are not kept", () => {
  const { view, count } = counter(true);
  view.show();
  for (let i = 0; i < 4; i++) count(1);
  notebook.said.length = 0;
  notebook.says({ type: "who" });
  notebook.says({ type: "hello", since: 2 });
  notebook.says({ type: "hello", since: -1 });
  expect(notebook.said).toEqual([
    { type: "here", kind: "count", id: view.id, seq: 4, live: true },
    { type: "sync", since: 2, seq: 4, messages: [{ seq: 3, message: { value: 3 } }, { seq: 4, message: { value: 4 } }] },
    { type: "sync", since: -1, seq: 4, state: { value: 4 }, messages: [] },
  ]);
});

it("of a long stream the last messages are kept and the rest is in the state", () => {
  const { view, count } = counter(true);
  view.show();
  for (let i = 0; i < 5000; i++) count(1);
  notebook.said.length = 0;
  notebook.says({ type: "hello", since: 4990 });
  notebook.says({ type: "hello", since: 5 });
  expect(notebook.said[0]).toMatchObject({ messages: { length: 10 } });
  expect(notebook.said[1]).toMatchObject({ state: { value: 5000 }, messages: [] });
});

it("a replaced state reaches every page, and a changed part of it too", () => {
  const view = new View<{ a: number; b: number }>({ kind: "pair", state: { a: 1, b: 2 }, fallback: () => ({ text: "pair" }) });
  view.show();
  view.state = { a: 3, b: 4 };
  view.patch({ b: 5 });
  expect(notebook.said).toEqual([
    { type: "sync", since: 0, seq: 1, state: { a: 3, b: 4 }, messages: [] },
    { type: "sync", since: 1, seq: 2, state: { a: 3, b: 5 }, messages: [] },
  ]);
});

it("when a cell ends, what has grown is in the output, so that a notebook saved now holds it", () => {
  const { view, count } = counter(true);
  view.show();
  notebook.says({ type: "hello", since: 0 });
  count(7);
  notebook.endCell();
  expect(saved()).toMatchObject({ seq: 1, state: { value: 7 } });
  const before = notebook.shown.length;
  notebook.endCell();
  expect(notebook.shown).toHaveLength(before);
});

it("a page that lacks the output gets it again, even of a view that was a cell's value", () => {
  const { view } = counter();
  (view as unknown as Record<symbol, () => void>)[Symbol.for("Jupyter.display")]!();
  notebook.says({ type: "show" });
  expect([last().isUpdate, last().id]).toEqual([true, view.id]);
});

it("what a person has changed between cells is in the output a moment after the last change, for the file", () => {
  const { view } = counter();
  (view as unknown as Record<symbol, () => void>)[Symbol.for("Jupyter.display")]!();
  notebook.says({ type: "hello", since: 0 });
  for (let i = 0; i < 5; i++) {
    notebook.says({ type: "event", name: "raise", params: { by: 1 } });
    vi.advanceTimersByTime(300);
  }
  expect(notebook.shown).toHaveLength(0);
  vi.advanceTimersByTime(1000);
  expect([notebook.shown.length, last().isUpdate, last().id, saved().state]).toEqual([1, true, view.id, { value: 5 }]);
});

it("a page that closes the comm is told nothing more, and the view lives on", () => {
  const { view, count } = counter(true);
  view.show();
  notebook.says({ type: "hello", since: 0 });
  notebook.closesComm();
  notebook.said.length = 0;
  count(1);
  expect([view.isAttached, notebook.said]).toEqual([false, []]);
});

it("a state that no notebook should hold is refused with what to do", () => {
  const view = new View({ kind: "big", state: { data: "x".repeat(400_000) }, fallback: () => ({ text: "big" }) });
  expect(() => view.show()).toThrow(/400011 characters.*answer a request/);
});

it("of many views that have said all, the oldest let go of the page", () => {
  for (let i = 0; i < 300; i++) counter().view.show();
  expect(notebook.opened).toHaveLength(300);
  expect(notebook.closes).toBeGreaterThanOrEqual(44);
});
