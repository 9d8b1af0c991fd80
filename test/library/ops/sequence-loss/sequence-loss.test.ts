/**
 * Losses of sequences: gradients, PyTorch's values, every path added up; decoding; and what is refused.
 */
import { describe, expect, test } from "vitest";
import { Generator, nn, rand, tensor, threads, zeros } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import * as reference from "../../reference/sequence-loss.ts";
import { cases } from "./cases.ts";

const { functional } = nn;

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

describe("CTC", () => {
  const blank = 10;
  // The three decodes that the book prints of its captcha reader, "-" for the blank.
  const printed: [string, number[]][] = [
    ["3 - 2 2 9 - 9 - 8 4", [3, 2, 9, 9, 8, 4]],
    ["3 - 3 5 - 5 7 - 2 -", [3, 3, 5, 5, 7, 2]],
    ["8 6 - 6 5 - 5 - 9 -", [8, 6, 6, 5, 5, 9]],
  ];
  const frames = (text: string): number[] => text.split(" ").map((symbol) => (symbol === "-" ? blank : Number(symbol)));

  test("reads the three printed captchas frame by frame", () => {
    for (const [text, said] of printed) expect(functional.ctcCollapse(frames(text), blank)).toEqual(said);
    const scores = zeros([10, 3, 11]);
    printed.forEach(([text], n) => frames(text).forEach((symbol, t) => scores.set(t, n, symbol, 1)));
    expect(functional.ctcBestPath(scores, { blank })).toEqual(printed.map(([, said]) => said));
  });

  test("a target that needs more steps than there are is impossible", () => {
    // Six equal digits need five blanks between them: eleven steps.
    const uniform = (steps: number) => zeros([steps, 1, 11]).logSoftmax(2);
    const six = tensor(new Int32Array(6).fill(1), { shape: [1, 6] });
    expect(functional.ctcLoss(uniform(10), six, [10], [6], { blank }).item()).toBe(Infinity);
    // One path of eleven equally likely symbols at each of eleven steps; the mean divides by the six of the target.
    expect(functional.ctcLoss(uniform(11), six, [11], [6], { blank }).item()).toBeCloseTo((11 * Math.log(11)) / 6, 5);
  });

  test("has the same bits for every number of threads", () => {
    const before = threads();
    const scores = rand([40, 9, 12], { generator: new Generator(8) });
    const targets = rand([9, 10], { generator: new Generator(9) }).mul(11).add(1).to("int32");
    const bits = [1, 2, 3].map((count) => {
      threads(count);
      const own = scores.clone().requiresGrad_();
      functional.ctcLoss(own.logSoftmax(2), targets, new Array<number>(9).fill(40), new Array<number>(9).fill(10)).backward();
      return Buffer.from(own.grad!.data().buffer);
    });
    threads(before);
    expect(bits[1]!.equals(bits[0]!) && bits[2]!.equals(bits[0]!)).toBe(true);
  });

  test("refuses wrong shapes, lengths, classes and blanks by name", () => {
    const x = zeros([4, 1, 3]).logSoftmax(2);
    const one = tensor(new Int32Array([1]), { shape: [1, 1] });
    expect(() => functional.ctcLoss(zeros([4, 3]), one, [4], [1])).toThrow(/\[T, N, C\] \(time first\)/);
    expect(() => functional.ctcLoss(x, one, [5], [1])).toThrow(/inputLengths\[0\] is 5; it must lie in 0 to 4/);
    expect(() => functional.ctcLoss(x, one, [4], [2])).toThrow(/targetLengths\[0\] is 2; it must lie in 0 to 1/);
    expect(() => functional.ctcLoss(x, one, [4, 4], [1])).toThrow(/2 entries for a batch of 1/);
    expect(() => functional.ctcLoss(x, one, [4], [1], { blank: 1 })).toThrow(/target 0 holds the blank, 1/);
    expect(() => functional.ctcLoss(x, one, [4], [1], { blank: 7 })).toThrow(/there are classes 0 to 2/);
    expect(() => functional.ctcLoss(x, one.add(6), [4], [1])).toThrow(/target 7 is outside the range; it must lie in 0 to 2/);
    expect(() => functional.ctcLoss(x, one.to("float32"), [4], [1])).toThrow(/targets are whole numbers/);
  });
});

describe("Viterbi", () => {
  test("finds the label sequence with the highest score of all", () => {
    const draw = (shape: number[], seed: number) => rand(shape, { generator: new Generator(seed), dtype: "float64" }).sub(0.5).mul(4);
    const asArray = (t: ReturnType<typeof draw>) => ({ shape: t.shape, values: [...t.data()] });
    const [emissions, transitions, start, end] = [draw([5, 20, 3], 1), draw([3, 3], 2), draw([3], 3), draw([3], 4)];
    const lengths = Array.from({ length: 20 }, (_, n) => 1 + (n % 5));
    const { paths, scores } = functional.crfDecode(emissions, transitions, { start, end, lengths });
    lengths.forEach((length, n) => {
      const scored = [...reference.paths(length, 3)].map((path) => ({
        path,
        score: reference.chainScore(asArray(emissions), n, path, asArray(transitions), asArray(start), asArray(end)),
      }));
      const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
      expect(paths[n]).toEqual(best.path);
      expect(scores.at(n).item()).toBeCloseTo(best.score, 10);
    });
  });

  test("and the likelihood refuse what does not fit", () => {
    expect(() => functional.crfDecode(zeros([3, 4]), zeros([4, 4]))).toThrow(/\[T, N, K\]/);
    expect(() => functional.crfDecode(zeros([3, 1, 4]), zeros([4, 5]))).toThrow(/transitions must have shape \[4, 4\] for 4 labels/);
    expect(() => functional.crfDecode(zeros([3, 1, 4]), zeros([4, 4]), { lengths: [0] })).toThrow(/lengths\[0\] is 0/);
    expect(() => functional.crfLogLikelihood(zeros([3, 1, 4]), zeros([1, 3], { dtype: "int32" }), zeros([4, 4]))).toThrow(/time first/);
    const nine = zeros([3, 1], { dtype: "int32" }).add(9);
    // On a card the error may come when the result is read.
    expect(() => functional.crfLogLikelihood(zeros([3, 1, 4]), nine, zeros([4, 4])).data()).toThrow(/tag 9 is outside the range/);
  });
});
