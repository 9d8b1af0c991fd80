/**
 * What an exercise is: inputs that are drawn, the right answer computed from them, mistakes that are known, and three hints.
 * A mistake is itself a function, the wrong answer somebody gives who makes it. A learner's function made exactly that
 * mistake if it gives the mistake's results on every input; so recognition needs no list of numbers, works on shapes that
 * nobody foresaw, and cannot call a different error by this name. Comparing with a computed answer instead of a stored one
 * follows the gradient comparisons of A. Karpathy's lectures; diagnoses by name follow the bug libraries of tutoring systems
 * (J. S. Brown and R. Burton, 1978).
 */
import type { Draw } from "./draw.ts";
import type { Text } from "./language.ts";

/** What a learner hands in: a function of the inputs, or, where an exercise asks for a value, that value. */
export type Answer = unknown;

/** A wrong answer that is recognised. */
export interface Mistake<Inputs extends readonly unknown[]> {
  /** A word for records, as in "forgot-the-mean". */
  readonly name: string;
  /** What the learner is told: what went wrong, not what to type. */
  readonly says: Text;
  /** The wrong answer. One that throws is recognised by the same error. */
  readonly answer: (...inputs: Inputs) => unknown;
}

export interface Exercise<Inputs extends readonly unknown[] = readonly unknown[]> {
  /** The chapter's id, a dot, the exercise's number: "03.2". */
  readonly id: string;
  /** From 1, checked at once, to 3, which needs an idea. */
  readonly stars: 1 | 2 | 3;
  readonly title: Text;
  /** The names of the inputs, for messages. An exercise without inputs asks for a value. */
  readonly inputs: { readonly [place in keyof Inputs]: string };
  /** The inputs of one trial. They must differ from trial to trial. */
  readonly draw: (draw: Draw) => Inputs;
  /** The right answer, computed by other means than the learner is asked to use. */
  readonly answer: (...inputs: Inputs) => unknown;
  /** How an answer is put to use: by default called with the inputs. */
  readonly run?: (answer: (...inputs: Inputs) => unknown, inputs: Inputs) => unknown;
  /** At least three. */
  readonly mistakes: readonly Mistake<Inputs>[];
  /** A pointer, the idea, a skeleton. */
  readonly hints: readonly [pointer: Text, idea: Text, skeleton: Text];
  /** How far results may lie from the answer's, against the largest of them. Default 1e-4: float32 passes, mistakes do not. */
  readonly tolerance?: number;
}

/** Types an exercise by its inputs and forgets them again: the list of a chapter holds exercises of every kind. */
export function exercise<const Inputs extends readonly unknown[]>(definition: Exercise<Inputs>): Exercise {
  return definition as unknown as Exercise;
}

/** The chapter of an exercise: "03" of "03.2", "00t" of "00t.2". */
export const chapterOf = (id: string): string => id.split(".")[0] ?? "";

/**
 * How the name of a chapter's notebook begins. A chapter is called by its number; where two notebooks have one number, by the
 * first letters of its name too: "03" is `03-…`, "00t" is `00-t…`.
 */
export function notebookBeginning(chapter: string): string {
  return chapter.replace(/^(\d\d)/, "$1-");
}
