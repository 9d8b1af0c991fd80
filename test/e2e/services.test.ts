/**
 * The kernel through a real Jupyter server, as JupyterLab reaches it: its own client library, `@jupyterlab/services`, over
 * the server's REST interface and websocket. No browser is needed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Kernel, Session } from "@jupyterlab/services";
import { KernelManager, ServerConnection, SessionManager } from "@jupyterlab/services";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";

const token = "token-of-the-tests";
let server: LabServer;
let sessions: SessionManager;
let session: Session.ISessionConnection;
let kernel: Kernel.IKernelConnection;

beforeAll(async () => {
  server = await startLab({ token });
  const serverSettings = ServerConnection.makeSettings({ baseUrl: `${server.url}/`, wsUrl: `${server.url.replace("http", "ws")}/`, token });
  sessions = new SessionManager({ serverSettings, kernelManager: new KernelManager({ serverSettings }) });
  await sessions.ready;
  mkdirSync(path.join(server.work, "deep"), { recursive: true });
  writeFileSync(path.join(server.work, "deep", "beside.ts"), "export const beside: string = 'beside the notebook';");
  session = await sessions.startNew({ path: "deep/services.ipynb", name: "services.ipynb", type: "notebook", kernel: { name: "nabla" } });
  kernel = session.kernel!;
}, 150_000);
afterAll(async () => {
  await session?.shutdown();
  sessions?.dispose();
  await server?.stop();
}, 60_000);

interface Ran {
  readonly status: string;
  readonly error: string | undefined;
  readonly printed: string;
  readonly value: string | undefined;
}

/** Runs a cell and waits until JupyterLab would call it done. */
async function run(code: string, onPrint: (text: string) => void = () => undefined, answer = ""): Promise<Ran> {
  let [printed, value] = ["", undefined as string | undefined];
  const future = kernel.requestExecute({ code, allow_stdin: answer !== "", stop_on_error: true });
  future.onStdin = () => kernel.sendInputReply({ status: "ok", value: answer }, future.msg.header as never);
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === "stream") onPrint((printed += (content as { text: string }).text));
    if (header.msg_type === "execute_result") value = String((content as { data: Record<string, unknown> }).data["text/plain"]);
  };
  const reply = (await future.done)!.content;
  return { status: reply.status, error: reply.status === "error" ? reply.ename : undefined, printed, value };
}

/** Runs a cell and resolves when it has printed "running"; `ended` resolves with its end. */
async function begin(code: string): Promise<{ ended: Promise<Ran> }> {
  let ended!: Promise<Ran>;
  await new Promise<void>((resolve) => (ended = run(code, (text) => text.includes("running") && resolve())));
  return { ended };
}

test("connects and says what it is", async () => {
  const { implementation, language_info, protocol_version } = await kernel.info;
  expect([implementation, language_info.name, protocol_version]).toEqual(["nabla", "typescript", "5.5"]);
  expect((await kernel.spec)?.display_name).toBe("TypeScript (Nabla)");
});

test("runs cells, with imports from the notebook's folder", async () => {
  expect(await run('import { beside } from "./beside"; console.log(beside); const kept = 6; kept * 7')).toEqual({ status: "ok", error: undefined, printed: "beside the notebook\n", value: "42" });
});

test("asks and is answered", async () => {
  expect((await run('prompt("name? ")', undefined, "Ada")).value).toBe("'Ada'");
});

test("completes, explains and judges while a cell computes", async () => {
  await kernel.requestComplete({ code: "Math.", cursor_pos: 5 });
  const { ended } = await begin('class Net {\n  /** One pass. */\n  forward() {}\n}\nconst net = new Net(); console.log("running"); const until = Date.now() + 3000; while (Date.now() < until);');
  let isOver = false;
  void ended.then(() => (isOver = true));
  const { content } = await kernel.requestComplete({ code: "net.", cursor_pos: 4 });
  expect(content).toMatchObject({ status: "ok", matches: ["forward"] });
  const { content: found } = await kernel.requestInspect({ code: "net.forward", cursor_pos: 8, detail_level: 0 });
  expect(JSON.stringify(found)).toContain("One pass.");
  expect((await kernel.requestIsComplete({ code: "if (net) {" })).content.status).toBe("incomplete");
  expect(isOver).toBe(false);
  expect((await ended).status).toBe("ok");
});

test.each([
  ["a loop", 'console.log("running"); while (true) {}'],
  ["a pending await", 'console.log("running"); await new Promise(() => {})'],
])("interrupts %s and keeps the variables", async (_what, code) => {
  const { ended } = await begin(code);
  await kernel.interrupt();
  expect((await ended).error).toBe("KeyboardInterrupt");
  expect((await run("kept")).value).toBe("6");
});

test("a comm goes both ways with binary buffers while a cell waits", async () => {
  await run('const host = globalThis[Symbol.for("Jupyter.host")]; host.onComm("twice", (comm) => comm.onMessage(({ data, buffers }) => comm.send({ n: data.n * 2 }, [buffers[0].map((b) => b * 2)])))');
  const { ended } = await begin('console.log("running"); await new Promise((resolve) => { globalThis.release = resolve })');
  const comm = kernel.createComm("twice");
  const answered = new Promise<{ n: unknown; bytes: number[] }>((resolve) => {
    comm.onMsg = ({ content, buffers }) => {
      const bytes = buffers![0] as DataView;
      resolve({ n: (content.data as { n: unknown }).n, bytes: [bytes.getUint8(0), bytes.getUint8(1)] });
    };
  });
  comm.open({});
  comm.send({ n: 21 }, undefined, [new Uint8Array([1, 100]).buffer]);
  expect(await answered).toEqual({ n: 42, bytes: [2, 200] });
  await comm.close().done;
  await kernel.interrupt();
  await ended;
});

test("a cell that floods is slowed down, and all of it arrives: the server takes nothing for too much and throws it away", async () => {
  const { printed, status } = await run('const line = "x".repeat(999); for (let i = 0; i < 3500; i++) console.log(line); console.log("over")');
  expect(status).toBe("ok");
  expect(printed).not.toContain("rate exceeded");
  expect(printed.length).toBe(3_500_005);
}, 120_000);

test("restarts with a fresh world and the history of the old one", async () => {
  await run("'unforgotten'");
  await kernel.restart();
  await kernel.info;
  expect((await run("typeof kept")).value).toBe("'undefined'");
  const { content } = await kernel.requestHistory({ hist_access_type: "search", pattern: "*unforgotten*", output: false, raw: true, n: 1, unique: true });
  expect(content.status === "ok" && (content.history as [number, number, string][]).map(([, , input]) => input)).toEqual(["'unforgotten'"]);
});
