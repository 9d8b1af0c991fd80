/**
 * Positions and labels outside their range on a card: an error at the line where the process knows the numbers, and from a later
 * line where only the card does. The fake driver does nothing before somebody waits or its queue is full, so the two are told apart.
 */
import { describe, expect, it } from "vitest";
import { fakeCard } from "./fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=4,strict=1"), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { bernoulli, compile, nn, ones, optim, rand, randn, tensor, TensorIndexError } = await import("../../../src/index.ts");
const { DataLoader, TensorDataset } = await import("../../../src/data/index.ts");
type Tensor = ReturnType<typeof tensor>;
const { crossEntropy } = nn.functional;

const whole = (...numbers: number[]): Tensor => tensor(Int32Array.from(numbers));
/** The same numbers, but computed: only the card knows them. */
const computed = (...numbers: number[]): Tensor => whole(...numbers).add(0);

function thrown(run: () => unknown): Error | undefined {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

const later = /^crossEntropy: label 3 is outside the range; it must lie in 0 to 2(?:; if these count from 1, subtract 1 first)?\. It was found on the card by an earlier line, which did not wait for the answer; on "cpu" the error is at that line$/;

describe("labels that only the card knows", () => {
  it("are an error where a value is read, in the same words, and the session goes on", () => {
    const scores = rand([2, 3]);
    const loss = crossEntropy(scores, computed(1, 3));
    const error = thrown(() => loss.item());
    expect(error).toBeInstanceOf(TensorIndexError);
    expect(error!.message).toMatch(later);
    expect(loss.item()).toBeNaN();
    expect(crossEntropy(scores, computed(1, 2)).item()).toBeGreaterThan(0);
    const again = crossEntropy(scores, computed(0, 3));
    expect(thrown(() => again.toArray())?.message).toMatch(later);
    expect(thrown(() => crossEntropy(scores, computed(-1, 3)).to("cpu"))?.message).toMatch(/^crossEntropy: label -1 is outside/);
    expect(thrown(() => crossEntropy(scores, computed(1, 3)).toString())?.message).toMatch(later);
    expect(ones([3]).sum().item()).toBe(3);
  });

  it("are an error of a later call even when no value is ever read", () => {
    crossEntropy(rand([2, 3]), computed(1, 3));
    const x = ones([4]);
    let calls = 0;
    const error = thrown(() => {
      while (calls++ < 5000) x.add(1);
    });
    expect(error?.message).toMatch(later);
    expect(calls).toBeLessThan(5000);
    expect(x.add(1).toArray()).toEqual([2, 2, 2, 2]);
  });

  it("tell of the first mistake, with the smallest and the largest number of all", () => {
    const many = Array.from({ length: 3000 }, (_, i) => 1 + (i % 3));
    crossEntropy(rand([3000, 3]), computed(...many));
    const second = rand([4, 2]).gather(1, computed(7).reshape([1, 1]));
    expect(thrown(() => second.item())?.message).toMatch(/^crossEntropy: label 3 is outside the range; it must lie in 0 to 2; if these count from 1, subtract 1 first\. It was found/);
    expect(() => second.item()).not.toThrow();
  });

  it("lie anywhere in their memory", () => {
    const table = computed(0, 9, 1, 9, 2, 9).reshape([3, 2]);
    expect(() => crossEntropy(rand([3, 3]), table.select(1, 0)).item()).not.toThrow();
    expect(thrown(() => crossEntropy(rand([3, 3]), table.select(1, 1)).item())?.message).toMatch(/label 9 is outside/);
    const bytes = tensor(Uint8Array.of(0, 200)).add(0);
    expect(thrown(() => crossEntropy(rand([2, 3]), bytes).item())?.message).toMatch(/label 200 is outside/);
  });
});

describe("labels that the process knows are an error at the line", () => {
  const scores = (rows: number): Tensor => rand([rows, 3]);
  const cases: Record<string, () => unknown> = {
    "from a typed array": () => crossEntropy(scores(2), whole(0, 3)),
    "from numbers": () => crossEntropy(scores(2), tensor([0, 3], { dtype: "int32" })),
    "from the CPU": () => crossEntropy(scores(2), tensor(Int32Array.of(0, 3), { device: "cpu" }).to("cuda")),
    "bytes": () => crossEntropy(scores(2), tensor(Uint8Array.of(0, 3))),
    "in another shape": () => crossEntropy(rand([2, 3, 2]), whole(0, 1, 2, 3).reshape([2, 2])),
  };
  it.each(Object.entries(cases))("%s", (_, run) => {
    const error = thrown(run);
    expect(error).toBeInstanceOf(TensorIndexError);
    expect(error!.message).toMatch(/label 3 is outside the range; it must lie in 0 to 2$/);
  });

  it("not after they have been changed, and a part of them is looked at by itself", () => {
    const labels = whole(3, 1);
    labels.sub_(1);
    expect(() => crossEntropy(scores(2), labels).item()).not.toThrow();
    const part = whole(3, 1, 2);
    expect(() => crossEntropy(scores(2), part.slice(0, 1, 3)).item()).not.toThrow();
    expect(thrown(() => crossEntropy(scores(2), part.slice(0, 0, 2)))?.message).toMatch(/label 3 is outside the range; it must lie in 0 to 2(?!.*It was found)/);
    // Of gaps, and of many numbers, it knows less: then a part is the card's to look at.
    const gaps = crossEntropy(scores(2), part.slice(0, 0, 3, 2));
    expect(thrown(() => gaps.item())?.message).toMatch(later);
    const many = tensor(Int32Array.from({ length: 6000 }, (_, i) => (i === 0 ? 3 : 1)));
    expect(() => crossEntropy(scores(5), many.slice(0, 5, 10)).item()).not.toThrow();
    expect(thrown(() => crossEntropy(scores(5), many.slice(0, 0, 5)).item())?.message).toMatch(later);
    expect(thrown(() => crossEntropy(scores(6000), many))?.message).toMatch(/label 3 is outside the range; it must lie in 0 to 2(?!.*It was found)/);
  });
});

describe("in a compiled step", () => {
  function stepOf(): { step: ReturnType<typeof compile<[Tensor, Tensor], Tensor>>; weight: Tensor } {
    const weight = randn([3, 4]).requiresGrad_();
    const optimizer = new optim.SGD([weight], { lr: 0.1 });
    const step = compile((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = crossEntropy(x.matmul(weight), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    return { step, weight };
  }

  it("labels that only the card knows are found by a kernel of its one graph, and told by a later line", () => {
    const { step } = stepOf();
    const x = randn([2, 3]);
    for (let i = 0; i < 3; i++) step(x, computed(0, 3));
    expect(step.programs[0]!.card).toMatchObject({ graphs: 1, otherKernels: 0, alone: [] });
    const loss = step(x, computed(2, 4));
    expect(thrown(() => loss.item())?.message).toMatch(/^crossEntropy: label 4 is outside the range; it must lie in 0 to 3\. It was found/);
    step(x, computed(1, 4));
    // The program itself is the later line.
    let runs = 0;
    expect(thrown(() => {
      while (runs++ < 2000) step(x, whole(1, 1));
    })?.message).toMatch(/label 4 is outside/);
    expect(runs).toBeLessThan(2000);
  });

  it("labels that it changes itself are looked at as they are then", () => {
    const step = compile((scores: Tensor, y: Tensor) => crossEntropy(scores, y.sub_(1)));
    const scores = rand([2, 3]);
    for (let i = 0; i < 3; i++) expect(step(scores, whole(1, 3)).item()).toBeGreaterThan(0);
    expect(thrown(() => step(scores, whole(0, 2)).item())?.message).toMatch(/label -1 is outside/);
  });

  it("labels that the process knows end it before anything has changed, also those of a batch of a loader", () => {
    const { step, weight } = stepOf();
    const x = randn([6, 3]);
    const loader = new DataLoader(new TensorDataset(x, whole(0, 1, 2, 3, 4, 1)), { batchSize: 2 });
    const batches = [...loader];
    step(...(batches[0] as [Tensor, Tensor]));
    step(...(batches[1] as [Tensor, Tensor]));
    step(x, whole(0, 1, 2, 3, 3, 1));
    step(x, whole(0, 1, 2, 3, 2, 1));
    // A batch that is a view of labels among which there is a wrong one.
    const labels = whole(9, 0, 1, 2, 3, 3, 1, 9);
    step(x, labels.slice(0, 1, 7));
    const before = weight.detach().clone().toArray();
    expect(thrown(() => step(x, labels.slice(0, 2, 8)))?.message).toMatch(/label 9 is outside the range; it must lie in 0 to 3$/);
    expect(thrown(() => step(x, whole(0, 1, 2, 3, 4, 1)))?.message).toMatch(/label 4 is outside the range; it must lie in 0 to 3$/);
    expect(weight.detach().toArray()).toEqual(before);
  });
});

describe("positions far outside of memory crash nothing, whichever op takes them, there and back", () => {
  const far = (): Tensor => computed(-2147483648, 2147483647, 1);
  const square = (): Tensor => rand([3, 3]).requiresGrad_();
  const column = (): Tensor => far().reshape([3, 1]);
  const there: Record<string, () => Tensor> = {
    gather: () => square().gather(1, column()),
    indexSelect: () => square().indexSelect(0, far()),
    at: () => square().at(far()),
    "at several": () => square().at(far(), far()),
    embedding: () => new nn.Embedding(3, 4).forward(far()),
    indexPut: () => square().indexPut([far()], 1),
    indexAdd: () => square().indexAdd(0, far(), square()),
    indexCopy: () => square().indexCopy(0, far(), square()),
    scatter: () => square().scatter(1, column(), 2),
    scatterAdd: () => square().scatterAdd(1, column(), rand([3, 1])),
    oneHot: () => far().oneHot(4),
    crossEntropy: () => crossEntropy(square(), far()),
    "crossEntropy with weights": () => crossEntropy(square(), far(), { weight: ones([3]), labelSmoothing: 0.1 }),
    nllLoss: () => nn.functional.nllLoss(square(), far()),
    maxUnpool2d: () => rand([1, 1, 1, 3]).requiresGrad_().maxUnpool2d(far().reshape([1, 1, 1, 3]), [2, 6]),
    "lengths of sequences": () => rand([5, 3, 2]).requiresGrad_().lstm(rand([8, 2]), rand([8, 2]), { lengths: far() }).output,
  };
  it.each(Object.entries(there))("%s", (_, run) => {
    const result = run();
    if (result.requiresGrad) result.sum().backward();
    expect(thrown(() => result.data())).toBeInstanceOf(TensorIndexError);
    expect(bernoulli([2], 0).toArray()).toEqual([0, 0]);
  });

  it("bincount waits for its length anyway, and tells at the line", () => {
    expect(thrown(() => computed(1, -2147483648).bincount())?.message).toMatch(/^bincount: number -2147483648 is outside/);
  });
});
