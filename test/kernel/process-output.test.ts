/** What sub-processes print: all of it, in its place, in the cell that has started them, however late. */
import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
  await frontend.execute('import { spawn, fork } from "node:child_process"; import { once } from "node:events"; import { existsSync, rmSync, writeFileSync } from "node:fs"; writeFileSync("forked.mjs", "setTimeout(() => { console.log(\'late out\'); console.error(\'late error\'); }, 300)");');
});
afterAll(() => frontend.stop());

/** What was printed and shown, in order, with neighbouring text of one stream joined. */
function shown(published: { type: string; content: Record<string, any> }[]): string {
  return published.map(({ type, content }) => (type === "stream" ? content["text"] : type === "display_data" ? `<${content["data"]["text/plain"]}>` : "")).join("");
}

describe("late output of a sub-process goes to the cell that has started it", () => {
  const late = '["-c", "sleep 0.3; echo late out; echo late error >&2"]';
  test.each([
    ["that inherits", `spawn("sh", ${late}, { stdio: "inherit" }); 0`],
    ["that inherits each descriptor by name", `spawn("sh", ${late}, { stdio: ["ignore", "inherit", "inherit"] }); 0`],
    ["that is given the numbers", `spawn("sh", ${late}, { stdio: [0, 1, 2] }); 0`],
    ["that is given the streams", `spawn("sh", ${late}, { stdio: ["ignore", process.stdout, process.stderr] }); 0`],
    ["whose process has started it in turn", `spawn("sh", ["-c", '(sleep 0.3; echo late out; echo late error >&2) &'], { stdio: "inherit" }); 0`],
    ["that is forked", `fork("forked.mjs"); 0`],
    ["that a timer has started", `await new Promise((go) => setTimeout(() => go(spawn("sh", ${late}, { stdio: "inherit" })), 10)); 0`],
  ])("%s", async (_which, code) => {
    const first = await frontend.run(code);
    await first.finished;
    // Nothing of the child's event loop turns meanwhile.
    const second = await frontend.run('console.log("second"); while (!existsSync("seen")); rmSync("seen"); console.log("end")');
    await frontend.printed(first, "late error\n");
    await frontend.printed(first, "late out\n");
    writeFileSync(join(frontend.folder, "seen"), "");
    expect((await second.finished).stdout).toBe("second\nend\n");
  });
});

test("two processes of two cells print each in its own", async () => {
  const loop = (name: string): string => `const ${name} = spawn("sh", ["-c", "for i in 1 2 3; do echo ${name}$i; sleep 0.1; done"], { stdio: "inherit" }); 0`;
  const first = await frontend.run(loop("one"));
  await first.finished;
  const second = await frontend.run(loop("two"));
  await second.finished;
  const third = await frontend.execute("await Promise.all([one, two].map((each) => each.exitCode ?? once(each, 'exit'))); 0");
  await frontend.printed(first, "one1\none2\none3\n");
  await frontend.printed(second, "two1\ntwo2\ntwo3\n");
  expect(third.stdout).toBe("");
});

test("what a process has printed before its end stands before all that the cell prints and shows after it", async () => {
  const code = `for (let i = 0; i < 20; i++) {
    await once(spawn("sh", ["-c", "seq 200 | tr '\\\\n' ' '; echo e" + i + " >&2"], { stdio: "inherit" }), "exit");
    if (i % 2 === 0) console.log("after " + i); else display(i);
  }`;
  const { published } = await frontend.execute(code);
  const text = shown(published);
  const page = Array.from({ length: 200 }, (_, index) => `${index + 1} `).join("");
  const parts = text.split(/after \d+\n|<\d+>/);
  expect(parts.pop()).toBe("");
  expect(text.match(/after \d+|<\d+>/g)).toEqual(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? `after ${i}` : `<${i}>`)));
  expect(parts.map((part) => part.replace(/e\d+\n/, ""))).toEqual(parts.map(() => page));
});

test("what a process prints around a display of its cell stays on its side of it", async () => {
  const code = `const answering = spawn("sh", ["-c", "while read line; do echo got $line; echo ok >&3; done"], { stdio: ["pipe", "inherit", "inherit", "pipe"] });
  const say = async (line) => { answering.stdin.write(line + "\\n"); await once(answering.stdio[3], "data"); };
  for (let i = 0; i < 20; i++) { await say("a" + i); display(i); }
  answering.stdin.end(); await once(answering, "exit"); 0`;
  const { published } = await frontend.execute(code);
  expect(shown(published)).toBe(Array.from({ length: 20 }, (_, i) => `got a${i}\n<${i}>`).join(""));
});

test("five megabytes of a process that is waited for are whole before the cell is over", { timeout: 60_000 }, async () => {
  const { stdout } = await frontend.execute('await once(spawn("sh", ["-c", "seq 700000"], { stdio: "inherit" }), "exit"); 0', {}, 60_000);
  expect(stdout.length).toBe(4_788_895);
  expect(stdout.endsWith("\n699999\n700000\n")).toBe(true);
});

test("the last words of a process are shown though the child ends at once, or is killed", async () => {
  const first = await frontend.run('import { spawn as start } from "node:child_process"; const words = start("sh", ["-c", "echo last words; exec sleep 10"], { stdio: "inherit" }); for (const end = Date.now() + 300; Date.now() < end;); process.exit(0)');
  await first.finished;
  await frontend.printed(first, "last words");
  const second = await frontend.run('import { spawn as start } from "node:child_process"; const words = start("sh", ["-c", "sleep 0.3; echo outlived"], { stdio: "inherit", detached: true }); process.kill(process.pid, "SIGKILL"); 0');
  await second.finished;
  await frontend.execute("1");
  await frontend.printed(second, "outlived");
  await frontend.execute('import { spawn, fork } from "node:child_process"; import { once } from "node:events";');
});

test("descriptors and folders are left behind by no process, be it ended, killed, or never started", async () => {
  const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("nabla-output-"));
  const before = new Set(folders());
  await frontend.execute('import { readdirSync } from "node:fs"; const count = (pid) => readdirSync(`/proc/${pid}/fd`).length; await once(spawn("true", { stdio: "inherit" }), "exit"); await new Promise((r) => setTimeout(r, 200)); const counts = [count(process.pid), count(process.ppid)];');
  await frontend.execute(`for (let i = 0; i < 10; i++) {
    await once(spawn("true", { stdio: "inherit" }), "exit");
    const killed = spawn("sleep", ["9"], { stdio: "inherit" }); killed.kill("SIGKILL"); await once(killed, "exit");
    const absent = spawn("no-such-command", { stdio: "inherit" }); await once(absent, "error");
    try { spawn("true", { stdio: "inherit", cwd: "\\0" }); } catch {}
  }`);
  // What has ended is tidied up a little later.
  const grown = "[count(process.pid) - counts[0], count(process.ppid) - counts[1]]";
  for (let look = 0; look < 20 && (await frontend.evaluate(grown)) !== "[ 0, 0 ]"; look++) await pause(200);
  expect(await frontend.evaluate(grown)).toBe("[ 0, 0 ]");
  expect(folders().filter((name) => !before.has(name))).toEqual([]);
});

test("of a silent request nothing is shown", async () => {
  const cell = await frontend.run('await once(spawn("echo", ["unwanted"], { stdio: "inherit" }), "exit")', { silent: true });
  await cell.finished;
  expect(frontend.received.filter(({ parent, type }) => parent === cell.id && type === "stream")).toEqual([]);
});

test("where the system makes no named pipes, sub-processes print all the same", async () => {
  const other = await Frontend.start();
  try {
    const { stdout } = await other.execute('import { spawn } from "node:child_process"; import { once } from "node:events"; process.env.PATH = ""; await once(spawn("/bin/echo", ["inherited"], { stdio: "inherit" }), "exit"); display(1)');
    expect(stdout).toBe("inherited\n");
  } finally {
    await other.stop();
  }
});
