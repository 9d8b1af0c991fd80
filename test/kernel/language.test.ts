/** The language worker: there when the first question comes, and answering while the learner's code runs. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { LanguageClient } from "../../dist/kernel/parent/language-client.js";

let language: LanguageClient;
beforeAll(() => {
  language = new LanguageClient();
});
afterAll(() => language.close());

test("the worker answers a ping, and again after it has been ended", async () => {
  expect(await language.ask({ kind: "ping" })).toBe("pong");
  await language.close();
  expect(await language.ask({ kind: "ping" })).toBe("pong");
});

test("an open block asks for more, indented", async () => {
  expect(await language.ask({ kind: "completeness", source: "  if (a) {\n    b({" })).toEqual({ status: "incomplete", indent: "      " });
});
