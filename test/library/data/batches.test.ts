/** Batches: every example once a pass, in pairs that stay together. */
import { describe, expect, it } from "vitest";
import { batches } from "../../../src/data/index.ts";
import { arange, Generator, manualSeed, ShapeError } from "../../../src/index.ts";

const x = arange(10).reshape([10, 1]).to("float32");
const y = arange(10).mul(10);
const rows = (of: Iterable<readonly { toArray(): unknown }[]>): unknown[][] =>
  [...of].map((batch) => batch.map((tensor) => (tensor.toArray() as unknown[]).flat()));

describe("batches of tensors", () => {
  it("come in order, the last one short", () => {
    const all = batches([x, y], { batchSize: 4 });
    expect(all.length).toBe(3);
    expect(rows(all)).toEqual([
      [[0, 1, 2, 3], [0, 10, 20, 30]],
      [[4, 5, 6, 7], [40, 50, 60, 70]],
      [[8, 9], [80, 90]],
    ]);
  });

  it("can leave out the last one when it is not full", () => {
    expect(batches([x, y], { batchSize: 4, dropLast: true }).length).toBe(2);
    expect(rows(batches([x], { batchSize: 4, dropLast: true })).flat(2)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(rows(batches([x], { batchSize: 5, dropLast: true }))).toHaveLength(2);
    expect(rows(batches([x], { batchSize: 11, dropLast: true }))).toEqual([]);
  });

  it("hold every example once a pass when shuffled, with what belongs together still together", () => {
    const shuffled = batches([x, y], { batchSize: 3, shuffle: true, generator: new Generator(5) });
    const passes = [rows(shuffled), rows(shuffled)];
    for (const pass of passes) {
      const numbers = pass.flatMap(([xs]) => xs as number[]);
      expect([...numbers].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      for (const [xs, ys] of pass) expect(ys).toEqual((xs as number[]).map((value) => value * 10));
    }
    // Each pass has an order of its own.
    expect(passes[0]).not.toEqual(passes[1]);
  });

  it("repeat with the seed, of their own generator or of the library's", () => {
    const own = () => rows(batches([x], { batchSize: 3, shuffle: true, generator: new Generator(5) }));
    expect(own()).toEqual(own());
    const common = () => {
      manualSeed(7);
      return rows(batches([x], { batchSize: 3, shuffle: true }));
    };
    expect(common()).toEqual(common());
  });

  it("are typed as the tuple that went in", () => {
    for (const [images, labels] of batches([x, y], { batchSize: 10 })) {
      expect([images.shape, labels.shape]).toEqual([[10, 1], [10]]);
    }
  });

  it("refuse tensors that do not belong together and sizes that are none", () => {
    expect(() => batches([x, arange(9)])).toThrow(ShapeError);
    expect(() => batches([x, arange(9)])).toThrow(/shapes are \[10, 1\], \[9\]/);
    expect(() => batches([x], { batchSize: 0 })).toThrow(/whole number from 1/);
    expect(() => batches([x], { batchSize: 2.5 })).toThrow(RangeError);
  });
});
