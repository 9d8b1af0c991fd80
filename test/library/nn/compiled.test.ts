/**
 * Modules inside compiled steps: the same bits as eager, the same state afterwards, and no program where it does not hold.
 */
import { describe, expect, test } from "vitest";
import { compile, manualSeed, nn, noGrad, ones, optim, randn } from "../../../src/index.ts";
import type { Compiled, Tensor } from "../../../src/index.ts";

/** A layer that leaves the sequence of a recurrent one. */
class LastState extends nn.Module {
  layer = new nn.LSTM(4, 3, { numLayers: 2, dropout: 0.5, bidirectional: true });
  override forward(x: Tensor): Tensor {
    return this.layer.forward(x).output;
  }
}

const models: Record<string, { make: () => nn.Module; shape: number[] }> = {
  "batch normalisation": { make: () => new nn.Sequential(new nn.Linear(4, 8), new nn.BatchNorm1d(8), new nn.Tanh(), new nn.Linear(8, 1)), shape: [6, 4] },
  "batch normalisation over all batches": { make: () => new nn.Sequential(new nn.BatchNorm1d(4, { momentum: null }), new nn.Linear(4, 1)), shape: [6, 4] },
  "dropout": { make: () => new nn.Sequential(new nn.Linear(4, 8), new nn.Dropout(0.3), new nn.Linear(8, 1)), shape: [6, 4] },
  "images": {
    make: () =>
      new nn.Sequential(
        new nn.Conv2d(2, 4, 3), new nn.BatchNorm2d(4), new nn.ReLU(), new nn.Dropout2d(0.3), new nn.MaxPool2d(2),
        new nn.LocalResponseNorm(3), new nn.ConvTranspose2d(4, 2, 2), new nn.AdaptiveAvgPool2d(2), new nn.Flatten(), new nn.LayerNorm(8),
      ),
    shape: [3, 2, 8, 8],
  },
  "a recurrent layer with dropout between its levels": { make: () => new LastState(), shape: [5, 2, 4] },
};

function stepOf(net: nn.Module): (x: Tensor) => Tensor {
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
  return (x) => {
    optimizer.zeroGrad();
    const loss = net.forward(x).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  };
}

test.each(Object.entries(models))("a compiled step runs %s as it runs otherwise", (_, { make, shape }) => {
  manualSeed(7);
  const [eager, compiled] = [make(), make()];
  compiled.loadStateDict(eager.stateDict());
  const inputs = Array.from({ length: 4 }, () => randn(shape));
  const losses = (step: (x: Tensor) => Tensor): number[] => {
    manualSeed(9);
    return inputs.map((x) => step(x).item());
  };
  const step = compile(stepOf(compiled));
  expect(losses(step)).toEqual(losses(stepOf(eager)));
  // The first call is traced; an optimiser without momentum keeps nothing from it.
  expect(step.programs.map(({ replays }) => replays)).toEqual([3]);
  for (const [name, each] of Object.entries(eager.stateDict())) expect(compiled.stateDict()[name]!.data()).toEqual(each.data());
});

describe("a program is not used where a module is not as it was", () => {
  const replays = (compiled: Compiled<never[], unknown>): number[] => compiled.programs.map(({ replays }) => replays);

  test("training and evaluating have programs of their own", () => {
    const net = new nn.Sequential(new nn.Dropout(0.5));
    const predict = compile((x: Tensor) => net.forward(x));
    const x = ones([100]);
    for (let i = 0; i < 3; i++) {
      expect(predict(x).data()).toContain(0);
      net.eval();
      expect(predict(x).data()).not.toContain(0);
      net.train();
    }
    expect(replays(predict)).toEqual([2, 2]);
  });

  test("a function that sets the mode itself sets it in each run", () => {
    const net = new nn.Sequential(new nn.Dropout(0.5));
    const x = ones([100]);
    const train = compile((given: Tensor) => net.train().forward(given));
    const evaluate = compile((given: Tensor) => net.eval().forward(given));
    for (let i = 0; i < 3; i++) {
      expect(train(x).data()).toContain(0);
      expect(net.at(0).training).toBe(true);
      expect(evaluate(x).data()).not.toContain(0);
      expect(net.at(0).training).toBe(false);
    }
    expect([replays(train), replays(evaluate)]).toEqual([[2], [2]]);
  });

  test("a mode that is taken back inside is no condition", () => {
    const net = new nn.Dropout(0.5);
    const x = ones([100]);
    const peek = compile((given: Tensor) => {
      net.training = false;
      const seen = net.forward(given);
      net.training = true;
      return seen;
    });
    for (let i = 0; i < 3; i++) expect(peek(x).data()).not.toContain(0);
    expect(replays(peek)).toEqual([2]);
  });

  test("frozen parameters get no gradient, thawed ones do", () => {
    const net = new nn.Linear(2, 1);
    const back = compile((x: Tensor) => {
      net.zeroGrad();
      net.forward(x).sum().backward();
    });
    const seen = [true, true, false, false, true].map((required) => {
      net.requiresGrad_(required);
      back(randn([3, 2]).requiresGrad_());
      return net.weight.grad !== null;
    });
    expect(seen).toEqual([true, true, false, false, true]);
    expect(back.programs).toHaveLength(2);
  });

  test("two steps that freeze in turn, as those of adversaries do, keep their programs", () => {
    const net = new nn.Linear(2, 1);
    const of = (required: boolean): Compiled<[Tensor], boolean> =>
      compile((x: Tensor) => net.requiresGrad_(required).forward(x).requiresGrad);
    const [first, second] = [of(true), of(false)];
    for (let i = 0; i < 3; i++) {
      expect([first(ones([3, 2])), net.weight.requiresGrad]).toEqual([true, true]);
      expect([second(ones([3, 2])), net.weight.requiresGrad]).toEqual([false, false]);
    }
    expect([replays(first), replays(second)]).toEqual([[2], [2]]);
  });

  test("another type, another program", () => {
    const net = new nn.Linear(2, 1);
    const predict = compile((x: Tensor) => net.forward(x));
    const x = ones([1, 2], { dtype: "float64" });
    const before = predict(x).item();
    net.to("float32");
    expect(predict(x).item()).toBe(before);
    net.to("float64");
    noGrad(() => net.weight.mul_(2));
    noGrad(() => net.bias!.mul_(2));
    expect(predict(x).item()).toBeCloseTo(2 * before, 6);
  });

  test("a hook that comes later sees the call that is traced for it", () => {
    const net = new nn.Tanh();
    const predict = compile((x: Tensor) => net.forward(x));
    predict(ones([2]));
    let calls = 0;
    const hook = net.registerForwardHook((_, __, output) => {
      calls++;
      return output.mul(3);
    });
    expect(predict(ones([2])).toArray()).toEqual(ones([2]).tanh().mul(3).toArray());
    expect(predict(ones([2])).toArray()).toEqual(ones([2]).tanh().mul(3).toArray());
    expect(calls).toBe(1);
    hook.remove();
    expect(predict(ones([2])).toArray()).toEqual(ones([2]).tanh().toArray());
  });

  test("hooks that see gradients run in the traced call, and what they give is part of the program", () => {
    const net = new nn.Linear(2, 1);
    net.registerFullBackwardHook((_, inputs) => inputs.map((gradient) => gradient?.mul(2)));
    const gradient = compile((x: Tensor) => {
      const inner = x.mul(1).requiresGrad_();
      net.forward(inner).sum().backward();
      return inner.grad!;
    });
    for (let i = 0; i < 3; i++) expect(gradient(ones([1, 2])).data()).toEqual(net.weight.detach().mul(2).reshape([2]).data());
  });
});
