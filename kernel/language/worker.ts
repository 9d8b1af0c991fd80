/**
 * The language worker: a thread of the parent for what takes TypeScript, away from the thread that speaks the protocol.
 * TypeScript itself is loaded when the first question needs it.
 */
import { parentPort } from "node:worker_threads";
import type { LanguageAnswer, LanguageQuestion } from "./questions.ts";

async function answer(question: LanguageQuestion): Promise<unknown> {
  if (question.kind === "ping") return "pong";
  const { completeness } = await import("./completeness.ts");
  return completeness(question.source);
}

parentPort!.on("message", async ({ id, question }: { id: number; question: LanguageQuestion }) => {
  let message: LanguageAnswer;
  try {
    message = { id, value: await answer(question) };
  } catch (error) {
    message = { id, failure: String((error as Error).stack) };
  }
  parentPort!.postMessage(message);
});
