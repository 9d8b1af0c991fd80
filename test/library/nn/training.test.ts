/**
 * Ten steps of a small convolutional network, with batch normalisation and momentum, against PyTorch's from the same weights.
 */
import { expect, test } from "vitest";
import { nn, optim, tensor } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";
import { restored, restoredState, stored } from "./stored.ts";

class Net extends nn.Module {
  readonly features: nn.Sequential;
  readonly classifier: nn.Linear;

  constructor(dtype: DType) {
    super();
    this.features = new nn.Sequential(
      new nn.Conv2d(1, 4, 3, { padding: 1, dtype }),
      new nn.BatchNorm2d(4, { dtype }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(4, 6, 3, { dtype }),
      new nn.Tanh(),
      new nn.Flatten(),
    );
    this.classifier = new nn.Linear(24, 3, { dtype });
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x));
  }
}

test.each(["float64", "float32"] as const)("ten steps in %s end at PyTorch's weights", (dtype) => {
  const { images, labels, start, [dtype]: expected } = stored.training;
  const within = dtype === "float64" ? 1e-10 : 1e-5;
  const net = new Net(dtype);
  net.loadStateDict(restoredState(start, dtype));
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 });
  const batches = restored(images, dtype);
  const losses = labels.map((batch, i) => {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(net.forward(batches.at(i)), tensor(batch, { dtype: "int32" }));
    loss.backward();
    optimizer.step();
    return loss.item();
  });
  expectClose(losses, expected.losses, within, "losses");
  const state = net.stateDict();
  for (const [name, each] of Object.entries(expected.state)) expectClose(state[name]!.data(), each.values, within, name);
  expect(Object.keys(state).sort()).toEqual(Object.keys(expected.state).sort());
});
