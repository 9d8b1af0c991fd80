/**
 * `fit` does what the loop by hand does, to the last bit; what its options add is checked one by one.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { CompileError, data, Generator, InterruptedError, manualSeed, metrics, NablaError, nn, optim, plot, randn, ShapeError, tensor, train, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { bits, network, points } from "./small-problem.ts";

const { functional: F } = nn;
const quiet = { progress: false } as const;
const loader = (count = 100, batchSize = 16): data.DataLoader<[Tensor, Tensor], [Tensor, Tensor]> =>
  new data.DataLoader(points(count, 1), { batchSize, shuffle: true, generator: new Generator(5) });

/** Three epochs by hand: what a learner writes. */
function byHand(clipNorm?: number): { losses: number[]; model: nn.Sequential } {
  manualSeed(2);
  const model = network();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const schedule = new optim.StepLR(optimizer, 1, { gamma: 0.5 });
  const batches = loader();
  const losses: number[] = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    for (const [x, y] of batches) {
      optimizer.zeroGrad();
      const loss = F.crossEntropy(model.forward(x), y);
      loss.backward();
      if (clipNorm !== undefined) nn.clipGradNorm_(model.parameters(), clipNorm);
      optimizer.step();
      losses.push(loss.item());
    }
    schedule.step();
  }
  return { losses, model };
}

describe("three epochs have the bits of the loop by hand,", () => {
  test.each([[false, undefined], [true, undefined], [false, 0.2], [true, 0.2]])("compiled: %s, clipped to: %s", async (compiled, clipNorm) => {
    const hand = byHand(clipNorm);
    manualSeed(2);
    const model = network();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const history = await train.fit(model, loader(), {
      loss: F.crossEntropy, optimizer, epochs: 3, schedule: new optim.StepLR(optimizer, 1, { gamma: 0.5 }),
      metrics: { accuracy: new metrics.Accuracy() }, compile: compiled, ...(clipNorm === undefined ? {} : { clipNorm }), ...quiet,
    });
    expect(history.batchLosses).toEqual(hand.losses);
    expect(bits(model.parameters())).toEqual(bits(hand.model.parameters()));
    expect(history.column("lr")).toEqual([0.1, 0.05, 0.025]);
  });
});

test("validation sees the model without dropout, changes nothing of training, and measures what evaluate measures", async () => {
  const run = async (validation?: data.TensorDataset<readonly [Tensor, Tensor]>): Promise<[nn.Sequential, train.History]> => {
    manualSeed(2);
    const model = network();
    const options = { loss: F.crossEntropy, optimizer: new optim.Adam(model.parameters(), { lr: 0.02 }), epochs: 2, metrics: { accuracy: new metrics.Accuracy() }, ...quiet };
    return [model, await train.fit(model, loader(), validation === undefined ? options : { ...options, validation })];
  };
  const held = points(70, 9);
  const [alone, first] = await run();
  const [model, history] = await run(held);
  expect(bits(model.parameters())).toEqual(bits(alone.parameters()));
  expect(history.column("accuracy")).toEqual(first.column("accuracy"));
  expect(history.names).toEqual(["epoch", "lr", "seconds", "loss", "accuracy", "validationLoss", "validationAccuracy"]);
  const [x, y] = held.tensors;
  model.eval();
  const scores = model.forward(x);
  expect(history.last!["validationLoss"]).toBeCloseTo(F.crossEntropy(scores, y).item(), 5);
  const right = scores.argmax({ dim: 1 }).eq(y).to("float32").mean().item();
  expect(history.last!["validationAccuracy"]).toBeCloseTo(right, 6);
  model.train();
  for (const compiled of [false, true]) {
    const measured = await train.evaluate(model, held, { loss: F.crossEntropy, metrics: { accuracy: new metrics.Accuracy() }, compile: compiled });
    expect(measured).toEqual({ loss: history.last!["validationLoss"], accuracy: history.last!["validationAccuracy"] });
  }
  expect([...model.modules()].every(({ training }) => training)).toBe(true);
  expect(first.last!["accuracy"]).toBeGreaterThan(0.6);
});

test("predictions are the outputs of all batches, in order, without dropout", async () => {
  const model = network();
  const [x] = points(50, 3).tensors;
  const expected = model.eval().forward(x);
  model.train();
  for (const given of [x, new data.TensorDataset(x, zeros([50])), new data.DataLoader(new data.TensorDataset(x), { batchSize: 7 }), [[x]]]) {
    const outputs = await train.predict(model, given as Tensor);
    expect(outputs.shape).toEqual([50, 3]);
    expect(outputs.requiresGrad).toBe(false);
    expect(outputs.sub(expected).abs().amax().item()).toBeLessThan(1e-6);
  }
  const classes = await train.predict(model, [x.slice(0, 0, 20), x.slice(0, 20, 50)], { forward: (batch: Tensor) => model.forward(batch).argmax({ dim: 1 }), compile: true });
  expect(classes.toArray()).toEqual(expected.argmax({ dim: 1 }).toArray());
});

test("the loss of an epoch is the mean over its examples, whatever form short batches have", async () => {
  const model = new nn.Linear(1, 1);
  const rows = (count: number, value: number): { x: Tensor; y: Tensor } => ({ x: zeros([count, 1]), y: zeros([count, 1]).add(value) });
  model.bias!.detach().zero_();
  const optimizer = new optim.SGD([model.weight], { lr: 0 });
  for (const compiled of [false, true]) {
    const history = await train.fit(model, [rows(3, 1), rows(1, 3), rows(3, 1)], {
      forward: ({ x, y }) => [model.forward(x), y], loss: F.mseLoss, optimizer, epochs: 3, compile: compiled, ...quiet,
    });
    expect(history.column("loss")).toEqual([15 / 7, 15 / 7, 15 / 7]);
  }
});

test("a batch may have any form, and the model may have several inputs", async () => {
  class Sum extends nn.Module<[Tensor, Tensor]> {
    weight = new nn.Parameter(tensor([0.5]));
    override forward(a: Tensor, b: Tensor): Tensor {
      return a.add(b).mul(this.weight);
    }
  }
  const [a, b] = [randn([40, 1]), randn([40, 1])];
  const model = new Sum();
  const two = new data.DataLoader(new data.TensorDataset(a, b, a.add(b).mul(3)), { batchSize: 8 });
  await train.fit(model, two, { loss: F.mseLoss, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 20, ...quiet });
  expect(model.weight.item()).toBeCloseTo(3, 3);
  const named = [{ left: a, right: b, wanted: a.add(b).mul(-2) }];
  await train.fit(model, named, {
    forward: ({ left, right, wanted }) => [model.forward(left, right), wanted],
    loss: F.mseLoss, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 100, compile: true, ...quiet,
  });
  expect(model.weight.item()).toBeCloseTo(-2, 3);
});

test("examples may come as promises, and a batch be one tensor", async () => {
  const model = new nn.Linear(2, 2);
  const rows = randn([32, 2]);
  const slow: data.Dataset<Tensor> = { length: 32, at: (i) => Promise.resolve(rows.select(0, i)) };
  const options = { forward: (batch: Tensor) => [model.forward(batch), batch] as const, loss: F.mseLoss, ...quiet };
  for (const given of [new data.DataLoader(slow, { batchSize: 8 }), [rows.slice(0, 0, 16), rows.slice(0, 16, 32)]]) {
    model.weight.detach().fill_(0.1);
    const history = await train.fit(model, given, { ...options, optimizer: new optim.Adam(model.parameters(), { lr: 0.05 }), epochs: 90 });
    expect(history.last!.loss).toBeLessThan(0.01);
  }
  const broken: data.Dataset<Tensor> = { length: 3, at: (i) => (i === 2 ? Promise.reject(new Error("file 2 is gone")) : Promise.resolve(rows.select(0, i))) };
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  await expect(train.fit(model, new data.DataLoader(broken), { ...options, optimizer })).rejects.toThrow("file 2 is gone");
});

test("L-BFGS measures the loss as often as it wants, but not in a compiled step", async () => {
  const x = randn([30, 2], { generator: new Generator(1) });
  const batches = [[x, x.matmul(tensor([[1], [-2]])).add(0.5)] as [Tensor, Tensor]];
  const model = new nn.Linear(2, 1);
  const options = { loss: F.mseLoss, optimizer: new optim.LBFGS(model.parameters(), { lineSearchFn: "strong_wolfe" }), ...quiet };
  await train.fit(model, batches, { ...options, epochs: 3 });
  expect(model.weight.toArray()).toEqual([[expect.closeTo(1, 4), expect.closeTo(-2, 4)]]);
  await expect(train.fit(model, batches, { ...options, compile: true })).rejects.toThrow(CompileError);
});

test("schedules step after epochs, after batches, or when the validation loss stands still", async () => {
  const lrs = async (make: (optimizer: optim.SGD) => train.TrainingSchedule, scheduleEvery: "epoch" | "batch"): Promise<number[]> => {
    const model = network();
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    const seen: number[] = [];
    const frozen = (output: Tensor): Tensor => output.sum().mul(0);
    await train.fit(model, loader(48), {
      loss: frozen, optimizer, epochs: 3, validation: points(6, 2), schedule: make(optimizer), scheduleEvery,
      callbacks: [{ onBatchEnd: () => void seen.push(optimizer.lr) }], ...quiet,
    });
    return seen;
  };
  expect(await lrs((optimizer) => new optim.ExponentialLR(optimizer, 0.5), "epoch")).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
  expect((await lrs((optimizer) => new optim.ExponentialLR(optimizer, 0.5), "batch")).slice(0, 3)).toEqual([0.5, 0.25, 0.125]);
  expect(await lrs((optimizer) => new optim.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.1 }), "epoch")).toEqual([1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.1]);
});

test("a loss that is not a number ends training, and says where", async () => {
  const model = network();
  let batch = 0;
  const loss = (output: Tensor, target: Tensor): Tensor => F.crossEntropy(output, target).mul(++batch === 5 ? NaN : 1);
  const options = { loss, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 4, ...quiet };
  const history = await train.fit(model, loader(48), options);
  expect(history.stopped).toBe("the loss is NaN in epoch 2, batch 2");
  expect(history.batchLosses).toHaveLength(5);
  expect(history.epochs).toHaveLength(1);
  batch = 0;
  expect((await train.fit(network(), loader(48), { ...options, stopOnNonfinite: false })).epochs).toHaveLength(4);
});

describe("training stops", () => {
  const host = Symbol.for("Jupyter.host");
  afterEach(() => {
    delete (globalThis as Record<symbol, unknown>)[host];
  });

  const endless = (signal?: AbortSignal): Promise<train.History> => {
    const model = network();
    return train.fit(model, loader(), {
      loss: F.crossEntropy, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 1e9, ...(signal === undefined ? {} : { signal }), ...quiet,
    });
  };

  test("by a signal, while timers get their turn", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 100);
    await expect(endless(controller.signal)).rejects.toThrow("enough");
  });

  test("with the cell in which it runs, not with a later one", async () => {
    const [cell, later] = [new AbortController(), new AbortController()];
    (globalThis as Record<symbol, unknown>)[host] = { signal: cell.signal };
    const running = endless();
    (globalThis as Record<symbol, unknown>)[host] = { signal: later.signal };
    let ended = false;
    void running.catch(() => (ended = true));
    later.abort(new Error("of the later cell"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(ended).toBe(false);
    cell.abort(new Error("of this cell"));
    await expect(running).rejects.toThrow("of this cell");
  });

  test("with the cell's reason also when native code was stopped first", async () => {
    const cell = new AbortController();
    (globalThis as Record<symbol, unknown>)[host] = { signal: cell.signal };
    const model = network();
    const options = { optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), ...quiet };
    const loss = (): Tensor => {
      setTimeout(() => cell.abort(new Error("the learner pressed stop")), 20);
      throw new InterruptedError("linear was interrupted");
    };
    await expect(train.fit(model, loader(), { ...options, loss })).rejects.toThrow("the learner pressed stop");
    delete (globalThis as Record<symbol, unknown>)[host];
    await expect(train.fit(model, loader(), { ...options, loss })).rejects.toThrow(InterruptedError);
  });

  test("when a callback says so, and the model is in the mode it was in", async () => {
    const model = network().eval();
    const run: number[] = [];
    const history = await train.fit(model, loader(), {
      loss: F.crossEntropy, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 5, ...quiet,
      callbacks: [{
        async onBatchEnd(each) {
          await Promise.resolve();
          run.push(each.iteration);
          if (each.iteration === 9) each.stop("nine are enough");
        },
      }],
    });
    expect(run).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(history.stopped).toBe("nine are enough");
    expect([...model.modules()].some(({ training }) => training)).toBe(false);
  });
});

test("frozen parameters stay, and averages of weights are taken by a callback", async () => {
  const model = network();
  const first = model.at(0) as nn.Linear;
  first.requiresGrad_(false);
  const before = bits(first.parameters());
  const average = new optim.WeightAverage(model.parameters());
  await train.fit(model, loader(), {
    loss: F.crossEntropy, optimizer: new optim.AdamW(model.parameters(), { lr: 0.05, weightDecay: 0.3 }), epochs: 2, ...quiet,
    callbacks: [{ onBatchEnd: () => average.update() }],
  });
  expect(bits(first.parameters())).toEqual(before);
  expect(average.averaged).toBe(14);
  const own = bits(model.parameters());
  const { loss } = await average.use(() => train.evaluate(model, points(60, 4), { loss: F.crossEntropy }));
  expect(loss).toBeLessThan(1);
  expect(bits(model.parameters())).toEqual(own);
});

test("history is a table, columns and a chart", async () => {
  const model = network();
  const history = await train.fit(model, points(64, 1), {
    loss: F.crossEntropy, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 30, batchSize: 32, validation: points(9, 2), ...quiet,
  });
  expect(history.batchLosses).toHaveLength(60);
  const measured: number[] = [];
  const counting = (output: Tensor, target: Tensor): Tensor => {
    if (!model.training) measured.push(target.shape[0]!);
    return F.crossEntropy(output, target);
  };
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  await train.fit(model, loader(), { loss: counting, optimizer, batchSize: 20, validation: points(50, 2), ...quiet });
  expect(measured).toEqual([20, 20, 10]);
  expect(history.column("epoch")).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(() => history.column("accuracy")).toThrow('there is no "accuracy"; there are epoch, lr, seconds, loss, validationLoss');
  const lines = String(history).split("\n");
  expect(lines[0]!.split(/ +/).filter(Boolean)).toEqual(["epoch", "lr", "seconds", "loss", "validationLoss"]);
  expect(lines).toHaveLength(1 + 3 + 1 + 20);
  // Two losses of thirty epochs, and the loss of each batch.
  expect(plot.lossCurve(history).table.rows).toHaveLength(2 * 30 + history.batchLosses.length);
});

describe("progress", () => {
  test("is a line for each epoch, and a bar with the time left between", async () => {
    const [running, finished]: [string[], string[]] = [[], []];
    const model = network();
    await train.fit(model, loader(), {
      loss: F.crossEntropy, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 2, metrics: { accuracy: new metrics.Accuracy() },
      progress: { running: (line) => void running.push(line), finished: (line) => void finished.push(line) },
      callbacks: [{ onEpochEnd: (run) => run.epoch === 2 && run.stop("that is all") } as train.Callback],
    });
    expect(running[0]).toMatch(/^Epoch 1\/2 █+░+ 1\/7 · \d+\.\d s left · loss \d\.\d{4} · accuracy \d\.\d{4}$/);
    expect(finished[0]).toMatch(/^Epoch 1\/2 · \d+\.\d s · lr 0\.1 · loss \d\.\d{4} · accuracy \d\.\d{4}$/);
    expect(finished.slice(2)).toEqual(["Stopped: that is all."]);
  });

  test("is one display in a notebook, and lines alone where there is no terminal", async () => {
    const fit = async (): Promise<void> => {
      const model = network();
      await train.fit(model, loader(), { loss: F.crossEntropy, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), epochs: 2 });
    };
    const print = vi.spyOn(console, "log").mockImplementation(() => {});
    await fit();
    expect(print.mock.calls.map(([line]) => String(line).slice(0, 9))).toEqual(["Epoch 1/2", "Epoch 2/2"]);
    print.mockRestore();

    const shown: string[] = [];
    const text = (value: unknown): string => (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!()["text/plain"]!;
    const notebook = globalThis as unknown as Record<symbol | string, unknown>;
    notebook[Symbol.for("Jupyter.host")] = {};
    notebook["display"] = (value: unknown) => {
      shown.push(`new: ${text(value)}`);
      return { update: (next: unknown) => shown.push(text(next)) };
    };
    try {
      await fit();
    } finally {
      delete notebook[Symbol.for("Jupyter.host")];
      delete notebook["display"];
    }
    expect(shown.filter((each) => each.startsWith("new: "))).toHaveLength(1);
    expect(shown.at(-1)!.split("\n").map((line) => line.slice(0, 9))).toEqual(["Epoch 1/2", "Epoch 2/2"]);
  });
});

test("what does not fit together is named", async () => {
  const model = network();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const good = { loss: F.crossEntropy, optimizer, ...quiet };
  const refused = async (given: unknown, options: object, message: string): Promise<void> =>
    expect(train.fit(model, given as [Tensor, Tensor][], { ...good, ...options })).rejects.toThrow(message);
  const [x, y] = points(8, 1).tensors;
  await refused(x, {}, "put it into new data.TensorDataset(x, y)");
  await refused([x, y], {}, "got a list of tensors for data");
  await refused({ length: 3, at: () => x }, {}, "give new data.DataLoader(dataset, {batchSize})");
  await refused(loader(), { batchSize: 3 }, "batchSize is for a data set that is to be cut");
  await refused([], {}, "the data has no batches");
  await refused([[x]], {}, "a batch is expected to be [input, target]");
  await refused((function* () { yield [x, y]; })(), { epochs: 2 }, "this data can be gone through only once");
  await refused([[x, y]], { loss: undefined }, "the option loss is missing");
  await refused([[x, y]], { optimizer: undefined }, "the option optimizer is missing");
  await refused([[x, y]], { epochs: -1 }, "epochs is -1");
  await refused([[x, y]], { validateEvery: 3 }, "validateEvery needs validation data");
  await refused([[x, y]], { scheduleEvery: "step" }, 'scheduleEvery is "step"');
  await refused([[x, y]], { metrics: { loss: new metrics.Accuracy() } }, 'a metric cannot be called "loss"');
  await refused([[x, y]], { loss: (output: Tensor) => output }, "the loss has shape [8, 3]; one number is needed");
  await refused([[x, y]], { loss: () => 3 }, "the loss is number, not a tensor");
  await refused([[zeros([8, 5]), y]], {}, "5");
  await expect(train.fit(model, [[x, y] as [Tensor, Tensor]], { ...good, loss: F.mseLoss })).rejects.toThrow(ShapeError);
  await expect(train.evaluate(model, [[x, y] as [Tensor, Tensor]], {})).rejects.toThrow("there is nothing to measure");
  await expect(train.predict(model, [])).rejects.toThrow(NablaError);
  expect((await train.fit(model, [[x, y] as [Tensor, Tensor]], { ...good, epochs: 0 })).epochs).toEqual([]);
});

test("a compiled run makes programs for full and short batches, and replays them", async () => {
  // The oracle for the bits is the loop by hand, above; here it is that programs were really run.
  const model = network();
  const forward = vi.spyOn(Object.getPrototypeOf(model) as { forward: unknown }, "forward" as never);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  await train.fit(model, loader(), { loss: F.crossEntropy, optimizer, epochs: 10, compile: true, ...quiet });
  expect(forward.mock.calls.length).toBeLessThanOrEqual(4);
  forward.mockRestore();
});
