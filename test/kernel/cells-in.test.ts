/**
 * Cells reach the child on a way of their own, beside mail and interrupts. Whichever is faster, each takes effect as if all
 * had come on one way.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CellReply, ChildRecord, ExecuteJob } from "../../kernel/channel/records.ts";
// The compiled kernel, beside which its child's script lies.
import { ChildProcess } from "../../dist/kernel/parent/child-process.js";

let child: ChildProcess;
let records: ChildRecord[] = [];
let waiting: (() => void) | undefined;
let serial = 0;

beforeAll(async () => {
  child = new ChildProcess({
    onRecord: (record) => {
      records.push(record);
      waiting?.();
    },
    onDebugRecord: () => undefined,
    onRawText: () => undefined,
    isCongested: () => false,
    onDeath: ({ error }) => {
      throw new Error(`the child has ended: ${error.evalue}`);
    },
  });
  await until(() => records.some(({ type }) => type === "ready"));
});
afterAll(() => child.shutDown());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => (waiting = resolve));
}

function cell(source: string): ExecuteJob {
  serial++;
  return { type: "execute", job: randomUUID(), url: `cell:${serial}`, serial, source, executionCount: serial, silent: false, allowStdin: false, userExpressions: {} };
}

function repliesTo({ job }: ExecuteJob): CellReply[] {
  return records.filter((record): record is CellReply => record.type === "reply" && record.job === job);
}

async function replyTo(job: ExecuteJob): Promise<CellReply> {
  await until(() => repliesTo(job).length > 0);
  return repliesTo(job)[0]!;
}

async function run(source: string): Promise<string | undefined> {
  const job = cell(source);
  child.run(job);
  expect(await replyTo(job)).toMatchObject({ status: "ok" });
  const result = records.find((record) => record.type === "display" && record.job === job.job);
  return result?.type === "display" ? String(result.data["text/plain"]) : undefined;
}

test("an interrupt that is sent behind a cell ends that cell, however soon", async () => {
  for (let round = 0; round < 30; round++) {
    records = [];
    const endless = cell("while (true) {}");
    child.run(endless);
    child.send({ type: "interrupt", job: endless });
    expect((await replyTo(endless)).error?.ename).toBe("KeyboardInterrupt");
  }
  expect(await run("1 + 1")).toBe("2");
});

test("an interrupt that comes before its cell ends it all the same, and the cell runs once", async () => {
  await run("let times = 0");
  const endless = cell("times++; while (true) {}");
  child.send({ type: "interrupt", job: endless });
  expect((await replyTo(endless)).error?.ename).toBe("KeyboardInterrupt");
  child.run(endless);
  expect(await run("times")).toBe("1");
  expect(repliesTo(endless)).toHaveLength(1);
});

test("an interrupt for a cell that has ended leaves the next one alone", async () => {
  const ended = cell("1");
  child.run(ended);
  await replyTo(ended);
  child.send({ type: "interrupt", job: ended });
  expect(await run("let sum = 0; for (let i = 0; i < 1e6; i++) sum += i; sum")).toBe("499999500000");
});

test("a cell does not overtake the mail that was sent before it", async () => {
  await run('const heard: unknown[] = []; globalThis[Symbol.for("Jupyter.host")].onComm("heard", (comm, data) => { heard.push(data.number); });');
  for (let number = 0; number < 200; number++) {
    child.send({ type: "comm", job: randomUUID(), kind: "open", comm: randomUUID(), target: "heard", data: { number }, metadata: {} });
    if (number % 20 === 19) expect(await run("heard.length")).toBe(String(number + 1));
  }
});

test("a cell of a megabyte arrives whole", async () => {
  expect(await run(`"${"é".repeat(500_000)}".length`)).toBe("500000");
});
