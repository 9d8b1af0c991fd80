/**
 * A long-lived child process that answers each line on its standard input with one line of JSON: the peers and the probe
 * of the machine's peak. Long-lived, because starting an interpreter takes a second and a round a hundredth of one.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The process ended or could not be started; `details` is what it wrote to standard error. */
export class ProcessEnded extends Error {
  /** @param {string} name @param {string} details */
  constructor(name, details) {
    super(`${name} ended before it answered: ${details.trim() || "it wrote no reason"}`);
    this.name = "ProcessEnded";
    this.details = details;
  }
}

export class LineProcess {
  #child;
  #name;
  #complaints = "";
  #ended = false;
  /** @type {{resolve: (answer: any) => void, reject: (error: Error) => void}[]} */
  #waiting = [];

  /**
   * @param {string} name for messages
   * @param {string} program
   * @param {readonly string[]} [args]
   */
  constructor(name, program, args = []) {
    this.#name = name;
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => { this.#complaints = (this.#complaints + text).slice(-4000); });
    // Writing to a process that has just ended: "close" below tells those who wait.
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (error) => { this.#complaints += error.message; });
    this.#child.on("close", () => {
      this.#ended = true;
      for (const { reject } of this.#waiting.splice(0)) reject(this.#failure());
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      try {
        waiting.resolve(JSON.parse(line));
      } catch {
        waiting.reject(new Error(`${this.#name} answered ${JSON.stringify(line.slice(0, 200))}, which is not JSON`));
      }
    });
  }

  #failure() {
    return new ProcessEnded(this.#name, this.#complaints);
  }

  /**
   * Sends one line and waits for its answer.
   * @param {string} line
   * @returns {Promise<any>}
   */
  ask(line) {
    if (this.#ended) return Promise.reject(this.#failure());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${line}\n`);
    });
  }

  /** Lets the process end, which it does when its input does. */
  end() {
    this.#child.stdin.end();
  }
}
