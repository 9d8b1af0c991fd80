/**
 * Two convolutional networks for the 32 x 32 colour pictures of CIFAR-10, from book 003 (Gulli and Pal, "Deep Learning with
 * Keras", in Chinese): the simple one of section 3.4, 4,200,842 parameters, and the deeper one of section 3.5, 1,676,842.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { ReLU } from "../layers/activation.ts";
import { Flatten } from "../layers/arrangement.ts";
import { Sequential } from "../layers/container.ts";
import { Conv2d } from "../layers/convolution.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import { MaxPool2d } from "../layers/pooling.ts";
import { Module } from "../module/module.ts";

export interface CifarNetworkOptions {
  /** The network with four convolutions in place of one; false when not given. */
  deeper?: boolean;
  /** 10 when not given. */
  numClasses?: number;
}

/** Takes pictures [N, 3, 32, 32], gives scores [N, numClasses]. */
export class CifarNetwork extends Module {
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor({ deeper = false, numClasses = 10 }: CifarNetworkOptions = {}) {
    super();
    this.features = deeper
      ? new Sequential({
          conv1: new Conv2d(3, 32, 3, { padding: "same" }), relu1: new ReLU(),
          conv2: new Conv2d(32, 32, 3, { padding: "same" }), relu2: new ReLU(),
          pool1: new MaxPool2d(2), dropout1: new Dropout(0.25),
          conv3: new Conv2d(32, 64, 3, { padding: "same" }), relu3: new ReLU(),
          // Without a border: 16 x 16 becomes 14 x 14.
          conv4: new Conv2d(64, 64, 3), relu4: new ReLU(),
          pool2: new MaxPool2d(2), dropout2: new Dropout(0.25),
        })
      : new Sequential({
          conv1: new Conv2d(3, 32, 3, { padding: "same" }), relu1: new ReLU(),
          pool1: new MaxPool2d(2), dropout1: new Dropout(0.25),
        });
    this.classifier = new Sequential({
      flatten: new Flatten(),
      linear1: new Linear(deeper ? 64 * 7 * 7 : 32 * 16 * 16, 512), relu: new ReLU(), dropout: new Dropout(0.5),
      linear2: new Linear(512, numClasses),
    });
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x));
  }
}
