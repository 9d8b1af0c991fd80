/** How a kernel and its front end find each other: ports that the kernel chooses, and a wire that is encrypted. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dealer, Router } from "zeromq";
import { expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

const kernel = fileURLToPath(new URL("../../dist/kernel/main.js", import.meta.url));

/** Runs a kernel on a connection file to its end. */
async function run(connection: object): Promise<{ code: number | null; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-connection-"));
  writeFileSync(join(folder, "c.json"), JSON.stringify(connection));
  const child = spawn(process.execPath, [kernel, "--connection-file", join(folder, "c.json")], { env: { ...process.env, NABLA_HISTORY: "off" } });
  let said = "";
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  rmSync(folder, { recursive: true });
  return { code, said };
}

test("a kernel whose launcher names no ports chooses five, reports them, and leaves them to other clients as long as it runs", async () => {
  const frontend = await Frontend.start({ registers: true });
  const file = join(frontend.folder, "kernel-k-1-ports.json");
  try {
    expect(frontend.connection["kernel_id"]).toBe("k-1");
    expect(await frontend.evaluate("1 + 1")).toBe("2");
    expect(await frontend.heartbeat("beat")).toBe("beat");
    const { shell_port, iopub_port, stdin_port, control_port, hb_port, key } = frontend.connection;
    const told = Object.fromEntries(Object.entries({ shell_port, iopub_port, stdin_port, control_port, hb_port }).map(([name, port]) => [name, Number(port)]));
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ ...told, key, ip: "127.0.0.1", transport: "tcp" });
    expect(statSync(file).mode & 0o077).toBe(0);
    expect((await frontend.ask("shell", "connect_request")).content).toMatchObject(told);
  } finally {
    await frontend.stop();
  }
  expect(existsSync(file)).toBe(false);
});

test("a kernel whose launcher does not have the session's key ends with one line", async () => {
  const launcher = new Router({ linger: 0 });
  await launcher.bind("tcp://127.0.0.1:*");
  const registration_port = Number(/\d+$/.exec(launcher.lastEndpoint!)![0]);
  const ended = run({ registration_ip: "127.0.0.1", registration_port, key: "the key" });
  const [identity] = await launcher.receive();
  await launcher.send([identity!, "<IDS|MSG>", "0".repeat(64), "ACK"]);
  const { code, said } = await ended;
  launcher.close();
  expect(code).toBe(1);
  expect(said).toMatch(/^nabla kernel: the launcher's acknowledgement is not signed.*\n$/);
});

test("a kernel whose launcher does not answer ends after five seconds", { timeout: 20_000 }, async () => {
  const launcher = new Router({ linger: 0 });
  await launcher.bind("tcp://127.0.0.1:*");
  const { code, said } = await run({ registration_ip: "127.0.0.1", registration_port: Number(/\d+$/.exec(launcher.lastEndpoint!)![0]), key: "" });
  launcher.close();
  expect([code, said]).toEqual([1, expect.stringContaining("does not answer")]);
});

test("a session with CurveZMQ keys is encrypted on every channel: who has no keys is not heard", async () => {
  const frontend = await Frontend.start({ encrypted: true });
  try {
    expect(await frontend.evaluate("6 * 7")).toBe("42");
    expect(await frontend.heartbeat("beat")).toBe("beat");
    const cell = await frontend.run('prompt("key?")', { allow_stdin: true });
    await frontend.until(({ type }) => type === "input_request");
    await frontend.send("stdin", "input_reply", { value: "none" });
    expect((await cell.finished).value).toBe("'none'");
    const stranger = new Dealer({ linger: 0, receiveTimeout: 1000 });
    stranger.connect(`tcp://127.0.0.1:${frontend.connection["hb_port"]}`);
    await stranger.send(["", "beat"]);
    await expect(stranger.receive()).rejects.toThrow();
    stranger.close();
  } finally {
    await frontend.stop();
  }
});

test("half a pair of keys is refused: a session that was to be encrypted does not run in the clear", async () => {
  const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };
  const { code, said } = await run({ ...ports, curve_publickey: "a".repeat(40) });
  expect([code, said]).toEqual([1, expect.stringContaining("curve_secretkey")]);
});
