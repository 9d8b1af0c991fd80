/**
 * Fetches one file within bounded time: a learner without a network waits
 * seconds, not minutes, and a cell that is interrupted stops the download. A
 * download that breaks off goes on where it stopped.
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

/** How often a file that stopped arriving is asked for again from where it stopped. */
const RESUMPTIONS = 3;

/** What has arrived of a file, and by what the server knows that it is still the same file. */
interface Arrived {
  chunks: Uint8Array[];
  received: number;
  total: number | undefined;
  /** Its ETag or date; without one a broken download cannot go on. */
  version: string | undefined;
}

/**
 * Fetches the bytes behind an address. When they stop arriving, the rest is asked for (a range request, RFC 9110 section 14)
 * as long as each try brings some; a server that cannot do that ends the download.
 *
 * @throws MirrorUnreachable when there is no answer in time, the answer is not the file, or it stops arriving.
 */
export async function download(url: string, options: DownloadOptions = {}): Promise<Uint8Array> {
  const arrived: Arrived = { chunks: [], received: 0, total: undefined, version: undefined };
  for (let resumption = 0; ; resumption++) {
    const before = arrived.received;
    try {
      await receive(url, arrived, options);
      return Buffer.concat(arrived.chunks);
    } catch (error) {
      const goesOn = error instanceof MirrorUnreachable && resumption < RESUMPTIONS && arrived.received > before && arrived.version !== undefined;
      if (!goesOn) throw error;
    }
  }
}

/** Adds what arrives to what has arrived. */
async function receive(url: string, arrived: Arrived, { times = DEFAULT_TIMES, signal, onProgress }: DownloadOptions): Promise<void> {
  signal?.throwIfAborted();
  const waiting = new AbortController();
  const patience = new Patience(waiting);
  const rest: Record<string, string> = arrived.received === 0 ? {} : { Range: `bytes=${arrived.received}-`, "If-Range": arrived.version! };
  try {
    patience.restart(times.answer);
    const response = await fetch(url, {
      headers: rest,
      signal: signal === undefined ? waiting.signal : AbortSignal.any([waiting.signal, signal]),
    });
    if (!response.ok || response.body === null) {
      throw new MirrorUnreachable(url, `answered ${response.status} ${response.statusText}`.trimEnd());
    }
    const continues = response.status === 206;
    if (continues && !response.headers.get("content-range")?.startsWith(`bytes ${arrived.received}-`)) {
      throw new MirrorUnreachable(url, "sent another part of the file than it was asked for");
    }
    // The whole file again: it has changed, or the server sends no parts.
    if (!continues) Object.assign(arrived, { chunks: [], received: 0 });
    const length = Number(response.headers.get("content-length")) || undefined;
    arrived.total = length === undefined ? undefined : arrived.received + length;
    arrived.version = strongVersion(response.headers);
    patience.restart(times.stall);
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      patience.restart(times.stall);
      arrived.chunks.push(chunk);
      arrived.received += chunk.length;
      onProgress?.(arrived.received, arrived.total);
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof MirrorUnreachable) throw error;
    throw new MirrorUnreachable(url, waiting.signal.aborted ? patience.reason : reasonOf(error));
  } finally {
    patience.end();
  }
}

/** Parts may only be joined when the server promises the very same bytes: no weak ETag, nothing unpacked on the way. */
function strongVersion(headers: Headers): string | undefined {
  if (headers.has("content-encoding")) return undefined;
  const tag = headers.get("etag");
  return tag === null ? headers.get("last-modified") ?? undefined : tag.startsWith("W/") ? undefined : tag;
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
