/**
 * Modules inside compiled steps: the same bits as eager, and the same state afterwards.
 */
import { expect, test } from "vitest";
import { compile, manualSeed, nn, optim, randn } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

test("a compiled step runs modules as they run otherwise", () => {
  const make = (): nn.Sequential => {
    manualSeed(7);
    return new nn.Sequential(new nn.Linear(4, 8), new nn.BatchNorm1d(8), new nn.Tanh(), new nn.Linear(8, 1));
  };
  const [eager, compiled] = [make(), make()];
  const stepOf = (net: nn.Sequential): ((x: Tensor) => Tensor) => {
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
    return (x) => {
      optimizer.zeroGrad();
      const loss = net.forward(x).square().mean();
      loss.backward();
      optimizer.step();
      return loss;
    };
  };
  const [plain, traced] = [stepOf(eager), compile(stepOf(compiled))];
  for (let i = 0; i < 4; i++) {
    const x = randn([6, 4]);
    expect(traced(x).item()).toBe(plain(x).item());
  }
  for (const [name, each] of Object.entries(eager.stateDict())) expect(compiled.stateDict()[name]!.data()).toEqual(each.data());
});
