/**
 * What an optimiser remembers: a run that is saved and resumed, and one that is compiled, has the bits of the run that was
 * neither. Groups, frozen parameters, and states that do not fit.
 */
import { describe, expect, test } from "vitest";
import { compile, Generator, NablaError, optim, rand, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { groupMakers, makers } from "./makers.ts";
import type { Optimizer } from "./makers.ts";

const shapes = [[3], [], [2, 4], [5], [1, 1], [7], [3, 3], [2], [40], [6]];
const draw = (seed: number): Tensor[] => shapes.map((shape, i) => rand(shape, { generator: new Generator(100 * seed + i) }).sub(0.5));
const bytes = (tensors: readonly Tensor[]): string => tensors.map((each) => Buffer.from(each.data().buffer).toString("hex")).join(" ");
const all = Object.entries({ ...makers, ...groupMakers });

/** Steps `from` to `to`, in which parameter 5 has a gradient only every second time. */
function run(optimizer: Optimizer, parameters: readonly Tensor[], from: number, to: number): void {
  for (let step = from; step < to; step++) {
    optimizer.zeroGrad();
    draw(step + 2).forEach((gradient, i) => {
      if (i !== 5 || step % 2 === 0) parameters[i]!.grad = gradient;
    });
    optimizer.step();
  }
}

describe("a run saved after three steps and resumed in another optimiser has the bits of the one that went on", () => {
  test.each(all)("%s", (_name, make) => {
    const parameters = draw(1).map((each) => each.detach().requiresGrad_());
    const optimizer = make(parameters);
    run(optimizer, parameters, 0, 3);
    const saved = optimizer.stateDict();
    const resumed = parameters.map((each) => each.detach().clone().requiresGrad_());
    const other = make(resumed);
    run(optimizer, parameters, 3, 6);
    // Steps after saving have not changed what was saved.
    other.loadStateDict(saved);
    run(other, resumed, 3, 6);
    expect(bytes(resumed)).toBe(bytes(parameters));
  });
});

describe("a compiled step has the bits of the eager one, whatever a schedule does to its numbers", () => {
  test.each(all.filter(([name]) => !name.includes("groups")))("%s", (_name, make) => {
    const results = [false, true].map((compiled) => {
      const [weight, bias] = draw(1).slice(2, 4).map((each) => each.detach().requiresGrad_()) as [Tensor, Tensor];
      const optimizer = make([weight, bias]);
      const step = (x: Tensor): Tensor => {
        optimizer.zeroGrad();
        const loss = weight.mul(x).sum().add(bias.square().sum());
        loss.backward();
        optimizer.step();
        return loss;
      };
      const run = compiled ? compile(step) : step;
      for (let i = 0; i < 6; i++) {
        const [group] = optimizer.paramGroups as { lr: number; momentum?: number; betas?: readonly [number, number] }[];
        group!.lr *= 0.9;
        if (group!.momentum !== undefined && group!.momentum > 0) group!.momentum -= 0.01;
        if (group!.betas !== undefined) group!.betas = [group!.betas[0] - 0.01, group!.betas[1]];
        run(rand([2, 4], { generator: new Generator(i) }));
      }
      return bytes([weight, bias]);
    });
    expect(results[1]).toBe(results[0]);
  });
});

describe("groups", () => {
  const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

  test("take their own options, and the optimiser's where they have none", () => {
    const [a, b] = [leaf(1), leaf(1)];
    const optimizer = new optim.SGD([{ params: [a] }, { params: b, lr: 0.5 }], { lr: 0.1 });
    for (const each of [a, b]) each.grad = tensor([1]);
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([expect.closeTo(0.9, 6), 0.5]);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.1, 0.5]);
    optimizer.lr = 0.01;
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.01, 0.01]);
  });

  test("may come later", () => {
    const [a, b] = [leaf(1), leaf(1)];
    const optimizer = new optim.Adam([a]);
    optimizer.addParamGroup({ params: [b], lr: 0.1 });
    b.grad = tensor([3]);
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([1, expect.closeTo(0.9, 6)]);
    expect(() => optimizer.addParamGroup({ params: [a] })).toThrow("Adam: parameter 2 is in the list twice");
    expect(() => optimizer.addParamGroup({ params: [leaf(1)], lr: -1 })).toThrow("Adam: lr is -1");
  });

  test("are not mixed with parameters, and are in a list", () => {
    expect(() => new optim.SGD([leaf(1), { params: [leaf(1)] }] as unknown as Tensor[], { lr: 1 })).toThrow("parameters stand beside groups");
    expect(() => new optim.SGD(leaf(1) as unknown as Tensor[], { lr: 1 })).toThrow("got one tensor; write [w]");
    expect(() => new optim.SGD({ params: [leaf(1)] } as unknown as Tensor[], { lr: 1 })).toThrow("expected a list of groups, got one");
    expect(() => new optim.SGD(3 as unknown as Tensor[], { lr: 1 })).toThrow("expected a list of parameters");
  });
});

test("a frozen parameter stays as it is, weight decay and momentum notwithstanding", () => {
  const [weight, frozen] = [tensor([1, 2], { requiresGrad: true }), tensor([3, 4], { requiresGrad: true })];
  const optimizer = new optim.AdamW([weight, frozen], { lr: 0.1, weightDecay: 0.5 });
  const step = (): void => {
    optimizer.zeroGrad();
    weight.mul(frozen).sum().backward();
    optimizer.step();
  };
  step();
  frozen.requiresGrad_(false);
  const before = bytes([frozen]);
  step();
  expect(bytes([frozen])).toBe(before);
  expect(optimizer.stateDict().state[0]!.step).toBe(2);
  expect(optimizer.stateDict().state[1]!.step).toBe(1);
  // Frozen from the start: no state is kept, and it may be in the list.
  const other = new optim.Adam([weight, frozen]);
  expect(other.stateDict().state[1]).toBeUndefined();
  expect(() => new optim.Adam([frozen])).toThrow("none of the parameters requires gradients");
  expect(() => new optim.Adam([weight.mul(2)])).toThrow("parameter 0 is not a leaf");
});

test("a state that does not fit is refused with all that is wrong, and nothing is changed", () => {
  const make = (...sizes: number[]): optim.Adam =>
    new optim.Adam(sizes.map((size) => rand([size]).detach().requiresGrad_()), { lr: 0.5 });
  const optimizer = make(2, 3, 4);
  for (const each of optimizer.parameters) each.grad = rand(each.shape);
  optimizer.step();
  const saved = optimizer.stateDict();
  const before = bytes([saved.state[0]!.mean as Tensor]);
  const other = make(2, 5, 6);
  expect(() => other.loadStateDict(saved)).toThrow(/mean of parameter 1 has shape \[3\], the parameter \[5\].*square of parameter 2 has shape \[4\]/);
  expect(other.stateDict().state[0]!.step).toBe(0);
  expect(() => make(2, 3).loadStateDict(saved)).toThrow("groups with [3] parameters, this optimiser has groups with [2]");
  const sgd = new optim.SGD(optimizer.parameters, { lr: 1 });
  expect(() => sgd.loadStateDict(saved)).toThrow("group 0 has the unknown betas, eps, amsgrad; group 0 lacks momentum, dampening, nesterov");
  expect(() => sgd.loadStateDict({} as optim.OptimizerState)).toThrow(NablaError);
  optimizer.step();
  expect(bytes([saved.state[0]!.mean as Tensor])).toBe(before);
});

test("options outside their range are named", () => {
  const w = [tensor([1], { requiresGrad: true })];
  expect(() => new optim.Adagrad(w, { lrDecay: -1 })).toThrow("Adagrad: lrDecay is -1");
  expect(() => new optim.Adadelta(w, { rho: 2 })).toThrow("Adadelta: rho is 2");
  expect(() => new optim.RMSprop(w, { alpha: NaN })).toThrow("RMSprop: alpha is NaN");
  expect(() => new optim.Adamax(w, { betas: [1, 0] })).toThrow("Adamax: betas are [1, 0]");
  expect(() => new optim.NAdam(w, { momentumDecay: -1 })).toThrow("NAdam: momentumDecay is -1");
});
