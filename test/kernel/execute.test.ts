/** Executing cells: what a front end gets to see, in which order. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
});
afterAll(() => frontend.stop());

describe("a cell", () => {
  test("is echoed, gives its value, and stands between busy and idle", async () => {
    const { reply, published } = await frontend.execute("1 + 1");
    expect(published.map(({ type, content }) => content["execution_state"] ?? type)).toEqual(["busy", "execute_input", "execute_result", "idle"]);
    expect(published[1]!.content).toEqual({ code: "1 + 1", execution_count: reply["execution_count"] });
    expect(published[2]!.content).toMatchObject({ data: { "text/plain": "2" }, execution_count: reply["execution_count"] });
    expect(reply).toMatchObject({ status: "ok", user_expressions: {}, payload: [] });
  });

  test("keeps its variables for the next one, which may declare them again with another type", async () => {
    await frontend.evaluate("const a: number = 1; let b = 2; class C {}");
    expect(await frontend.evaluate("a + b")).toBe("3");
    expect(await frontend.evaluate('const a: string = "again"; let b = 5; class C { x = 7 }\n`${a} ${b} ${new C().x}`')).toContain("again 5 7");
  });

  test("may await at its top", async () => {
    expect(await frontend.evaluate("const late = await new Promise<number>((resolve) => setTimeout(() => resolve(7), 20)); late")).toBe("7");
  });

  test("without an await of its own runs synchronously, after its imports", async () => {
    const code = 'import { readFileSync } from "node:fs";\nlet turned = false; setImmediate(() => { turned = true }); for (let i = 0; i < 1e6; i++); typeof readFileSync + turned';
    expect(await frontend.evaluate(code)).toContain("functionfalse");
  });

  test.each([
    ["undefined", undefined],
    ["null", "null"],
    ["NaN", "NaN"],
    ["-0", "-0"],
    ["12345678901234567890n", "12345678901234567890n"],
    ["Symbol.for('s')", "Symbol(s)"],
    ["Promise.resolve(3)", "Promise { 3 }"],
  ])("with the value %s shows %s", async (code, shown) => {
    expect(await frontend.evaluate(code)).toBe(shown);
  });

  test("that throws gives one error with name, message and traceback, and the session lives on", async () => {
    const { reply, published } = await frontend.execute('let kept = 5;\nthrow new RangeError("too far")');
    const errors = published.filter(({ type }) => type !== "status" && type !== "execute_input");
    expect(errors.map(({ type }) => type)).toEqual(["error"]);
    expect(errors[0]!.content).toMatchObject({ ename: "RangeError", evalue: "too far" });
    expect(reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "too far", traceback: errors[0]!.content["traceback"] });
    expect(reply["traceback"].join("\n")).toMatch(/line 2/);
    expect(await frontend.evaluate("kept")).toBe("5");
  });

  test("of a call alone prints what it has left for later in its turn before it is over", async () => {
    const { stdout } = await frontend.execute('Promise.resolve("in its turn").then(console.log)');
    expect(stdout).toBe("in its turn\n");
  });

  test("of a call alone runs once, whatever error it throws, and types in it are no mistake", async () => {
    await frontend.evaluate('let runs = 0; function count() { runs++; return JSON.parse("no JSON"); }');
    const { reply } = await frontend.execute("count()");
    expect(reply).toMatchObject({ status: "error", ename: "SyntaxError" });
    const traceback = reply["traceback"].join("\n");
    expect(traceback).toContain("count()");
    expect(traceback).not.toMatch(/vm|cell-runner|plain/);
    expect(await frontend.evaluate("runs as number")).toBe("1");
    expect((await frontend.execute("runs +")).reply).toMatchObject({ ename: "SyntaxError", evalue: "Expression expected." });
  });

  test("that throws what is no error says what it was", async () => {
    const { reply } = await frontend.execute("throw { code: 7 }");
    expect(reply).toMatchObject({ status: "error", evalue: "{ code: 7 }" });
  });

  test("with a syntax error gives one clear error", async () => {
    const { reply } = await frontend.execute("let x = 1;\nlet y = (;");
    expect(reply).toMatchObject({ status: "error", ename: "SyntaxError" });
    expect(reply["traceback"].join("\n")).toContain("let y = (;");
  });

  test("that imports what is not there gives one clear error", async () => {
    const { reply } = await frontend.execute('import { nothing } from "no-such-package-at-all"; nothing');
    expect(reply["status"]).toBe("error");
    expect(reply["evalue"]).toContain("no-such-package-at-all");
    const missing = await frontend.execute('import { noSuchName } from "node:fs"; noSuchName');
    expect(missing.reply["evalue"]).toContain("noSuchName");
  });
});

describe("a request", () => {
  test("that is silent publishes nothing but its status, and does not count", async () => {
    const before = (await frontend.execute("0")).reply["execution_count"];
    const { reply, published } = await frontend.execute("globalThis.quiet = 3; console.log('psst'); 4", { silent: true });
    expect(reply).toMatchObject({ status: "ok", execution_count: before });
    expect(published.map(({ type }) => type)).toEqual(["status", "status"]);
    expect(await frontend.evaluate("quiet")).toBe("3");
  });

  test("that stores no history does not count", async () => {
    const before = (await frontend.execute("0")).reply["execution_count"];
    expect((await frontend.execute("0", { store_history: false })).reply["execution_count"]).toBe(before);
    expect((await frontend.execute("0")).reply["execution_count"]).toBe(before + 1);
  });

  test("has its user expressions evaluated, each with its own error", async () => {
    const { reply } = await frontend.execute("const six = 6", { user_expressions: { double: "six * 2", wrong: "nowhere + 1" } });
    expect(reply["user_expressions"]["double"]).toMatchObject({ status: "ok", data: { "text/plain": "12" } });
    expect(reply["user_expressions"]["wrong"]).toMatchObject({ status: "error", ename: "ReferenceError" });
  });

  test("behind one that failed is aborted, unless it need not stop", async () => {
    const failing = await frontend.run("await new Promise((r) => setTimeout(r, 100)); throw new Error('stop here')");
    const aborted = await frontend.run("globalThis.ran = true");
    await failing.finished;
    expect((await aborted.finished).reply["status"]).toBe("aborted");
    expect(await frontend.evaluate("typeof ran")).toContain("undefined");

    const tolerated = await frontend.run("await new Promise((r) => setTimeout(r, 100)); throw new Error('go on')", { stop_on_error: false });
    const next = await frontend.run("2 + 2");
    await tolerated.finished;
    expect((await next.finished).value).toBe("4");
  });

  test("behind a silent one that failed is run: front ends ask silently of their own accord", async () => {
    const asking = await frontend.run("await new Promise((r) => setTimeout(r, 100)); throw new Error('nobody saw')", { silent: true });
    const next = await frontend.run("3 + 4");
    expect((await asking.finished).reply).toMatchObject({ status: "error", evalue: "nobody saw" });
    expect((await next.finished).value).toBe("7");
  });
});
