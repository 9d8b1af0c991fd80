/**
 * A small restricted Boltzmann machine against plain enumeration of all its states: energies, probabilities, free energy,
 * likelihood and its gradient; and chains against the distribution they are to have.
 */
import { describe, expect, test } from "vitest";
import { Generator, manualSeed, nn, noGrad, optim, randn, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";

const [V, H] = [4, 3];

/** A machine with all parameters away from 0, in float64. */
function machine(): nn.models.RBM {
  manualSeed(5);
  const rbm = new nn.models.RBM(V, H).to("float64");
  noGrad(() => {
    rbm.hiddenBias.copy_(randn([H]));
    rbm.visibleBias.copy_(randn([V]).mul(0.5));
  });
  return rbm;
}

const bits = (count: number): number[][] => Array.from({ length: 2 ** count }, (_, state) => Array.from({ length: count }, (_, unit) => (state >> unit) & 1));
const [visibleStates, hiddenStates] = [bits(V), bits(H)];

/** exp(-energy) of every state in plain numbers: the definition. */
function weightsOf(rbm: nn.models.RBM): number[][] {
  const [w, b, c] = [rbm.weight.toArray() as number[][], rbm.hiddenBias.toArray() as number[], rbm.visibleBias.toArray() as number[]];
  return visibleStates.map((v) =>
    hiddenStates.map((h) => {
      let sum = 0;
      for (let i = 0; i < H; i++) sum += b[i]! * h[i]!;
      for (let j = 0; j < V; j++) sum += c[j]! * v[j]!;
      for (let i = 0; i < H; i++) for (let j = 0; j < V; j++) sum += h[i]! * w[i]![j]! * v[j]!;
      return Math.exp(sum);
    }),
  );
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
const matrix = (rows: readonly (readonly number[])[]): Tensor => tensor(rows as number[][], { dtype: "float64" });
const expectNear = (own: Tensor, wanted: readonly number[], digits = 10): void => {
  expect(own.shape).toEqual([wanted.length]);
  own.data().forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, digits));
};

describe("by enumeration of all states", () => {
  const rbm = machine();
  const weights = weightsOf(rbm);
  const partition = total(weights.map(total));
  const probabilities = weights.map((row) => total(row) / partition);

  test("the energy of each state", () => {
    for (const [j, v] of visibleStates.entries()) {
      expectNear(rbm.energy(matrix(hiddenStates.map(() => v)), matrix(hiddenStates)), weights[j]!.map((each) => -Math.log(each)));
    }
  });

  test("the free energy", () => {
    expectNear(rbm.freeEnergy(matrix(visibleStates)), weights.map((row) => -Math.log(total(row))));
  });

  test("the partition function and the likelihood, through either kind of units", () => {
    expect(rbm.logPartition().item()).toBeCloseTo(Math.log(partition), 10);
    expectNear(rbm.logLikelihood(matrix(visibleStates)), probabilities.map(Math.log));
    // With fewer visible units than hidden ones the visible states are counted.
    const wide = new nn.models.RBM(2, 5).to("float64");
    const likelihoods = wide.logLikelihood(matrix(bits(2)));
    expect(likelihoods.exp().sum().item()).toBeCloseTo(1, 10);
    expect(() => new nn.models.RBM(30, 40).logPartition()).toThrow(/too many to count/);
  });

  test("the probability of each hidden unit given the visible ones, and the other way round", () => {
    const up = rbm.propUp(matrix(visibleStates)).toArray() as number[][];
    weights.forEach((row, j) => {
      for (let i = 0; i < H; i++) expect(up[j]![i]).toBeCloseTo(total(row.filter((_, s) => hiddenStates[s]![i] === 1)) / total(row), 10);
    });
    const down = rbm.propDown(matrix(hiddenStates)).toArray() as number[][];
    hiddenStates.forEach((_, s) => {
      const column = weights.map((row) => row[s]!);
      for (let j = 0; j < V; j++) expect(down[s]![j]).toBeCloseTo(total(column.filter((_, state) => visibleStates[state]![j] === 1)) / total(column), 10);
    });
  });

  test("the gradient of the likelihood: what the data see less what the machine sees", () => {
    const data = matrix([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 0, 0]]);
    rbm.zeroGrad();
    rbm.logLikelihood(data).mean().backward();
    const expectation = (rows: Tensor, chances: readonly number[]): Tensor => {
      const weighted = rbm.propUp(rows).mul(matrix([chances]).t());
      return weighted.t().matmul(rows).detach();
    };
    const model = expectation(matrix(visibleStates), probabilities);
    const seen = expectation(data, [1 / 3, 1 / 3, 1 / 3]);
    const wanted = seen.sub(model).data();
    rbm.weight.grad!.data().forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 10));
  });

  test("contrastive divergence with chains of the machine's own distribution has the likelihood's gradient on average", () => {
    const data = matrix([[1, 0, 1, 1], [0, 0, 1, 0]]);
    rbm.zeroGrad();
    rbm.logLikelihood(data).mean().neg().backward();
    const exact = rbm.weight.grad!.data();
    // 40,000 chains, each long past its beginning.
    const chain = rbm.gibbs(matrix(Array.from({ length: 40_000 }, (_, i) => visibleStates[i % 16]!)), 40);
    rbm.zeroGrad();
    const found = rbm.contrastiveDivergence(data, { chain });
    found.loss.backward();
    expect(found.chain.shape).toEqual([40_000, V]);
    rbm.weight.grad!.data().forEach((value, i) => expect(Math.abs(value - exact[i]!)).toBeLessThan(0.015));
  });

  test("chains visit states as often as they are likely", () => {
    const chains = 40_000;
    const end = rbm.gibbs(matrix(Array.from({ length: chains }, () => [0, 0, 0, 0])), 40).toArray() as number[][];
    const counts = new Array<number>(16).fill(0);
    for (const v of end) counts[v.reduce((sum, bit, unit) => sum + bit * 2 ** unit, 0)]!++;
    const chiSquared = total(counts.map((seen, s) => (seen - chains * probabilities[s]!) ** 2 / (chains * probabilities[s]!)));
    // 15 degrees of freedom: above 44.3 in one of ten thousand.
    expect(chiSquared).toBeLessThan(44.3);
  });

  test("the pseudo-log-likelihood, one unit at a time", () => {
    const v = [1, 0, 1, 1];
    const at = (state: readonly number[]): number => probabilities[visibleStates.findIndex((each) => each.every((bit, j) => bit === state[j]))]!;
    for (let bit = 0; bit < V; bit++) {
      const flipped = v.map((each, j) => (j === bit ? 1 - each : each));
      const wanted = V * Math.log(at(v) / (at(v) + at(flipped)));
      expect(rbm.pseudoLogLikelihood(matrix([v]), { bit }).item()).toBeCloseTo(wanted, 10);
    }
    const drawn = rbm.pseudoLogLikelihood(matrix(Array.from({ length: 20_000 }, () => v))).item();
    const mean = total(v.map((_, bit) => rbm.pseudoLogLikelihood(matrix([v]), { bit }).item())) / V;
    expect(Math.abs(drawn - mean)).toBeLessThan(0.05);
    const other = [0, 1, 1, 0];
    const all = [v, other].map((state) => total(state.map((_, bit) => Math.log(at(state) / (at(state) + at(state.map((each, j) => (j === bit ? 1 - each : each))))))));
    expect(rbm.pseudoLogLikelihood(matrix([v, other]), { bit: "all" }).item()).toBeCloseTo(total(all) / 2, 10);
  });

  test("k steps of contrastive divergence have the gradient that counting k steps of the chain gives", () => {
    const data = [[1, 0, 1, 1], [0, 0, 1, 0]];
    const repeats = 20_000;
    // From each visible state to each: the sum over the hidden states of p(h | v) p(v' | h).
    const column = hiddenStates.map((_, s) => total(weights.map((row) => row[s]!)));
    const transition = weights.map((row) => visibleStates.map((_, to) => total(hiddenStates.map((_, s) => (row[s]! / total(row)) * (weights[to]![s]! / column[s]!)))));
    const up = rbm.propUp(matrix(visibleStates)).toArray() as number[][];
    const sees = (chances: readonly number[]): number[] =>
      Array.from({ length: H * V }, (_, place) => total(chances.map((chance, j) => chance * up[j]![Math.floor(place / V)]! * visibleStates[j]![place % V]!)));
    let chances = visibleStates.map((state) => data.filter((each) => each.every((bit, j) => bit === state[j])).length / data.length);
    const begin = sees(chances);
    for (const k of [1, 2, 3]) {
      chances = visibleStates.map((_, to) => total(chances.map((chance, from) => chance * transition[from]![to]!)));
      rbm.zeroGrad();
      rbm.contrastiveDivergence(matrix(Array.from({ length: repeats }, () => data).flat()), { k }).loss.backward();
      const end = sees(chances);
      // The mean of 40,000 draws between 0 and 1 lies within 0.5 / 200 of its expectation, times 4.
      rbm.weight.grad!.data().forEach((value, i) => expect(Math.abs(value - (end[i]! - begin[i]!))).toBeLessThan(0.01));
    }
  });

  test("persistent chains keep to the machine's distribution while it learns slowly", () => {
    const learner = machine();
    const data = matrix([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 0, 0]]);
    const sgd = new optim.SGD(learner.parameters(), { lr: 0.01 });
    let chain = learner.gibbs(matrix(Array.from({ length: 20_000 }, (_, i) => visibleStates[i % 16]!)), 20);
    for (let step = 0; step < 100; step++) {
      const found = learner.contrastiveDivergence(data, { chain });
      chain = found.chain;
      sgd.zeroGrad();
      found.loss.backward();
      sgd.step();
    }
    const exact = learner.logLikelihood(matrix(visibleStates)).exp().toArray() as number[];
    const means = chain.mean({ dim: 0 }).toArray() as number[];
    const wanted = Array.from({ length: V }, (_, j) => total(visibleStates.map((state, s) => state[j]! * exact[s]!)));
    // 20,000 chains: four standard errors are 0.014 at most; the rest is what the last steps changed.
    means.forEach((mean, j) => expect(Math.abs(mean - wanted[j]!)).toBeLessThan(0.02));
  });
});

test("a machine with Gaussian units: free energy and gradient against the sum over all hidden states and an integral", () => {
  manualSeed(4);
  const rbm = new nn.models.RBM(1, 3, { visibleUnits: "gaussian" }).to("float64");
  noGrad(() => {
    rbm.visibleBias.fill_(-0.4);
    rbm.hiddenBias.copy_(randn([3]));
  });
  const [w, b, c] = [rbm.weight.data(), rbm.hiddenBias.data(), rbm.visibleBias.data()];
  const density = (v: number): number =>
    total(hiddenStates.map((h) => Math.exp(-((v - Number(c[0])) ** 2) / 2 + total(h.map((on, i) => on * (Number(b[i]) + Number(w[i]) * v))))));
  const at = [-2, 0.3, 1.7];
  expectNear(rbm.freeEnergy(matrix(at.map((v) => [v]))), at.map((v) => -Math.log(density(v))));
  rbm.zeroGrad();
  rbm.logLikelihood(matrix([[1.2]])).mean().backward();
  // The slope by the visible bias: what the data have above it, less what the machine has.
  const points = Array.from({ length: 4001 }, (_, i) => -20 + i * 0.01);
  const mass = points.map(density);
  const mean = total(points.map((v, i) => v * mass[i]!)) / total(mass);
  expect(rbm.visibleBias.grad!.item()).toBeCloseTo(1.2 - mean, 6);
});

test("a machine with Gaussian units: the likelihood integrates to 1, and draws have the mean that it gives", () => {
  manualSeed(2);
  const rbm = new nn.models.RBM(1, 3, { visibleUnits: "gaussian" }).to("float64");
  noGrad(() => {
    rbm.visibleBias.fill_(0.7);
    rbm.hiddenBias.copy_(randn([3]));
  });
  const points = Array.from({ length: 4001 }, (_, i) => [-20 + i * 0.01]);
  expect(rbm.logLikelihood(matrix(points)).exp().sum().item() * 0.01).toBeCloseTo(1, 6);
  const h = matrix(Array.from({ length: 20_000 }, () => [1, 0, 1]));
  expect(Math.abs(rbm.sampleVisible(h).mean().item() - rbm.propDown(h.narrow(0, 0, 1)).item())).toBeLessThan(0.03);
});

test("training by contrastive divergence makes the data likely: bars and stripes", () => {
  manualSeed(1);
  const bars = matrix([[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 0, 0, 0], [1, 0, 0, 1, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 1, 0, 0, 1]]).to("float32");
  for (const persistent of [false, true]) {
    const rbm = new nn.models.RBM(9, 6, { generator: new Generator(3) });
    const optimizer = new optim.SGD(rbm.parameters(), { lr: 0.2 });
    const before = rbm.logLikelihood(bars).mean().item();
    let chain: Tensor | undefined;
    for (let step = 0; step < 400; step++) {
      const found = rbm.contrastiveDivergence(bars, { k: 2, ...(chain === undefined ? {} : { chain }) });
      if (persistent) chain = found.chain;
      optimizer.zeroGrad();
      found.loss.backward();
      optimizer.step();
    }
    const after = rbm.logLikelihood(bars).mean().item();
    // Four patterns alone: -log 4 = -1.39 at best.
    expect(before).toBeLessThan(-5);
    expect(after).toBeGreaterThan(-3);
    expect(rbm.reconstructionCost(bars).item()).toBeLessThan(3);
  }
});
