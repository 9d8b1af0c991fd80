/**
 * Fourier transforms from three sides, long ones by their own laws, and misuse.
 */
import { afterEach, describe, expect, test } from "vitest";
import { arange, fft, Generator, randn, tensor, threads, zeros } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const draw = (shape: number[]): Tensor => randn(shape, { dtype: "float64", generator: new Generator(3) });
const largest = (a: Tensor): number => a.abs().max().item();

describe("long transforms", () => {
  for (const n of [1000, 1024, 1009, 4096, 6469, 65_536, 30_030, 100_003]) {
    test(`of ${n} points find a wave where it is, keep the length, and come back`, () => {
      const place = 3;
      const angle = arange(n).to("float64").mul((2 * Math.PI * place) / n);
      const wave = fft.fft({ real: angle.cos(), imaginary: angle.sin() });
      expect(wave.real.at(place).item() / n).toBeCloseTo(1, 10);
      const rest = wave.real.square().add(wave.imaginary.square());
      rest.at(place).copy_(tensor(0));
      expect(Math.sqrt(rest.max().item()) / n).toBeLessThan(1e-12);
      const x = draw([n]);
      const { real, imaginary } = fft.rfft(x, { norm: "ortho" });
      expect(largest(fft.irfft({ real, imaginary }, { n, norm: "ortho" }).sub(x))).toBeLessThan(1e-13);
      const whole = fft.fft(x, { norm: "ortho" });
      expect(whole.real.square().add(whole.imaginary.square()).sum().item() / x.square().sum().item()).toBeCloseTo(1, 13);
    });
  }
});

describe("misuse", () => {
  test("is named", () => {
    expect(() => fft.fft(zeros([]))).toThrow("fft: a scalar has no dimension to transform");
    expect(() => fft.rfft(zeros([3]), { n: 0 })).toThrow("rfft: 0 points");
    expect(() => fft.irfft({ real: zeros([1]), imaginary: zeros([1]) })).toThrow("irfft: 0 points");
    expect(() => fft.fft(tensor([1, 2], { dtype: "int32" }))).toThrow("fft: needs a floating type, got int32");
    expect(() => fft.ifft({ real: zeros([2]), imaginary: zeros([3]) })).toThrow("ifft: the real part has shape [2], the imaginary part [3]");
    expect(() => fft.irfft(zeros([2]) as never)).toThrow("irfft: expected complex numbers as {real, imaginary}");
    expect(() => fft.fft(zeros([2]), { norm: "none" as "ortho" })).toThrow('fft: norm is "none"; known are');
  });
});

describe("the same bits for every number of threads", () => {
  const before = threads();
  afterEach(() => threads(before));
  test("many rows", () => {
    const results = [1, 2, 3].map((count) => {
      threads(count);
      return Buffer.from(fft.rfft(draw([300, 263])).imaginary.data().buffer).toString("base64");
    });
    expect(results[1] === results[0] && results[2] === results[0]).toBe(true);
  });
});
