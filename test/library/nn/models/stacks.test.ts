/**
 * Autoencoders and stacks: their costs against the formulas written out, and their training level by level.
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { compile, manualSeed, nn, optim, rand, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";

const { models } = nn;

/** Binary patterns of 16 numbers: one of four blocks is on, with some numbers flipped. */
function patterns(count: number): { x: Tensor; labels: Tensor } {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 4);
  const noise = rand([count, 16]).toArray() as number[][];
  const rows = noise.map((row, i) => row.map((u, j) => Number(Math.floor(j / 4) === labels[i]) ^ Number(u < 0.05)));
  return { x: tensor(rows), labels: tensor(labels) };
}

/** SHA-256 of the numbers of tensors. */
const hashOf = (...tensors: Tensor[]): string => {
  const hash = createHash("sha256");
  for (const each of tensors) hash.update(new Uint8Array(each.data().buffer as ArrayBuffer));
  return hash.digest("hex");
};

describe("the denoising autoencoder", () => {
  test("costs the cross-entropy of the reconstruction, summed over an example", () => {
    const dae = new models.DenoisingAutoencoder(5, 3).eval();
    const x = rand([4, 5]);
    const y = dae.forward(x).data();
    const wanted = [...x.data()].reduce((sum, t, i) => sum - t * Math.log(y[i]!) - (1 - t) * Math.log(1 - y[i]!), 0) / 4;
    expect(dae.loss(x).item()).toBeCloseTo(wanted, 4);
  });

  test("costs the squared error with tanh", () => {
    const dae = new models.DenoisingAutoencoder(5, 3, { activation: "tanh", tied: false }).eval();
    const x = rand([4, 5]);
    const y = dae.forward(x).data();
    expect(dae.loss(x).item()).toBeCloseTo([...x.data()].reduce((sum, t, i) => sum + (t - y[i]!) ** 2, 0) / 4, 4);
  });

  test("damages its part of the numbers while training alone", () => {
    manualSeed(4);
    const dae = new models.DenoisingAutoencoder(100, 3, { corruption: 0.25 });
    const x = rand([100, 100]).add(0.5);
    const damaged = dae.corrupt(x).data().filter((value) => value === 0).length;
    expect(Math.abs(damaged / 1e4 - 0.25)).toBeLessThan(0.02);
    dae.eval();
    expect(dae.forward(x).data()).toEqual(dae.forward(x).data());
  });

  test("learns to undo the damage better than an autoencoder that never saw any", () => {
    const costs = [0, 0.3].map((corruption) => {
      manualSeed(7);
      const { x } = patterns(200);
      const dae = new models.DenoisingAutoencoder(16, 12, { corruption });
      const optimizer = new optim.Adam(dae.parameters(), { lr: 0.02 });
      for (let step = 0; step < 300; step++) {
        optimizer.zeroGrad();
        dae.loss(x).backward();
        optimizer.step();
      }
      const damaged = new models.DenoisingAutoencoder(16, 12, { corruption: 0.3 }).corrupt(x);
      return nn.functional.mseLoss(dae.decode(dae.encode(damaged)), x).item();
    });
    expect(costs[1]).toBeLessThan(0.8 * costs[0]!);
  });
});

describe("the sparse autoencoder", () => {
  test("has the divergence of the lecture notes as its penalty", () => {
    const ae = new models.SparseAutoencoder(5, 3, { sparsity: 0.1 });
    const hidden = tensor([[0.2, 0.1, 0.9], [0.4, 0.1, 0.5]]);
    const wanted = [0.3, 0.1, 0.7].reduce((sum, mean) => sum + 0.1 * Math.log(0.1 / mean) + 0.9 * Math.log(0.9 / (1 - mean)), 0);
    expect(ae.sparsityPenalty(hidden).item()).toBeCloseTo(wanted, 5);
  });

  test("adds half the squared error, weight decay and penalty", () => {
    const ae = new models.SparseAutoencoder(5, 3, { sparsityWeight: 2, weightDecay: 0.01 });
    const x = rand([4, 5]);
    const y = ae.forward(x).data();
    const error = [...x.data()].reduce((sum, t, i) => sum + (t - y[i]!) ** 2, 0) / 8;
    const squares = [...ae.encoder.weight.data(), ...ae.decoder.weight.data()].reduce((sum, w) => sum + w * w, 0);
    expect(ae.loss(x).item()).toBeCloseTo(error + 0.005 * squares + 2 * ae.sparsityPenalty(ae.encode(x)).item(), 4);
  });

  test("silences its hidden units", () => {
    manualSeed(3);
    const { x } = patterns(200);
    const ae = new models.SparseAutoencoder(16, 10);
    const optimizer = new optim.Adam(ae.parameters(), { lr: 0.02 });
    for (let step = 0; step < 300; step++) {
      optimizer.zeroGrad();
      ae.loss(x).backward();
      optimizer.step();
    }
    expect(ae.encode(x).mean().item()).toBeLessThan(0.1);
  });
});

describe("stacks are trained level by level, then as classifiers", () => {
  const stacks = {
    StackedAutoencoder: () => new models.StackedAutoencoder([16, 12, 8], 4),
    DBN: () => new models.DBN([16, 12, 8], 4),
  };
  test.each(Object.entries(stacks))("%s", (_, make) => {
    manualSeed(11);
    const { x, labels } = patterns(120);
    const batches = [x.narrow(0, 0, 60), x.narrow(0, 60, 60)];
    const stack = make();
    const costs: number[][] = [[], []];
    const trained: number[] = [];
    stack.pretrain(batches, {
      epochs: 60,
      optimizer: (parameters, level) => {
        trained.push(parameters.length);
        return new optim.SGD(parameters, { lr: level === 0 ? 0.1 : 0.05 });
      },
      onEpoch: ({ level, cost }) => costs[level]!.push(cost),
    });
    expect(trained).toEqual([3, 3]);
    expect(costs.map(({ length }) => length)).toEqual([60, 60]);
    expect(costs[0]!.at(-1)).toBeLessThan(0.8 * costs[0]![0]!);
    expect(costs[1]!.at(-1)).toBeLessThan(costs[1]![0]!);
    const optimizer = new optim.Adam(stack.classifierParameters(), { lr: 0.02 });
    for (let step = 0; step < 100; step++) {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(stack.forward(x), labels).backward();
      optimizer.step();
    }
    expect(stack.forward(x).argmax({ dim: 1 }).eq(labels).to("float32").mean().item()).toBeGreaterThan(0.95);
  });

  test.each(Object.entries(stacks))("%s comes to the same bits with compiled steps, chains that persist included", (_, make) => {
    const trained = [undefined, compile].map((way) => {
      manualSeed(14);
      const { x } = patterns(120);
      const stack = make();
      stack.pretrain([x.narrow(0, 0, 60), x.narrow(0, 60, 60)], {
        epochs: 5, optimizer: (parameters) => new optim.SGD(parameters, { lr: 0.1 }), ...(way === undefined ? {} : { compile: way }),
        ...(stack instanceof models.DBN ? { persistent: true } : {}),
      });
      return stack.classifierParameters().map((parameter) => [...parameter.data()]);
    });
    expect(trained[1]).toEqual(trained[0]);
  });

  test("fine-tuning starts from the weights that pre-training left, by their hash, and moves those same weights", () => {
    manualSeed(15);
    const { x, labels } = patterns(120);
    const network = new models.DBN([16, 12, 8], 4);
    const hash = (): string[] => network.machines.map(({ weight, hiddenBias }) => hashOf(weight, hiddenBias));
    const random = hash();
    network.pretrain([x], { epochs: 20, optimizer: (parameters) => new optim.SGD(parameters, { lr: 0.1 }) });
    const pretrained = hash();
    pretrained.forEach((each, level) => expect(each).not.toBe(random[level]));
    const optimizer = new optim.Adam(network.classifierParameters(), { lr: 0.02 });
    expect(hash()).toEqual(pretrained);
    optimizer.zeroGrad();
    // What the classifier computes first is what the machines compute.
    const byMachines = network.machines.reduce((value, machine) => machine.propUp(value), x);
    expect(hashOf(network.encode(x))).toBe(hashOf(byMachines));
    nn.functional.crossEntropy(network.forward(x), labels).backward();
    optimizer.step();
    optimizer.zeroGrad();
    nn.functional.crossEntropy(network.forward(x), labels).backward();
    optimizer.step();
    hash().forEach((each, level) => expect(each).not.toBe(pretrained[level]));
  });

  test("the level above trains on what the trained level below gives", () => {
    manualSeed(12);
    const { x } = patterns(40);
    const stack = new models.StackedAutoencoder([16, 12, 8], 4, { corruption: [0, 0] });
    const seen: number[] = [];
    stack.pretrain([x], {
      epochs: 3,
      optimizer: (parameters) => new optim.SGD(parameters, { lr: 0 }),
      onEpoch: ({ level, cost }) => level === 1 && seen.push(cost),
    });
    expect(seen[0]).toBeCloseTo(stack.autoencoders[1]!.loss(stack.encode(x, 1)).item(), 5);
  });

  test("a generator of batches is refused when it is empty the second time", () => {
    function* once(): Generator<Tensor> {
      yield rand([4, 16]);
    }
    const pretrain = (): void => new models.DBN([16, 8], 2).pretrain(once(), { epochs: 2, optimizer: (p) => new optim.SGD(p, { lr: 0.1 }) });
    expect(pretrain).toThrow(/no batches in pass 1 of level 0; give a list/);
  });

  test("a trained belief network dreams patterns like those it saw", () => {
    manualSeed(13);
    const { x } = patterns(200);
    const network = new models.DBN([16, 16, 12], 4);
    network.pretrain([x.narrow(0, 0, 100), x.narrow(0, 100, 100)], {
      epochs: 200, k: 3, persistent: true, optimizer: (parameters) => new optim.SGD(parameters, { lr: 0.1 }),
    });
    const dreamt = network.sample(100, { steps: 200 }).reshape([100, 4, 4]);
    const mean = dreamt.mean({ dim: 2 });
    const brightest = mean.amax({ dim: 1 });
    // Of a pattern one block is bright and the others are dark.
    const contrast = brightest.sub(mean.sum({ dim: 1 }).sub(brightest).div(3)).mean().item();
    expect(contrast).toBeGreaterThan(0.6);
  });
});
