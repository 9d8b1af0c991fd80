/**
 * Memory has a limit that is an error and not the end, and says who holds it.
 */
import { afterEach, describe, expect, test } from "vitest";
import { memory, memoryLimit, OutOfMemoryError, setDefaultDevice, tensor, trackMemory, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { collectGarbage } from "../../../src/tensor/memory.ts";

// The limit is that of the CPU's memory; a card's is NABLA_CUDA_MEMORY (test/library/device).
setDefaultDevice("cpu");

describe("out of memory", () => {
  const before = memoryLimit();
  afterEach(() => memoryLimit(before));

  test("of one impossible tensor says what was asked for, and the next call works", () => {
    expect(() => zeros([1e12])).toThrow(OutOfMemoryError);
    expect(() => zeros([1e12])).toThrow(/fill: there is no memory for a result of shape \[1000000000000\]: 4000000000000 bytes asked for, \d+ alive in/);
    expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]);
  });

  test("of many that add up says how much is alive, and dropping them makes room", () => {
    memoryLimit(memory().bytes + 64e6);
    let held: Tensor[] = [];
    const fill = (): void => {
      for (let i = 0; i < 100; i++) held.push(zeros([1e6]));
    };
    expect(fill).toThrow(OutOfMemoryError);
    expect(held.length).toBeGreaterThan(8);
    held = [];
    expect(zeros([1e6]).numel).toBe(1e6);
  });

  test("what the collector can free is freed before anything is refused", () => {
    memoryLimit(memory().bytes + 64e6);
    for (let i = 0; i < 100; i++) zeros([1e6]);
    expect(memory().bytes).toBeLessThan(memoryLimit());
  });

  describe("a call with several results", () => {
    test("makes room like one with one", () => {
      const x = zeros([1e6]);
      memoryLimit(memory().bytes + 64e6);
      for (let i = 0; i < 50; i++) x.sort();
      expect(memory().bytes).toBeLessThan(memoryLimit());
    });

    test("keeps none of them when there is room for some only, and names all", () => {
      // Of a size of which the pool has no block waiting.
      const x = zeros([1.3e6]);
      collectGarbage("full");
      const { tensors, bytes } = memory();
      memoryLimit(bytes + 8e6);
      const asked = "sort: there is no memory for results of shapes [1300000], [1300000]: 10400000 bytes asked for";
      expect(() => x.sort()).toThrow(OutOfMemoryError);
      expect(() => x.sort()).toThrow(asked);
      expect(memory().tensors).toBe(tensors);
      memoryLimit(bytes + 64e6);
      expect(x.sort().values.numel).toBe(1.3e6);
    });
  });

  test("a limit is a number above 0", () => expect(() => memoryLimit(0)).toThrow("memoryLimit: 0 is not a number of bytes above 0"));
});

test("trackMemory groups what is alive by the line that made it", () => {
  trackMemory(true);
  try {
    const held = Array.from({ length: 3 }, () => zeros([1000]));
    const { places } = memory();
    const here = places!.find(({ place }) => /limits\.test\.ts:\d+/.test(place))!;
    expect([here.tensors, here.bytes, held.length]).toEqual([3, 12000, 3]);
  } finally {
    trackMemory(false);
  }
  expect(memory().places).toBeUndefined();
});

test("trackMemory forgets what has died, the temporary results of a backward pass among it", () => {
  const weight = zeros([1000], { requiresGrad: true });
  trackMemory(true);
  try {
    for (let i = 0; i < 20; i++) {
      weight.mul(2).square().add(1).sum().backward();
      weight.grad = null;
    }
    collectGarbage("full");
    const alive = memory().places!.filter(({ place }) => /limits\.test\.ts:\d+/.test(place));
    // The last gradients may still be on the stack.
    expect(alive.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(20_000);
  } finally {
    trackMemory(false);
  }
});
