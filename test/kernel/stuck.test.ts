/** Native code that heeds no interrupt: the process that runs the cells is given up, and what is lost is said. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

/** Half a minute in a native function that nothing can stop. */
const STUCK = 'import { pbkdf2Sync } from "node:crypto"; console.log("running"); pbkdf2Sync("a", "b", 100_000_000, 64, "sha512");';

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
});
afterAll(() => frontend.stop());

test("two seconds after an interrupt that did not help the process is replaced, and the cell says what was lost", async () => {
  await frontend.evaluate("globalThis.old = 1");
  const cell = await frontend.run(STUCK);
  const behind = await frontend.run("1 + 1");
  await frontend.printed(cell, "running");
  // On a busy machine the native function begins a little later: before it does, the interrupt would help.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const pressed = await frontend.interrupt();
  const { reply, published } = await cell.finished;
  const seconds = (performance.now() - pressed) / 1000;
  expect(seconds).toBeGreaterThan(1.9);
  expect(seconds).toBeLessThan(4);
  expect(reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
  expect(reply["evalue"]).toMatch(/cannot be stopped.*two seconds.*variables are lost.*Run the cells again/);
  expect(published.filter(({ type }) => type === "error")).toHaveLength(1);
  expect((await behind.finished).reply["status"]).toBe("aborted");
  expect(await frontend.evaluate("typeof old")).toContain("undefined");
}, 30_000);

test("a native call that ends in time keeps the variables", async () => {
  await frontend.evaluate("globalThis.kept = 1");
  const cell = await frontend.run(STUCK.replace("100_000_000", "400_000"));
  await frontend.printed(cell, "running");
  await frontend.interrupt();
  expect((await cell.finished).reply["evalue"]).toMatch(/variables are kept/);
  expect(await frontend.evaluate("kept")).toBe("1");
});

test("a cell whose output is slow to be taken is not taken for stuck", async () => {
  await frontend.evaluate("globalThis.kept = 2");
  const cell = await frontend.run('console.log("running"); for (let i = 0; ; i++) display({ "text/plain": "x".repeat(100_000) });');
  await frontend.printed(cell, "running");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await frontend.interrupt();
  expect((await cell.finished).reply["evalue"]).toMatch(/variables are kept/);
  expect(await frontend.evaluate("kept")).toBe("2");
}, 30_000);
