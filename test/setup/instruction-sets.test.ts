/**
 * Which kernels a learner's machine compiles: the best it can run, so that the first start is not longer than it must be.
 */
import { expect, it } from "vitest";
import { instructionSets } from "../../setup/native.mjs";

const cpu = (...flags: string[]): string => `processor\t: 0\nflags\t\t: fpu sse2 ${flags.join(" ")}\nbugs\t\t:\n`;

it("is the best set of the processor", () => {
  expect(instructionSets(false, cpu("avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl"))).toBe("avx512");
  expect(instructionSets(false, cpu("avx2", "fma", "avx512f"))).toBe("avx2");
  expect(instructionSets(false, cpu("avx"))).toBe("");
});

it("is every set for tests, and where the processor does not say what it has", () => {
  expect(instructionSets(true, cpu("avx"))).toBe("avx2;avx512");
  expect(instructionSets(false, "")).toBe("avx2;avx512");
});
