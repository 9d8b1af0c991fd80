/**
 * One serialised queue of outgoing messages for one socket.
 *
 * zeromq refuses a second `send` before the first has resolved ("Socket is busy writing"), and a high-water mark other than
 * zero drops messages silently, so every socket sends through a queue like this one and has no mark.
 */
import type { MessageLike } from "zeromq";

interface WritableSocket {
  sendHighWaterMark: number;
  sendTimeout: number;
  send(frames: MessageLike[]): Promise<void>;
}

export class SendQueue {
  readonly #socket: WritableSocket;
  #waiting: MessageLike[][] = [];
  #sending: Promise<void> | undefined;
  #length = 0;

  constructor(socket: WritableSocket) {
    this.#socket = socket;
    socket.sendHighWaterMark = 0;
    // Without a mark a message can always be handed over, and zeromq need not ask first whether it can.
    socket.sendTimeout = 0;
  }

  /** Sends the frames after everything that was pushed before. */
  push(frames: MessageLike[]): void {
    this.#waiting.push(frames);
    this.#length++;
    this.#sending ??= this.#drain();
  }

  /** How many messages wait. */
  get length(): number {
    return this.#length;
  }

  /** Resolves when everything that was pushed has been handed to the socket. */
  async flushed(): Promise<void> {
    await this.#sending;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        for (const frames of batch) {
          await this.#sendOne(frames);
          this.#length--;
        }
      }
    } finally {
      this.#sending = undefined;
    }
  }

  async #sendOne(frames: MessageLike[]): Promise<void> {
    try {
      await this.#socket.send(frames);
    } catch (error) {
      // A ROUTER cannot reach a front end that has gone; the kernel lives on for the others.
      process.stderr.write(`nabla kernel: a message could not be sent: ${(error as Error).message}\n`);
    }
  }
}
