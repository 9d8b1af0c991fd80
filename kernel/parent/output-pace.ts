/**
 * Keeps what is published below the rates at which a Jupyter server throws output away.
 *
 * jupyter_server lets a kernel publish 1000 messages and 1,000,000 bytes of printed text a second, as the average of three
 * seconds, and drops the rest ("IOPub data rate exceeded"); it begins to count anew when the kernel says that it is idle.
 * So a kernel of such a server may publish a little at once and then only as much as the server lets through: a cell that
 * floods waits, and all of its output arrives. Other clients take what there is as fast as it comes.
 */
import type { Outgoing } from "../wire/message.ts";

/**
 * What may go out at once and what in a second: with three seconds of it they are 0.7 of what the server lets through in three
 * seconds, so that one which was busy for a while and finds much at once still lets it through.
 */
const BYTES = { burst: 600_000, rate: 0.5e6 };
const MESSAGES = { burst: 600, rate: 500 };
/** What the server does not count. */
const FREE = new Set(["status", "comm_open", "execute_input"]);

/** What the server makes of a message. */
interface Cost {
  readonly messages: number;
  readonly bytes: number;
  /** Whether it begins to count anew. */
  readonly isIdle: boolean;
}

/** @param bytes The size of all its frames. */
export function costOf({ type, content }: Outgoing, bytes: number): Cost {
  const isIdle = type === "status" && (content as { readonly execution_state?: unknown }).execution_state === "idle";
  return { messages: FREE.has(type) ? 0 : 1, bytes: type === "stream" ? bytes : 0, isIdle };
}

/** Whether a Jupyter server has started this kernel: it tells its kernels the name of the session. */
export function isBehindServer(environment: NodeJS.ProcessEnv): boolean {
  return environment["JPY_SESSION_NAME"] !== undefined;
}

/** An amount that grows with time up to a burst; what is taken beyond it is owed. */
class Allowance {
  readonly #burst: number;
  readonly #rate: number;
  #amount: number;
  #at: number;

  constructor({ burst, rate }: { readonly burst: number; readonly rate: number }, now: number) {
    this.#burst = burst;
    this.#rate = rate;
    this.#amount = burst;
    this.#at = now;
  }

  /** How long until so much is there; of more than a burst, until a whole burst is. Milliseconds. */
  wait(cost: number, now: number): number {
    if (cost === 0) return 0;
    this.#amount = Math.min(this.#burst, this.#amount + (this.#rate * (now - this.#at)) / 1000);
    this.#at = now;
    return Math.max(0, (1000 * (Math.min(cost, this.#burst) - this.#amount)) / this.#rate);
  }

  take(cost: number): void {
    this.#amount -= cost;
  }
}

export class OutputPace<T> {
  readonly #send: (message: T) => void;
  readonly #now: () => number;
  readonly #held: { readonly message: T; readonly cost: Cost }[] = [];
  #bytes: Allowance;
  #messages: Allowance;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param send Takes each message when it is due.
   * @param now The time in milliseconds.
   */
  constructor(send: (message: T) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
    this.#bytes = new Allowance(BYTES, now());
    this.#messages = new Allowance(MESSAGES, now());
  }

  /** Whether something waits: who publishes more had better wait as well. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** Sends a message after those before it, now or a little later. */
  push(message: T, cost: Cost): void {
    this.#held.push({ message, cost });
    if (this.#held.length === 1) this.#sendDue();
  }

  /** Sends what waits, whatever becomes of it. */
  flush(): void {
    clearTimeout(this.#timer);
    for (const { message } of this.#held.splice(0)) this.#send(message);
  }

  #sendDue(): void {
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      const { message, cost } = next;
      const now = this.#now();
      const wait = Math.max(this.#bytes.wait(cost.bytes, now), this.#messages.wait(cost.messages, now));
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#sendDue(), Math.ceil(wait));
        return;
      }
      this.#bytes.take(cost.bytes);
      this.#messages.take(cost.messages);
      if (cost.isIdle) {
        this.#bytes = new Allowance(BYTES, now);
        this.#messages = new Allowance(MESSAGES, now);
      }
      this.#held.shift();
      this.#send(message);
    }
  }
}
