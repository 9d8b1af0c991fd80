/**
 * The language worker: a thread of the parent for what takes TypeScript, away from the thread that speaks the protocol.
 *
 * TypeScript itself is loaded when the first question needs it. Questions are answered in the order in which they come, but
 * for the checks of cells that have run: those wait until nothing else does, because nobody waits for them. Where cells run
 * faster than they can be checked, the oldest checks are given up.
 */
import { parentPort } from "node:worker_threads";
import { collectWhenGrown, collectWhenQuiet } from "./garbage.ts";
import type { LanguageAnswer, LanguageQuestion } from "./questions.ts";
import type { CellLanguageService } from "./service.ts";

interface Asked {
  readonly id: number;
  readonly question: LanguageQuestion;
}

/** How many checks wait at most. */
const CHECKS = 200;

const UNHURRIED: ReadonlySet<LanguageQuestion["kind"]> = new Set(["check", "collect", "warm"]);

const prompt: Asked[] = [];
const unhurried: Asked[] = [];
let service: Promise<CellLanguageService> | undefined;
let isWorking = false;

function theService(): Promise<CellLanguageService> {
  service ??= import("./service.ts").then((module) => new module.CellLanguageService());
  return service;
}

async function answer(question: LanguageQuestion): Promise<unknown> {
  switch (question.kind) {
    case "ping":
      return "pong";
    case "completeness":
      return (await import("./completeness.ts")).completeness(question.source);
    case "warm":
      return (await theService()).warm();
    case "complete":
      return (await theService()).complete(question.source, question.cursor);
    case "inspect":
      return (await theService()).inspect(question.source, question.cursor, question.detail);
    case "add":
      return (await theService()).add(question.cells, question.toCheck);
    case "collect":
      return (await theService()).collect();
    case "check":
      return (await theService()).check(question.url);
    case "give-up":
      return (await theService()).giveUp(question.url);
    case "judge":
      return (await theService()).judge(question.cell);
    case "forget":
      return (await theService()).forget();
  }
}

async function work(): Promise<void> {
  if (isWorking) return;
  isWorking = true;
  for (let next = prompt.shift() ?? unhurried.shift(); next !== undefined; next = prompt.shift() ?? unhurried.shift()) {
    const { id, question } = next;
    let message: LanguageAnswer;
    try {
      message = { id, value: await answer(question) };
    } catch (error) {
      message = { id, failure: String((error as Error).stack) };
    }
    parentPort!.postMessage(message);
    collectWhenGrown();
    // Lets in what has come meanwhile.
    await new Promise(setImmediate);
  }
  isWorking = false;
  collectWhenQuiet();
}

/** Has the oldest checks answered at once when too many wait. */
function giveUpChecks(): void {
  const waiting = unhurried.filter(({ question }) => question.kind === "check");
  for (const asked of waiting.slice(0, -CHECKS)) {
    if (asked.question.kind !== "check") continue;
    unhurried.splice(unhurried.indexOf(asked), 1);
    prompt.push({ id: asked.id, question: { kind: "give-up", url: asked.question.url } });
  }
}

parentPort!.on("message", (asked: Asked) => {
  (UNHURRIED.has(asked.question.kind) ? unhurried : prompt).push(asked);
  if (unhurried.length > CHECKS) giveUpChecks();
  void work();
});
