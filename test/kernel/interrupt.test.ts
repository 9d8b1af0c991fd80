/** The stop button: wherever the code is, it ends, is answered, and every variable is kept. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";
import type { CellResult } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
  await frontend.evaluate('let kept = 41; function spin() { console.log("running"); while (true) {} }');
});
afterAll(() => frontend.stop());

/** Runs a cell, presses stop once it has printed "running", and gives its end with the time that took. */
async function interruptCell(code: string): Promise<{ result: CellResult; latency: number }> {
  const cell = await frontend.run(code);
  await frontend.printed(cell, "running");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const pressed = await frontend.interrupt();
  const result = await cell.finished;
  return { result, latency: performance.now() - pressed };
}

async function expectKept(): Promise<void> {
  expect(await frontend.evaluate("kept + 1")).toBe("42");
}

describe("an interrupt", () => {
  test.each([
    ["a plain loop", 'console.log("running"); while (true) {}'],
    ["a loop in a function of an earlier cell, called by a cell that is nothing else", "spin()"],
    ["a loop that swallows every error", 'console.log("running"); while (true) { try { JSON.parse("{") } catch {} finally { 0 } }'],
    ["a loop after an import", 'import { readFileSync } from "node:fs"; readFileSync; console.log("running"); while (true) {}'],
    ["a loop after an await", 'await new Promise((r) => setTimeout(r, 20)); console.log("running"); while (true) {}'],
    ["a loop after an await of a value", 'await 1; console.log("running"); while (true) {}'],
    ["a loop of awaits that never lets the event loop turn", 'console.log("running"); while (true) await null'],
    ["a pending await", 'console.log("running"); await new Promise(() => {})'],
    ["a pending import", 'console.log("running"); await import("data:text/javascript,await new Promise(() => {})")'],
    ["a loop in a timer callback", 'setTimeout(() => { console.log("running"); while (true) {} }, 20); await new Promise(() => {})'],
    ["a loop in an immediate", 'setImmediate(() => { console.log("running"); while (true) {} }); await new Promise(() => {})'],
    ["a loop in a timer of node:timers", 'import { setTimeout as later } from "node:timers"; later(() => { console.log("running"); while (true) {} }, 20); await new Promise(() => {})'],
    ["a loop in a microtask", 'queueMicrotask(() => { console.log("running"); while (true) {} }); await new Promise(() => {})'],
    ["a loop in a tick", 'process.nextTick(() => { console.log("running"); while (true) {} }); await new Promise(() => {})'],
    ["a loop in a callback of Node's", 'import { stat } from "node:fs"; stat("/", () => { console.log("running"); while (true) {} }); await new Promise(() => {})'],
    ["a loop that prints", 'console.log("running"); for (let i = 0; ; i++) console.log(i)'],
    ["a loop that displays", 'console.log("running"); for (let i = 0; ; i++) display(i)'],
    ["a loop in a display method", 'console.log("running"); ({ [Symbol.for("Jupyter.display")]() { while (true) {} } })'],
    ["a for-await loop", 'console.log("running"); for await (const x of { async *[Symbol.asyncIterator]() { yield 1; await new Promise(() => {}); } }) x;'],
    ["a blocked thread", 'console.log("running"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
    ["a backtracking regular expression", 'console.log("running"); /^(a+)+$/.test("a".repeat(40) + "b")'],
  ])("ends %s and keeps the variables", async (_where, code) => {
    const { result, latency } = await interruptCell(code);
    expect(result.reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect(latency).toBeLessThan(1000);
    await expectKept();
  });

  test("of a pending await can be caught, runs finally blocks, and names the cell's line", async () => {
    const { result } = await interruptCell(
      'globalThis.trace = [];\ntry {\n  console.log("running");\n  await new Promise(() => {});\n} catch (error) {\n  trace.push(error.name);\n  throw error;\n} finally {\n  trace.push("finally");\n}',
    );
    expect(result.reply).toMatchObject({ ename: "KeyboardInterrupt" });
    expect(await frontend.evaluate("trace.join()")).toContain("KeyboardInterrupt,finally");
  });

  test("aborts the signal of its cell, and the next cell has a fresh one", async () => {
    await interruptCell('globalThis.signal = globalThis[Symbol.for("Jupyter.host")].signal; console.log("running"); while (true) {}');
    expect(await frontend.evaluate('`${signal.aborted} ${globalThis[Symbol.for("Jupyter.host")].signal.aborted}`')).toContain("true false");
  });

  test("raises the flag at once, which native loops poll, and lowers it when the cell has been answered", async () => {
    const { result } = await interruptCell(
      'const flag = globalThis[Symbol.for("Jupyter.host")].interruptFlag; console.log("running"); while (Atomics.load(flag, 0) === 0); globalThis.sawFlag = true; while (true) {}',
    );
    expect(result.reply["ename"]).toBe("KeyboardInterrupt");
    // The termination follows the flag at once, so whether the line after the loop ran is a matter of microseconds.
    expect(await frontend.evaluate("flag[0]")).toBe("0");
  });

  test.each([
    ["leaves the cell", "while (Atomics.load(flag, 0) === 0); throw new Error('by itself')"],
    ["rejects a promise that the cell awaits", "await (async () => { while (Atomics.load(flag, 0) === 0); throw new Error('by itself') })()"],
  ])("at the moment at which an error %s is an interrupt and no crash", async (_how, code) => {
    await frontend.evaluate('globalThis.flag = globalThis[Symbol.for("Jupyter.host")].interruptFlag; 1');
    // Node 20 used to abort in most of these rounds: the termination landed between the error and the evaluation's end.
    for (let round = 0; round < 20; round++) {
      const cell = await frontend.run(`console.log("running"); ${code}`);
      await frontend.printed(cell, "running");
      await frontend.interrupt();
      expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
    }
    await expectKept();
  });

  test.each([
    ["that it waits for synchronously", 'import { execSync } from "node:child_process"; console.log("running"); execSync("sleep 30; sleep 30");'],
    ["that it awaits", 'import { spawn } from "node:child_process"; import { once } from "node:events"; console.log("running"); await once(spawn("sleep", ["30"]), "exit");'],
    ["that ignores the request to end", 'import { execSync } from "node:child_process"; console.log("running"); execSync("trap : INT; while true; do sleep 0.05; done");'],
  ])("ends a cell with the process %s, and the variables are kept", async (_which, code) => {
    const { result, latency } = await interruptCell(code);
    expect(result.reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect(latency).toBeLessThan(1800);
    await expectKept();
    const left = `require("node:fs").readFileSync(\`/proc/\${process.pid}/task/\${process.pid}/children\`, "utf8").trim()`;
    await expect.poll(() => frontend.evaluate(left), { timeout: 5000 }).toBe("''");
  });

  test("leaves a process alone that an earlier cell has started", async () => {
    await frontend.evaluate('import { spawn } from "node:child_process"; const server = spawn("sleep", ["60"]); await new Promise((r) => setTimeout(r, 50)); 1');
    await interruptCell('console.log("running"); while (true) {}');
    expect(await frontend.evaluate("server.exitCode === null && server.signalCode === null")).toBe("true");
    await frontend.evaluate("server.kill(); 1");
  });

  test("runs what a library does at the end of a cell, however often stop is pressed", async () => {
    await frontend.evaluate('globalThis.whole = 0; globalThis[Symbol.for("Jupyter.host")].onCellEnd(() => { const end = performance.now() + 20; while (performance.now() < end); whole++; })');
    await frontend.evaluate("whole = 0");
    const cell = await frontend.run('console.log("running"); while (true) {}');
    await frontend.printed(cell, "running");
    for (let press = 0; press < 5; press++) await frontend.interrupt();
    await cell.finished;
    // One for the cell that set it to zero, one for the one that was stopped.
    expect(await frontend.evaluate("whole")).toBe("2");
  });

  test("arrives twice while all of libuv's threads are taken", async () => {
    const fill = 'import { pbkdf2 } from "node:crypto"; for (let i = 0; i < 8; i++) pbkdf2("a", "b", 1_000_000, 64, "sha512", () => {});';
    await frontend.evaluate(fill);
    for (let round = 0; round < 2; round++) {
      const { result, latency } = await interruptCell('console.log("running"); while (true) {}');
      expect(result.reply["ename"]).toBe("KeyboardInterrupt");
      expect(latency).toBeLessThan(1000);
    }
    await expectKept();
  });

  test("stops the cells behind the one that it stops", async () => {
    const first = await frontend.run('console.log("running"); while (true) {}');
    const second = await frontend.run("globalThis.secondRan = true");
    await frontend.printed(first, "running");
    await frontend.interrupt();
    expect((await second.finished).reply["status"]).toBe("aborted");
    expect(await frontend.evaluate("typeof secondRan")).toContain("undefined");
  });

  test("comes before or after what a library does as a whole, never into the middle of it", async () => {
    await frontend.evaluate('globalThis.begun = 0; globalThis.done = 0; 1');
    const step = "begun++; const end = performance.now() + 2; while (performance.now() < end); done++;";
    for (let round = 0; round < 8; round++) {
      const { result } = await interruptCell(`const host = globalThis[Symbol.for("Jupyter.host")]; console.log("running"); while (true) host.undisturbed(() => { ${step} });`);
      expect(result.reply["ename"]).toBe("KeyboardInterrupt");
      expect(await frontend.evaluate("begun > 0 && begun === done")).toBe("true");
    }
    await expectKept();
  });

  test("while nothing runs does nothing to the next cell", async () => {
    await frontend.interrupt();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expectKept();
    expect(await frontend.evaluate('globalThis[Symbol.for("Jupyter.host")].interruptFlag[0]')).toBe("0");
  });

  test("ends an interval whose callback hangs, after its cell has ended", async () => {
    const cell = await frontend.run('setInterval(() => { console.log("running"); while (true) {} }, 20); 1');
    await cell.finished;
    await frontend.printed(cell, "running");
    await frontend.interrupt();
    await expectKept();
  });

  test("runs what was registered for the end of a cell", async () => {
    await frontend.evaluate('globalThis.ends = 0; globalThis[Symbol.for("Jupyter.host")].onCellEnd(() => { ends++ })');
    const before = Number(await frontend.evaluate("ends"));
    await interruptCell('console.log("running"); while (true) {}');
    await frontend.execute("throw 1");
    expect(Number(await frontend.evaluate("ends"))).toBe(before + 3);
  });

  test("by SIGINT works as well", async () => {
    const cell = await frontend.run('console.log("running"); while (true) {}');
    await frontend.printed(cell, "running");
    frontend.kernel.kill("SIGINT");
    expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
    await expectKept();
  });

  test("can be sent a hundred times in a row, at any moment after a cell has begun", async () => {
    // Some arrive before the loop behind the await has begun, when there is nothing yet to terminate or to reject.
    const codes = ["for (;;);", "await new Promise(() => {})", "await 1; for (;;);", "while (true) await null", "for (;;) console.log(1)"];
    for (let round = 0; round < 100; round++) {
      const cell = await frontend.run(codes[round % codes.length]!);
      await frontend.until(({ parent, type }) => parent === cell.id && type === "execute_input");
      await new Promise((resolve) => setTimeout(resolve, round % 7));
      await frontend.interrupt();
      expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
    }
    await expectKept();
  });
});
