/**
 * Whatever arrives on a kernel's sockets, it answers or ignores, and lives: frames that are no message, messages that say
 * nonsense, floods, and connections that break off. Random, from a seed that a failure names.
 */
import { createHmac, randomUUID } from "node:crypto";
import { createConnection } from "node:net";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Dealer } from "zeromq";
import { Frontend } from "./frontend.ts";

const DELIMITER = "<IDS|MSG>";
const CHANNELS = ["shell", "control", "stdin"] as const;
const REQUESTS = [
  "execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request",
  "comm_open", "comm_msg", "comm_close", "kernel_info_request", "connect_request", "input_reply", "debug_request", "usage_request",
  "create_subshell_request", "constructor", "__proto__", "toString", "",
];

let frontend: Frontend;
let sockets: Record<(typeof CHANNELS)[number], Dealer>;
beforeAll(async () => {
  frontend = await Frontend.start();
  await frontend.evaluate("let kept = 41");
  sockets = { shell: new Dealer(), control: new Dealer(), stdin: new Dealer() };
  for (const channel of CHANNELS) {
    sockets[channel].linger = 0;
    sockets[channel].connect(frontend.address(channel));
  }
});
afterAll(async () => {
  for (const socket of Object.values(sockets)) socket.close();
  await frontend.stop();
});
afterEach(async () => {
  // It answers its own front end, variables are kept, no process was replaced. A cell of the test that failed may have aborted
  // those queued behind it, as it should.
  await expect.poll(async () => (await frontend.execute("kept + 1")).value, { timeout: 20_000 }).toBe("42");
  expect((await frontend.ask("control", "kernel_info_request")).content["status"]).toBe("ok");
  expect(frontend.kernel.exitCode).toBe(null);
});

/** Frames as the kernel's own front end would send them: signed with its key. */
function signed(parts: readonly string[], buffers: readonly Uint8Array[] = []): (string | Uint8Array)[] {
  const hmac = createHmac("sha256", frontend.key);
  for (const part of parts) hmac.update(part);
  return [DELIMITER, hmac.digest("hex"), ...parts, ...buffers];
}

/** A value of JSON that fits nowhere in particular. */
const json = fc.jsonValue({ maxDepth: 2 });
const header = (type: string): string => JSON.stringify({ msg_id: randomUUID(), msg_type: type, session: "fuzz", username: "", date: "", version: "5.4" });

describe("the kernel lives through", () => {
  test("frames that are no message", async () => {
    const frame = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(DELIMITER), fc.string(), fc.json());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CHANNELS), fc.array(frame, { minLength: 1, maxLength: 9 }), async (channel, frames) => {
        await sockets[channel].send(frames);
      }),
      { numRuns: 300 },
    );
  });

  test("signed messages whose parts are anything at all", async () => {
    const part = fc.oneof(fc.json(), fc.string(), fc.constant("{}"), fc.constant('{"__proto__": 1}'), fc.constant("[".repeat(20_000)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CHANNELS), fc.array(part, { minLength: 4, maxLength: 4 }), async (channel, parts) => {
        await sockets[channel].send(signed(parts));
      }),
      { numRuns: 300 },
    );
  });

  test("every request with fields of the wrong kind", async () => {
    const names = ["code", "cursor_pos", "silent", "store_history", "user_expressions", "hist_access_type", "n", "session", "start", "stop", "pattern", "unique", "output", "comm_id", "target_name", "data", "value", "command", "arguments", "seq", "type", "detail_level"];
    const content = fc.dictionary(fc.constantFrom(...names), json, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CHANNELS), fc.constantFrom(...REQUESTS), content, json, fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 3 }), async (channel, type, fields, metadata, buffers) => {
        // A cell that happens to be valid would run for as long as it likes; what is sent here is not code.
        const said = { ...fields, ...(type === "execute_request" && { code: typeof fields["code"] === "string" ? "1" : fields["code"] }) };
        await sockets[channel].send(signed([header(type), "{}", JSON.stringify(metadata), JSON.stringify(said)], buffers));
      }),
      { numRuns: 600 },
    );
    // What every object of JavaScript has is not for that a request.
    for (const type of ["constructor", "toString"]) {
      await frontend.send("shell", type, {});
      await expect.poll(() => frontend.log).toContain(`unknown type "${type}"`);
      expect(frontend.received.some((message) => message.type === type)).toBe(false);
    }
  }, 60_000);

  test("messages of many megabytes, in code, in metadata and in buffers", async () => {
    const long = "x".repeat(20_000_000);
    await sockets.shell.send(signed([header("is_complete_request"), "{}", "{}", JSON.stringify({ code: `"${long}"` })]));
    await sockets.shell.send(signed([header("kernel_info_request"), "{}", JSON.stringify({ long }), "{}"]));
    await sockets.shell.send(signed([header("comm_msg"), "{}", "{}", '{"comm_id": "nobody", "data": {}}'], [new Uint8Array(50_000_000)]));
    await sockets.shell.send(Array.from({ length: 20_000 }, () => "frame"));
  }, 60_000);

  test("a hundred messages whose signature is another's", async () => {
    const parts = [header("execute_request"), "{}", "{}", JSON.stringify({ code: "kept = 666" })];
    for (let i = 0; i < 100; i++) await sockets.shell.send([DELIMITER, createHmac("sha256", `wrong ${i}`).digest("hex"), ...parts]);
    for (const signature of ["", "0", "f".repeat(10_000)]) await sockets.shell.send([DELIMITER, signature, ...parts]);
  });

  test("connections that are closed while they wait for an answer, or speak another protocol", async () => {
    for (let i = 0; i < 20; i++) {
      const socket = new Dealer({ linger: 0, routingId: i % 2 === 0 ? "the same" : randomUUID() });
      socket.connect(frontend.address("shell"));
      await socket.send(signed([header("kernel_info_request"), "{}", "{}", "{}"]));
      socket.close();
    }
    for (const channel of ["shell", "control", "stdin", "iopub", "hb"] as const) {
      const { hostname, port } = new URL(frontend.address(channel));
      for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\u00ff".repeat(100), ""]) {
        await new Promise<void>((resolve) => {
          const stream = createConnection({ host: hostname, port: Number(port) }, () => stream.end(Buffer.from(bytes, "latin1"), () => stream.destroy()));
          stream.once("close", () => resolve());
          stream.once("error", () => resolve());
        });
      }
    }
  });
});
