/** The history of this session: what was run, and what came of it as text. */
import type { Content } from "../wire/message.ts";

interface Entry {
  readonly line: number;
  readonly input: string;
  output: string | undefined;
}

/** The number of this session; earlier sessions are not kept. */
const SESSION = 1;

/** A shell pattern with `*` and `?` as a regular expression for the whole text. */
function globExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^]*").replace(/\?/g, "[^]");
  return new RegExp(`^${escaped}$`);
}

export class History {
  readonly #entries: Entry[] = [];

  add(line: number, input: string): void {
    this.#entries.push({ line, input, output: undefined });
  }

  /** Remembers the text form of the latest cell's value. */
  setOutput(output: string): void {
    const last = this.#entries.at(-1);
    if (last !== undefined) last.output = output;
  }

  /** Answers the content of a `history_request`. */
  answer(content: Content): object {
    const withOutput = content["output"] === true;
    const found = this.#find(content);
    return {
      status: "ok",
      history: found.map(({ line, input, output }) => [SESSION, line, withOutput ? [input, output ?? null] : input]),
    };
  }

  #find(content: Content): Entry[] {
    const wanted = Number(content["n"] ?? 10);
    switch (content["hist_access_type"]) {
      case "tail":
        return wanted > 0 ? this.#entries.slice(-wanted) : [];
      case "range": {
        const session = Number(content["session"] ?? 0);
        if (session !== 0 && session !== SESSION) return [];
        const start = Number(content["start"] ?? 1);
        const stop = content["stop"] == null ? Infinity : Number(content["stop"]);
        return this.#entries.filter(({ line }) => line >= start && line < stop);
      }
      case "search": {
        const expression = globExpression(String(content["pattern"] ?? "*"));
        let found = this.#entries.filter(({ input }) => expression.test(input));
        if (content["unique"] === true) {
          const latest = new Map(found.map((entry) => [entry.input, entry]));
          found = found.filter((entry) => latest.get(entry.input) === entry);
        }
        return content["n"] == null ? found : wanted > 0 ? found.slice(-wanted) : [];
      }
      default:
        return [];
    }
  }
}
