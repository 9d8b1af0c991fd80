/**
 * VGG-16, after Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015: thirteen
 * 3 x 3 convolutions in five blocks. Book 001 (Chen and Peng, "Deep Learning: Principles and Practice", in Chinese), section
 * 6.1, 138,357,544 parameters. Parameters have the names and shapes of torchvision's vgg16, so that its weights can be loaded.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { ReLU } from "../layers/activation.ts";
import { Sequential } from "../layers/container.ts";
import type { Layer } from "../layers/container.ts";
import { Conv2d } from "../layers/convolution.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import { MaxPool2d } from "../layers/pooling.ts";
import { Module } from "../module/module.ts";

export interface VGG16Options {
  /** 1000 when not given. */
  numClasses?: number;
  /** 3 when not given. */
  inChannels?: number;
  /** Rows and columns of the pictures, a multiple of 32; 224 when not given. */
  imageSize?: number;
  /** The part of all channels and hidden units that is built, for small machines; 1 when not given. */
  width?: number;
}

/** Channels of the convolutions of each block; a pooling that halves rows and columns follows each. */
const blocks = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]];

/** The layers of the five blocks, 31 of them: layer 23 is the pooling after the fourth block. */
export function vggFeatures(inChannels: number, width: number): Layer[] {
  const layers: Layer[] = [];
  let channels = inChannels;
  for (const block of blocks) {
    for (const outputs of block) {
      layers.push(new Conv2d(channels, outputs * width, 3, { padding: 1 }), new ReLU());
      channels = outputs * width;
    }
    layers.push(new MaxPool2d(2));
  }
  return layers;
}

/** Takes pictures [N, inChannels, imageSize, imageSize], gives scores [N, numClasses]. */
export class VGG16 extends Module {
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor({ numClasses = 1000, inChannels = 3, imageSize = 224, width = 1 }: VGG16Options = {}) {
    super();
    this.features = new Sequential(vggFeatures(inChannels, width));
    const hidden = 4096 * width;
    this.classifier = new Sequential(
      new Linear(512 * width * (imageSize / 32) ** 2, hidden), new ReLU(), new Dropout(0.5),
      new Linear(hidden, hidden), new ReLU(), new Dropout(0.5),
      new Linear(hidden, numClasses),
    );
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(x).flatten({ startDim: 1 }));
  }
}
