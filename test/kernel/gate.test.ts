/** The gate's wait for a termination, with a thread that plays the inbound worker. */
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { MainGate } from "../../kernel/child/gate.ts";
import { createSharedWords, Gate, Word } from "../../kernel/child/gate-words.ts";

const waited = (gate: MainGate): number => {
  const started = performance.now();
  gate.awaitTermination();
  return performance.now() - started;
};

/** Stores a value into a word after some milliseconds, while this thread waits. */
const later = async (words: Int32Array, word: number, value: number, milliseconds: number): Promise<Worker> => {
  const worker = new Worker(
    `const { words, word, value, milliseconds } = require("node:worker_threads").workerData;
     require("node:worker_threads").parentPort.postMessage("ready");
     setTimeout(() => { Atomics.store(words, word, value); Atomics.notify(words, word); }, milliseconds);`,
    { eval: true, workerData: { words, word, value, milliseconds } },
  );
  await new Promise((resolve) => worker.once("message", resolve));
  return worker;
};

describe("native code that stopped for the interrupt flag", () => {
  test("waits inside user code for an interrupt that has been counted, and goes on when that is dealt with in another way", async () => {
    const words = createSharedWords();
    const gate = new MainGate(words);
    gate.enter();
    Atomics.store(words, Word.Interrupts, 1);
    const worker = await later(words, Word.InterruptsSeen, 1, 60);
    const time = waited(gate);
    await worker.terminate();
    expect(time).toBeGreaterThan(20);
    expect(time).toBeLessThan(1500);
  });

  test("waits for a termination that has been sent", async () => {
    const words = createSharedWords();
    Atomics.store(words, Word.Gate, Gate.Terminating);
    const worker = await later(words, Word.Gate, Gate.Masked, 60);
    const time = waited(new MainGate(words));
    await worker.terminate();
    expect(time).toBeGreaterThan(20);
    expect(time).toBeLessThan(1500);
  });

  test("does not wait outside every frame, in the kernel's own code, nor after the interrupt was seen", () => {
    for (const [state, seen] of [[Gate.Open, 0], [Gate.Masked, 0], [Gate.Entered, 1]] as const) {
      const words = createSharedWords();
      Atomics.store(words, Word.Gate, state);
      Atomics.store(words, Word.Interrupts, 1);
      Atomics.store(words, Word.InterruptsSeen, seen);
      expect(waited(new MainGate(words)), `state ${state}, seen ${seen}`).toBeLessThan(20);
    }
  });
});
