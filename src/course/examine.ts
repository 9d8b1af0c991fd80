/**
 * Trying an answer: it is called on inputs drawn afresh, several times, and its results are compared with the right answer's
 * on the same inputs; if they differ, with each known mistake's. A mistake is named only if it, and no other, gives the
 * learner's results on every input; anything else is "not right" with the first difference.
 */
import { inspect } from "node:util";
import { InterruptedError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { defaultGenerator } from "../tensor/random/stream.ts";
import { Draw } from "./draw.ts";
import type { Answer, Exercise } from "./exercise.ts";
import type { Text } from "./language.ts";
import { messages } from "./messages.ts";
import { describeResult, firstDifference, resultOf } from "./results.ts";
import type { Difference, Result } from "./results.ts";
import { NotTriedError } from "./todo.ts";

/** How an answer fared. `mistake` is the name of a recognised one. */
export type Outcome =
  | { readonly kind: "right" }
  | { readonly kind: "untried" }
  | { readonly kind: "wrong"; readonly why: readonly Text[]; readonly mistake?: string };

/** As many as tell apart a mistake that only some inputs show. */
const TRIALS = 6;

/** What one call gave. */
type Trial =
  | { readonly result: Result }
  | { readonly error: Error }
  | { readonly nothing: "promise" | "undefined" }
  | { readonly unusable: string };

interface Attempt {
  readonly trial: Trial;
  /** The name of an input that the call changed. */
  readonly changed?: string;
}

const LONGEST = 80;

/** A value that is no result, as code shows it. */
function inspected(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 6 });
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} …`;
}

/** Calls an answer on the inputs of a trial; every caller of the same trial gets the same inputs and the same random numbers. */
function attempt(exercise: Exercise, answer: (...inputs: readonly unknown[]) => unknown, seed: number, number: number): Attempt {
  const inputs = exercise.draw(new Draw(seed, number));
  defaultGenerator.manualSeed(seed);
  let value: unknown;
  try {
    value = exercise.run === undefined ? answer(...inputs) : exercise.run(answer, inputs);
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { trial: { error: error instanceof Error ? error : new Error(String(error)) } };
  }
  if (value instanceof Promise) return { trial: { nothing: "promise" } };
  const result = resultOf(value);
  if (result === undefined) return { trial: value === undefined ? { nothing: "undefined" } : { unusable: inspected(value) } };
  const before = exercise.draw(new Draw(seed, number));
  const changed = exercise.inputs.find((_, i) => {
    const [was, is] = [resultOf(before[i]), resultOf(inputs[i])];
    return was !== undefined && is !== undefined && firstDifference(is, was, 0) !== undefined;
  });
  return changed === undefined ? { trial: { result } } : { trial: { result }, changed };
}

const errorText = (error: Error): string => `${error.name}: ${error.message}`;

/** Whether two calls came to the same. */
function same(yours: Trial, theirs: Trial, tolerance: number): boolean {
  if ("error" in yours && "error" in theirs) return errorText(yours.error) === errorText(theirs.error);
  return "result" in yours && "result" in theirs && firstDifference(yours.result, theirs.result, tolerance) === undefined;
}

const MOST_NUMBERS = 16;

/** An input in few characters. */
function brief(value: unknown): string {
  const result = resultOf(value);
  if (result === undefined) return typeof value === "function" ? "a function" : String(value);
  if (result.kind !== "numbers") return describeResult(result);
  const rounded = result.numbers.map((number) => Number(number.toPrecision(4)));
  if (result.shape.length === 0) return String(rounded[0]);
  return result.numbers.length <= MOST_NUMBERS && result.shape.length === 1
    ? `[${rounded.join(", ")}]`
    : `${formatShape(result.shape)}${result.numbers.length <= MOST_NUMBERS ? ` (${rounded.join(", ")})` : ""}`;
}

const givenInputs = (exercise: Exercise, seed: number, number: number): Text[] => {
  if (exercise.inputs.length === 0) return [];
  const inputs = exercise.draw(new Draw(seed, number));
  return [messages.givenInputs(exercise.inputs.map((name, i) => `\`${name} = ${brief(inputs[i])}\``).join(", "))];
};

function differenceText(difference: Difference): Text {
  const { place, yours, expected, kind } = difference;
  if (kind === "value" && place === "") return messages.otherResult(yours, expected);
  const named = (language: keyof Text): string => (place === "" ? messages.theResult()[language] : `\`${place}\``);
  const message = { value: messages.firstDifference, shape: messages.otherShape, kind: messages.otherKind }[kind];
  const shape = (text: string, language: keyof Text): string => (kind === "shape" && text === "[]" ? messages.singleNumber()[language] : text);
  const inLanguage = (language: keyof Text): string => message(named(language), shape(yours, language), shape(expected, language))[language];
  return { en: inLanguage("en"), zh: inLanguage("zh") };
}

/** Why a call's outcome is not the right answer's. */
function reason({ trial, changed }: Attempt, expected: Trial, tolerance: number): Text {
  if ("error" in trial) return messages.threw(errorText(trial.error));
  if ("unusable" in trial) return messages.returnedUnusable(trial.unusable);
  if ("nothing" in trial) return trial.nothing === "promise" ? messages.returnedPromise() : messages.returnedNothing();
  const difference = "result" in expected ? firstDifference(trial.result, expected.result, tolerance) : undefined;
  return difference === undefined ? messages.changedInputs(`\`${changed}\``) : differenceText(difference);
}

function compared(exercise: Exercise, answer: (...inputs: readonly unknown[]) => unknown, seed: number): Outcome {
  const tolerance = exercise.tolerance ?? 1e-4;
  const trials = Array.from({ length: exercise.inputs.length === 0 ? 1 : TRIALS }, (_, number) => number);
  const expected = trials.map((number) => attempt(exercise, exercise.answer, seed, number).trial);
  const broken = expected.find((trial) => !("result" in trial));
  if (broken !== undefined) throw "error" in broken ? broken.error : new Error(`exercise ${exercise.id} has no answer to its own inputs`);
  const yours = trials.map((number) => attempt(exercise, answer, seed, number));
  if (yours.some(({ trial }) => "error" in trial && trial.error instanceof NotTriedError)) return { kind: "untried" };
  const failed = trials.find((i) => !same(yours[i]!.trial, expected[i]!, tolerance) || yours[i]!.changed !== undefined);
  if (failed === undefined) return { kind: "right" };
  const made = exercise.mistakes.filter((mistake) =>
    trials.every((i) => same(yours[i]!.trial, attempt(exercise, mistake.answer, seed, i).trial, tolerance)));
  const why = [reason(yours[failed]!, expected[failed]!, tolerance), ...givenInputs(exercise, seed, failed)];
  const [mistake] = made;
  return made.length === 1 && mistake !== undefined
    ? { kind: "wrong", why: [mistake.says, ...why], mistake: mistake.name }
    : { kind: "wrong", why };
}

/**
 * Tries an answer on inputs drawn from `seed`. The learner's random numbers go on afterwards as if nothing had been drawn.
 * @param answer the learner's function, or the value where the exercise asks for one; an undefined value is one not tried
 */
export function examine(exercise: Exercise, answer: Answer, seed: number): Outcome {
  if (exercise.inputs.length === 0) {
    if (answer === undefined) return { kind: "untried" };
  } else if (typeof answer !== "function") {
    const what = answer === undefined ? "undefined" : describeResult(resultOf(answer) ?? { kind: "word", word: typeof answer });
    return { kind: "wrong", why: [messages.notAFunction(exercise.id, what)] };
  }
  const state = defaultGenerator.stateDict();
  try {
    const asFunction = typeof answer === "function" ? (answer as (...inputs: readonly unknown[]) => unknown) : () => answer;
    return compared(exercise, asFunction, seed);
  } finally {
    defaultGenerator.loadStateDict(state);
  }
}
