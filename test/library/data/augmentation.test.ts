/** Pictures changed by chance: moved as SciPy and PyTorch move them, within the ranges asked for, and the same for the same seed. */
import { describe, expect, it } from "vitest";
import { adjustColours, affine, colourJitter, compose, displace, elastic, gaussianBlur, gaussianNoise, randomAffine, randomCrop, randomHorizontalFlip, randomRotation, randomShift, randomVerticalFlip, randomZoom } from "../../../src/data/index.ts";
import type { AffineOptions, Augmentation } from "../../../src/data/index.ts";
import { arange, Generator, manualSeed, NablaError, rand, ShapeError, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import recorded from "./recorded-augmentation.json" with { type: "json" };

const image = tensor(Float64Array.from(recorded.image), { shape: [1, 2, 7, 9] });
const square = tensor(Float64Array.from(recorded.square), { shape: [1, 1, 8, 8] });
function expectClose(made: Tensor, expected: readonly number[], tolerance = 1e-6): void {
  const values = made.contiguous().data();
  expect(values.length).toBe(expected.length);
  expect(expected.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(values[i]))), 0)).toBeLessThan(tolerance);
}

describe("pictures that are moved", () => {
  it.each(recorded.rotations)("turned by $degrees degrees, beyond the edge $border, are SciPy's", ({ values, ...options }) => {
    expectClose(affine(image, options as unknown as AffineOptions), values);
  });
  it.each(recorded.shifts)("shifted, beyond the edge $border, are SciPy's", ({ values, ...options }) => {
    expectClose(affine(image, options as unknown as AffineOptions), values);
  });
  it.each(recorded.affines)("turned by $degrees, zoomed by $scale and slanted by $shear are affine_grid's and grid_sample's", ({ values, ...options }) => {
    expectClose(affine(square, { ...options as unknown as AffineOptions, border: "constant" }), values);
  });
  it("bent by given displacements are map_coordinates', and smoothed ones gaussian_filter's", () => {
    expectClose(displace(image, tensor(Float64Array.from(recorded.field), { shape: [1, 2, 7, 9] }), { border: "mirror" }), recorded.bent);
    expectClose(gaussianBlur(image, recorded.sigma), recorded.smooth);
  });
  it("by whole pixels and quarter turns keep every number, also with the nearest pixel only", () => {
    for (const mode of ["bilinear", "nearest"] as const) {
      expect(affine(image, { translate: [2, 1], mode }).narrow(2, 1, 6).narrow(3, 2, 7).equal(image.narrow(2, 0, 6).narrow(3, 0, 7))).toBe(true);
    }
    expectClose(affine(square, { degrees: 90 }), [...square.transpose(2, 3).flip([2]).contiguous().data()].map(Number), 1e-9);
  });
  it("in float32 stay in float32", () => expect(affine(rand([1, 1, 3, 3]), { degrees: 5 }).dtype).toBe("float32"));
});

it("colours are changed by Pillow's formulas", () => {
  const colour = tensor(Float64Array.from(recorded.colour), { shape: [1, 3, 4, 5] });
  expectClose(adjustColours(colour, recorded.factors), recorded.coloured);
});

const all: [string, Augmentation][] = [
  ["cropping", randomCrop([8, 8], { padding: 2 })], ["flipping left and right", randomHorizontalFlip()], ["flipping top and bottom", randomVerticalFlip()],
  ["turning", randomRotation(40)], ["shifting", randomShift(0.3, 0.3)], ["zooming", randomZoom(0.6, 1.4)], ["moving", randomAffine({ degrees: 9, translate: [0.1, 0], scale: [0.9, 1], shear: 9 })],
  ["colouring", colourJitter({ brightness: 0.5, contrast: 0.5, saturation: 0.5 })], ["noise", gaussianNoise(0.1)], ["bending", elastic({ alpha: 20, sigma: 2 })],
];
const picture = rand([1, 3, 8, 8], { generator: new Generator(3) });
const batch = picture.expand([12, 3, 8, 8]).contiguous();

describe.each(all)("%s", (_, augment) => {
  it("is the same for the same seed, another one for another, and differs from picture to picture", () => {
    const run = (seed: number): Tensor => augment(batch, { generator: new Generator(seed) });
    const first = run(1);
    expect([first.shape, first.dtype]).toEqual([batch.shape, "float32"]);
    expect(run(1).equal(first)).toBe(true);
    expect(run(2).equal(first)).toBe(false);
    expect(new Set(Array.from({ length: 12 }, (_, i) => first.at(i).contiguous().data().join())).size).toBeGreaterThan(1);
    manualSeed(4);
    const byLibrary = augment(batch);
    manualSeed(4);
    expect(augment(batch).equal(byLibrary)).toBe(true);
    expect(batch.at(11).equal(picture.at(0))).toBe(true);
  });
  it("refuses what is no batch of pictures", () => {
    expect(() => augment(rand([3, 8, 8]))).toThrow(ShapeError);
    expect(() => augment(arange(192).reshape([1, 3, 8, 8]).to("uint8"))).toThrow(/convert them with \.to\("float32"\)\.div\(255\)/);
  });
});

describe("what is left to chance", () => {
  it("crops every place that there is, and only those", () => {
    const numbered = arange(16).to("float32").reshape([1, 1, 4, 4]).expand([200, 1, 4, 4]);
    const corners = randomCrop([2, 3])(numbered, { generator: new Generator(1) }).narrow(2, 0, 1).narrow(3, 0, 1).contiguous().data();
    expect([...new Set(corners)].sort((a, b) => Number(a) - Number(b))).toEqual([0, 1, 4, 5, 8, 9]);
    expect(() => randomCrop([5, 3])(numbered)).toThrow(/pieces of \[5, 3\] pixels do not fit in pictures of \[4, 4\] with 0 around/);
  });
  it("flips with its probability", () => {
    const line = tensor([[[[1, 2]]]]).expand([2000, 1, 1, 2]);
    const flipped = randomHorizontalFlip({ p: 0.3 })(line, { generator: new Generator(2) }).narrow(3, 0, 1).eq(2).sum().item();
    // Within four standard deviations of the binomial distribution.
    expect(Math.abs(flipped - 600)).toBeLessThan(4 * Math.sqrt(2000 * 0.3 * 0.7));
  });
  it("adds noise of its deviation", () => {
    const noise = gaussianNoise(0.2)(rand([4, 3, 50, 50]).mul(0), { generator: new Generator(5) });
    expect(noise.mean().item()).toBeCloseTo(0, 2);
    expect(noise.square().mean().sqrt().item()).toBeCloseTo(0.2, 2);
  });
  it("stays within its ranges", () => {
    const dot = rand([100, 1, 1, 11]).mul(0).add(tensor([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]));
    const places = randomShift(3 / 11, 0, { border: "constant" })(dot, { generator: new Generator(6) }).mul(arange(11)).sum({ dim: 3 });
    expect([places.min().item() >= 2, places.max().item() <= 8, places.max().item() - places.min().item() > 5]).toEqual([true, true, true]);
  });
  it("is composed in order", () => {
    const both = compose(randomCrop([4, 4]), gaussianNoise(0))(batch, { generator: new Generator(7) });
    expect(both.equal(randomCrop([4, 4])(batch, { generator: new Generator(7) }))).toBe(true);
  });
  it("refuses ranges that are none", () => {
    expect(() => randomZoom(0, 1)).toThrow(RangeError);
    expect(() => randomZoom(1.2, 1.1)).toThrow(/each range must rise/);
    expect(() => randomHorizontalFlip({ p: 2 })).toThrow(RangeError);
    expect(() => colourJitter({ contrast: -1 })).toThrow(RangeError);
    expect(() => colourJitter({ saturation: 0.1 })(rand([1, 1, 2, 2]))).toThrow(/needs pictures of 3 channels/);
    expect(() => elastic({ sigma: 0 })).toThrow(RangeError);
    expect(() => affine(image, { border: "wrap" as never })).toThrow(NablaError);
    expect(() => displace(image, rand([1, 2, 3, 3]))).toThrow(/should have the shape \[1, 2, 7, 9\]/);
  });
});
