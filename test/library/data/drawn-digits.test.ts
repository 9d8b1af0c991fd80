/** The drawn digits: their bytes, their balance, and how hard they are for a classifier that is not the library's. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/drawn-digits.ts";
import type { DigitPart, MnistFiles } from "../../../src/data/mnist-files.ts";

const PIXELS = 784;

/**
 * A softmax regression in plain numbers, apart from the library: stochastic gradient descent, batches of 100 in the order
 * of the set, learning rate 0.5, as in the chapter.
 */
function softmaxRegression(train: DigitPart, test: DigitPart, epochs: number): number {
  const weights = new Float64Array(PIXELS * 10);
  const bias = new Float64Array(10);
  const probabilities = (part: DigitPart, i: number): Float64Array => {
    const scores = Float64Array.from(bias);
    for (let p = 0; p < PIXELS; p++) {
      const grey = part.images[i * PIXELS + p]! / 255;
      if (grey === 0) continue;
      for (let k = 0; k < 10; k++) scores[k]! += grey * weights[p * 10 + k]!;
    }
    const largest = Math.max(...scores);
    const exponentials = scores.map((score) => Math.exp(score - largest));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    return exponentials.map((value) => value / sum);
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let first = 0; first < train.count; first += 100) {
      const slopes = Array.from({ length: 100 }, (_, b) => {
        const slope = probabilities(train, first + b);
        slope[train.labels[first + b]!]! -= 1;
        return slope;
      });
      slopes.forEach((slope, b) => {
        for (let k = 0; k < 10; k++) bias[k]! -= 0.005 * slope[k]!;
        for (let p = 0; p < PIXELS; p++) {
          const grey = train.images[(first + b) * PIXELS + p]! / 255;
          if (grey === 0) continue;
          for (let k = 0; k < 10; k++) weights[p * 10 + k]! -= 0.005 * grey * slope[k]!;
        }
      });
    }
  }
  let right = 0;
  for (let i = 0; i < test.count; i++) {
    const guess = probabilities(test, i);
    if (guess.indexOf(Math.max(...guess)) === test.labels[i]) right++;
  }
  return right / test.count;
}

describe("the drawn digits", () => {
  let digits: MnistFiles;
  let seconds: number;
  beforeAll(() => {
    const start = performance.now();
    digits = drawDigits();
    seconds = (performance.now() - start) / 1000;
  });

  it("are the same bytes on every machine", () => {
    const { train, test } = digits;
    const hash = createHash("md5");
    for (const bytes of [train.images, train.labels, test.images, test.labels]) hash.update(bytes);
    expect(hash.digest("hex")).toBe("8c64b466012ccf6121dbe848218eb9c8");
    expect(digits.checksum).toBe("8c64b466012ccf6121dbe848218eb9c8");
    expect(digits.name).toBe("drawn digits");
  });

  it("are drawn within seconds", () => {
    expect(seconds).toBeLessThan(3);
  });

  it("are 12,000 to train on and 2,000 to test on, with every digit as frequent as the others", () => {
    for (const [part, count] of [[digits.train, 12_000], [digits.test, 2_000]] as const) {
      expect(part.count).toBe(count);
      expect(part.images).toHaveLength(count * PIXELS);
      const frequency = Array.from({ length: 10 }, (_, digit) => part.labels.filter((label) => label === digit).length);
      expect(frequency).toEqual(Array(10).fill(count / 10));
    }
  });

  it("change with the seed and the counts", () => {
    const options = { trainCount: 20, testCount: 10 };
    const [a, b, c] = [drawDigits(options), drawDigits(options), drawDigits({ ...options, seed: 29 })];
    expect(a.checksum).toBe(b.checksum);
    expect(a.checksum).not.toBe(c.checksum);
    expect(a.train.count).toBe(20);
  });

  it("leave a softmax regression between 85 and 95 percent right", () => {
    const accuracy = softmaxRegression(digits.train, digits.test, 5);
    console.log(`softmax regression on the drawn digits: ${accuracy} after 5 epochs`);
    expect(accuracy).toBeGreaterThan(0.85);
    expect(accuracy).toBeLessThan(0.95);
  });
});
