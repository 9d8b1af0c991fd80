/**
 * A small belief network against plain enumeration of the states of all its levels: what it makes of an example going up, and
 * that it dreams each state as often as the model has it: an undirected machine on top, arrows downwards below.
 */
import { describe, expect, test } from "vitest";
import { manualSeed, nn, noGrad, randn, tensor } from "../../../../src/index.ts";

type Machine = nn.models.RBM;

/** A network with all parameters away from 0, in float64. */
function network(sizes: readonly number[]): nn.models.DBN {
  manualSeed(21);
  const dbn = new nn.models.DBN(sizes, 3).to("float64");
  noGrad(() => {
    for (const { weight, hiddenBias, visibleBias } of dbn.machines) {
      weight.copy_(randn(weight.shape));
      hiddenBias.copy_(randn(hiddenBias.shape));
      visibleBias.copy_(randn(visibleBias.shape));
    }
  });
  return dbn;
}

const statesOf = (units: number): number[][] => Array.from({ length: 2 ** units }, (_, state) => Array.from({ length: units }, (_, unit) => (state >> unit) & 1));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
const numbersOf = ({ weight, hiddenBias, visibleBias }: Machine): [W: number[][], b: number[], c: number[]] =>
  [weight.toArray() as number[][], hiddenBias.toArray() as number[], visibleBias.toArray() as number[]];

/** Each visible unit's chance to be on, given hidden ones. */
function downFrom(machine: Machine, h: readonly number[]): number[] {
  const [W, , c] = numbersOf(machine);
  return c.map((bias, j) => sigmoid(bias + total(h.map((on, i) => on * W[i]![j]!))));
}

/** P(v) of each visible state of one machine, from the energies of all states. */
function likelihoods(machine: Machine): number[] {
  const [W, b, c] = numbersOf(machine);
  const weights = statesOf(c.length).map((v) =>
    total(statesOf(b.length).map((h) =>
      Math.exp(total(v.map((on, j) => on * c[j]!)) + total(h.map((on, i) => on * (b[i]! + total(v.map((seen, j) => seen * W[i]![j]!)))))),
    )),
  );
  return weights.map((each) => each / total(weights));
}

/** How likely each state of the lowest hidden layer is: the top machine's visible states, sent down by the arrows. */
function priorOfLowest({ machines }: nn.models.DBN): number[] {
  let prior = likelihoods(machines.at(-1)!);
  for (const machine of machines.slice(1, -1).toReversed()) {
    const above = statesOf(machine.hidden).map((h, s) => ({ chances: downFrom(machine, h), share: prior[s]! }));
    prior = statesOf(machine.visible).map((v) =>
      total(above.map(({ chances, share }) => share * v.reduce((product, on, j) => product * (on ? chances[j]! : 1 - chances[j]!), 1))),
    );
  }
  return prior;
}

describe.each([[[4, 3]], [[4, 3, 2]], [[4, 3, 3, 2]]])("with levels %j", (sizes) => {
  test("dreams the means of the lowest units, and their products, as often as counting says", () => {
    const dbn = network(sizes);
    // Of one machine alone the prior of its hidden units: P(h) is P(v) of the machine turned over.
    const turned = new nn.models.RBM(sizes[1]!, sizes[0]!).to("float64");
    const [lowest] = dbn.machines as [Machine];
    noGrad(() => {
      turned.weight.copy_(lowest.weight.t());
      turned.hiddenBias.copy_(lowest.visibleBias);
      turned.visibleBias.copy_(lowest.hiddenBias);
    });
    const prior = sizes.length === 2 ? likelihoods(turned) : priorOfLowest(dbn);
    expect(total(prior)).toBeCloseTo(1, 10);
    const means = statesOf(sizes[1]!).map((h) => downFrom(lowest, h));

    manualSeed(22);
    const count = 20_000;
    const dreamt = dbn.sample(count, { steps: 100 });
    expect(dreamt.shape).toEqual([count, 4]);
    const products = dreamt.t().matmul(dreamt).div(count).toArray() as number[][];
    const first = dreamt.mean({ dim: 0 }).toArray() as number[];
    for (let i = 0; i < 4; i++) {
      // Numbers between 0 and 1 have a standard error of at most 0.5 / √20,000 = 0.0035; four of them.
      expect(Math.abs(first[i]! - total(prior.map((p, s) => p * means[s]![i]!)))).toBeLessThan(0.014);
      for (let j = 0; j < 4; j++) {
        expect(Math.abs(products[i]![j]! - total(prior.map((p, s) => p * means[s]![i]! * means[s]![j]!)))).toBeLessThan(0.014);
      }
    }
  });

  test("goes up by each machine's counted chances", () => {
    const dbn = network(sizes);
    let values = [0.2, 1, 0, 0.7];
    for (const machine of dbn.machines) {
      const [W, b] = numbersOf(machine);
      values = b.map((bias, i) => sigmoid(bias + total(values.map((value, j) => value * W[i]![j]!))));
    }
    const own = noGrad(() => dbn.encode(tensor([[0.2, 1, 0, 0.7]], { dtype: "float64" }))).toArray() as number[][];
    own[0]!.forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 12));
  });
});

test("dreams the same pictures again from the same seed, and others from another", () => {
  const dbn = network([4, 3, 3, 2]);
  const [one, again, other] = [5, 5, 6].map((seed) => {
    manualSeed(seed);
    return [...dbn.sample(8, { steps: 10 }).data()];
  });
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});
