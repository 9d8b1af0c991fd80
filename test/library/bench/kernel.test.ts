/** The kernel's benchmark: what it says of figures, and its client against the real kernel. */
import { expect, it } from "vitest";
import { readArguments } from "../../../bench/arguments.mjs";
import { findContenders } from "../../../bench/kernel/contenders.mjs";
import { KernelProcess } from "../../../bench/kernel/process.mjs";
import { asJson, missed, table } from "../../../bench/kernel/report.mjs";
import { measures } from "../../../bench/kernel/measures.mjs";
import { rows } from "../../../bench/kernel/rows.mjs";

const row = (name: string) => rows.find((candidate) => candidate.name === name)!;
const measured: Parameters<typeof missed>[0] = [
  { row: row("cell"), results: { nabla: { values: [0.5, 0.8, 7] }, deno: { values: [1.1] } } },
  { row: row("interrupt-await"), results: { nabla: { values: [11, 12, 13] }, deno: { failure: "no answer in 8 s" } } },
  { row: row("first-result"), results: { nabla: { values: [9] } } },
  { row: row("lines"), results: { nabla: { failure: "never idle" } } },
];

it("shows medians with the worst beside them, and words where there is no figure", () => {
  const lines = table(measured, ["nabla", "deno"]).split("\n").map((line) => line.split(/ {2,}/));
  expect(lines[1]).toEqual(["1+1 to idle", "0.8 ms (7 ms)", "1.1 ms", "1 ms", "+"]);
  expect(lines[2]).toEqual(["interrupt of a pending await", "12 ms (13 ms)", "no answer in 8 s", "10 ms", "-"]);
});

it("misses what is over its limit or was not reached at all, and never what has no limit", () => {
  expect(missed(measured)).toEqual(["interrupt-await", "lines"]);
  expect(asJson({}, measured).rows.map(({ name, met }) => [name, met])).toEqual([["cell", true], ["interrupt-await", false], ["first-result", true], ["lines", false]]);
  expect(asJson({}, measured).rows[0]!.contenders).toEqual({ nabla: { median: 0.8, worst: 7, times: 3 }, deno: { median: 1.1, worst: 1.1, times: 1 } });
});

it("takes the rows that are asked for, and measures each row there is", () => {
  expect(readArguments(["kernel", "--rows", "lines,cell", "--strict"])).toMatchObject({ subject: "kernel", strict: true, chosen: [{ name: "cell" }, { name: "lines" }] });
  expect(() => readArguments(["kernel", "--rows", "sgemm-64"])).toThrow(/There is no row sgemm-64: there are ready/);
  expect(measures.flatMap((measure) => measure.rows)).toEqual(rows.map(({ name }) => name));
});

it("names the kernels that are not installed, with the reason", () => {
  const { contenders, absent } = findContenders({ PEERS_NODE_MODULES: "/nowhere" });
  expect(contenders.map(({ name }) => name)).toEqual(["nabla"]);
  expect(absent.map(({ name }) => name)).toEqual(["ipykernel", "deno", "tslab"]);
  expect(absent[1]!.reason).toContain("/nowhere/.bin/deno");
});

it("starts a kernel, times a cell, interrupts one, reads its memory and ends it", { timeout: 60_000 }, async () => {
  const kernel = await KernelProcess.start(findContenders({}).contenders[0]!);
  try {
    expect(kernel.readyAt).toBeGreaterThan(kernel.startedAt);
    const cell = await kernel.client.mustRun("6 * 7");
    expect(cell.outputs.find(({ type }) => type === "execute_result")!.content.data["text/plain"]).toBe("42");
    expect(cell.milliseconds).toBeGreaterThan(0.1);
    expect(cell.milliseconds).toBeGreaterThanOrEqual(cell.replyAt - cell.sentAt);
    const endless = await kernel.client.start('console.log("running"); while (true) {}');
    await endless.until(() => endless.printed.includes("running"), 10_000);
    const pressed = await kernel.interrupt();
    await endless.finished();
    expect(endless.reply.ename).toBe("KeyboardInterrupt");
    expect(endless.idleAt).toBeGreaterThan(pressed);
    // Two processes of Node take more than 30 MB and no gigabyte.
    expect(kernel.memory).toBeGreaterThan(30e6);
    expect(kernel.memory).toBeLessThan(1e9);
    await expect(kernel.client.ask("no_such_request", {}, 100)).rejects.toThrow("no answer to no_such_request in 0.1 s");
  } finally {
    await kernel.stop();
  }
});
