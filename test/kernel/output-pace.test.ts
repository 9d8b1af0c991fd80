/** The pace of output against the counting of jupyter_server 2 (services/kernels/connection/channels.py), told as it does it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { costOf, isBehindServer, OutputPace } from "../../kernel/parent/output-pace.ts";

interface Said {
  readonly type: string;
  readonly bytes: number;
  readonly state?: string;
}

/** Counts as the server does; gives what it throws away. */
class Server {
  readonly dropped: Said[] = [];
  readonly got: Said[] = [];
  #window: { until: number; bytes: number }[] = [];

  take(said: Said): void {
    if (said.state === "idle") this.#window = [];
    if (!["status", "comm_open", "execute_input"].includes(said.type)) {
      const now = performance.now();
      this.#window = this.#window.filter(({ until }) => now < until);
      this.#window.push({ until: now + 3000, bytes: said.type === "stream" ? said.bytes : 0 });
      const bytes = this.#window.reduce((sum, each) => sum + each.bytes, 0);
      if (this.#window.length / 3 > 1000 || bytes / 3 > 1_000_000) return void this.dropped.push(said);
    }
    this.got.push(said);
  }
}

let server: Server;
let pace: OutputPace<Said>;
beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  pace = new OutputPace((said) => server.take(said));
});
afterEach(() => vi.useRealTimers());

function say(type: string, bytes = 300, state?: string): void {
  const content = state === undefined ? {} : { execution_state: state };
  pace.push({ type, bytes, ...(state !== undefined && { state }) }, costOf({ identities: [], type, parent: undefined, content }, bytes));
}

test("20 megabytes of text and 10,000 displays all get through, in order, and idle last", () => {
  for (let i = 0; i < 80; i++) say("stream", 250_000);
  for (let i = 0; i < 10_000; i++) say("display_data");
  say("status", 300, "idle");
  expect(pace.isHolding).toBe(true);
  vi.advanceTimersByTime(90_000);
  expect(pace.isHolding).toBe(false);
  expect(server.dropped).toEqual([]);
  expect(server.got.map(({ type }) => type).join().replace(/(\w+)(?:,\1)+/g, "$1")).toBe("stream,display_data,status");
  expect(server.got.length).toBe(10_081);
});

test("what an ordinary cell says goes out at once", () => {
  say("status", 300, "busy");
  say("execute_input");
  for (let i = 0; i < 100; i++) say("stream", 2000);
  for (let i = 0; i < 100; i++) say("display_data", 50_000);
  say("status", 300, "idle");
  expect([pace.isHolding, server.got.length]).toEqual([false, 203]);
});

test("cells that follow each other are not slowed down by what the earlier ones said", () => {
  for (let cell = 0; cell < 20; cell++) {
    say("stream", 500_000);
    say("status", 300, "idle");
  }
  expect([pace.isHolding, server.dropped.length]).toEqual([false, 0]);
});

test("one message that is larger than everything goes when nothing else has gone for a while", () => {
  say("stream", 100_000);
  say("stream", 900_000);
  expect(server.got.length).toBe(1);
  vi.advanceTimersByTime(1000);
  expect([server.got.length, server.dropped.length]).toEqual([2, 0]);
});

test("a kernel knows a server by the session's name, and takes no heed of clients without one", () => {
  expect([isBehindServer({ JPY_SESSION_NAME: "a.ipynb" }), isBehindServer({})]).toEqual([true, false]);
});
