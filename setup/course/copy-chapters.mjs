/** `npm exec nabla chapters`: copies the chapters that a learner does not have yet, as `npm start` does in a checkout. */
import path from "node:path";
import { SetupFailure } from "../failure.mjs";
import { shown } from "../paths.mjs";
import { splitArguments } from "../start-arguments.mjs";
import { chapterNames, copyChapters } from "./hand-out.mjs";

export async function run(args, { say = console.log } = {}) {
  const { work, rest } = splitArguments(args, process.env, process.cwd());
  if (rest.length > 0) throw new SetupFailure("It is written: npm exec nabla chapters -- [--work DIR]");
  const copied = copyChapters(work);
  const there = copied.length === 0 ? "All chapters are" : `Copied ${copied.join(", ")}; they are`;
  say(`${there} in ${shown(work)} (yours to change, never overwritten). The first is ${path.join(shown(work), chapterNames()[0])}.`);
}
