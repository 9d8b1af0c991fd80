/**
 * Pooling and resampling: gradients, PyTorch's values, the reference, regions by hand, and what is refused.
 */
import { describe, expect, test } from "vitest";
import { Generator, nn, rand, tensor, threads, zeros } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

const { functional } = nn;

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

describe("the largest of a window", () => {
  test("is NaN where one is in it, wherever it stands", () => {
    for (let at = 0; at < 4; at++) {
      const plane = [1, 2, 3, 4].map((value, i) => (i === at ? NaN : value));
      const { output, indices } = tensor(plane, { shape: [1, 2, 2] }).maxPool2dWithIndices(2);
      expect(output.item()).toBeNaN();
      expect(indices.item()).toBe(at);
    }
  });

  test("is the first of equal ones", () => {
    expect(zeros([1, 4, 4]).maxPool2dWithIndices(2).indices.toArray()).toEqual([[[0, 2], [8, 10]]]);
    expect(zeros([1, 3, 3]).maxPool2dWithIndices(3).indices.item()).toBe(0);
  });

  test("of four side by side is found in rows of every length, with ties and NaN", () => {
    const generator = new Generator(11);
    for (const dtype of ["float32", "float64"] as const) {
      for (let columns = 2; columns < 75; columns++) {
        const whole = rand([3, 5, columns], { generator, dtype }).mul(5).floor();
        const x = whole.where(whole.ne(4), NaN);
        const { output, indices } = x.maxPool2dWithIndices(2);
        const numbers = Array.from(x.data(), Number);
        const pairs = columns >> 1;
        const places: number[] = [], values: number[] = [];
        for (let plane = 0; plane < 3; plane++) {
          for (let window = 0; window < 2 * pairs; window++) {
            const corner = 2 * Math.floor(window / pairs) * columns + 2 * (window % pairs);
            const wins = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b));
            const of = (place: number): number => numbers[plane * 5 * columns + place]!;
            const four = [corner, corner + 1, corner + columns, corner + columns + 1];
            places.push(four.reduce((best, place) => (wins(of(place), of(best)) ? place : best)));
            values.push(of(places.at(-1)!));
          }
        }
        expect(Array.from(indices.data(), Number)).toEqual(places);
        expect(Array.from(output.data(), Number)).toEqual(values);
      }
    }
  });

  test("and means have the same bits for every number of threads", () => {
    const before = threads();
    const x = rand([40, 9, 61, 45], { generator: new Generator(3) });
    const bits = [1, 2, 3].map((count) => {
      threads(count);
      const own = x.clone().requiresGrad_();
      own.maxPool2d(3, { stride: 2 }).sum().add(own.avgPool2d(5, { stride: 3 }).sum()).backward();
      return Buffer.from(own.grad!.data().buffer);
    });
    threads(before);
    expect(bits[1]!.equals(bits[0]!) && bits[2]!.equals(bits[0]!)).toBe(true);
  });
});

describe("boxes", () => {
  const boxes = tensor([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 10, 9], [20, 20, 30, 31]]);
  const scores = tensor([0.7, 0.9, 0.8, 0.95, 0.1]);

  test("that overlap a better one are suppressed", () => {
    // Overlaps by hand: 0 and 3 share 90 of 100; 0 and 1 share 81 of 119; 1 and 3 share 72 of 118; 2 and 4 share 100 of 110.
    expect(functional.nms(boxes, scores, 0.5).toArray()).toEqual([3, 2]);
    expect(functional.nms(boxes, scores, 0.65).toArray()).toEqual([3, 1, 2]);
    expect(functional.nms(boxes, scores, 0.95).toArray()).toEqual([3, 1, 2, 0, 4]);
    expect(functional.nms(zeros([0, 4]), zeros([0]), 0.5).shape).toEqual([0]);
  });

  test("pool to the largest of each part, 0 outside the image, and send gradients there", () => {
    const image = tensor(Float32Array.from({ length: 36 }, (_, i) => i), { shape: [1, 1, 6, 6], requiresGrad: true });
    const regions = tensor([[0, 0, 0, 3, 3], [0, 2, 2, 5, 5], [0, 4, 4, 7, 7], [0, 9, 9, 9, 9]]);
    const pooled = functional.roiPool(image, regions, 2);
    expect(pooled.toArray()).toEqual([[[[7, 9], [19, 21]]], [[[21, 23], [33, 35]]], [[[35, 0], [0, 0]]], [[[0, 0], [0, 0]]]]);
    pooled.sum().backward();
    expect(image.grad!.sum().item()).toBe(9);
    expect(image.grad!.at(0, 0, 3, 3).item()).toBe(2);
    expect(functional.roiPool(image, regions.at(":1"), [1, 1], { spatialScale: 0.5 }).item()).toBe(14);
  });

  test("are refused when they cannot be", () => {
    expect(() => functional.nms(zeros([3, 5]), zeros([3]), 0.5)).toThrow(/boxes have shape \[N, 4\]/);
    expect(() => functional.nms(boxes, zeros([4]), 0.5)).toThrow(/5 boxes need 5 scores/);
    expect(() => functional.nms(boxes, scores, 50)).toThrow(/between 0 and 1/);
    expect(() => functional.roiPool(zeros([1, 1, 4, 4]), tensor([[2, 0, 0, 1, 1]]), 2)).toThrow(/region 0 is of image 2; there are 1/);
  });
});

describe("what cannot be pooled or resized says why", () => {
  const image = zeros([1, 1, 4, 5]);
  test("a missing batch or channel dimension", () => expect(() => zeros([4, 5]).maxPool2d(2)).toThrow(/\[N, C, H, W\] or \[C, H, W\], got \[4, 5\]; add the missing/));
  test("a window larger than the image", () => expect(() => image.avgPool2d(6)).toThrow(/a window of 6 does not fit into height 4/));
  test("too much padding", () => expect(() => image.maxPool2d(2, { padding: 2 })).toThrow(/padding 2 is more than half the window of 2/));
  test("a stride of 0", () => expect(() => image.maxPool2d(2, { stride: 0 })).toThrow(/stride is 0; it is a whole number of at least 1/));
  test("integers", () => expect(() => zeros([1, 4, 4], { dtype: "int32" }).maxPool2d(2)).toThrow(/maxPool2d: needs a floating type/));
  test("indices of another shape", () => expect(() => image.maxUnpool2d(zeros([1], { dtype: "int32" }), [4, 4])).toThrow(/must be those that maxPool2dWithIndices gave/));
  test("indices outside the plane", () => {
    expect(() => zeros([1, 1, 1]).maxUnpool2d(tensor(new Int32Array([16]), { shape: [1, 1, 1] }), [4, 4])).toThrow(/index 16 is outside the range/);
  });
  test("a mode for another rank", () => expect(() => functional.interpolate(image, { size: 3, mode: "linear" })).toThrow(/takes nearest, bilinear, bicubic/));
  test("neither size nor factor", () => expect(() => functional.interpolate(image, {})).toThrow(/either size or scaleFactor/));
});
