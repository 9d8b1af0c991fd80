/**
 * What a cell's messages become in a notebook's file: "The notebook file format" (nbformat 4.5), with texts as lines, as
 * Jupyter's own nbformat writes them.
 */
import type { Content } from "../wire/message.ts";

/** One entry of a code cell's `outputs`. */
export type Output = Record<string, unknown> & { output_type: string };

/** The outputs that can still be updated, by their `display_id`, over all cells of a run. */
export type Displays = Map<string, Output[]>;

/** Texts that are kept as lines besides `text/*`. */
const LINED: ReadonlySet<string> = new Set(["application/javascript", "image/svg+xml"]);

const asLines = (text: string): string[] => (text === "" ? [] : text.split(/(?<=\n)/));

function bundle(data: Content): Content {
  const lined = Object.entries(data).map(([mime, value]) => [mime, typeof value === "string" && (mime.startsWith("text/") || LINED.has(mime)) ? asLines(value) : value]);
  return Object.fromEntries(lined) as Content;
}

/** What is left of a text on a terminal: a carriage return writes over the line, a backspace over a character. */
function overwritten(text: string): string {
  if (!/[\b\r]/.test(text)) return text;
  let rest = text;
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest.replace(/[^\n\b]\u0008/g, "");
  }
  return rest.replace(/^.*\r(?=[^\n])/gm, "");
}

/** The outputs of one cell, as they arrive. */
export class CellOutputs {
  readonly #displays: Displays;
  #outputs: Output[] = [];
  /** Text of the stream that is being written, in pieces: a cell may print hundreds of thousands of lines. */
  #stream: { readonly name: string; readonly pieces: string[]; readonly output: Output } | undefined;
  /** A `clear_output(wait=True)` waits for the next output. */
  #clearsWithNext = false;

  constructor(displays: Displays) {
    this.#displays = displays;
  }

  /** Takes a message that the cell published. */
  take(type: string, content: Content): void {
    switch (type) {
      case "stream":
        return this.#print(String(content["name"]), String(content["text"]));
      case "display_data":
      case "execute_result": {
        const shown: Output = { data: bundle(content["data"] as Content), metadata: content["metadata"] ?? {}, output_type: type };
        const output = type === "execute_result" ? { ...shown, execution_count: content["execution_count"] } : shown;
        const id = (content["transient"] as Content | undefined)?.["display_id"];
        if (typeof id === "string") this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
        return this.#add(output);
      }
      case "update_display_data": {
        const id = (content["transient"] as Content | undefined)?.["display_id"];
        const data = { data: bundle(content["data"] as Content), metadata: content["metadata"] ?? {} };
        for (const output of this.#displays.get(String(id)) ?? []) Object.assign(output, data);
        return;
      }
      case "error": {
        const { ename, evalue, traceback } = content;
        return this.#add({ ename, evalue, output_type: "error", traceback });
      }
      case "clear_output":
        this.#clearsWithNext = content["wait"] === true;
        if (!this.#clearsWithNext) this.#clear();
        return;
    }
  }

  /** The outputs as the file holds them, when the cell has ended. */
  finished(): Output[] {
    this.#endStream();
    return this.#outputs;
  }

  #print(name: string, text: string): void {
    if (this.#clearsWithNext || this.#stream?.name !== name) {
      const output: Output = { name, output_type: "stream", text: [] };
      this.#add(output);
      this.#stream = { name, pieces: [], output };
    }
    this.#stream!.pieces.push(text);
  }

  #add(output: Output): void {
    this.#endStream();
    if (this.#clearsWithNext) this.#clear();
    this.#outputs.push(output);
  }

  #clear(): void {
    this.#clearsWithNext = false;
    this.#stream = undefined;
    this.#outputs = [];
  }

  #endStream(): void {
    if (this.#stream !== undefined) this.#stream.output["text"] = asLines(overwritten(this.#stream.pieces.join("")));
    this.#stream = undefined;
  }
}
