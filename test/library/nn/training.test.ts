/**
 * Ten steps of momentum against PyTorch's from the same weights: of a convolutional network with batch normalisation, and of
 * one with embeddings, recurrent layers over sequences of different lengths, and attention.
 */
import { describe, expect, test } from "vitest";
import { nn, optim, tensor } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";
import { restored, restoredState, stored } from "./stored.ts";
import type { StoredSteps } from "./stored.ts";

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

class Reader extends nn.Module {
  words = new nn.Embedding(12, 6, { paddingIdx: 0 });
  memory = new nn.LSTM(6, 4, { numLayers: 2, bidirectional: true, batchFirst: true });
  attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
  norm = new nn.LayerNorm(8);
  output = new nn.Linear(8, 3);

  override forward(words: Tensor): Tensor {
    const padding = words.eq(0);
    const lengths = words.ne(0).to("int32").sum({ dim: 1 });
    const packed = nn.packPaddedSequence(this.words.forward(words), lengths, { batchFirst: true, enforceSorted: false });
    const { output } = nn.padPackedSequence(this.memory.forward(packed).output, { batchFirst: true, totalLength: words.shape[1]! });
    const seen = this.attention.forward(output, output, output, { keyPaddingMask: padding });
    return this.output.forward(this.norm.forward(output.add(seen.output)).mean({ dim: 1 }));
  }
}

function expectSameSteps(net: nn.Module, dtype: "float32" | "float64", steps: StoredSteps, lossOf: (step: number) => Tensor): void {
  const expected = steps[dtype];
  const within = dtype === "float64" ? 1e-10 : 1e-5;
  net.loadStateDict(restoredState(steps.start, dtype));
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 });
  const losses = expected.losses.map((_, step) => {
    optimizer.zeroGrad();
    const loss = lossOf(step);
    loss.backward();
    optimizer.step();
    return loss.item();
  });
  expectClose(losses, expected.losses, within, "losses");
  const state = net.stateDict();
  for (const [name, each] of Object.entries(expected.state)) expectClose(state[name]!.data(), each.values, within, name);
  expect(Object.keys(state).sort()).toEqual(Object.keys(expected.state).sort());
}

describe.each(["float64", "float32"] as const)("ten steps in %s end at PyTorch's weights", (dtype) => {
  const labelsOf = (labels: number[]): Tensor => tensor(labels, { dtype: "int32" });

  test("of a convolutional network", () => {
    const { convolutional } = stored.training;
    const net = new Net(dtype);
    const images = restored(convolutional.images, dtype);
    expectSameSteps(net, dtype, convolutional, (step) =>
      nn.functional.crossEntropy(net.forward(images.at(step)), labelsOf(convolutional.labels[step]!)),
    );
  });

  test("of a recurrent network with attention", () => {
    const { recurrent } = stored.training;
    const net = new Reader().to(dtype);
    expectSameSteps(net, dtype, recurrent, (step) =>
      nn.functional.crossEntropy(net.forward(tensor(recurrent.words[step]!, { dtype: "int32" })), labelsOf(recurrent.labels[step]!)),
    );
  });
});
