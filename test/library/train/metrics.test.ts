/**
 * Metrics are scikit-learn's and NLTK's, over one batch or over many, and are counted on after they were saved.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { metrics, NablaError, nn, ShapeError, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

interface Scores {
  precision: number;
  recall: number;
  f1: number;
}
interface Stored {
  "made with": string;
  scores: number[][];
  labels: number[];
  accuracy: number;
  topK: Record<string, number>;
  confusion: number[][];
  averages: Record<"micro" | "macro" | "weighted", Scores>;
  probabilities: number[];
  truth: number[];
  binary: Record<string, Scores & { accuracy: number }>;
  x: number[][];
  y: number[][];
  rmse: number;
  mae: number;
  tokenScores: number[][][];
  tokens: number[][];
  perplexity: number;
  candidates: string[][];
  references: string[][][];
  bleu: number;
  bleu2: number;
  bleuAddOne: number;
  apart: { candidates: string[][]; references: string[][][]; addOne: number };
  pairs: [string, string, number][];
  wordPairs: [string[], string[], number][];
}
const stored = JSON.parse(readFileSync(new URL("metrics.json", import.meta.url), "utf8")) as Stored;
const whole = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });
const [scores, labels] = [tensor(stored.scores), whole(stored.labels)];
const [probabilities, truth] = [tensor(stored.probabilities), whole(stored.truth)];

/** The value over batches of 10, the state going through JSON in between, which must be that over everything at once. */
function measure<Output extends { length: number } | Tensor, Target extends { length: number } | Tensor, Value>(
  make: () => metrics.Metric<Output, Target, Value>,
  output: Output,
  target: Target,
): Value {
  const cut = <T extends { length: number } | Tensor>(all: T, from: number): T =>
    ("ndim" in all ? all.slice(0, from, Math.min(from + 10, all.shape[0]!)) : (all as unknown as unknown[]).slice(from, from + 10)) as T;
  const size = "ndim" in output ? output.shape[0]! : output.length;
  const once = make();
  once.update(output, target);
  let streamed = make();
  for (let from = 0; from < size; from += 10) {
    streamed.update(cut(output, from), cut(target, from));
    const next = make();
    next.loadStateDict(JSON.parse(JSON.stringify(streamed.stateDict())) as metrics.MetricState);
    streamed = next;
  }
  const [a, b] = [once.compute(), streamed.compute()];
  if (typeof a === "number") expectClose([b as number], [a], 1e-6, "streamed");
  else expect(b).toEqual(a);
  once.reset();
  once.update(output, target);
  expect(once.compute()).toEqual(a);
  return a;
}

describe(`of classes (${stored["made with"]})`, () => {
  test("accuracy of scores, of labels, and against probabilities", () => {
    expect(measure(() => new metrics.Accuracy(), scores, labels)).toBeCloseTo(stored.accuracy, 12);
    expect(measure(() => new metrics.Accuracy(), scores.argmax({ dim: 1 }), labels)).toBeCloseTo(stored.accuracy, 12);
    const oneHot = tensor(stored.labels.map((label) => Array.from({ length: 6 }, (_, i) => (i === label ? 1 : 0))));
    expect(measure(() => new metrics.Accuracy(), scores, oneHot)).toBeCloseTo(stored.accuracy, 12);
  });

  test("accuracy among the first few", () => {
    for (const [k, expected] of Object.entries(stored.topK)) {
      expect(measure(() => new metrics.TopKAccuracy({ k: Number(k) }), scores, labels)).toBeCloseTo(expected, 12);
    }
  });

  test("the confusion matrix", () => {
    expect(measure(() => new metrics.ConfusionMatrix({ numClasses: 6 }), scores, labels)).toEqual(stored.confusion);
    expect(measure(() => new metrics.ConfusionMatrix(), scores, labels)).toEqual(stored.confusion);
  });

  test.each(["micro", "macro", "weighted"] as const)("precision, recall and F1, %s", (average) => {
    const { precision, recall, f1 } = stored.averages[average];
    expect(measure(() => new metrics.Precision({ average }), scores, labels)).toBeCloseTo(precision, 12);
    expect(measure(() => new metrics.Recall({ average }), scores, labels)).toBeCloseTo(recall, 12);
    expect(measure(() => new metrics.F1Score({ average }), scores, labels)).toBeCloseTo(f1, 12);
  });

  test.each(["0.5", "0.8"])("of yes and no, above %s", (limit) => {
    const options = limit === "0.5" ? {} : { threshold: Number(limit) };
    const { accuracy, precision, recall, f1 } = stored.binary[limit]!;
    const column = probabilities.unsqueeze(1);
    expect(measure(() => new metrics.Accuracy(options), probabilities, truth)).toBeCloseTo(accuracy, 12);
    expect(measure(() => new metrics.Accuracy(options), column, truth)).toBeCloseTo(accuracy, 12);
    expect(measure(() => new metrics.Accuracy(options), column, truth.unsqueeze(1).to("float32"))).toBeCloseTo(accuracy, 12);
    expect(measure(() => new metrics.Precision(options), probabilities, truth)).toBeCloseTo(precision, 12);
    expect(measure(() => new metrics.Recall(options), probabilities, truth)).toBeCloseTo(recall, 12);
    expect(measure(() => new metrics.F1Score(options), probabilities, truth)).toBeCloseTo(f1, 12);
  });

  test("ignored labels count for nothing", () => {
    const padded = whole([0, 1, -1, 1]);
    const sure = tensor([[2, 1], [2, 1], [2, 1], [1, 2]]);
    const accuracy = new metrics.Accuracy({ ignoreIndex: -1 });
    accuracy.update(sure, padded);
    expect(accuracy.compute()).toBeCloseTo(2 / 3, 12);
    expect(() => new metrics.ConfusionMatrix().update(sure, padded)).toThrow("class -1 taken for 0; classes are numbered from 0");
  });
});

test("root mean squared error, and the mean of any loss", () => {
  const [x, y] = [tensor(stored.x), tensor(stored.y)];
  expect(measure(() => new metrics.RootMeanSquaredError(), x, y)).toBeCloseTo(stored.rmse, 6);
  expect(measure(() => new metrics.Mean(nn.functional.l1Loss), x, y)).toBeCloseTo(stored.mae, 6);
});

test("perplexity of tokens at places, padding left out", () => {
  const perplexity = measure(() => new metrics.Perplexity({ ignoreIndex: -1 }), tensor(stored.tokenScores), whole(stored.tokens));
  expect(perplexity).toBeCloseTo(stored.perplexity, 5);
  const even = new metrics.Perplexity();
  even.update(tensor([[0, 0, 0, 0, 0]]), whole([3]));
  expect(even.compute()).toBeCloseTo(5, 5);
});

describe("of sequences", () => {
  test("BLEU of a corpus", () => {
    const { candidates, references, apart } = stored;
    expect(measure(() => new metrics.Bleu(), candidates, references)).toBeCloseTo(stored.bleu, 12);
    expect(measure(() => new metrics.Bleu({ maxLength: 2 }), candidates, references)).toBeCloseTo(stored.bleu2, 12);
    expect(measure(() => new metrics.Bleu({ smoothing: "add-one" }), candidates, references)).toBeCloseTo(stored.bleuAddOne, 12);
    expect(measure(() => new metrics.Bleu({ smoothing: "add-one" }), apart.candidates, apart.references)).toBeCloseTo(apart.addOne, 12);
    expect(measure(() => new metrics.Bleu(), apart.candidates, apart.references)).toBe(0);
    expect(measure(() => new metrics.Bleu(), candidates, candidates.map((text) => [text]))).toBe(1);
  });

  test("edit distance of texts and of lists of words", () => {
    for (const [a, b, distance] of [...stored.pairs, ...stored.wordPairs]) {
      expect(metrics.editDistance(a, b)).toBe(distance);
      expect(metrics.editDistance(b, a)).toBe(distance);
    }
    expect(metrics.editDistance("naïve 😀", "naive 😀")).toBe(1);
    const [texts, references] = [stored.pairs.map(([a]) => a), stored.pairs.map(([, b]) => b)];
    const edits = stored.pairs.reduce((sum, [, , distance]) => sum + distance, 0);
    expect(measure(() => new metrics.EditDistance(), texts, references)).toBeCloseTo(edits / references.join("").length, 12);
  });
});

test("what cannot be measured is named", () => {
  expect(() => new metrics.Accuracy().update(tensor([[1, 2, 3]]), whole([0, 1]))).toThrow(ShapeError);
  expect(() => new metrics.Accuracy().update(tensor([1, 2]), tensor([0.5, 1]))).toThrow("label 0.5 is not a whole number");
  expect(() => new metrics.TopKAccuracy().update(tensor([1, 2]), whole([0, 1]))).toThrow("needs scores [N, C] and labels [N]");
  expect(() => new metrics.TopKAccuracy({ k: 0 })).toThrow("k is 0");
  expect(() => new metrics.ConfusionMatrix({ numClasses: 2 }).update(scores, labels)).toThrow("classes are numbered from 0 to 1");
  const precision = new metrics.Precision();
  precision.update(scores, labels);
  expect(() => precision.compute()).toThrow('Precision: there are 6 classes; say average: "macro", "micro" or "weighted"');
  expect(() => new metrics.Recall({ average: "mean" as "macro" })).toThrow('average is "mean"');
  expect(() => new metrics.Bleu().update([["a"]], [])).toThrow(NablaError);
  expect(() => new metrics.EditDistance().update(["a"], [])).toThrow("1 texts need as many references, got 0");
  expect(new metrics.Accuracy().compute()).toBeNaN();
  expect(new metrics.F1Score({ average: "macro" }).compute()).toBeNaN();
  expect(new metrics.Bleu().compute()).toBeNaN();
});
