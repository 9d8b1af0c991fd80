/**
 * AlexNet, after Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012,
 * in the two forms of book 001 (Chen and Peng, "Deep Learning: Principles and Practice", in Chinese), section 4.6: one tower
 * on 224 x 224 pictures (the printed summary, 37,313,921 parameters with one output), and two towers on 227 x 227 (the
 * listing, 56,876,418 with two outputs).
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { ReLU } from "../layers/activation.ts";
import { Flatten, ZeroPad2d } from "../layers/arrangement.ts";
import { Sequential } from "../layers/container.ts";
import type { Layer } from "../layers/container.ts";
import { Conv2d } from "../layers/convolution.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import { MaxPool2d } from "../layers/pooling.ts";
import { Module } from "../module/module.ts";

export interface AlexNetOptions {
  /** 1000 when not given. */
  numClasses?: number;
  /** 3 when not given. */
  inChannels?: number;
  /**
   * 1: pictures of 224 x 224. 2: pictures of 227 x 227, and the second, fourth and fifth convolution see only the maps of
   * their own tower, as on the paper's two GPUs. 1 when not given.
   */
  towers?: 1 | 2;
  /** The part of all channels and hidden units that is built, for small machines; 1 when not given. */
  width?: number;
}

/** Takes pictures [N, inChannels, 224, 224] (227 with two towers), gives scores [N, numClasses]. */
export class AlexNet extends Module {
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor({ numClasses = 1000, inChannels = 3, towers = 1, width = 1 }: AlexNetOptions = {}) {
    super();
    const [first, second, third, fifth] = [96, 256, 384, 256].map((channels) => channels * width) as [number, number, number, number];
    const hidden = 4096 * width;
    const apart = { groups: towers };
    const begin: Record<string, Layer> =
      towers === 1
        ? { pad1: new ZeroPad2d([3, 4, 3, 4]), conv1: new Conv2d(inChannels, first, 11, { stride: 4 }) }
        : { conv1: new Conv2d(inChannels, first, 11, { stride: 4 }) };
    this.features = new Sequential({
      ...begin, relu1: new ReLU(), pool1: new MaxPool2d(3, { stride: 2 }),
      conv2: new Conv2d(first, second, 5, { padding: "same", ...apart }), relu2: new ReLU(), pool2: new MaxPool2d(3, { stride: 2 }),
      conv3: new Conv2d(second, third, 3, { padding: "same" }), relu3: new ReLU(),
      conv4: new Conv2d(third, third, 3, { padding: "same", ...apart }), relu4: new ReLU(),
      conv5: new Conv2d(third, fifth, 3, { padding: "same", ...apart }), relu5: new ReLU(),
      // The one tower's 13 x 13 become the 4 x 4 of the book's summary, the two towers' 6 x 6.
      pool5: new MaxPool2d(3, { stride: towers === 1 ? 3 : 2 }),
    });
    this.classifier = new Sequential({
      flatten: new Flatten(),
      linear1: new Linear(fifth * (towers === 1 ? 16 : 36), hidden), relu6: new ReLU(), dropout1: new Dropout(0.5),
      linear2: new Linear(hidden, hidden), relu7: new ReLU(), dropout2: new Dropout(0.5),
      linear3: new Linear(hidden, numClasses),
    });
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x));
  }
}
