/** What a cell prints and shows: all of it, in the order of the calls, before the cell is over. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
});
afterAll(() => frontend.stop());

/** What was shown, one entry a message, with neighbouring text of one stream joined. */
function shown(published: { type: string; content: Record<string, any> }[]): string[] {
  return published
    .filter(({ type }) => type !== "status" && type !== "execute_input")
    .map(({ type, content }) => (type === "stream" ? `${content["name"]}: ${content["text"]}` : `${type}: ${content["data"]?.["text/plain"] ?? JSON.stringify(content)}`));
}

describe("printed text", () => {
  test("of 300,000 lines arrives whole and in order before idle, in few messages", { timeout: 60_000 }, async () => {
    const { stdout, published } = await frontend.execute("for (let i = 0; i < 300_000; i++) console.log('line ' + i)", {}, 60_000);
    const lines = stdout.split("\n");
    expect(lines.length).toBe(300_001);
    expect(lines.every((line, index) => index === 300_000 || line === `line ${index}`)).toBe(true);
    expect(published.at(-1)!.content["execution_state"]).toBe("idle");
    expect(published.length).toBeLessThan(500);
  });

  test("arrives while a synchronous loop is still running", async () => {
    const cell = await frontend.run('console.log("early"); const end = Date.now() + 1000; while (Date.now() < end);');
    await frontend.printed(cell, "early");
    expect(frontend.received.some(({ parent, type }) => parent === cell.id && type === "execute_reply")).toBe(false);
    await cell.finished;
  });

  test("keeps the order of stdout, stderr and displays", async () => {
    const { published } = await frontend.execute('console.log("a"); console.error("b"); display("c"); process.stdout.write("d"); console.warn("e"); "f"');
    expect(shown(published)).toEqual(["stdout: a\n", "stderr: b\n", "display_data: c", "stdout: d", "stderr: e\n", "execute_result: f"].map((each) => expect.stringContaining(each.slice(0, -1))));
  });

  test("of a sub-process and of raw descriptors comes before the display that follows it", async () => {
    const { published, stdout, stderr } = await frontend.execute(
      'import { execSync } from "node:child_process"; import { writeSync } from "node:fs";\nexecSync("echo from a sub-process", { stdio: "inherit" }); writeSync(2, "raw error\\n"); display(1); writeSync(1, "raw\\n"); 2',
    );
    expect(stdout).toBe("from a sub-process\nraw\n");
    expect(stderr).toBe("raw error\n");
    const order = published.map(({ type, content }) => content["text"] ?? type);
    expect(order.indexOf("from a sub-process\n")).toBeLessThan(order.indexOf("display_data"));
    expect(order.indexOf("raw\n")).toBeGreaterThan(order.indexOf("display_data"));
    expect(order.indexOf("raw\n")).toBeLessThan(order.indexOf("execute_result"));
  });

  test("that is cut in the middle of a character by the pipe is whole", async () => {
    const { stdout } = await frontend.execute('import { writeSync } from "node:fs"; const bytes = Buffer.from("π".repeat(50_000)); for (let i = 0; i < bytes.length; ) i += writeSync(1, bytes, i, Math.min(9973, bytes.length - i));');
    expect(stdout).toBe("π".repeat(50_000));
  });

  test("in bytes that cut a character is whole as well", async () => {
    const { stdout } = await frontend.execute('const bytes = Buffer.from("π"); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1));');
    expect(stdout).toBe("π");
  });

  test("survives a cell that closes its raw descriptors", async () => {
    const other = await Frontend.start();
    try {
      await other.execute('import { closeSync } from "node:fs"; closeSync(1); closeSync(2);');
      const { stdout, value } = await other.execute('console.log("still here"); 3');
      expect([stdout, value]).toEqual(["still here\n", "3"]);
    } finally {
      await other.stop();
    }
  });

  test("of a timer goes to the cell that set it, though another one is running", async () => {
    const first = await frontend.run('setTimeout(() => console.log("late"), 150); 1');
    await first.finished;
    const second = await frontend.execute("await new Promise((r) => setTimeout(r, 400)); 2");
    expect(second.stdout).toBe("");
    await frontend.printed(first, "late");
  });

  test("after an await of an earlier cell goes to that cell", async () => {
    const first = await frontend.run('globalThis.later = (async () => { await new Promise((r) => setTimeout(r, 150)); console.log("later") })(); 1');
    await first.finished;
    const second = await frontend.execute("await later; console.log('second')");
    expect(second.stdout).toBe("second\n");
    await frontend.printed(first, "later");
  });

  test.each(["await late();", "await Promise.all([late(), (async () => late())()]);", "const started = late(); await started;", "for (let i = 0; i < 2; i++) await late();", "try { await late(true); } catch (error) { console.log(error.message); }"])(
    "of an earlier cell's function goes to the cell that waits for it: %s",
    async (code) => {
      await frontend.execute("async function late(fails = false) { await new Promise((resolve) => setTimeout(resolve, 5)); display('shown'); await null; if (fails) throw new Error('failed'); console.log('printed'); }");
      const { published } = await frontend.execute(code);
      const count = /i < 2|all/.test(code) ? 2 : 1;
      const all = shown(published);
      expect(all.filter((each) => each.includes("shown"))).toHaveLength(count);
      expect(all.join("").split(code.includes("true") ? "failed" : "printed")).toHaveLength(count + 1);
    },
  );

  test.each(["[1, Promise.resolve(2)]", "(async function* () { yield 1; await new Promise((resolve) => setTimeout(resolve, 5)); yield 2; })()"])(
    "in a `for await` of an earlier cell's function goes to the cell that calls it: over %s",
    async (values) => {
      await frontend.execute("async function each(values) { for await (const value of values) { console.log('value', value); await null; console.log('after', value); } }");
      expect((await frontend.execute(`await each(${values});`)).stdout).toBe("value 1\nafter 1\nvalue 2\nafter 2\n");
    },
  );

  test("of one function that two cells have called at once goes to each of them", async () => {
    await frontend.execute("async function slow(name) { for (let i = 0; i < 3; i++) { await new Promise((resolve) => setTimeout(resolve, 40)); console.log(name + i); } }");
    const first = await frontend.run("const one = slow('first'); 0");
    await first.finished;
    const second = await frontend.execute("await Promise.all([one, slow('second')]); 0");
    expect(second.stdout).toBe("second0\nsecond1\nsecond2\n");
    await frontend.printed(first, "first0\nfirst1\nfirst2\n");
  });

  test("of a console group is indented, and of a table is a table", async () => {
    const { stdout } = await frontend.execute('console.group("outer"); console.log("inner"); console.groupEnd(); console.table([{ a: 1 }])');
    expect(stdout).toMatch(/^outer\n  inner\n┌/);
  });
});

test("a cell that floods a Jupyter server, which is given no more than it takes, is stopped all the same", { timeout: 60_000 }, async () => {
  const other = await Frontend.start({ env: { JPY_SESSION_NAME: "flood.ipynb" } });
  try {
    const cell = await other.run("const page = 'x'.repeat(10_000); while (true) console.log(page);");
    // More than may go out at once: from here on it waits.
    await other.printed(cell, "x".repeat(10_000) + "\n" + "x".repeat(10_000));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const pressed = await other.interrupt();
    expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
    const latency = performance.now() - pressed;
    console.log(`a cell that floods was stopped after ${latency.toFixed(0)} ms`);
    expect(latency).toBeLessThan(3000);
    expect(await other.evaluate("page.length")).toBe("10000");
  } finally {
    await other.stop();
  }
});

test("a process that prints 300 megabytes is made to wait, and not gathered in the kernel's memory", { timeout: 60_000 }, async () => {
  const other = await Frontend.start({ env: { JPY_SESSION_NAME: "flood.ipynb" } });
  try {
    const cell = await other.run('import { spawn } from "node:child_process"; const yes = spawn("sh", ["-c", "yes | head -c 300000000"], { stdio: "inherit" }); await new Promise((resolve) => yes.once("exit", resolve));');
    await other.printed(cell, "y\ny\n");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const { stdout: memory } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(other.kernel.pid)]);
    expect(Number(memory) / 1024).toBeLessThan(250);
    await other.interrupt();
    expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
  } finally {
    await other.stop();
  }
});

describe("a display", () => {
  test("is updated in place through its handle", async () => {
    const { published } = await frontend.execute('const shown = display("one", { id: "fixed" }); shown.update("two"); shown.id');
    const [first, second] = published.filter(({ type }) => type.endsWith("display_data"));
    expect([first!.type, second!.type]).toEqual(["display_data", "update_display_data"]);
    expect(first!.content["transient"]).toEqual({ display_id: "fixed" });
    expect(second!.content["transient"]).toEqual({ display_id: "fixed" });
  });

  test("is all that a cell shows which ends with it: its handle is no result", async () => {
    const { published } = await frontend.execute('display("shown")');
    expect(published.map(({ type }) => type)).not.toContain("execute_result");
    const { published: others } = await frontend.execute('[display("shown")].length');
    expect(others.map(({ type }) => type)).toContain("execute_result");
  });

  test("shows what the value's own method gives, now or later", async () => {
    const { published } = await frontend.execute(
      'const symbol = Symbol.for("Jupyter.display");\ndisplay({ [symbol]: () => ({ "text/plain": "now" }) });\ndisplay({ [symbol]: async () => { await new Promise((r) => setTimeout(r, 50)); return { "text/plain": "later" } } });\n({ [symbol]: () => ({ "text/html": "<b>x</b>", "text/plain": "x" }) })',
    );
    expect(shown(published)).toEqual(["display_data: now", "display_data: later", "execute_result: x"]);
    expect(published.find(({ type }) => type === "execute_result")!.content["data"]["text/html"]).toBe("<b>x</b>");
  });

  test("that clears the output says when", async () => {
    const { published } = await frontend.execute("clearOutput(); clearOutput({ wait: true })");
    expect(published.filter(({ type }) => type === "clear_output").map(({ content }) => content)).toEqual([{ wait: false }, { wait: true }]);
  });

  test("of a chart gets its picture, and what follows waits behind it", async () => {
    const spec = '{ $schema: "https://vega.github.io/schema/vega-lite/v5.json", data: { values: [{ x: 1, y: 2 }] }, mark: "point", encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } } }';
    const { published } = await frontend.execute(
      `display({ [Symbol.for("Jupyter.display")]: () => ({ "application/vnd.vegalite.v5+json": ${spec}, "text/plain": "chart" }) }); console.log("after the chart")`,
    );
    expect(shown(published)).toEqual(["display_data: chart", "stdout: after the chart\n"]);
    const { data } = published.find(({ type }) => type === "display_data")!.content;
    expect(Object.keys(data).sort()).toEqual(["application/vnd.vegalite.v5+json", "image/png", "text/plain"]);
    expect(published.at(-1)!.content["execution_state"]).toBe("idle");
  });

  test("whose method throws is shown as text that says why", async () => {
    const { reply, value } = await frontend.execute('({ size: 3, [Symbol.for("Jupyter.display")]() { throw new Error("cannot be drawn") } })');
    expect(reply["status"]).toBe("ok");
    expect(value).toMatch(/size: 3[^]*cannot be drawn/);
  });
});

describe("errors behind a cell's back", () => {
  test.each([
    ["a timer", 'setTimeout(() => { throw new Error("in a timer") }, 10); 1', "in a timer"],
    ["a promise that nobody awaits", 'Promise.reject(new Error("unawaited")); 1', "unawaited"],
    ["an event handler", 'import { stat } from "node:fs"; stat("/", () => { throw new Error("in a callback") }); 1', "in a callback"],
  ])("of %s are printed in its cell, and the session lives on", async (_where, code, message) => {
    await frontend.evaluate("let kept = 1");
    const cell = await frontend.run(code);
    expect((await cell.finished).reply["status"]).toBe("ok");
    await frontend.printed(cell, message);
    expect(await frontend.evaluate("kept")).toBe("1");
  });
});

test("2,000 rounds of printing, displaying and sending all arrive in order during the loop, though the parent is stalled for a second", { timeout: 60_000 }, async () => {
  const cell = await frontend.run(`
    const comm = globalThis[Symbol.for("Jupyter.host")].comm("stall");
    console.log("running");
    for (let i = 0; i < 2000; i++) {
      console.log("p" + i);
      display({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "d" + i }) });
      comm.send({ i, filler: "x".repeat(500) }, [new Uint8Array([i & 255])]);
    }
    while (comm.poll() === undefined);
  `);
  await frontend.printed(cell, "running");
  frontend.kernel.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  frontend.kernel.kill("SIGCONT");
  // The loop ends only when it is told to, and it is told when all has arrived.
  const { content: { comm_id: comm } } = await frontend.until(({ type, content }) => type === "comm_msg" && content["data"].i === 1999);
  await frontend.send("shell", "comm_msg", { comm_id: comm, data: "go on" });
  const { published } = await cell.finished;
  const events = published.flatMap(({ type, content, buffers }) => {
    if (type === "stream") return String(content["text"]).split("\n").filter((line) => line.startsWith("p"));
    if (type === "display_data") return [String(content["data"]["text/plain"])];
    if (type === "comm_msg") return [`c${content["data"].i}/${buffers[0]![0]}`];
    return [];
  });
  expect(events).toEqual(Array.from({ length: 2000 }, (_, i) => [`p${i}`, `d${i}`, `c${i}/${i & 255}`]).flat());
});
