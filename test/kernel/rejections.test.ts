/** Errors that nobody catches, shown in the cell that they come from even when another one has run since. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start();
});
afterAll(() => frontend?.stop());

test.each([
  ["a rejection with an error of the cell's own", "const late = async () => { await new Promise((done) => setTimeout(done, 150)); throw new Error('lost') };\nvoid late()", "lost"],
  ["a rejection by a function of an earlier cell's promise", "void new Promise((_, reject) => setTimeout(() => reject(new RangeError('too far')), 150))", "too far"],
  ["an error of an event's listener", "import { EventEmitter } from 'node:events';\nconst source = new EventEmitter().on('go', () => { throw new Error('in a listener') });\nsetTimeout(() => source.emit('go'), 150); 0", "in a listener"],
])("%s", async (_, code, message) => {
  const cell = await frontend.run(code);
  await cell.finished;
  await frontend.execute("'another cell'");
  const { parent, content } = await frontend.until(({ type, content }) => type === "stream" && content["name"] === "stderr" && String(content["text"]).includes(message));
  expect(parent).toBe(cell.id);
  expect(content["text"]).toMatch(/Cell \[\d+\]/);
});

test("they do not end the kernel", async () => {
  expect(await frontend.evaluate("1 + 1")).toBe("2");
});
