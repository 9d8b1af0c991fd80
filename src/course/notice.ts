/** What checks, hints and progress show: Markdown for the notebook, which needs no trust and follows the theme, and plain text. */
import { inspect } from "node:util";

/** A text that shows itself. */
export class Notice {
  readonly markdown: string;

  constructor(markdown: string) {
    this.markdown = markdown;
  }

  /** The same without Markdown's marks. */
  get text(): string {
    return this.markdown
      .replaceAll("**", "")
      .replaceAll("`", "")
      .replace(/^\|(?:---\|)+\n/gm, "")
      .replace(/^\| (.*) \|$/gm, "$1")
      .replaceAll(" | ", "   ");
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/markdown": this.markdown, "text/plain": this.text };
  }

  [inspect.custom](): string {
    return this.text;
  }
}
