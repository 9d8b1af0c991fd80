/** Questions to the person in front of the notebook: `prompt` and `confirm`, synchronous as in a browser. */
import type { Inbox } from "./inbox.ts";
import type { JobContext } from "./job-context.ts";
import type { RecordWriter } from "./record-writer.ts";
import { say } from "../messages/say.ts";

/** A question where nobody can answer: the cell is run by a front end without input, such as a command line. */
export class StdinNotAllowedError extends Error {
  override readonly name = "StdinNotAllowedError";
  constructor() {
    super(say("noInput"));
  }
}

export class Stdin {
  readonly #writer: RecordWriter;
  readonly #inbox: Inbox;
  readonly #jobs: JobContext;
  readonly #isAllowed: () => boolean;
  #requests = 0;

  /** @param isAllowed Whether the request that is running may ask. */
  constructor(writer: RecordWriter, inbox: Inbox, jobs: JobContext, isAllowed: () => boolean) {
    this.#writer = writer;
    this.#inbox = inbox;
    this.#jobs = jobs;
    this.#isAllowed = isAllowed;
  }

  /**
   * Asks for a line of text and blocks until it is there.
   * @param options `password: true` hides what is typed.
   * @throws StdinNotAllowedError when the front end does not take input.
   */
  readonly prompt = (message: unknown = "", options: { readonly password?: boolean } = {}): string => {
    if (!this.#isAllowed()) throw new StdinNotAllowedError();
    const request = ++this.#requests;
    this.#writer.write({ type: "input", job: this.#jobs.current, request, prompt: String(message), password: options.password === true });
    return this.#inbox.awaitInput(request);
  };

  /**
   * Asks a question that is answered with y or n.
   * @throws StdinNotAllowedError when the front end does not take input.
   */
  readonly confirm = (message: unknown = ""): boolean => /^\s*y(es)?\s*$/i.test(this.prompt(`${String(message)} [y/N] `));
}
