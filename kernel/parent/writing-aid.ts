/** The requests of a front end in which somebody writes a cell: completion, inspection (also as `name?` in a cell), whether it is whole. */
import type { MimeBundle } from "../contracts.ts";
import { say } from "../messages/say.ts";
import type { Content } from "../wire/message.ts";
import type { LanguageClient } from "./language-client.ts";

export class WritingAid {
  readonly #language: LanguageClient;

  constructor(language: LanguageClient) {
    this.#language = language;
  }

  /** The content of a `complete_reply`. JupyterLab reads kinds from `_jupyter_types_experimental`, one for each match. */
  async complete(content: Content): Promise<object> {
    const { source, cursor } = place(content);
    const { start, end, items } = await this.#language.ask({ kind: "complete", source, cursor });
    return {
      status: "ok",
      matches: items.map(({ text }) => text),
      cursor_start: start,
      cursor_end: end,
      metadata: { _jupyter_types_experimental: items.map((each) => ({ start, end, ...each })) },
    };
  }

  /** The content of an `inspect_reply`. */
  async inspect(content: Content): Promise<object> {
    const data = await this.#language.ask({ kind: "inspect", ...place(content), detail: content["detail_level"] === 1 ? 1 : 0 });
    return { status: "ok", found: data !== undefined, data: data ?? {}, metadata: {} };
  }

  /** What `name?` shows, and `name??` with the source. */
  async explain(name: string, detail: 0 | 1): Promise<MimeBundle> {
    const data = await this.#language.ask({ kind: "inspect", source: name, cursor: [...name].length, detail });
    return { ...(data ?? { "text/plain": say("nothingKnown", { name }) }) };
  }

  /** The content of an `is_complete_reply`. */
  isComplete({ code }: Content): Promise<object> {
    return this.#language.ask({ kind: "completeness", source: String(code ?? "") });
  }
}

/** The text and the cursor in it, in code points; at the end where a front end does not say. */
function place(content: Content): { source: string; cursor: number } {
  const source = String(content["code"] ?? "");
  const last = [...source].length;
  const cursor = content["cursor_pos"];
  return { source, cursor: typeof cursor === "number" && cursor >= 0 ? Math.min(Math.trunc(cursor), last) : last };
}
