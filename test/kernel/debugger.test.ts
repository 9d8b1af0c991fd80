/**
 * The debugger as a front end meets it: the Debug Adapter Protocol in Jupyter's `debug_request`, `debug_reply` and
 * `debug_event`. The dialogues follow JupyterLab's, and ipykernel's where the documentation leaves something open.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DebugClient, texts } from "./debug-client.ts";
import { Frontend } from "./frontend.ts";
import hashes from "./debugger-hashes.json" with { type: "json" };

const checkout = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let frontend: Frontend;
let client: DebugClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-debug-"));
  frontend = await Frontend.start({ cwd: folder, env: { NABLA_PACKAGES: checkout } });
  client = new DebugClient(frontend);
});
afterAll(async () => {
  await frontend.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** How the frame of a cell's own lines is called. */
const inCell = expect.stringMatching(/^Cell \[\d+\]$/) as string;

/** Goes on until the cell has ended. */
async function finish(cell: { finished: Promise<{ reply: Record<string, unknown> }> }): Promise<Record<string, unknown>> {
  await client.ask("continue", { threadId: 1 });
  return (await cell.finished).reply;
}

describe("before anybody attaches", () => {
  test("the kernel says that it has a debugger, and how it names cells", async () => {
    const { content } = await frontend.ask("control", "kernel_info_request");
    expect(content).toMatchObject({ debugger: true, supported_features: ["debugger"] });
    const info = await client.ask("debugInfo");
    expect(info).toMatchObject({ isStarted: false, hashMethod: "Murmur2", tmpFileSuffix: ".ts", breakpoints: [], stoppedThreads: [], richRendering: true, copyToGlobals: true });
  });

  test("a request that needs a debugger is refused in words", async () => {
    const refused = await client.reply("stackTrace", { threadId: 1 });
    expect(refused).toMatchObject({ type: "response", command: "stackTrace", success: false, message: expect.stringContaining("not attached") as string });
    expect(await client.reply("fly")).toMatchObject({ success: false, message: expect.stringContaining('"fly"') as string });
    expect(await client.reply("toString")).toMatchObject({ success: false });
  });

  test.each([
    ["nothing", {}],
    ["no arguments", { type: "request", seq: 1, command: "initialize", arguments: null }],
    ["a list in place of arguments", { type: "request", seq: 1, command: "variables", arguments: [1] }],
    ["a source that is none", { type: "request", seq: 1, command: "setBreakpoints", arguments: { source: 7 } }],
  ])("a request that says %s is answered", async (_what, content) => {
    expect((await frontend.ask("control", "debug_request", content)).content).toMatchObject({ type: "response" });
  });

  test("a `debugger` statement does not stop a cell", async () => {
    expect(await frontend.evaluate("debugger; 1 + 1")).toBe("2");
  });
});

describe("a breakpoint", () => {
  beforeEach(async () => {
    await client.attach();
  });
  afterEach(async () => {
    await client.ask("disconnect");
    client.forget();
  });

  test("of a cell is kept under the path that JupyterLab computes", async () => {
    const { hashSeed, tmpFilePrefix, tmpFileSuffix } = await client.ask("debugInfo");
    expect(hashSeed).toBe(hashes.seed);
    for (const { text, hash } of hashes.texts) {
      expect(await client.ask("dumpCell", { code: text })).toEqual({ sourcePath: `${tmpFilePrefix}${hash}${tmpFileSuffix}` });
    }
    const { path } = await client.breakIn("1;\n2;\n3", 2, 3);
    expect((await client.ask("debugInfo"))["breakpoints"]).toEqual([{ source: path, breakpoints: [{ line: 2 }, { line: 3 }] }]);
  });

  test("stops the cell in front of its line, and the code goes on from there", async () => {
    const code = "let a = 1;\na += 1;\na += 10;\na";
    const { path, breakpoints } = await client.breakIn(code, 3);
    expect(breakpoints).toMatchObject([{ verified: true, line: 3 }]);
    const { cell, stopped, frames } = await client.runToStop(code);
    expect(stopped).toMatchObject({ reason: "breakpoint", threadId: 1, allThreadsStopped: true, hitBreakpointIds: [breakpoints[0]!["id"]] });
    expect(frames).toMatchObject([{ name: inCell, line: 3, source: { path } }]);
    expect(await client.ask("debugInfo")).toMatchObject({ isStarted: true, stoppedThreads: [1] });
    expect(await client.ask("evaluate", { expression: "a", frameId: frames[0]!.id })).toMatchObject({ result: "2" });
    expect(await finish(cell)).toMatchObject({ status: "ok" });
    await client.event("continued");
    expect((await cell.finished).value).toBe("12");
    expect(await client.ask("debugInfo")).toMatchObject({ stoppedThreads: [] });
  });

  test("finds its line through types, imports, functions moved up and rewritten syntax", async () => {
    const code = [
      'import { join } from "node:path";',
      "interface Point { x: number }",
      "enum Colour { Red, Green }",
      "const early: Point = make(1);",
      "",
      "function make<T extends number>(x: T): Point {",
      "  const doubled: number = (x as number) * 2;",
      "  return { x: doubled };",
      "}",
      "var old: string = join('a', 'b');",
      "const last = Colour.Green;",
      "last",
    ].join("\n");
    await client.breakIn(code, 4, 7, 10, 12);
    const { cell, frames } = await client.runToStop(code);
    expect(frames).toMatchObject([{ line: 4 }]);
    const places: [string, number][] = [];
    for (let stop = 0; stop < 3; stop++) {
      await client.ask("continue", { threadId: 1 });
      const { frames: [top] } = await client.stop();
      places.push([top!.name, top!.line]);
    }
    expect(places).toEqual([["make", 7], [inCell, 10], [inCell, 12]]);
    expect(await finish(cell)).toMatchObject({ status: "ok" });
  });

  test("stops in a decorated class and in a namespace", async () => {
    const code = [
      "function plain(value: any, context: any) { return value }",
      "class Net {",
      "  @plain forward(x: number): number {",
      "    const y = x * 2;",
      "    return y;",
      "  }",
      "}",
      "namespace Box {",
      "  export function open(): number {",
      "    return 7;",
      "  }",
      "}",
      "new Net().forward(2) + Box.open()",
    ].join("\n");
    await client.breakIn(code, 5, 10);
    const { cell, frames } = await client.runToStop(code);
    expect(frames).toMatchObject([{ name: "forward", line: 5 }, { line: 13 }]);
    await client.ask("continue", { threadId: 1 });
    expect((await client.stop()).frames).toMatchObject([{ name: "open", line: 10 }, { line: 13 }]);
    expect(await finish(cell)).toMatchObject({ status: "ok" });
  });

  test("that is set after its cell has run stops the functions of that cell", async () => {
    await client.ask("disconnect");
    const code = "function twice(x: number): number {\n  const y = x * 2;\n  return y;\n}";
    await frontend.execute(code);
    await client.attach();
    const { path } = await client.breakIn(code, 3);
    const { cell, frames } = await client.runToStop("twice(21)");
    expect(frames).toMatchObject([{ name: "twice", line: 3, source: { path } }, { name: inCell, line: 1 }]);
    expect(texts((await client.scopes(frames[0]!))["Locals"]!)).toMatchObject({ x: "21", y: "42" });
    expect(await finish(cell)).toMatchObject({ status: "ok" });
  });

  test("that was taken away stops nothing", async () => {
    const code = "let n = 0;\nn++;\nn";
    await client.breakIn(code, 2);
    const { cell } = await client.runToStop(code);
    await client.breakIn(code);
    expect(await finish(cell)).toMatchObject({ status: "ok" });
    expect(await frontend.evaluate(code)).toBe("1");
  });

  test("with a condition stops when it holds", async () => {
    const code = "let sum = 0;\nfor (let i = 0; i < 10; i++) {\n  sum += i;\n}\nsum";
    const { sourcePath: path } = await client.ask("dumpCell", { code });
    await client.ask("setBreakpoints", { source: { path }, breakpoints: [{ line: 3, condition: "i === 7" }] });
    const { cell, frames } = await client.runToStop(code);
    expect(texts((await client.scopes(frames[0]!))["Locals"]!)).toMatchObject({ i: "7" });
    expect(await finish(cell)).toMatchObject({ status: "ok" });
  });

  test("stops a local file that a cell imports, below a decorated class as well, and gives its source", async () => {
    const path = join(folder, "layers.ts");
    const source = [
      "type Numbers = readonly number[];",
      "function plain(value: any, context: any) { return value }",
      "export class Net {",
      "  @plain forward(x: number): number {",
      "    return x * 2;",
      "  }",
      "}",
      "export function total(list: Numbers): number {",
      "  let sum: number = 0;",
      "  for (const each of list) sum += each;",
      "  return sum;",
      "}",
    ].join("\n");
    writeFileSync(path, source);
    await client.ask("setBreakpoints", { source: { path }, breakpoints: [{ line: 5 }, { line: 11 }] });
    const code = 'import { Net, total } from "./layers";\ntotal([1, 2, 3]) + new Net().forward(1)';
    const { cell, frames } = await client.runToStop(code);
    expect(frames).toMatchObject([{ name: "total", line: 11, source: { path, name: "layers.ts" } }, { name: inCell, line: 2 }]);
    expect(texts((await client.scopes(frames[0]!))["Locals"]!)).toMatchObject({ sum: "6", list: "[ 1, 2, 3 ]" });
    expect(await client.ask("source", { source: { path } })).toMatchObject({ content: source });
    expect((await client.ask("modules"))["modules"]).toMatchObject([{ name: "layers.ts", path }]);
    await client.ask("continue", { threadId: 1 });
    expect((await client.stop()).frames).toMatchObject([{ name: "forward", line: 5 }, { name: inCell }]);
    expect(await finish(cell)).toMatchObject({ status: "ok" });
    // The file is edited: its breakpoints hold in the new version.
    writeFileSync(path, source.replace("sum += each", "sum += 2 * each"));
    const again = await client.runToStop(code);
    expect(again.frames).toMatchObject([{ name: "total", line: 11 }, { name: inCell }]);
    expect(texts((await client.scopes(again.frames[0]!))["Locals"]!)).toMatchObject({ sum: "12" });
    await client.ask("disconnect");
    expect((await again.cell.finished).value).toBe("14");
  });
});

describe("steps", () => {
  const code = "const half = (x: number): number => {\n  const y = x / 2;\n  return y;\n};\nlet a = half(4);\na = a + 1;\na";

  beforeEach(async () => {
    await client.attach();
  });
  afterEach(async () => {
    await client.ask("disconnect");
    client.forget();
  });

  test("go over a line, into a call, out of it, and end with the cell", async () => {
    await client.breakIn(code, 5);
    const { cell } = await client.runToStop(code);
    expect(await client.step("stepIn")).toEqual({ name: "half", line: 2 });
    expect(await client.step("next")).toEqual({ name: "half", line: 3 });
    expect(await client.step("stepOut")).toEqual({ name: inCell, line: 6 });
    expect(await client.step("next")).toEqual({ name: inCell, line: 7 });
    await client.ask("next", { threadId: 1 });
    expect((await cell.finished).value).toBe("3");
    await client.event("continued");
    // A step that ended with its cell does not stop the next one.
    expect(await frontend.evaluate("let b = 1;\nb + 1")).toBe("2");
    expect(client.unseen("stopped")).toBe(0);
  });

  test("into a call never leave the person's own code", async () => {
    const calls = 'let seen = 0;\ndisplay({ [Symbol.for("Jupyter.display")]() {\n  seen = [3, 1, 2].sort((a, b) =>\n    a - b)[0]!;\n  return { "text/plain": "shown" };\n} });\nseen';
    await client.breakIn(calls, 2);
    const { cell, frames } = await client.runToStop(calls);
    expect(frames[0]).toMatchObject({ line: 2 });
    const places: string[] = [];
    for (let step = 0; step < 12 && !/^Cell.* 7$/.test(places.at(-1) ?? ""); step++) {
      const { name, line } = await client.step("stepIn");
      places.push(`${name} ${line}`);
    }
    expect(places[0]).toMatch(/Jupyter\.display\] 3$/);
    expect(places).toContain("(anonymous) 4");
    expect(places.at(-1)).toMatch(/^Cell.* 7$/);
    expect(await finish(cell)).toMatchObject({ status: "ok" });
  });

  test("go over an await to the line behind it", async () => {
    const waits = "let n = 1;\nn = await new Promise<number>((resolve) => setTimeout(resolve, 120, 5));\nn += 1;\nn";
    await client.breakIn(waits, 2);
    const { cell } = await client.runToStop(waits);
    await client.ask("next", { threadId: 1 });
    // The wait is longer than a step: meanwhile the code runs.
    await client.event("continued");
    const { stopped, frames } = await client.stop();
    expect(stopped).toMatchObject({ reason: "step" });
    expect(frames[0]).toMatchObject({ line: 3 });
    expect(await finish(cell)).toMatchObject({ status: "ok" });
    expect((await cell.finished).value).toBe("6");
  });

  test("a `debugger` statement stops", async () => {
    const { cell, frames, stopped } = await client.runToStop("let k = 1;\ndebugger;\nk = 2;");
    expect(stopped).toMatchObject({ reason: "breakpoint" });
    expect(frames[0]).toMatchObject({ line: 2 });
    expect(await finish(cell)).toMatchObject({ status: "ok" });
  });

  test("pause stops a loop that runs", async () => {
    const cell = await frontend.run('let turns = 0;\nconsole.log("running");\nwhile (turns >= 0) {\n  turns++;\n}');
    await frontend.printed(cell, "running");
    await client.ask("pause", { threadId: 1 });
    const { stopped, frames } = await client.stop();
    expect(stopped).toMatchObject({ reason: "pause" });
    expect([3, 4]).toContain(frames[0]!.line);
    await client.ask("evaluate", { expression: "turns = -100", frameId: frames[0]!.id, context: "repl" });
    expect(await finish(cell)).toMatchObject({ status: "ok" });
  });

  test.each([
    ["uncaught", inCell, 4],
    ["all", "risky", 1],
  ])("an exception stops the code where a front end asks for it: %s", async (filter, name, line) => {
    await client.ask("setExceptionBreakpoints", { filters: [filter] });
    const throws = 'const risky = () => { throw new Error("first") };\ntry { risky() } catch {}\nlet x = 1;\nthrow new TypeError("second");';
    const { cell, stopped, frames } = await client.runToStop(throws);
    expect(stopped).toMatchObject({ reason: "exception" });
    expect(frames[0]).toMatchObject({ name, line });
    await client.ask("setExceptionBreakpoints", { filters: [] });
    expect(await finish(cell)).toMatchObject({ status: "error", ename: "TypeError" });
  });

  test.each([
    ["behind an await", 'await 1;\nlet x = 1;\nthrow new TypeError("second");', inCell, 3],
    ["of a function that the cell calls behind an await", 'const risky = () => { throw new TypeError("second") };\nawait 1;\nrisky();', "risky", 1],
    ["of an async function that the cell awaits", 'const risky = async () => {\n  await 1;\n  throw new TypeError("second");\n};\nawait risky();', "risky", 3],
    ["of a timer's callback", 'const risky = () => {\n  throw new TypeError("second");\n};\nsetTimeout(risky, 10);', "risky", 2],
    ["of a function that an interval calls", 'const risky = () => { throw new TypeError("second") };\nconst ticking = setInterval(() => { clearInterval(ticking); try { JSON.parse("{") } catch {} risky() }, 10);', "risky", 1],
    ["of a microtask", 'const risky = () => {\n  throw new TypeError("second");\n};\nqueueMicrotask(risky);', "risky", 2],
    ["of an event handler of Node's", 'import { stat } from "node:fs";\nconst risky = () => {\n  throw new TypeError("second");\n};\nstat("/", risky);', "risky", 3],
  ])("an uncaught exception stops the code: %s", async (_where, throws, name, line) => {
    await client.ask("setExceptionBreakpoints", { filters: ["uncaught"] });
    const { cell, stopped, frames } = await client.runToStop(`try { JSON.parse("{") } catch {}\n${throws}`);
    expect(stopped).toMatchObject({ reason: "exception" });
    expect(frames[0]).toMatchObject({ name, line: line + 1 });
    await client.ask("setExceptionBreakpoints", { filters: [] });
    await finish(cell);
  });
});
