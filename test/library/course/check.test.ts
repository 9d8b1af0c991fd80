/** What `check`, `hint` and `progress` say, remember and leave alone. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { check, CheckError, hint, progress, todo } from "../../../src/course/index.ts";
import { messages } from "../../../src/course/messages.ts";
import type { Text } from "../../../src/course/language.ts";
import { manualSeed, rand } from "../../../src/index.ts";

const predict = (x: number[], w: number, b: number): number[] => x.map((value) => w * value + b);
const withoutBias = (x: number[], w: number): number[] => x.map((value) => w * value);

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla learner "));
  mkdirSync(path.join(folder, ".nabla"));
  writeFileSync(path.join(folder, ".nabla", "course.json"), "{}");
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  said = [];
  vi.spyOn(console, "log").mockImplementation((notice: { text: string }) => void said.push(notice.text));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const kept = (): Record<string, unknown> => JSON.parse(readFileSync(path.join(folder, ".nabla", "progress", "01.json"), "utf8")) as Record<string, unknown>;

it("says what is right, what is wrong and why, and what has not been tried", () => {
  check("01.1", predict);
  expect(said.at(-1)).toBe("✔ 01.1 The model: right.");
  check("01.1", withoutBias, { seed: 5 });
  expect(said.at(-1)).toMatch(/not right.*intercept b is missing.*First difference at \[0\]: yours is .*It was called with x = \[.*\], w = .*, b = /s);
  check("01.1", () => todo());
  expect(said.at(-1)).toContain("not tried yet");
});

it("draws other inputs each time, and the same for the same seed", () => {
  check("01.1", withoutBias);
  check("01.1", withoutBias);
  expect(said[0]).not.toBe(said[1]);
  check("01.1", withoutBias, { seed: 7 });
  check("01.1", withoutBias, { seed: 7 });
  expect(said[2]).toBe(said[3]);
});

it.each([
  ["returns nothing", () => undefined, "is a `return` missing?"],
  ["is asynchronous", async (x: number[], w: number, b: number) => predict(x, w, b), "without `async`"],
  ["throws", () => { throw new TypeError("no such thing"); }, "ended with an error: TypeError: no such thing"],
  ["gives one number for many", (x: number[], w: number, b: number) => predict(x, w, b)[0], "the shape is that of a single number, it should be [2]"],
  ["gives an array with holes", (x: number[]) => x.map(() => undefined), "Your function returned `[ undefined, undefined ]`"],
  ["gives a Map", (x: number[], w: number, b: number) => new Map(predict(x, w, b).map((y, i) => [i, y])), "Your function returned `Map(2) {"],
  ["gives another shape", (x: number[], w: number, b: number) => predict(x, w, b).map((value) => [value]), "the shape is [2, 1], it should be [2]"],
  ["gives a word", () => "w x + b", 'it is "w x + b", it should be [2]'],
  ["is a call instead of a function", 3, 'wants your function itself, as in check("01.1", name); it got 3'],
])("explains an answer that %s", (_, answer, words) => {
  check("01.1", answer);
  expect(said.at(-1)).toContain(words.replaceAll("`", ""));
});

it("finds an answer that changes its inputs", () => {
  check("01.1", (x: number[], w: number, b: number) => {
    for (const [i, value] of x.entries()) x[i] = w * value + b;
    return x;
  });
  expect(said.at(-1)).toContain("changed its input x");
});

it("leaves the learner's random numbers as they were", () => {
  manualSeed(3);
  const expected = rand([4]).toArray();
  manualSeed(3);
  check("01.4", () => rand([2]));
  expect(rand([4]).toArray()).toEqual(expected);
});

describe("progress", () => {
  it("is kept in the learner's folder: state, tries, hints and the last mistake", () => {
    check("01.1", withoutBias);
    hint("01.1");
    hint("01.1");
    check("01.2", () => todo());
    expect(kept()).toEqual({
      "01.1": { state: "wrong", tries: 1, hints: 2, mistake: "forgot-the-bias" },
      "01.2": { state: "untried", tries: 0, hints: 0 },
    });
    check("01.1", predict);
    expect(kept()["01.1"]).toEqual({ state: "right", tries: 2, hints: 2 });
    progress("01");
    expect(said.at(-1)).toMatch(/1 of 7 right.*✔ 01\.1 .* right \(2 tries, 2 of 3 hints\).*○ 01\.2 .* not tried yet/s);
  });

  it("is kept apart for two chapters of one number", () => {
    check("00f.1", (celsius: number) => 1.8 * celsius + 32);
    check("00t.1", () => todo());
    progress("00f");
    expect(said.at(-1)).toMatch(/1 of 7 right.*✔ 00f\.1/s);
    expect(said.at(-1)).not.toContain("00t");
    progress("00t");
    expect(said.at(-1)).toMatch(/0 of 8 right.*○ 00t\.1/s);
    expect(readdirSync(path.join(folder, ".nabla", "progress")).sort()).toEqual(["00f.json", "00t.json"]);
  });

  it("stays right when a chapter is put back as it was handed out", () => {
    check("01.1", predict);
    check("01.1", () => todo());
    expect(kept()["01.1"]).toMatchObject({ state: "right", tries: 1 });
  });

  it("is written nowhere outside a learner's folder", () => {
    rmSync(path.join(folder, ".nabla"), { recursive: true });
    check("01.1", predict);
    expect(existsSync(path.join(folder, ".nabla"))).toBe(false);
  });
});

it("gives three hints, one after the other, and then the last again", () => {
  for (let i = 0; i < 4; i++) hint("01.3");
  expect(said.map((text) => /hint (\d) of 3/.exec(text)![1])).toEqual(["1", "2", "3", "3"]);
  hint("01.3", 1);
  expect(said.at(-1)).toBe(said[0]);
  expect(() => hint("01.3", 4)).toThrow("the hints 1, 2 and 3");
});

it("throws where marks are given: for what is wrong and for what is missing", () => {
  vi.stubEnv("NABLA_CHECK", "strict");
  expect(() => check("01.1", withoutBias)).toThrow(CheckError);
  expect(() => check("01.1", () => todo())).toThrow("not tried yet");
  check("01.1", predict);
  expect(said).toEqual(["✔ 01.1 The model: right."]);
});

it("names the exercises there are when asked for another", () => {
  expect(() => check("01.99", predict)).toThrow("There is no exercise 01.99; there are 01.1, 01.2");
});

it("speaks Chinese where the learner does", () => {
  vi.stubEnv("NABLA_LANG", "zh-CN");
  check("01.1", predict);
  expect(said.at(-1)).toBe("✔ 01.1 模型：正确。");
});

it("has every message in both languages", () => {
  const values = ["1", "2", "3"] as never[];
  for (const [name, message] of Object.entries(messages)) {
    const { en, zh } = (message as (...values: unknown[]) => Text)(...(name === "state" ? ["right", 1, 0] : values));
    expect({ name, chinese: /\p{Script=Han}/u.test(zh), english: /[A-Za-z]{3}/.test(en) && !/\p{Script=Han}/u.test(en) }).toEqual({ name, chinese: true, english: true });
  }
});
