/**
 * The first hour run from top to bottom: what it prints, the errors that it shows on purpose, and its table from Python's
 * operators to ours, every entry of which is evaluated.
 */
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import * as nabla from "../../src/index.ts";
import type { Notebook } from "./notebook.ts";
import { failsOnPurpose, numbersAfter, outputs, printed, readNotebook, chapterFile, runChapter, strayErrors } from "./notebook.ts";

describe("as it is", () => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("00-first-hour");
  }, 120_000);

  it("draws the book's logistic curve: 1,000 points from -5 to 5, on an axis from 0 to 1.1", () => {
    expect(printed(chapter, "play-neuron")).toMatch(/1000 points from 0\.0066\d* to 0\.993\d*/);
    const [chart] = outputs(chapter).filter(({ cell }) => cell === "play-neuron");
    expect(JSON.stringify(chart!.data)).toContain('"domain":[0,1.1]');
  });

  it("sorts as the book prints it, up and down", () => {
    expect(printed(chapter, "quicksort").match(/\d+/g)!.map(Number)).toEqual([1, 1, 2, 3, 6, 8, 10, 10, 8, 6, 3, 2, 1, 1]);
  });

  it("counts its own runs, and the closure its calls", () => {
    expect(printed(chapter, "count-up")).toContain("the counter shows 1 and");
    expect(numbersAfter(chapter, "closures", "closure:")).toEqual([2, 4, 6]);
  });

  it("finds the rule of the thermometers by trying alone, never to a larger loss", () => {
    const [w] = numbersAfter(chapter, "rung-search", "w =");
    const [b] = numbersAfter(chapter, "rung-search", "b =");
    const [start] = numbersAfter(chapter, "rung-search", "loss");
    const [end] = numbersAfter(chapter, "rung-search", "at the start,");
    expect(w).toBeCloseTo(1.8, 1);
    expect(Math.abs(b! - 32)).toBeLessThan(0.5);
    // The mean of the squared Fahrenheits: (14² + 32² + 50² + 68² + 86²) / 5.
    expect(start).toBeCloseTo(3148, 6);
    expect(end).toBeLessThan(0.05);
  });

  it("has the same loss by lists and by tensors", () => {
    expect(numbersAfter(chapter, "concise", "difference:")[0]).toBeLessThan(1e-12);
  });

  it("shows four errors, each with what a learner needs to mend it", () => {
    expect(strayErrors(chapter)).toEqual([]);
    // What the types say of a cell may be shown before its error or after it.
    const shown = Object.fromEntries(chapter.cells.filter(failsOnPurpose).map(({ id, outputs = [] }) => [id, outputs.find(({ traceback }) => traceback !== undefined)?.traceback?.join("\n") ?? ""].map(stripVTControlCharacters)));
    expect(Object.keys(shown)).toEqual(["error-name", "error-operator", "error-condition", "error-shape"]);
    expect(shown["error-name"]).toMatch(/ReferenceError: scroes is not defined[\s\S]*Did you mean `scores`\?/);
    expect(shown["error-operator"]).toMatch(/TensorOperatorError: .*a\.add\(b\)/);
    expect(shown["error-condition"]).toMatch(/always true[\s\S]*item\(\) !== 0/);
    expect(shown["error-shape"]).toMatch(/ShapeError: .*\[2, 3\].*\[2\]/);
  });

  it("falls into the four silent traps that it explains", () => {
    expect(printed(chapter, "traps").match(/\S+/g)!.join(" ")).toBe("53 15 [ 1, 10, 9 ] false false");
  });
});

describe("the table for those who come from Python", () => {
  const { source } = readNotebook(chapterFile("00-first-hour")).cells.find(({ id }) => id === "translation")!;
  const rows = source.split("\n").filter((line) => line.startsWith("| `"));
  const spans = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!.replaceAll("\\|", "|"));
  const pairs = rows.flatMap((line) => {
    const [theirs, ours] = line.slice(2).split(/ \| (?=`)/).map(spans);
    expect(ours!.length, line).toBe(theirs!.length);
    return theirs!.map((python, i) => [python, ours![i]!] as const);
  });

  /**
   * What Python with NumPy 2.4 says of the left side, for a = [[1., 2., 3.], [4., 5., 6.]], b = [[6., 5., 4.], [3., 2., 1.]],
   * the masks m = a > 2 and n = a < 5, t = 0., l = [-1, 2, 3] and f doubling a number. A function is called with 5, and the
   * words of logic are put to use as below.
   */
  const byNumPy: Readonly<Record<string, unknown>> = {
    "a + b": [[7, 7, 7], [7, 7, 7]],
    "a - b": [[-5, -3, -1], [1, 3, 5]],
    "a * b": [[6, 10, 12], [12, 10, 6]],
    "a / b": [[1 / 6, 0.4, 0.75], [4 / 3, 2.5, 6]],
    "a ** 2": [[1, 4, 9], [16, 25, 36]],
    "a // b": [[0, 0, 0], [1, 2, 6]],
    "a % b": [[1, 2, 3], [1, 1, 0]],
    "-a": [[-1, -2, -3], [-4, -5, -6]],
    "2 - a": [[1, 0, -1], [-2, -3, -4]],
    "a @ b.T": [[28, 10], [73, 28]],
    "a += b": [[7, 7, 7], [7, 7, 7]],
    "a < b": [[1, 1, 1], [0, 0, 0]],
    "a == b": [[0, 0, 0], [0, 0, 0]],
    "m & n": [[0, 0, 1], [1, 0, 0]],
    "~m": [[1, 1, 0], [0, 0, 0]],
    "(a == b).all()": false,
    "if t:": "not taken",
    "a[0]": [1, 2, 3],
    "a[0, 1:3]": [2, 3],
    "a[:, -1]": [3, 6],
    "a[a > 2]": [3, 4, 5, 6],
    "a[0] = 7": [[7, 7, 7], [4, 5, 6]],
    "a.T": [[1, 4], [2, 5], [3, 6]],
    "a.reshape(3, 2)": [[1, 2], [3, 4], [5, 6]],
    "a.sum(axis=0, keepdims=True)": [[5, 7, 9]],
    "np.zeros((2, 3))": [[0, 0, 0], [0, 0, 0]],
    "a.tolist()": [[1, 2, 3], [4, 5, 6]],
    "[f(x) for x in l if x > 0]": [4, 6],
    "lambda x: 2 * x": 10,
    "range(5)": [0, 1, 2, 3, 4],
    None: undefined,
    True: true,
    and: false,
    or: true,
    not: false,
  };

  /** Words of the language, put to use on true and false. */
  const uses: Readonly<Record<string, string>> = { "&&": "true && false", "||": "true || false", "!": "!true" };

  function evaluated(ours: string): unknown {
    const { tensor, zeros, arange, sub } = nabla;
    const a = tensor([[1, 2, 3], [4, 5, 6]]);
    const b = tensor([[6, 5, 4], [3, 2, 1]]);
    const names = { a, b, m: a.gt(2), n: a.lt(5), t: tensor(0), l: [-1, 2, 3], f: (x: number) => 2 * x, tensor, zeros, arange, sub };
    const body = ours.startsWith("if ") ? `${ours} return "taken"; return "not taken";` : `return ${uses[ours] ?? ours};`;
    const value: unknown = new Function(...Object.keys(names), body)(...Object.values(names));
    if (typeof value === "function") return (value as (x: number) => unknown)(5);
    return nabla.isTensor(value) ? value.toArray() : value;
  }

  it("says of each Python expression what NumPy says of it", () => {
    expect(pairs.map(([python]) => python)).toEqual(Object.keys(byNumPy));
    for (const [python, ours] of pairs) {
      const rounded = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null), (_, x: unknown) => (typeof x === "number" ? Number(x.toFixed(5)) : x));
      expect(rounded(evaluated(ours)), `${python} → ${ours}`).toEqual(rounded(byNumPy[python]));
    }
  });
});
