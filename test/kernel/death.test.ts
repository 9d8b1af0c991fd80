/** Cells that end their process: an error that says so in the cell, and a session that goes on with a fresh process. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  // A small heap, so that running out of it takes a second.
  frontend = await Frontend.start({ env: { NODE_OPTIONS: "--max-old-space-size=128" } });
});
afterAll(() => frontend.stop());

test.each([
  ["process.exit()", "console.log('last words'); process.exit(3)", "ProcessExit", /exit code 3/],
  ["process.exit() after an await", "await 1; process.exit(0)", "ProcessExit", /exit code 0/],
  ["an abort", "process.abort()", "ProcessCrash", /SIGABRT/],
  ["a crash in native code", "process.kill(process.pid, 'SIGSEGV'); while (true) {}", "ProcessCrash", /SIGSEGV/],
  ["being killed", "process.kill(process.pid, 'SIGKILL'); while (true) {}", "ProcessKilled", /SIGKILL/],
  ["running out of memory", "const all = []; for (;;) all.push(new Array(1e6).fill(1.5).map((x, i) => ({ x, i })))", "OutOfMemoryError", /memory/],
])("%s is an error in the cell, and a fresh process takes the next one", { timeout: 60_000 }, async (_what, code, ename, reason) => {
  await frontend.evaluate("globalThis.old = 1");
  const { reply, published } = await frontend.execute(code, {}, 60_000);
  expect(reply).toMatchObject({ status: "error", ename });
  expect(reply["evalue"]).toMatch(reason);
  expect(reply["evalue"]).toMatch(/variables are lost/);
  expect(published.filter(({ type }) => type === "error")).toHaveLength(1);
  expect(await frontend.evaluate("typeof old")).toContain("undefined");
});

/** Where the headers of Node's interface for native modules lie. */
const HEADERS = join(dirname(createRequire(import.meta.url).resolve("node-api-headers")), "include");

/** A native module whose function `poke` writes to where nothing is. */
const FAULTY_MODULE = `
#include <cstdio>
#include <node_api.h>
static napi_value poke(napi_env, napi_callback_info) {
  std::puts("poking");
  std::fflush(stdout);
  *reinterpret_cast<volatile int*>(8) = 1;
  return nullptr;
}
NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "poke", NAPI_AUTO_LENGTH, poke, nullptr, &function);
  napi_set_named_property(env, exports, "poke", function);
  return exports;
}
`;

test("a fault in a native module is an error in the cell, after what the module has printed, and a fresh process takes the next one", { timeout: 60_000 }, async () => {
  const [source, addon] = [join(frontend.folder, "faulty.cc"), join(frontend.folder, "faulty.node")];
  writeFileSync(source, FAULTY_MODULE);
  execFileSync("g++", ["-shared", "-fPIC", `-I${HEADERS}`, source, "-o", addon]);
  await frontend.evaluate(`const { poke } = require(${JSON.stringify(addon)}); 1`);
  const { reply, stdout, published } = await frontend.execute("for (let i = 0; i < 3; i++) console.log(i);\npoke();\nconsole.log('never')");
  expect(reply).toMatchObject({ status: "error", ename: "ProcessCrash" });
  expect(reply["evalue"]).toMatch(/SIGSEGV.*variables are lost/s);
  expect(stdout).toBe("0\n1\n2\npoking\n");
  expect(published.findIndex(({ type }) => type === "error")).toBeGreaterThan(published.findLastIndex(({ type }) => type === "stream"));
  expect(await frontend.evaluate("typeof poke")).toContain("undefined");
});

test("what a cell printed before it ended its process is shown before the error", async () => {
  const { published } = await frontend.execute("console.log('last words'); process.exit(1)");
  const types = published.map(({ type }) => type);
  expect(types.indexOf("stream")).toBeGreaterThan(0);
  expect(types.indexOf("stream")).toBeLessThan(types.indexOf("error"));
});

test("comms that were open are closed on the front end's side", async () => {
  const { published } = await frontend.execute('const comm = globalThis[Symbol.for("Jupyter.host")].comm("lost"); 1');
  const id = published.find(({ type }) => type === "comm_open")!.content["comm_id"];
  await frontend.execute("process.exit(0)");
  await frontend.until(({ type, content }) => type === "comm_close" && content["comm_id"] === id);
});

test("cells queued behind one that ended its process are aborted", async () => {
  const first = await frontend.run("await new Promise((r) => setTimeout(r, 100)); process.exit(0)");
  const second = await frontend.run("1");
  await first.finished;
  expect((await second.finished).reply["status"]).toBe("aborted");
});
