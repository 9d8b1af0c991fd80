/** What a debugging front end sees of values: variables of frames and of cells, tensors, expressions; and the kernel while it is stopped. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DebugClient, texts } from "./debug-client.ts";
import type { Variable } from "./debug-client.ts";
import { Frontend } from "./frontend.ts";
import type { Received } from "./frontend.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
let frontend: Frontend;
let client: DebugClient;

beforeAll(async () => {
  frontend = await Frontend.start({ env: { NABLA_PACKAGES: checkout } });
  client = new DebugClient(frontend);
});
afterAll(() => frontend.stop());

/** Expands a variable by its name. */
async function expand(list: readonly Variable[], name: string): Promise<Record<string, string>> {
  const { variablesReference } = list.find((each) => each.name === name)!;
  expect(variablesReference).toBeGreaterThan(0);
  return texts(await client.fields(variablesReference));
}

async function globals(): Promise<Variable[]> {
  return (await client.ask("inspectVariables"))["variables"] as Variable[];
}

describe("among the variables of the cells", () => {
  beforeAll(async () => {
    await client.attach();
    const { reply } = await frontend.execute([
      'import { tensor, zeros } from "nabla";',
      "let weights = tensor([[1, 2, 3], [4, 5, 6]], { requiresGrad: true });",
      "let large = zeros([1000, 1000]);",
      "const named = new Map<string, number>([['a', 1]]);",
      "const unique = new Set([1, 'two']);",
      "class Shape { sides = 3; #secret = 1; get area(): number { throw new Error('no') } }",
      "let shape = new Shape();",
      "const point = { x: 1, get y(): number { throw new Error('a getter ran') }, deep: { list: [1, 2] } };",
      "const long = Array.from({ length: 2500 }, (_, i) => i);",
      "const greet = (name: string): string => `hi ${name}`;",
      "let text = 'a\\nb', nothing = null, missing = undefined, huge = 2n ** 70n, wrong = NaN;",
      "globalThis.assigned = 'by hand';",
    ].join("\n"));
    expect(reply["status"]).toBe("ok");
  });

  test("each has a line of text, those of the kernel are not there", async () => {
    const lines = texts(await globals());
    expect(lines).toMatchObject({
      named: "Map(1) { 'a' => 1 }", text: "'a\\nb'", nothing: "null", missing: "undefined", huge: "1180591620717411303424n", wrong: "NaN",
      assigned: "'by hand'", shape: "Shape { sides: 3 }", Shape: "class Shape", greet: "greet(name)",
    });
    for (const name of ["__kernel", "display", "prompt", "console", "setTimeout", "process"]) expect(lines).not.toHaveProperty(name);
  });

  test("a tensor is shown with shape, type, device and elements, and a large one with its ends", async () => {
    const list = await globals();
    const lines = texts(list);
    expect(lines["weights"]).toBe("[2, 3] float32 cpu tensor([[1., 2., 3.], [4., 5., 6.]], requiresGrad: true)");
    expect(lines["large"]).toMatch(/^\[1000, 1000\] float32 cpu tensor\(\[\[0\., 0\., /);
    expect(lines["large"]!.length).toBeLessThanOrEqual(200);
    expect(await expand(list, "weights")).toMatchObject({ shape: "[ 2, 3 ]", dtype: "'float32'", device: "'cpu'", requiresGrad: "true" });
  });

  test("what has fields can be opened, and no getter runs", async () => {
    const list = await globals();
    expect(await expand(list, "point")).toMatchObject({ x: "1", y: "(getter)", deep: "{ list: [ 1, 2 ] }" });
    expect(await expand(list, "named")).toEqual({ "'a'": "1" });
    expect(await expand(list, "unique")).toEqual({ 0: "1", 1: "'two'" });
    expect(list.find(({ name }) => name === "text")!.variablesReference).toBe(0);
  });

  test("a long list comes in parts", async () => {
    const { variablesReference, ...counts } = (await globals()).find(({ name }) => name === "long")!;
    expect(counts).toMatchObject({ indexedVariables: 2500, namedVariables: 0 });
    expect(await client.fields(variablesReference)).toHaveLength(1000);
    expect(texts(await client.fields(variablesReference, { start: 2400, count: 200 }))).toMatchObject({ 2400: "2400", 2499: "2499" });
  });

  test("a variable is shown in all its forms", async () => {
    await frontend.execute("let shown = { [Symbol.for('Jupyter.display')]: async () => ({ 'text/html': '<b>1</b>' }) }");
    expect(await client.ask("richInspectVariables", { variableName: "shown" })).toMatchObject({ data: { "text/html": "<b>1</b>" }, metadata: {} });
    expect((await client.ask("richInspectVariables", { variableName: "weights" }))["data"]["text/plain"]).toContain("tensor([[1., 2., 3.],\n");
    expect(await client.reply("richInspectVariables", { variableName: "1 + 1" })).toMatchObject({ success: false });
  });

  test("JupyterLab gets no types, which it would show in place of the values", async () => {
    expect((await globals()).find(({ name }) => name === "named")).toMatchObject({ type: "Map" });
    await client.ask("initialize", { clientID: "jupyterlab" });
    expect((await globals()).find(({ name }) => name === "named")).not.toHaveProperty("type");
    await client.ask("initialize", { clientID: "test" });
  });

  test("the list while a cell computes is the one from before, at once", async () => {
    const cell = await frontend.run('let fresh = 1; console.log("running"); while (true) {}');
    await frontend.printed(cell, "running");
    const asked = performance.now();
    expect(texts(await globals())).toHaveProperty("named");
    expect(performance.now() - asked).toBeLessThan(500);
    expect(await client.reply("evaluate", { expression: "named" })).toMatchObject({ success: false, message: expect.stringContaining("computing") as string });
    await frontend.interrupt();
    await cell.finished;
    expect(texts(await globals())).toMatchObject({ fresh: "1" });
  });

  test("every request of the debugger's in a running cell leaves it in peace: no message in the cell's name", async () => {
    const cell = await frontend.run("await new Promise((resolve) => setTimeout(resolve, 300));");
    await frontend.until(({ parent, type }) => parent === cell.id && type === "execute_input");
    const before = frontend.received.length;
    await globals();
    await client.ask("debugInfo");
    expect(frontend.received.slice(before).filter(({ parent }) => parent === cell.id)).toEqual([]);
    const isBusy = ({ type, parent, content }: Received): boolean => type === "status" && parent === "" && content["execution_state"] === "busy";
    await frontend.until((message) => frontend.received.indexOf(message) >= before && isBusy(message));
    await cell.finished;
  });
});

describe("while a cell is stopped", () => {
  const code = "function scale(x: number) {\n  const inner = { factor: 2 };\n  let out = 0;\n  for (let i = 0; i < 1; i++) {\n    const step = () => inner.factor * x;\n    out += step();\n  }\n  return out;\n}\nlet result = scale(21);\nresult";

  beforeAll(async () => {
    await client.attach();
  });

  test("its scopes are seen, the innermost first", async () => {
    await client.breakIn(code, 6);
    const { cell, frames } = await client.runToStop(code);
    const { scopes } = await client.ask("scopes", { frameId: frames[0]!.id });
    expect((scopes as { name: string }[]).map(({ name }) => name)).toEqual(["Locals", "Globals"]);
    const all = await client.scopes(frames[0]!);
    expect(texts(all["Locals"]!)).toMatchObject({ x: "21", i: "0", out: "0", inner: "{ factor: 2 }", step: "step()" });
    expect(texts(all["Globals"]!)).toHaveProperty("weights");
    expect(Object.keys(await client.scopes(frames[1]!))).toEqual(["Globals"]);
    await client.ask("continue");
    await cell.finished;
  });

  test("expressions are evaluated in its frame, and change it", async () => {
    await client.breakIn(code, 8);
    const { cell, frames } = await client.runToStop(code);
    const frameId = frames[0]!.id;
    expect(await client.ask("evaluate", { expression: "out + x", frameId, context: "repl" })).toMatchObject({ result: "63" });
    const { variablesReference, result } = await client.ask("evaluate", { expression: "inner", frameId });
    expect(result).toBe("{ factor: 2 }");
    expect(texts(await client.fields(variablesReference))).toEqual({ factor: "2" });
    expect(await client.reply("evaluate", { expression: "absent", frameId })).toMatchObject({ success: false, message: "ReferenceError: absent is not defined" });
    // Looking changes nothing.
    expect(await client.reply("evaluate", { expression: "out = 7", frameId, context: "hover" })).toMatchObject({ success: false });
    await client.ask("evaluate", { expression: "out = 1000", frameId, context: "repl" });
    expect(await client.ask("richInspectVariables", { variableName: "inner", frameId })).toMatchObject({ data: { "text/plain": "{ factor: 2 }" } });
    await client.ask("continue");
    expect((await cell.finished).value).toBe("1000");
    expect(await client.reply("variables", { variablesReference })).toMatchObject({ success: false });
  });

  test("a variable of a frame can be given to the cells", async () => {
    await client.breakIn(code, 8);
    const { cell, frames } = await client.runToStop(code);
    await client.ask("copyToGlobals", { srcVariableName: "inner", dstVariableName: "taken", srcFrameId: frames[0]!.id });
    await client.ask("continue");
    await cell.finished;
    expect(await frontend.evaluate("taken")).toBe("{ factor: 2 }");
    await client.breakIn(code);
  });

  test("the kernel answers on control and shell as ever", async () => {
    const stops = "let s = 1;\ns = 2;";
    await client.breakIn(stops, 2);
    const { cell } = await client.runToStop(stops);
    for (const channel of ["control", "shell"] as const) {
      const asked = performance.now();
      expect((await frontend.ask(channel, "kernel_info_request")).content["status"]).toBe("ok");
      expect(performance.now() - asked).toBeLessThan(500);
    }
    expect((await frontend.ask("shell", "history_request", { hist_access_type: "tail", n: 1, output: false, raw: true })).content["history"]).toHaveLength(1);
    await client.ask("continue");
    await cell.finished;
  });

  test.each([
    ["in a cell's own lines", "let before = 5;\nlet after = 1;\nafter = 2;", 3],
    ["behind an await", "let before = 5;\nawait 1;\nlet after = 1;\nafter = 2;", 4],
    ["in a timer's callback", "let before = 5, after = 1;\nsetTimeout(() => {\n  after = 2;\n}, 5);\nawait new Promise((resolve) => setTimeout(resolve, 5000));", 3],
  ])("an interrupt %s ends it, with its variables kept and nothing more run", async (_where, source, line) => {
    await client.breakIn(source, line);
    const { cell } = await client.runToStop(source);
    const pressed = await frontend.interrupt();
    expect((await cell.finished).reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect(performance.now() - pressed).toBeLessThan(1000);
    await client.event("continued");
    expect(await frontend.evaluate("[before, after].join()")).toContain("5,1");
    await client.breakIn(source);
  });

  test("what it has printed so far is there", async () => {
    const prints = 'console.log("one");\nconsole.log("two");';
    await client.breakIn(prints, 2);
    const { cell } = await client.runToStop(prints);
    await frontend.printed(cell, "one");
    await client.ask("continue");
    expect((await cell.finished).stdout).toBe("one\ntwo\n");
  });

  test("detaching lets it go, and later cells run through", async () => {
    const stops = "let d = 1;\nd = 2;\nd";
    await client.breakIn(stops, 2);
    const { cell } = await client.runToStop(stops);
    await client.ask("disconnect");
    expect((await cell.finished).value).toBe("2");
    expect(await client.ask("debugInfo")).toMatchObject({ isStarted: false, breakpoints: [], stoppedThreads: [] });
    expect(await frontend.evaluate(stops)).toBe("2");
  });
});

test("a process that dies while it is stopped is followed by one that knows the breakpoints", async () => {
  await client.attach();
  const code = "let again = 1;\nagain = 2;\nagain";
  await client.breakIn(code, 2);
  await frontend.evaluate("globalThis.pid = process.pid; 0");
  const { cell } = await client.runToStop(code);
  const { result } = await client.ask("evaluate", { expression: "pid" });
  client.forget();
  process.kill(Number(result), "SIGKILL");
  await client.event("continued");
  expect((await cell.finished).reply).toMatchObject({ status: "error", ename: "ProcessKilled" });
  const { cell: next, frames } = await client.runToStop(code);
  expect(frames).toMatchObject([{ line: 2 }]);
  await client.ask("continue");
  expect((await next.finished).value).toBe("2");
});
