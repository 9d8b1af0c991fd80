/** A kernel that is ended from outside, however it ends: no process of its own is left, and no file. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let temporary: string;
let frontend: Frontend;
beforeEach(async () => {
  temporary = mkdtempSync(join(tmpdir(), "nabla-orphans-"));
  frontend = await Frontend.start({ env: { TMPDIR: temporary } });
});
afterEach(async () => {
  await frontend.stop();
  rmSync(temporary, { recursive: true, force: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const cells: [string, string][] = [
  ["nothing", 'console.log("running")'],
  ["a loop", 'console.log("running"); while (true) {}'],
  ["a pending await", 'console.log("running"); await new Promise(() => {})'],
  ["a question", 'console.log("running"); prompt("who?")'],
  ["a process", 'import { spawn } from "node:child_process"; console.log(`started ${spawn("sleep", ["300"]).pid}.`); console.log("running"); while (true) {}'],
  ["native code that heeds nothing", 'import { pbkdf2Sync } from "node:crypto"; console.log("running"); pbkdf2Sync("a", "b", 1e8, 64, "sha512")'],
];

test.each(cells)("SIGTERM while it runs %s ends all of it and leaves no file", { timeout: 30_000 }, async (_what, code) => {
  const child = Number(await frontend.evaluate("process.pid"));
  // A tensor's picture or a chart starts every worker there is; completion starts the language service.
  await frontend.ask("shell", "complete_request", { code: "Math.ma", cursor_pos: 7 });
  const cell = await frontend.run(code, { allow_stdin: true });
  await frontend.printed(cell, "running");
  const printed = frontend.outputsOf(cell.id).map(({ content }) => String(content["text"] ?? "")).join("");
  const started = Number(/started (\d+)\./.exec(printed)?.[1] ?? child);
  const ended = new Promise((resolve) => frontend.kernel.once("exit", (exitCode) => resolve(exitCode)));
  frontend.kernel.kill("SIGTERM");
  expect(await ended).toBe(0);
  await expect.poll(() => [child, started].filter(isAlive), { timeout: 5000 }).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
});

test("SIGKILL while a cell's process runs leaves none of them", async () => {
  const child = Number(await frontend.evaluate("process.pid"));
  const cell = await frontend.run('import { spawn } from "node:child_process"; console.log(`started ${spawn("sleep", ["300"]).pid}.`); while (true) {}');
  await frontend.printed(cell, ".");
  const printed = frontend.outputsOf(cell.id).map(({ content }) => String(content["text"] ?? "")).join("");
  const started = Number(/started (\d+)\./.exec(printed)![1]);
  frontend.kernel.kill("SIGKILL");
  await expect.poll(() => [child, started].filter(isAlive), { timeout: 5000 }).toEqual([]);
});
