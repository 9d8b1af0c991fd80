/**
 * Convolutional networks for digits, after LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
 * recognition", 1998. Each book builds its own: LeNet5 is that of book 001 (Chen and Peng, "Deep Learning: Principles and
 * Practice", in Chinese), section 4.5, 254,718 parameters; LeNet that of book 003 (Gulli and Pal, "Deep Learning with Keras",
 * in Chinese), section 3.2, 1,256,080.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { ReLU, Tanh } from "../layers/activation.ts";
import { Flatten } from "../layers/arrangement.ts";
import { Sequential } from "../layers/container.ts";
import { Conv2d } from "../layers/convolution.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import { AvgPool2d, MaxPool2d } from "../layers/pooling.ts";
import { Module } from "../module/module.ts";

export interface LeNetOptions {
  /** 10 when not given. */
  numClasses?: number;
  /** Channels of the pictures; 1 when not given. */
  inChannels?: number;
}

export interface LeNet5Options extends LeNetOptions {
  /**
   * `"book"`: 32 and 64 maps, relu, maximum pooling and dropout. `"1998"`: the sizes of the paper, 6 and 16 maps, tanh and
   * mean pooling, with full connections between the maps (61,706 parameters). `"book"` when not given.
   */
  variant?: "book" | "1998";
}

/**
 * LeNet-5: two convolutions with pooling, then three fully connected layers. Takes pictures [N, inChannels, 28, 28], gives
 * scores [N, numClasses].
 */
export class LeNet5 extends Module {
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor({ numClasses = 10, inChannels = 1, variant = "book" }: LeNet5Options = {}) {
    super();
    if (variant === "1998") {
      this.features = new Sequential({
        // The paper's pictures are 32 x 32, digits with a border.
        conv1: new Conv2d(inChannels, 6, 5, { padding: 2 }), tanh1: new Tanh(), pool1: new AvgPool2d(2),
        conv2: new Conv2d(6, 16, 5), tanh2: new Tanh(), pool2: new AvgPool2d(2),
      });
      this.classifier = new Sequential({
        flatten: new Flatten(),
        linear1: new Linear(400, 120), tanh3: new Tanh(),
        linear2: new Linear(120, 84), tanh4: new Tanh(),
        linear3: new Linear(84, numClasses),
      });
      return;
    }
    this.features = new Sequential({
      conv1: new Conv2d(inChannels, 32, 3, { padding: "same" }), relu1: new ReLU(), pool1: new MaxPool2d(2),
      conv2: new Conv2d(32, 64, 5), relu2: new ReLU(), pool2: new MaxPool2d(2),
      dropout: new Dropout(0.25),
    });
    this.classifier = new Sequential({
      flatten: new Flatten(),
      linear1: new Linear(1600, 120), relu3: new ReLU(), dropout1: new Dropout(0.5),
      linear2: new Linear(120, 84), relu4: new ReLU(), dropout2: new Dropout(0.5),
      linear3: new Linear(84, numClasses),
    });
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x));
  }
}

/**
 * The wider LeNet of book 003: 20 and 50 maps of 5 x 5 kernels that keep the size, 500 hidden units. Takes pictures
 * [N, inChannels, 28, 28], gives scores [N, numClasses].
 */
export class LeNet extends Module {
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor({ numClasses = 10, inChannels = 1 }: LeNetOptions = {}) {
    super();
    this.features = new Sequential({
      conv1: new Conv2d(inChannels, 20, 5, { padding: "same" }), relu1: new ReLU(), pool1: new MaxPool2d(2),
      conv2: new Conv2d(20, 50, 5, { padding: "same" }), relu2: new ReLU(), pool2: new MaxPool2d(2),
    });
    this.classifier = new Sequential({
      flatten: new Flatten(),
      linear1: new Linear(50 * 7 * 7, 500), relu3: new ReLU(),
      linear2: new Linear(500, numClasses),
    });
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x));
  }
}
