/** Comms, both ways, with the host contract on the kernel's side. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";
import type { Received } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
  await frontend.evaluate('const host = globalThis[Symbol.for("Jupyter.host")]');
});
afterAll(() => frontend.stop());

/** Opens a comm from a cell and gives its id. */
async function openFromCell(code: string): Promise<string> {
  const { published, reply } = await frontend.execute(code);
  expect(reply["status"]).toBe("ok");
  return published.find(({ type }) => type === "comm_open")!.content["comm_id"];
}

async function answers(id: string, count: number): Promise<Received[]> {
  const ofComm = ({ type, content }: Received): boolean => type === "comm_msg" && content["comm_id"] === id;
  await frontend.until(() => frontend.received.filter(ofComm).length >= count);
  return frontend.received.filter(ofComm);
}

test("a comm that a cell opens carries data, metadata and binary buffers both ways", async () => {
  const id = await openFromCell(
    'const echo = host.comm("echo", { hello: 1 }, { extra: true });\necho.onMessage(({ data, metadata, buffers }) => echo.send({ got: data, metadata, floats: [...new Float64Array(buffers[0].buffer)] }, buffers))',
  );
  const opened = frontend.received.find(({ type, content }) => type === "comm_open" && content["comm_id"] === id)!;
  expect(opened.content).toMatchObject({ target_name: "echo", data: { hello: 1 } });
  expect(opened.metadata).toMatchObject({ extra: true });

  const floats = new Float64Array([1.5, -2]);
  const request = await frontend.send("shell", "comm_msg", { comm_id: id, data: { x: 1 } }, { metadata: { m: 2 }, buffers: [new Uint8Array(floats.buffer)] });
  const [answer] = await answers(id, 1);
  expect(answer!.content["data"]).toEqual({ got: { x: 1 }, metadata: { m: 2 }, floats: [1.5, -2] });
  expect(new Uint8Array(answer!.buffers[0]!)).toEqual(new Uint8Array(floats.buffer));
  expect(answer!.parent).toBe(request);
  await frontend.idleAfter(request);
});

test("a comm that the front end opens reaches the handler of its target", async () => {
  await frontend.evaluate('host.onComm("slider", (comm, opening) => { comm.send({ opened: opening.data }); comm.onMessage(({ data }) => comm.send({ twice: data.value * 2 })) })');
  const id = randomUUID();
  await frontend.send("shell", "comm_open", { comm_id: id, target_name: "slider", data: { start: 3 } });
  await frontend.send("shell", "comm_msg", { comm_id: id, data: { value: 21 } });
  const received = await answers(id, 2);
  expect(received.map(({ content }) => content["data"])).toEqual([{ opened: { start: 3 } }, { twice: 42 }]);
});

test("a comm to an unknown target is closed at once, on iopub", async () => {
  const id = randomUUID();
  await frontend.send("shell", "comm_open", { comm_id: id, target_name: "nobody", data: {} });
  const closed = await frontend.until(({ type, content }) => type === "comm_close" && content["comm_id"] === id);
  expect(closed.channel).toBe("iopub");
  const info = await frontend.ask("shell", "comm_info_request", {});
  expect(info.content["comms"]).not.toHaveProperty(id);
});

test("mail is polled in the middle of a synchronous loop, in order", async () => {
  const id = await openFromCell('const polled = host.comm("polled"); globalThis.mail = []');
  const cell = await frontend.run('console.log("running"); while (mail.length < 50) { const m = polled.poll(); if (m) { mail.push(m.data.i); polled.send({ took: m.data.i }) } } mail.join()');
  await frontend.printed(cell, "running");
  for (let i = 0; i < 50; i++) await frontend.send("shell", "comm_msg", { comm_id: id, data: { i } });
  const { value } = await cell.finished;
  expect(value).toContain(Array.from({ length: 50 }, (_, i) => i).join());
});

test("mail is handled between the awaits of a running cell", async () => {
  const id = await openFromCell('const between = host.comm("between"); globalThis.seen = 0; between.onMessage(({ data }) => { seen = data.v })');
  const cell = await frontend.run('console.log("running"); while (seen === 0) await new Promise((r) => setTimeout(r, 5)); seen');
  await frontend.printed(cell, "running");
  const request = await frontend.send("shell", "comm_msg", { comm_id: id, data: { v: 9 } });
  await frontend.idleAfter(request);
  expect((await cell.finished).value).toBe("9");
});

test("what a handler prints belongs to the message that it handles, and its error is printed there", async () => {
  const id = await openFromCell('const talker = host.comm("talker"); talker.onMessage(({ data }) => { console.log("heard " + data); if (data === "bad") throw new Error("handler failed") })');
  const request = await frontend.send("shell", "comm_msg", { comm_id: id, data: "bad" });
  await frontend.idleAfter(request);
  const text = frontend.outputsOf(request).map(({ content }) => content["text"]).join("");
  expect(text).toContain("heard bad");
  expect(text).toContain("handler failed");
});

test("a handler that hangs is interrupted and the session lives on", async () => {
  const id = await openFromCell('let kept = 4; const hanging = host.comm("hanging"); hanging.onMessage(() => { console.log("hangs"); while (true) {} })');
  const request = await frontend.send("shell", "comm_msg", { comm_id: id, data: 1 });
  await frontend.until(({ parent, type }) => parent === request && type === "stream");
  await frontend.interrupt();
  await frontend.idleAfter(request);
  expect(await frontend.evaluate("kept")).toBe("4");
});

test("a comm is opened with buffers, and carries metadata with a message", async () => {
  const id = await openFromCell('const rich = host.comm("rich", { a: 1 }, { version: "2" }, [new Uint8Array([1, 2, 3])]); rich.send({ b: 2 }, [new Uint8Array([4])], { note: "n" })');
  const opened = frontend.received.find(({ type, content }) => type === "comm_open" && content["comm_id"] === id)!;
  expect([opened.content["data"], opened.metadata, [...opened.buffers[0]!]]).toEqual([{ a: 1 }, { version: "2" }, [1, 2, 3]]);
  const [message] = await answers(id, 1);
  expect([message!.content["data"], message!.metadata, [...message!.buffers[0]!]]).toEqual([{ b: 2 }, { note: "n" }, [4]]);
});

test("a comm that the front end opens with buffers is answered with buffers while a cell waits", async () => {
  await frontend.evaluate('host.onComm("sum", (comm, { buffers }) => comm.onMessage((m) => comm.send({}, [new Uint8Array([buffers[0][0] + m.buffers[0][0]])])))');
  const cell = await frontend.run('console.log("waits"); await new Promise((resolve) => { globalThis.release = resolve })');
  await frontend.printed(cell, "waits");
  const comm_id = randomUUID();
  await frontend.send("shell", "comm_open", { comm_id, target_name: "sum", data: {} }, { buffers: [new Uint8Array([40])] });
  await frontend.send("shell", "comm_msg", { comm_id, data: {} }, { buffers: [new Uint8Array([2])] });
  const [answer] = await answers(comm_id, 1);
  expect([...answer!.buffers[0]!]).toEqual([42]);
  expect(frontend.received.some(({ type, parent }) => type === "execute_reply" && parent === cell.id)).toBe(false);
  await frontend.interrupt();
  expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
});

test("a callback that is bound to a cell prints, shows and fails in that cell, whoever calls it", async () => {
  const cell = await frontend.run('const bound = host.comm("bound"); bound.onMessage(host.bind(({ data }) => { console.log("got " + data); display(data); throw new Error("in the callback") })); bound.id');
  const id = (await cell.finished).value!.replace(/'/g, "");
  const request = await frontend.send("shell", "comm_msg", { comm_id: id, data: "mail" });
  await frontend.idleAfter(request);
  expect(frontend.outputsOf(request)).toEqual([]);
  const outputs = frontend.outputsOf(cell.id);
  expect(outputs.map(({ type }) => type).slice(-3)).toEqual(["stream", "display_data", "stream"]);
  expect(outputs.at(-3)!.content).toEqual({ name: "stdout", text: "got mail\n" });
  expect(outputs.at(-1)!.content["text"]).toContain("in the callback");
});

test("a bound callback that hangs is interrupted and the session lives on", async () => {
  const cell = await frontend.run('let alive = 5; const stuck = host.comm("stuck"); stuck.onMessage(host.bind(() => { console.log("hangs"); while (true) {} })); stuck.id');
  const id = (await cell.finished).value!.replace(/'/g, "");
  const request = await frontend.send("shell", "comm_msg", { comm_id: id, data: 1 });
  await frontend.until(({ parent, type, content }) => parent === cell.id && type === "stream" && content["text"].includes("hangs"));
  await frontend.interrupt();
  await frontend.idleAfter(request);
  expect(await frontend.evaluate("alive")).toBe("5");
});

test("comm_info lists open comms with the cell that opened them, by target", async () => {
  const cell = await frontend.run('const stream = host.comm("stream"); stream.id', {}, { cellId: "cell-7" });
  await cell.finished;
  const { content } = await frontend.ask("shell", "comm_info_request", { target_name: "stream" });
  expect(Object.values(content["comms"])).toEqual([{ target_name: "stream", cellId: "cell-7" }]);
  await frontend.evaluate("stream.close()");
  expect((await frontend.ask("shell", "comm_info_request", { target_name: "stream" })).content["comms"]).toEqual({});
});

test("sending on a closed comm is an error that names the target", async () => {
  const { reply } = await frontend.execute('const closed = host.comm("gone"); closed.close(); closed.send(1)');
  expect(reply["evalue"]).toContain('"gone" is closed');
});
