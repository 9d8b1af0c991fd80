/** The history: of this session, and of those before it, as `history_request` and JupyterLab's consoles ask for it. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { historyFolder } from "../../kernel/parent/history-store.ts";
import { Frontend } from "./frontend.ts";

let folder: string;
const frontends: Frontend[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-history-"));
});
afterEach(async () => {
  await Promise.all(frontends.splice(0).map((each) => each.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a kernel and runs cells. */
async function session(codes: readonly string[], place = join(folder, "history")): Promise<Frontend> {
  const frontend = await Frontend.start({ env: { NABLA_HISTORY: place } });
  frontends.push(frontend);
  for (const code of codes) await frontend.execute(code);
  return frontend;
}

async function ask(frontend: Frontend, content: object): Promise<unknown> {
  return (await frontend.ask("shell", "history_request", { raw: true, output: false, ...content })).content["history"];
}

test("history gives the tail, a range and a search, with outputs where asked", async () => {
  const frontend = await session(["1 + 1", "let abc = 5", "abc * 2", "1 + 1"]);
  expect(await ask(frontend, { hist_access_type: "tail", n: 2 })).toEqual([[1, 3, "abc * 2"], [1, 4, "1 + 1"]]);
  expect(await ask(frontend, { hist_access_type: "range", session: 0, start: 2, stop: 4 })).toEqual([[1, 2, "let abc = 5"], [1, 3, "abc * 2"]]);
  expect(await ask(frontend, { hist_access_type: "search", pattern: "*abc*" })).toEqual([[1, 2, "let abc = 5"], [1, 3, "abc * 2"]]);
  expect(await ask(frontend, { hist_access_type: "search", pattern: "1 ? 1", unique: true })).toEqual([[1, 4, "1 + 1"]]);
  expect(await ask(frontend, { hist_access_type: "tail", n: 1, output: true })).toEqual([[1, 4, ["1 + 1", "2"]]]);
});

test("earlier sessions are there after a restart: in the tail, by number and counted back, and in a search", async () => {
  const first = await session(["1 + 1", "let a = 'first'", "a"]);
  await first.stop();
  const second = await session(["let b = 2"]);
  await second.stop();
  const third = await session(["b", "1 + 1"]);
  expect(await ask(third, { hist_access_type: "tail", n: 4 })).toEqual([[1, 3, "a"], [2, 1, "let b = 2"], [3, 1, "b"], [3, 2, "1 + 1"]]);
  expect(await ask(third, { hist_access_type: "range", session: 1, start: 1, stop: 3 })).toEqual([[1, 1, "1 + 1"], [1, 2, "let a = 'first'"]]);
  expect(await ask(third, { hist_access_type: "range", session: -1, start: 1, output: true })).toEqual([[2, 1, ["let b = 2", null]]]);
  expect(await ask(third, { hist_access_type: "range", session: 1, start: 3, stop: 4, output: true })).toEqual([[1, 3, ["a", "'first'"]]]);
  expect(await ask(third, { hist_access_type: "search", pattern: "let *" })).toEqual([[1, 2, "let a = 'first'"], [2, 1, "let b = 2"]]);
  expect(await ask(third, { hist_access_type: "search", pattern: "1 + 1", unique: true })).toEqual([[3, 2, "1 + 1"]]);
  expect(await ask(third, { hist_access_type: "search", pattern: "*", n: 2 })).toEqual([[3, 1, "b"], [3, 2, "1 + 1"]]);
});

test("kernels that run at the same time each have a session", async () => {
  const [one, two] = await Promise.all([session(["'one'"]), session(["'two'"])]);
  await Promise.all([one, two].map((each) => ask(each, { hist_access_type: "tail", n: 1 })));
  expect(readdirSync(join(folder, "history"))).toEqual(["000001.jsonl", "000002.jsonl"]);
  const third = await session([]);
  const tail = (await ask(third, { hist_access_type: "tail", n: 5 })) as [number, number, string][];
  expect(tail.map(([, , input]) => input).sort()).toEqual(["'one'", "'two'"]);
});

test("a cell that is not to be stored is not, nor does its value become that of the cell before", async () => {
  const frontend = await session(["'kept'"]);
  await frontend.execute("'passing'", { store_history: false });
  expect(await ask(frontend, { hist_access_type: "tail", n: 5, output: true })).toEqual([[1, 1, ["'kept'", "'kept'"]]]);
});

test("of a long value the beginning is kept", async () => {
  const frontend = await session(["'x'.repeat(9000) + 'y'.repeat(90000)"]);
  const [[, , [, output]]] = (await ask(frontend, { hist_access_type: "tail", n: 1, output: true })) as [[number, number, [string, string]]];
  expect(output).toMatch(/^'x{9000}y+/);
  expect(output.length).toBe(10_000);
});

test("a file that was cut off costs the line that is cut, and only its owner may read it", async () => {
  const first = await session(["'whole'"]);
  await first.stop();
  const file = join(folder, "history", "000001.jsonl");
  expect(statSync(file).mode & 0o077).toBe(0);
  appendFileSync(file, '{"line":2,"inp');
  const second = await session([]);
  expect(await ask(second, { hist_access_type: "tail", n: 5 })).toEqual([[1, 1, "'whole'"]]);
});

test("a place that cannot be written costs nothing but the memory of other sessions", async () => {
  writeFileSync(join(folder, "file"), "");
  const frontend = await session(["1"], join(folder, "file", "history"));
  expect(await ask(frontend, { hist_access_type: "tail", n: 1 })).toEqual([[1, 1, "1"]]);
  expect(frontend.log).toBe("");
});

test("the place is among Jupyter's data unless it is named, and nowhere if it is off", () => {
  expect(historyFolder({ NABLA_HISTORY: "/h", JUPYTER_DATA_DIR: "/j" })).toBe("/h");
  expect(historyFolder({ JUPYTER_DATA_DIR: "/j" })).toBe(join("/j", "nabla", "history"));
  expect(historyFolder({ XDG_DATA_HOME: "/x" })).toBe(join("/x", "nabla", "history"));
  expect(historyFolder({ NABLA_HISTORY: "off", JUPYTER_DATA_DIR: "/j" })).toBeUndefined();
});
