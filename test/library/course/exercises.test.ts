/**
 * Every exercise of every chapter: its own answer passes, its known mistakes are told apart on inputs that nobody saw when
 * they were written, anything else gets no name, and every text is there in both languages.
 */
import { describe, expect, it } from "vitest";
import { exercises } from "../../../src/course/chapters/index.ts";
import { Draw } from "../../../src/course/draw.ts";
import { examine } from "../../../src/course/examine.ts";
import { chapterOf } from "../../../src/course/exercise.ts";
import type { Exercise } from "../../../src/course/exercise.ts";
import type { Text } from "../../../src/course/language.ts";
import "../../../src/attached.ts";
import { todo } from "../../../src/course/todo.ts";

/** Seeds of no other place. */
const seeds = Array.from({ length: 12 }, (_, i) => 104_729 * (i + 3));

describe.each(exercises.map((exercise) => ({ id: exercise.id, exercise })))("exercise $id", ({ exercise }) => {
  const handedIn = (answer: (...inputs: readonly unknown[]) => unknown): unknown =>
    exercise.inputs.length === 0 ? answer() : answer;

  it("takes its own answer for right", () => {
    for (const seed of seeds) expect(examine(exercise, handedIn(exercise.answer), seed)).toEqual({ kind: "right" });
  });

  it.each(exercise.mistakes.map((mistake) => ({ name: mistake.name, mistake })))("recognises the mistake $name", ({ mistake }) => {
    for (const seed of seeds) expect(examine(exercise, handedIn(mistake.answer), seed)).toMatchObject({ kind: "wrong", mistake: mistake.name });
  });

  it("knows at least three mistakes, each by a name of its own", () => {
    expect(new Set(exercise.mistakes.map(({ name }) => name)).size).toBe(exercise.mistakes.length);
    expect(exercise.mistakes.length).toBeGreaterThanOrEqual(3);
  });

  it("gives no other wrong answer a name", () => {
    if (exercise.inputs.length === 0) return;
    const example = exercise.answer(...exercise.draw(new Draw(1, 0)));
    for (const seed of seeds) {
      const constant = examine(exercise, () => example, seed);
      expect(constant.kind).toBe("wrong");
      expect(constant).not.toHaveProperty("mistake");
      expect(examine(exercise, () => undefined, seed)).not.toHaveProperty("mistake");
    }
  });

  it("has not been tried as it is handed out", () => {
    expect(examine(exercise, exercise.inputs.length === 0 ? undefined : () => todo(), 1)).toEqual({ kind: "untried" });
  });

  it("speaks English and Chinese", () => {
    const texts: Text[] = [exercise.title, ...exercise.hints, ...exercise.mistakes.map(({ says }) => says)];
    for (const { en, zh } of texts) {
      expect(en.trim()).not.toBe("");
      expect(zh.trim()).not.toBe("");
      expect(en).not.toMatch(/\p{Script=Han}/u);
    }
    expect(exercise.title.zh).toMatch(/\p{Script=Han}/u);
    for (const { says } of exercise.mistakes) expect(says.zh).toMatch(/\p{Script=Han}/u);
  });
});

it("numbers the exercises of a chapter from 1, six or more, from one star to three", () => {
  const chapters = new Map<string, Exercise[]>();
  for (const one of exercises) chapters.set(chapterOf(one.id), [...(chapters.get(chapterOf(one.id)) ?? []), one]);
  for (const [chapter, list] of chapters) {
    expect(list.map(({ id }) => id)).toEqual(list.map((_, i) => `${chapter}.${i + 1}`));
    expect(list.length).toBeGreaterThanOrEqual(6);
    expect([...new Set(list.map(({ stars }) => stars))].sort()).toEqual([1, 2, 3]);
  }
});

/** Wrong answers that stand in no list, of which inputs drawn carelessly would take some for right, or for another mistake. */
const unlisted: readonly [id: string, what: string, answer: (...inputs: never[]) => unknown][] = [
  ["00t.5", "classes as wide as each other", (p: number[], u: number) => Math.floor(u * p.length)],
  ["02.2", "the mean taken away, not the largest", (scores: number[]) => {
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const powers = scores.map((score) => Math.exp(score - mean));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  }],
  ["03.1", "a threshold of a half", (inputs: number[][], w: number[], b: number) => inputs.map((x) => (x.reduce((z, value, i) => z + w[i]! * value, b) > 0.5 ? 1 : 0))],
  ["04.7", "never stopped", (losses: number[]) => [losses.length - 1, losses.indexOf(Math.min(...losses))]],
];

it.each(unlisted)("exercise %s finds %s wrong, and gives it no other mistake's name", (id, _, answer) => {
  const exercise = exercises.find((one) => one.id === id)!;
  for (const seed of seeds) {
    const outcome = examine(exercise, answer as (...inputs: readonly unknown[]) => unknown, seed);
    expect(outcome.kind, `seed ${seed}`).toBe("wrong");
    expect(outcome).not.toHaveProperty("mistake");
  }
});
