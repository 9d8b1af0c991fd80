/** `check`, `hint` and `progress`: what a chapter's cells call. */
import { display } from "../host.ts";
import { NablaError } from "../tensor/errors.ts";
import { exercises } from "./chapters/index.ts";
import { examine } from "./examine.ts";
import type { Outcome } from "./examine.ts";
import { chapterOf } from "./exercise.ts";
import type { Answer, Exercise } from "./exercise.ts";
import { hasNewerText, setStanding, standings, untried } from "./folder.ts";
import { say } from "./language.ts";
import { messages } from "./messages.ts";
import { Notice } from "./notice.ts";

/** A wrong or missing answer, where checks are strict. */
export class CheckError extends NablaError {
  override name = "CheckError";
}

function find(id: string): Exercise {
  const exercise = exercises.find((one) => one.id === id);
  if (exercise !== undefined) return exercise;
  const near = exercises.filter((one) => chapterOf(one.id) === chapterOf(id));
  throw new CheckError(say(messages.unknownExercise(id, (near.length > 0 ? near : exercises).map((one) => one.id).join(", "))));
}

function sentence(exercise: Exercise, outcome: Outcome): string {
  const [id, title] = [exercise.id, say(exercise.title)];
  if (outcome.kind === "right") return say(messages.right(id, title));
  if (outcome.kind === "untried") return say(messages.notTried(id, title));
  return [say(messages.wrong(id, title)), ...outcome.why.map(say)].join("\n\n");
}

/**
 * Checks an answer to an exercise on inputs drawn afresh and shows what came of it. Throws nothing, so that the cells after
 * it run, unless `NABLA_CHECK=strict` is set, as for marking.
 * @param id the chapter and the exercise: `"03.2"`
 * @param answer your function (its name, not a call), or the value that the exercise asks for
 * @param options `seed` draws the same inputs again
 * @throws CheckError when there is no such exercise; when strict, also for an answer that is wrong or missing
 */
export function check(id: string, answer: Answer, { seed = Math.floor(Math.random() * 2 ** 31) }: { seed?: number } = {}): void {
  const exercise = find(id);
  const outcome = examine(exercise, answer, seed);
  const before = standings(chapterOf(id))[id] ?? untried;
  setStanding(chapterOf(id), id, {
    state: outcome.kind === "untried" && before.state === "right" ? "right" : outcome.kind,
    tries: before.tries + (outcome.kind === "untried" ? 0 : 1),
    hints: before.hints,
    ...("mistake" in outcome && outcome.mistake !== undefined ? { mistake: outcome.mistake } : {}),
  });
  const notice = new Notice(sentence(exercise, outcome));
  if (process.env["NABLA_CHECK"] === "strict" && outcome.kind !== "right") throw new CheckError(notice.text);
  display(notice);
}

/**
 * Shows the next hint to an exercise: a pointer, then the idea, then a skeleton.
 * @param step 1, 2 or 3 for that one
 */
export function hint(id: string, step?: number): void {
  const exercise = find(id);
  const before = standings(chapterOf(id))[id] ?? untried;
  const number = step ?? Math.min(before.hints + 1, exercise.hints.length);
  const text = exercise.hints[number - 1];
  if (text === undefined) throw new CheckError(say(messages.unknownHint(id)));
  setStanding(chapterOf(id), id, { ...before, hints: Math.max(before.hints, number) });
  display(new Notice(say(messages.hint(id, number, say(text)))));
}

/** Shows how the exercises of a chapter stand, and whether its text has changed since you got it. */
export function progress(chapter: string): void {
  const all = exercises.filter((one) => chapterOf(one.id) === chapter);
  if (all.length === 0) find(`${chapter}.1`);
  const standing = standings(chapter);
  const now = all.map((one) => standing[one.id] ?? untried);
  const rows = all.map((one, i) => {
    const { state, tries, hints } = now[i]!;
    const mark = { right: "✔", wrong: "✘", untried: "○" }[state];
    return `| ${mark} ${one.id} | ${"★".repeat(one.stars)} ${say(one.title)} | ${say(messages.state(state, tries, hints))} |`;
  });
  const right = now.filter(({ state }) => state === "right").length;
  const head = [say(messages.progressHead(right, all.length)), "", `| | ${say(messages.exercise())} | ${say(messages.standing())} |`, "|---|---|---|"];
  const newer = hasNewerText(chapter) ? ["", say(messages.newerText())] : [];
  display(new Notice([...head, ...rows, ...newer].join("\n")));
}
