/** The loader: batches as they should be, begun ahead of time, and resumed as if nothing had happened. */
import { describe, expect, it } from "vitest";
import { DataLoader, TensorDataset } from "../../../src/data/index.ts";
import type { Dataset } from "../../../src/data/index.ts";
import { arange, Generator, manualSeed, rand, tensor } from "../../../src/index.ts";

const ten: Dataset<number> = { length: 10, at: (index) => index };
const later: Dataset<number> = { length: 10, at: async (index) => { await new Promise((wake) => setTimeout(wake, (index * 7) % 5)); return index; } };
const asList = (batch: { toArray(): unknown }): number[] => batch.toArray() as number[];
const all = (loader: Iterable<{ toArray(): unknown }>): number[][] => [...loader].map(asList);
async function gathered(loader: AsyncIterable<{ toArray(): unknown }>): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const batch of loader) batches.push(asList(batch));
  return batches;
}

describe("a data loader", () => {
  it("gives batches in order, the last one short or left out", () => {
    expect(all(new DataLoader(ten, { batchSize: 4 }))).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]);
    expect(all(new DataLoader(ten, { batchSize: 4, dropLast: true }))).toEqual([[0, 1, 2, 3], [4, 5, 6, 7]]);
    expect([new DataLoader(ten).length, new DataLoader(ten, { batchSize: 4 }).length, new DataLoader(ten, { batchSize: 20, dropLast: true }).length]).toEqual([10, 3, 0]);
    expect(all(new DataLoader({ length: 0, at: (): number => 0 }))).toEqual([]);
  });

  it("shuffles each pass anew, the same for the same seed, whatever else draws meanwhile", () => {
    const passes = (seed: number): number[][][] => {
      const loader = new DataLoader(ten, { batchSize: 3, shuffle: true, generator: new Generator(seed) });
      return [0, 1].map(() => { rand([3]); return all(loader); });
    };
    const [first, second] = passes(4);
    expect(first!.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(first).not.toEqual(second);
    expect(passes(4)).toEqual([first, second]);
    expect(passes(5)).not.toEqual([first, second]);
    const bySeed = (): number[][] => { manualSeed(6); return all(new DataLoader(ten, { shuffle: true })); };
    expect(bySeed()).toEqual(bySeed());
  });

  it("takes whole batches of tensors, and makes batches the way it is told", () => {
    const set = new TensorDataset(arange(6).reshape([3, 2]), arange(3));
    const shuffled = [...new DataLoader(set, { batchSize: 2, shuffle: true, generator: new Generator(1) })];
    for (const [x, y] of shuffled) expect(x.at(0, 0).item()).toBe(2 * y.at(0).item());
    expect([...new DataLoader(ten, { batchSize: 5, collate: (examples) => examples.join("") })]).toEqual(["01234", "56789"]);
    expect([...new DataLoader(set, { batchSize: 3, collate: (examples) => examples.length })]).toEqual([3]);
  });

  it("waits for examples that arrive later, in the same order, and as well for those that are there", async () => {
    const options = { batchSize: 3, shuffle: true };
    const expected = all(new DataLoader(ten, { ...options, generator: new Generator(2) }));
    for (const prefetch of [0, 1, 5]) {
      expect(await gathered(new DataLoader(later, { ...options, prefetch, generator: new Generator(2) }))).toEqual(expected);
      expect(await gathered(new DataLoader(ten, { ...options, prefetch, generator: new Generator(2) }))).toEqual(expected);
    }
    expect(() => [...new DataLoader(later)]).toThrow(/write for await/);
  });

  it("begins as many batches ahead as it is told", async () => {
    const asked: number[] = [];
    const watched: Dataset<number> = { length: 10, at: async (index) => { asked.push(index); return index; } };
    const counts: number[] = [];
    for await (const _ of new DataLoader(watched, { batchSize: 2, prefetch: 2 })) counts.push(asked.length);
    expect(counts).toEqual([6, 8, 10, 10, 10]);
  });

  it("reports an example that cannot be had when its batch is asked for", async () => {
    const broken: Dataset<number> = { length: 6, at: async (index) => { if (index === 4) throw new Error("picture 4 is broken"); return index; } };
    const seen: number[][] = [];
    const pass = (async () => { for await (const batch of new DataLoader(broken, { batchSize: 2 })) seen.push(asList(batch)); })();
    await expect(pass).rejects.toThrow("picture 4 is broken");
    expect(seen).toEqual([[0, 1], [2, 3]]);
  });

  it("refuses what is not a data set and sizes that are not", () => {
    expect(() => new DataLoader(tensor(1) as never)).toThrow();
    expect(() => new DataLoader({} as never)).toThrow(/needs a length and a method at\(index\).*TensorDataset/);
    for (const batchSize of [0, 1.5, NaN]) expect(() => new DataLoader(ten, { batchSize })).toThrow(RangeError);
    expect(() => new DataLoader(ten, { prefetch: -1 })).toThrow(RangeError);
  });
});

describe("a data loader that resumes", () => {
  const make = (seed: number) => new DataLoader(ten, { batchSize: 3, shuffle: true, generator: new Generator(seed) });

  it.each([0, 1, 2, 3, 4])("after batch %d of the second pass gives what was left, and then the same passes", (stop) => {
    const whole = make(3);
    all(whole);
    const rest: number[][] = [];
    let state = whole.stateDict();
    let seen = 0;
    for (const batch of whole) {
      if (seen >= stop) rest.push(asList(batch));
      if (++seen === stop) state = whole.stateDict();
    }
    const next = [all(whole), all(whole)];
    const resumed = make(99);
    // Through JSON: the state is plain numbers.
    resumed.loadStateDict(JSON.parse(JSON.stringify(state)) as typeof state);
    expect(all(resumed)).toEqual(rest);
    expect([all(resumed), all(resumed)]).toEqual(next);
  });

  it("goes on also with for await and batches begun ahead", async () => {
    const whole = make(5);
    let state = whole.stateDict();
    const seen: number[][] = [];
    for await (const batch of whole) {
      seen.push(asList(batch));
      if (seen.length === 2) state = whole.stateDict();
    }
    const resumed = make(0);
    resumed.loadStateDict(state);
    expect(await gathered(resumed)).toEqual(seen.slice(2));
    expect(await gathered(resumed)).toEqual(await gathered(whole));
  });

  it("starts a new pass after one that was left early, and refuses another loader's state", () => {
    const left = make(7);
    for (const _ of left) break;
    expect(all(left)).toHaveLength(4);
    expect(() => left.loadStateDict({ ...left.stateDict(), batch: 5 })).toThrow(/has given out 5 batches, but a pass here has 4/);
    expect(() => left.loadStateDict({ batch: 1 } as never)).toThrow();
  });
});
