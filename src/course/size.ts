/**
 * How large a chapter runs: quick, in a minute or so on two cores, which is what a learner gets; or with the sizes of the
 * book, with `NABLA_SIZE=book`, to see whether the book's own figures come out.
 */
import { say } from "./language.ts";
import { messages } from "./messages.ts";
import { FigureError } from "./figure-error.ts";

export type Size = "quick" | "book";

function sizeFrom(word: string): Size {
  if (word === "quick" || word === "book") return word;
  throw new FigureError(say(messages.unknownSize(JSON.stringify(word))));
}

/** The size of this run: `"quick"` unless `NABLA_SIZE` says `book`. */
export const size: Size = sizeFrom(process.env["NABLA_SIZE"] || "quick");
