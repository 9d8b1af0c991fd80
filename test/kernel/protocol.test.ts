/** The protocol beside executing cells: channels, signatures, status, usage, stdin, shutdown. */
import { cpus, hostname, totalmem } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
});
afterAll(() => frontend.stop());

test.each(["shell", "control"] as const)("kernel_info is answered on %s", async (channel) => {
  const { content } = await frontend.ask(channel, "kernel_info_request");
  expect(content).toMatchObject({ status: "ok", protocol_version: "5.5", implementation: "nabla", language_info: { name: "typescript", file_extension: ".ts" } });
});

test("every request is framed by busy and idle, on control too", async () => {
  for (const channel of ["shell", "control"] as const) {
    const { parent } = await frontend.ask(channel, "kernel_info_request");
    await frontend.idleAfter(parent);
    const states = frontend.received.filter((each) => each.parent === parent && each.type === "status").map(({ content }) => content["execution_state"]);
    expect(states).toEqual(["busy", "idle"]);
  }
});

test("the first subscriber is welcomed before anything else, and misses nothing of the start", () => {
  const [first, second] = frontend.received.filter(({ channel }) => channel === "iopub");
  expect(first).toMatchObject({ type: "iopub_welcome", parent: "", content: { subscription: "" } });
  expect(second).toMatchObject({ type: "status", parent: "", content: { execution_state: "starting" } });
});

test("the heartbeat echoes, also while a cell runs", async () => {
  const cell = await frontend.run("const until = Date.now() + 500; while (Date.now() < until);");
  expect(await frontend.heartbeat("beat")).toBe("beat");
  await cell.finished;
});

test("requests about the kernel are answered while a cell runs, and the status is busy again after", async () => {
  const cell = await frontend.run('console.log("running"); const end = Date.now() + 1000; while (Date.now() < end);');
  await frontend.printed(cell, "running");
  const { parent } = await frontend.ask("shell", "history_request", { hist_access_type: "tail", n: 1, output: false, raw: true });
  const idle = await frontend.idleAfter(parent);
  const next = await frontend.until((message) => message.channel === "iopub" && frontend.received.indexOf(message) > frontend.received.indexOf(idle));
  expect(next).toMatchObject({ parent: cell.id, content: { execution_state: "busy" } });
  await cell.finished;
});

test("a message with a forged signature is dropped with one line, and the session lives on", async () => {
  await frontend.evaluate("let kept = 3");
  const forged = await frontend.send("shell", "execute_request", { code: "kept = 666" }, { key: "not the key" });
  expect(await frontend.evaluate("kept")).toBe("3");
  expect(frontend.received.some(({ parent }) => parent === forged)).toBe(false);
  expect(frontend.log.match(/wrong signature/g)).toHaveLength(1);
});

test("a message of an unknown type costs one line and nothing else", async () => {
  await frontend.send("shell", "make_coffee_request", {});
  expect(await frontend.evaluate("1")).toBe("1");
  expect(frontend.log).toContain("make_coffee_request");
});

test.each([
  ["let a = 1", "complete"],
  ["function f() {", "incomplete"],
  ["const s = `half", "incomplete"],
  ["[1, 2,", "incomplete"],
  ["/* half", "incomplete"],
  ["await fetch", "complete"],
  ["let x = (;", "invalid"],
  ["const view = <b>{1}</b>", "complete"],
  ["const view = <b>\n  not closed", "incomplete"],
  ["const view = <b></i>", "invalid"],
])("is_complete says of %j: %s", async (code, status) => {
  expect((await frontend.ask("shell", "is_complete_request", { code })).content["status"]).toBe(status);
});

test("usage is told on control while a cell computes, in the fields that JupyterLab's resource monitor shows", async () => {
  await frontend.ask("control", "usage_request");
  const cell = await frontend.run('console.log("computing"); const over = Date.now() + 1500; while (Date.now() < over);');
  await frontend.printed(cell, "computing");
  await frontend.ask("control", "usage_request");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { content, type } = await frontend.ask("control", "usage_request");
  expect(type).toBe("usage_reply");
  expect(content).toMatchObject({ pid: frontend.kernel.pid, hostname: hostname(), cpu_count: cpus().length });
  expect(content["kernel_cpu"]).toBeGreaterThan(20);
  expect(content["host_cpu_percent"]).toBeGreaterThan(0);
  // Both processes, as the kernel of the machine counts them.
  expect(content["kernel_memory"]).toBeGreaterThan(30e6);
  expect(content["kernel_memory"]).toBeLessThan(1e9);
  expect(content["host_virtual_memory"]["total"]).toBe(totalmem());
  expect(Object.keys(content["host_virtual_memory"])).toEqual(expect.arrayContaining(["active", "available", "free", "inactive", "percent", "total"]));
  await cell.finished;
});

test("the ports are told to whoever asks", async () => {
  const { shell_port, iopub_port, stdin_port, control_port, hb_port } = frontend.connection;
  expect((await frontend.ask("shell", "connect_request")).content).toEqual({ status: "ok", shell_port, iopub_port, stdin_port, control_port, hb_port });
});

describe("input", () => {
  test("is asked for synchronously, of the front end that runs the cell", async () => {
    const cell = await frontend.run('const name = prompt("your name? "); const sure = confirm("sure?"); `${name} ${sure}`', { allow_stdin: true });
    const first = await frontend.until(({ type, parent }) => type === "input_request" && parent === cell.id);
    expect(first.content).toEqual({ prompt: "your name? ", password: false });
    await frontend.send("stdin", "input_reply", { value: "Ada" });
    await frontend.until(({ type, parent, content }) => type === "input_request" && parent === cell.id && content["prompt"].startsWith("sure?"));
    await frontend.send("stdin", "input_reply", { value: "y" });
    expect((await cell.finished).value).toContain("Ada true");
  });

  test("can hide what is typed", async () => {
    const cell = await frontend.run('prompt("secret ", { password: true })', { allow_stdin: true });
    const asked = await frontend.until(({ type, parent }) => type === "input_request" && parent === cell.id);
    expect(asked.content["password"]).toBe(true);
    await frontend.send("stdin", "input_reply", { value: "x" });
    await cell.finished;
  });

  test("that is waited for can be interrupted, and a late answer does no harm", async () => {
    const cell = await frontend.run('prompt("never answered")', { allow_stdin: true });
    await frontend.until(({ type, parent }) => type === "input_request" && parent === cell.id);
    await frontend.interrupt();
    expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
    await frontend.send("stdin", "input_reply", { value: "late" });
    expect(await frontend.evaluate("1 + 1")).toBe("2");
  });

  test("that the front end does not allow is an error at once", async () => {
    const { reply } = await frontend.execute('prompt("who?")', { allow_stdin: false });
    expect(reply).toMatchObject({ status: "error", ename: "StdinNotAllowedError" });
  });
});

test.each([[false], [true]])("shutdown with restart %s is answered, and the process ends with its child, even in a loop", async (restart) => {
  const other = await Frontend.start();
  const pid = Number(await other.evaluate("process.pid"));
  const cell = await other.run('console.log("running"); while (true) {}');
  await other.printed(cell, "running");
  const ended = new Promise((resolve) => other.kernel.once("exit", resolve));
  const { content } = await other.ask("control", "shutdown_request", { restart });
  expect(content).toEqual({ status: "ok", restart });
  expect(await ended).toBe(0);
  expect(() => process.kill(pid, 0)).toThrow();
  await other.stop();
});

test("a kernel that is killed leaves no child behind, even in a loop", async () => {
  const other = await Frontend.start();
  const pid = Number(await other.evaluate("process.pid"));
  const cell = await other.run('console.log("running"); while (true) {}');
  await other.printed(cell, "running");
  other.kernel.kill("SIGKILL");
  await expect.poll(() => { try { process.kill(pid, 0); return "alive"; } catch { return "gone"; } }, { timeout: 5000 }).toBe("gone");
  await other.stop();
});
