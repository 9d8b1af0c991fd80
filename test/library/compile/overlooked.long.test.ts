/**
 * While V8 compiles a derivative on another thread, it holds the tensors that the derivative has saved: of a thousand deep
 * networks about ten were refused because of it, each for one value out of hundreds that its function had not kept.
 */
import { expect, test } from "vitest";
import { compile, manualSeed, nn, optim, randint, randn } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

function network(): nn.Sequential {
  const layers: nn.Layer[] = [];
  for (const inputs of [784, 64, 64, 64, 64, 64]) layers.push(new nn.Linear(inputs, 64), new nn.BatchNorm1d(64), new nn.ReLU());
  return new nn.Sequential([...layers, new nn.Linear(64, 10)]);
}

test("a thousand deep networks compile, with clipping, whatever the collector overlooks", { timeout: 600_000 }, () => {
  for (let seed = 0; seed < 1000; seed++) {
    manualSeed(seed);
    const model = network();
    const parameters = [...model.parameters()];
    const optimiser = new optim.SGD(parameters, { lr: 0.1 });
    const step = compile((inputs: Tensor, labels: Tensor) => {
      optimiser.zeroGrad();
      const loss = nn.functional.crossEntropy(model.forward(inputs), labels);
      loss.backward();
      nn.clipGradNorm_(parameters, 1);
      optimiser.step();
      return loss;
    });
    for (let i = 0; i < 20; i++) expect(step(randn([50, 784]), randint(0, 10, [50])).item()).toBeGreaterThan(0);
  }
});
