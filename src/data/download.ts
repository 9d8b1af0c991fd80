/**
 * Fetches one file within bounded time: a learner without a network waits
 * seconds, not minutes, and a cell that is interrupted stops the download.
 */
import { NablaError } from "../tensor/errors.ts";

/** How long to wait, in milliseconds. */
export interface DownloadTimes {
  /** For a mirror to answer at all. */
  answer: number;
  /** For the next bytes of a file that has begun to arrive. */
  stall: number;
}

/** What a download needs to know besides its address. */
export interface DownloadOptions {
  times?: DownloadTimes;
  /** Stops the download: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told how many bytes have arrived, and how many will if the mirror said so. */
  onProgress?: (received: number, total: number | undefined) => void;
}

/** Thrown when a mirror did not deliver a file; `message` says why. */
export class MirrorUnreachable extends NablaError {
  override name = "MirrorUnreachable";
  readonly url: string;

  constructor(url: string, reason: string) {
    super(`${url}: ${reason}`);
    this.url = url;
  }
}

const DEFAULT_TIMES: DownloadTimes = { answer: 5_000, stall: 15_000 };

/**
 * Fetches the bytes behind an address.
 *
 * @throws MirrorUnreachable when there is no answer in time, the answer is not the file, or it stops arriving.
 */
export async function download(url: string, options: DownloadOptions = {}): Promise<Uint8Array> {
  const { times = DEFAULT_TIMES, signal, onProgress } = options;
  signal?.throwIfAborted();
  const waiting = new AbortController();
  const patience = new Patience(waiting);
  try {
    patience.restart(times.answer);
    const response = await fetch(url, {
      signal: signal === undefined ? waiting.signal : AbortSignal.any([waiting.signal, signal]),
    });
    if (!response.ok || response.body === null) {
      throw new MirrorUnreachable(url, `answered ${response.status} ${response.statusText}`.trimEnd());
    }
    const total = Number(response.headers.get("content-length")) || undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    patience.restart(times.stall);
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      patience.restart(times.stall);
      chunks.push(chunk);
      received += chunk.length;
      onProgress?.(received, total);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof MirrorUnreachable) throw error;
    throw new MirrorUnreachable(url, waiting.signal.aborted ? patience.reason : reasonOf(error));
  } finally {
    patience.end();
  }
}

/** A timer that gives up waiting unless it is restarted. */
class Patience {
  reason = "";
  readonly #controller: AbortController;
  #timer: NodeJS.Timeout | undefined;

  constructor(controller: AbortController) {
    this.#controller = controller;
  }

  restart(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.reason = `nothing arrived for ${milliseconds / 1000} s`;
      this.#controller.abort();
    }, milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** `fetch` says only "fetch failed"; what went wrong is in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && !cause.message ? String(cause.code) : cause.message;
}
