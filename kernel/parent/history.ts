/**
 * Answers a `history_request`: what was run in this session and in earlier ones, and what came of it as text.
 *
 * Sessions count from 1; in a request 0 is the current one and a negative number counts back from it, as in IPython.
 */
import type { Content } from "../wire/message.ts";
import type { HistoryEntry, HistoryStore } from "./history-store.ts";

/** An entry and the number of its session. */
type Found = readonly [session: number, entry: HistoryEntry];

/** How many entries a request without a number gets. */
const DEFAULT_COUNT = 10;
/** How much of a value's text is kept. UTF-16 units. */
const LONGEST_OUTPUT = 10_000;

/** A shell pattern with `*` and `?` as a regular expression for the whole text. */
function globExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^]*").replace(/\?/g, "[^]");
  return new RegExp(`^${escaped}$`);
}

export class History {
  readonly #store: HistoryStore;
  readonly #entries: HistoryEntry[] = [];

  /** @param store Keeps what outlives the session. */
  constructor(store: HistoryStore) {
    this.#store = store;
  }

  add(line: number, input: string): void {
    const entry = { line, input };
    this.#entries.push(entry);
    this.#store.add(entry);
  }

  /** Remembers the text form of the value of the cell that was added last. */
  setOutput(output: string): void {
    const last = this.#entries.at(-1);
    if (last === undefined) return;
    last.output = output.slice(0, LONGEST_OUTPUT);
    this.#store.addOutput(last.line, last.output);
  }

  /** The content of a `history_reply`. */
  async answer(content: Content): Promise<object> {
    const withOutput = content["output"] === true;
    const current = await this.#store.flush();
    const found = await this.#find(content, current);
    return {
      status: "ok",
      history: found.map(([session, { line, input, output }]) => [session, line, withOutput ? [input, output ?? null] : input]),
    };
  }

  /** Writes what waits, for good. */
  close(): Promise<void> {
    return this.#store.close();
  }

  #find(content: Content, current: number): Found[] | Promise<Found[]> {
    const count = content["n"] == null ? undefined : Number(content["n"]);
    switch (content["hist_access_type"]) {
      case "tail":
        return this.#tail(count ?? DEFAULT_COUNT, current);
      case "range":
        return this.#range(content, current);
      case "search":
        return this.#search(content, count, current);
      default:
        return [];
    }
  }

  /** The newest entries of all sessions, the oldest of them first. */
  async #tail(count: number, current: number): Promise<Found[]> {
    let found = lastOf(this.#of(current, this.#entries), count);
    for (const session of (await this.#earlier(current)).reverse()) {
      if (found.length >= count) break;
      found = [...lastOf(this.#of(session, await this.#store.read(session)), count - found.length), ...found];
    }
    return found;
  }

  async #range(content: Content, current: number): Promise<Found[]> {
    const wanted = Number(content["session"] ?? 0);
    const session = wanted > 0 ? wanted : current + wanted;
    const entries = session === current ? this.#entries : await this.#store.read(session);
    const start = Number(content["start"] ?? 1);
    const stop = content["stop"] == null ? Infinity : Number(content["stop"]);
    return this.#of(session, entries.filter(({ line }) => line >= start && line < stop));
  }

  async #search(content: Content, count: number | undefined, current: number): Promise<Found[]> {
    const expression = globExpression(String(content["pattern"] ?? "*"));
    const all: Found[] = [];
    for (const session of await this.#earlier(current)) all.push(...this.#of(session, await this.#store.read(session)));
    all.push(...this.#of(current, this.#entries));
    let found = all.filter(([, { input }]) => expression.test(input));
    if (content["unique"] === true) {
      const latest = new Map(found.map((each) => [each[1].input, each]));
      found = found.filter((each) => latest.get(each[1].input) === each);
    }
    return count === undefined ? found : lastOf(found, count);
  }

  async #earlier(current: number): Promise<number[]> {
    return (await this.#store.sessions()).filter((session) => session < current);
  }

  #of(session: number, entries: readonly HistoryEntry[]): Found[] {
    return entries.map((entry) => [session, entry]);
  }
}

function lastOf<T>(items: readonly T[], count: number): T[] {
  return count > 0 ? items.slice(-count) : [];
}
