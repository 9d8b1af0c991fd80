/**
 * How often a training loop waits for a card: only where it reads a value. The fake driver does nothing by itself and notes each time
 * that somebody waits for what is not done yet.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fakeCard } from "./fake-card.ts";

const folder = mkdtempSync(path.join(tmpdir(), "nabla-waits-"));
const file = path.join(folder, "waits");
afterAll(() => rmSync(folder, { recursive: true }));

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard(`seed=2,waits=${file}`), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { bernoulli, compile, manualSeed, metrics, nn, optim, plot, rand, randint, randn, tensor, train } = await import("../../../src/index.ts");
const { DataLoader, TensorDataset } = await import("../../../src/data/index.ts");
type Tensor = ReturnType<typeof tensor>;
const { functional } = nn;

/** How often a run waits. */
function waits(run: () => void): number {
  writeFileSync(file, "");
  run();
  return readFileSync(file, "utf8").length;
}

const STEPS = 50;

interface Training {
  readonly step: (x: Tensor, y: Tensor) => Tensor;
}

function training(): Training {
  manualSeed(3);
  const net = new nn.Sequential(new nn.Linear(12, 24), new nn.ReLU(), new nn.Dropout(0.3), new nn.Linear(24, 4));
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
  return {
    step: (x, y) => {
      optimizer.zeroGrad();
      const loss = functional.crossEntropy(net.forward(x), y);
      loss.backward();
      nn.clipGradNorm_(net.parameters(), 1);
      optimizer.step();
      return loss.detach();
    },
  };
}

const loader = (): Iterable<[Tensor, Tensor]> =>
  new DataLoader(new TensorDataset(randn([STEPS * 8, 12]), randint(0, 4, [STEPS * 8], { dtype: "int32" })), { batchSize: 8, shuffle: true }) as never;

/** Batches that are made of numbers of the process, as those of pictures from a file. */
function* sent(): Generator<[Tensor, Tensor]> {
  for (let i = 0; i < STEPS; i++) yield [tensor(Float32Array.from({ length: 96 }, (_, k) => Math.sin(i + k)), { shape: [8, 12] }), tensor(Uint8Array.from({ length: 8 }, (_, k) => k % 4))];
}

describe(`${STEPS} steps of training wait for nothing`, () => {
  it.each([["line by line", (step: Training["step"]) => step], ["compiled", (step: Training["step"]) => compile(step)]] as const)("%s", (_, prepare) => {
    const step = prepare(training().step);
    const x = randn([8, 12]);
    // Labels that the card has drawn: it alone knows them.
    const y = randint(0, 4, [8], { dtype: "int32" });
    for (let i = 0; i < 3; i++) step(x, y).item();
    let last = x;
    expect(waits(() => {
      for (let i = 0; i < STEPS; i++) last = step(x, y);
    })).toBe(0);
    // And whoever reads waits.
    expect(waits(() => last.item())).toBe(1);
    expect(last.item()).toBeLessThan(2);
  });

  it.each([["a loader of tensors on the card", loader], ["numbers sent up for each step", sent]] as const)("on %s", (_, batches) => {
    const step = compile(training().step);
    for (const [x, y] of batches()) step(x, y).item();
    expect(waits(() => {
      let count = 0;
      for (const [x, y] of batches()) {
        step(x, y);
        count++;
      }
      expect(count).toBe(STEPS);
    })).toBe(0);
  });

  it("of a restricted Boltzmann machine, an autoencoder, and others whose numbers are checked", () => {
    const weight = rand([12, 6]).requiresGrad_();
    const optimizer = new optim.SGD([weight], { lr: 0.1, momentum: 0.9 });
    const v = bernoulli([8, 12], 0.5);
    const signs = v.select(1, 0).mul(2).sub(1);
    const step = (): Tensor => {
      optimizer.zeroGrad();
      const hidden = bernoulli(v.matmul(weight).sigmoid());
      const back = hidden.matmul(weight.t()).sigmoid();
      const loss = functional.binaryCrossEntropy(back, v).add(functional.binaryCrossEntropyWithLogits(back, v)).add(functional.hingeLoss(back.select(1, 0), signs));
      loss.backward();
      optimizer.step();
      return loss.detach();
    };
    step().item();
    expect(waits(() => {
      for (let i = 0; i < STEPS; i++) step();
    })).toBe(0);
    expect(step().item()).toBeGreaterThan(0);
  });
});

it("few numbers that were sent to the card are known here: nobody waits to read them, until they change", () => {
  const lengths = tensor(Int32Array.of(5, 3, 4)), bytes = tensor(Uint8Array.of(7, 8)), moved = tensor(Int32Array.of(1, 2), { device: "cpu" }).to("cuda");
  expect(waits(() => {
    expect([lengths.toArray(), lengths.at(1).item(), lengths.slice(0, 1, 3).toArray(), bytes.toArray(), moved.toArray()]).toEqual([[5, 3, 4], 3, [3, 4], [7, 8], [1, 2]]);
    expect(lengths.data()).toBeInstanceOf(Int32Array);
    const written = tensor([[0.5, NaN], [2, 1e300]], { dtype: "float64" });
    expect([written.toArray(), written.t().at(1).at(1).item(), tensor(true).item()]).toEqual([[[0.5, NaN], [2, 1e300]], 1e300, 1]);
    // A copy: whoever changes it changes nothing.
    lengths.data()[0] = 9;
    const logProbs = randn([5, 3, 4]).logSoftmax(2);
    functional.ctcLoss(logProbs, tensor(Int32Array.of(1, 2, 3, 1, 2, 3), { shape: [3, 2] }), lengths, tensor(Int32Array.of(2, 1, 2)));
    const embedded = nn.packPaddedSequence(randn([5, 3, 2]), lengths, { enforceSorted: false });
    expect(embedded.lengths).toEqual([5, 3, 4]);
  })).toBe(0);
  lengths.add_(1);
  expect(lengths.toArray()).toEqual([6, 4, 5]);
  expect(lengths.slice(0, 0, 3, 2).toArray()).toEqual([6, 5]);
  const copy = bytes.clone();
  bytes.fill_(1);
  expect([bytes.toArray(), copy.toArray(), bytes.to("int32").toArray()]).toEqual([[1, 1], [7, 8], [1, 1]]);
  const change = compile((x: Tensor) => x.add_(1).sum());
  const counted = tensor(Int32Array.of(1, 2));
  for (let i = 0; i < 3; i++) change(counted);
  expect(counted.toArray()).toEqual([4, 5]);
});

describe("fit", () => {
  const { Accuracy, Mean, Perplexity, RootMeanSquaredError } = metrics;
  const problem = (device: "cpu" | "cuda", options: object = {}, spoilt = Infinity): Promise<{ history: InstanceType<typeof train.History>; waited: number; told: number[] }> => {
    manualSeed(5);
    const x = randn([200, 6], { device: "cpu" });
    const net = new nn.Sequential(new nn.Linear(6, 8), new nn.ReLU(), new nn.Linear(8, 3)).to(device);
    const y = x.abs().argmax({ dim: 1 }).remainder(3);
    const batches = Array.from({ length: STEPS }, (_, i) => {
      const rows = x.narrow(0, 4 * i, 4);
      return [(i < spoilt ? rows : rows.mul(NaN)).to(device), y.narrow(0, 4 * i, 4).to(device)] as [Tensor, Tensor];
    });
    const told: number[] = [];
    writeFileSync(file, "");
    return train
      .fit(net, batches, { loss: functional.crossEntropy, optimizer: new optim.SGD(net.parameters(), { lr: 0.05 }), clipNorm: 1, progress: false, ...options, callbacks: [{ onTrainEnd: ({ loss }) => void told.push(loss) }] })
      .then((history) => ({ history, waited: readFileSync(file, "utf8").length, told }));
  };
  const measured = (): object => ({
    metrics: {
      accuracy: new Accuracy(),
      others: new Accuracy({ ignoreIndex: 1 }),
      perplexity: new Perplexity(),
      someone: new Perplexity({ ignoreIndex: 2 }),
      loss2: new Mean((output: Tensor, target: Tensor) => functional.crossEntropy(output, target)),
    },
  });

  it("reads the losses of many batches at once, and has the same history as on the CPU", async () => {
    const { history, waited, told } = await problem("cuda", measured());
    const here = await problem("cpu", measured());
    // One wait for 32 numbers of each kind, and one in the end: not one for each of the batches.
    expect(waited).toBeLessThan(20);
    expect(here.waited).toBe(0);
    expect(history.batchLosses).toHaveLength(STEPS);
    history.batchLosses.forEach((loss, i) => expect(loss).toBeCloseTo(here.history.batchLosses[i]!, 5));
    for (const name of ["loss", "perplexity", "someone", "loss2"]) expect(history.last![name]).toBeCloseTo(here.history.last![name]!, 4);
    expect([history.last!["accuracy"], history.last!["others"]]).toEqual([here.history.last!["accuracy"], here.history.last!["others"]]);
    expect(told[0]).toBe(history.batchLosses.at(-1));
  });

  it("draws the points of a live panel several at a time", async () => {
    const panel = plot.live();
    const { history, waited } = await problem("cuda", { live: panel });
    expect(waited).toBeLessThan(STEPS);
    expect(panel.points("loss").values).toHaveLength(STEPS);
    expect(panel.points("gradNorm").values).toHaveLength(STEPS);
    panel.points("loss").values.forEach((loss, i) => expect(loss).toBeCloseTo(history.batchLosses[i]!, 5));
  });

  it("measures squared errors without waiting for each", () => {
    const metric = new RootMeanSquaredError();
    const pairs = Array.from({ length: 20 }, () => [rand([4]), rand([4])] as const);
    expect(waits(() => pairs.forEach(([a, b]) => metric.update(a, b)))).toBe(0);
    const own = new RootMeanSquaredError();
    for (const [a, b] of pairs) own.update(a.to("cpu"), b.to("cpu"));
    expect(metric.compute()).toBeCloseTo(own.compute(), 6);
    metric.update(rand([4]), rand([4]));
    metric.reset();
    expect(metric.compute()).toBeNaN();
  });

  it("ends where the loss is NaN, some batches later, and names the batch", async () => {
    const { history } = await problem("cuda", {}, 7);
    expect(history.stopped).toBe("the loss is NaN in epoch 1, batch 8");
    expect(history.batchLosses.length).toBeGreaterThanOrEqual(8);
    expect(history.batchLosses.length).toBeLessThan(STEPS);
    expect((await problem("cpu", {}, 7)).history.batchLosses).toHaveLength(8);
  });
});

it("numbers that a loss or a draw cannot take are an error of a later line on a card, in the same words", () => {
  const thrown = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };
  const wrong = rand([4]).add(2);
  // At the line where the process knows them.
  expect(() => functional.binaryCrossEntropy(rand([2]), tensor([1, 2]))).toThrow(/targets must be from 0 to 1, and 2 is among them; (?!.*It was found)/);
  expect(() => bernoulli(tensor([0.5, NaN]))).toThrow(/^bernoulli: NaN is no probability; probabilities lie in 0 to 1$/);
  expect(() => bernoulli(tensor([1.5, NaN]).slice(0, 0, 1))).toThrow(/^bernoulli: 1.5 is no probability/);
  expect(() => rand([3, 3]).at(tensor(Int32Array.of(0, 3)))).toThrow(/^at: index 3 is outside dimension 0 of a tensor of shape \[3, 3\]; it must lie in -3 to 2$/);
  expect(rand([3, 3]).at(tensor(Int32Array.of(0, -3))).shape).toEqual([2, 3]);
  expect(thrown(() => functional.binaryCrossEntropy(rand([4]), wrong).item())).toMatch(/^binaryCrossEntropy: targets must be from 0 to 1, and [23]\.\d+ is among them; .* It was found on the card by an earlier line/);
  expect(thrown(() => functional.hingeLoss(rand([4]), wrong).item())).toMatch(/^hingeLoss: targets must be -1 or 1; .* It was found/);
  expect(thrown(() => bernoulli(wrong).sum().item())).toMatch(/^bernoulli: [23]\.\d+ is no probability; probabilities lie in 0 to 1\. It was found/);
  expect(thrown(() => bernoulli(wrong.mul(NaN)).sum().item())).toMatch(/^bernoulli: NaN is no probability/);
  expect(thrown(() => randint(1, 3, [4]).floorDivide(randint(0, 1, [4])).sum().item())).toMatch(/^floorDivide: a whole number is divided by 0; .* It was found/);
  expect(thrown(() => rand([4]).sum().item())).toBe("nothing");
});
