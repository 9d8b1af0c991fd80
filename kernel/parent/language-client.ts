/** The parent's side of the language worker: started at the first question, or when the kernel is idle for the first time. */
import { Worker } from "node:worker_threads";
import type { LanguageAnswer, LanguageAnswers, LanguageQuestion } from "../language/questions.ts";

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class LanguageClient {
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #questions = 0;

  /** Starts the worker, so that the first question finds it running. */
  start(): void {
    if (this.#worker === undefined) void this.ask({ kind: "ping" }).catch(() => undefined);
  }

  /** Asks the worker. */
  ask<Kind extends LanguageQuestion["kind"]>(question: Extract<LanguageQuestion, { kind: Kind }>): Promise<LanguageAnswers[Kind]> {
    const worker = (this.#worker ??= this.#spawn());
    const id = ++this.#questions;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, question });
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #spawn(): Worker {
    const worker = new Worker(new URL("../language/worker.js", import.meta.url));
    worker.unref();
    worker.on("message", ({ id, value, failure }: LanguageAnswer) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (failure === undefined) pending?.resolve(value);
      else pending?.reject(new Error(failure));
    });
    const ended = (error: Error): void => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    };
    worker.once("error", ended);
    worker.once("exit", (code) => ended(new Error(`the language worker ended with code ${code}`)));
    return worker;
  }
}
