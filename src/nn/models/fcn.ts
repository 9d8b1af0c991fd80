/**
 * Fully convolutional networks, which label every pixel, after Long, Shelhamer and Darrell, "Fully convolutional networks for
 * semantic segmentation", 2015, as book 001 (Chen and Peng, "Deep Learning: Principles and Practice", in Chinese), section
 * 6.1, builds them on VGG-16 with 21 classes: FCN-32s, 134,353,658 parameters, and FCN-16s, 134,816,036.
 */
import { tensor, zeros } from "../../tensor/creation.ts";
import { ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { interpolate } from "../interpolation.ts";
import { ReLU } from "../layers/activation.ts";
import { Sequential } from "../layers/container.ts";
import { Conv2d, ConvTranspose2d } from "../layers/convolution.ts";
import { unexpected } from "../layers/describe.ts";
import { Dropout } from "../layers/dropout.ts";
import type { Linear } from "../layers/linear.ts";
import { Module } from "../module/module.ts";
import { vggFeatures } from "./vgg.ts";
import type { VGG16 } from "./vgg.ts";

export interface FcnOptions {
  /** 21 when not given: the classes of Pascal VOC and the background. */
  numClasses?: number;
  /** 3 when not given. */
  inChannels?: number;
  /** The part of the backbone's channels that is built, for small machines; 1 when not given. */
  width?: number;
}

/** A transposed convolution that enlarges each class's map and begins as bilinear interpolation, as the paper's. */
function enlarging(classes: number, factor: number): ConvTranspose2d {
  const size = 2 * factor;
  const layer = new ConvTranspose2d(classes, classes, size, { stride: factor, padding: factor / 2 });
  const line = Float32Array.from({ length: size }, (_, i) => 1 - Math.abs((i + 0.5) / factor - 1));
  noGrad(() => {
    const tent = tensor(line).unsqueeze(1).mul(tensor(line));
    layer.weight.copy_(zeros([classes, classes, size, size]));
    for (let each = 0; each < classes; each++) layer.weight.select(0, each).select(0, each).copy_(tent);
    layer.bias!.zero_();
  });
  return layer;
}

/** What both networks share: VGG-16's blocks, and its classifier as convolutions, which gives scores at every 32nd pixel. */
abstract class Fcn extends Module {
  /** VGG-16's five blocks. */
  readonly features: Sequential;
  /** VGG-16's fully connected layers as convolutions, and one score a class. */
  readonly classifier: Sequential;
  /** Twice as many rows and columns of scores. */
  readonly upscore2: ConvTranspose2d;

  constructor({ numClasses = 21, inChannels = 3, width = 1 }: FcnOptions = {}) {
    super();
    const hidden = 4096 * width;
    this.features = new Sequential(vggFeatures(inChannels, width));
    this.classifier = new Sequential({
      fc6: new Conv2d(512 * width, hidden, 7, { padding: 3 }), relu6: new ReLU(), dropout6: new Dropout(0.5),
      fc7: new Conv2d(hidden, hidden, 1), relu7: new ReLU(), dropout7: new Dropout(0.5),
      score: new Conv2d(hidden, numClasses, 1),
    });
    this.upscore2 = enlarging(numClasses, 2);
  }

  /** Checks that pictures can be halved five times. */
  protected checkSize(x: Tensor): void {
    if (x.ndim === 4 && x.shape[2]! % 32 === 0 && x.shape[3]! % 32 === 0) return;
    throw unexpected(this, "[N, C, H, W] with H and W multiples of 32", x);
  }

  /**
   * Takes over the weights of a trained VGG-16, all but those of its last layer: a fully connected layer over a 7 x 7 plane
   * is a convolution with kernels of 7 x 7.
   * @throws ShapeError when the two were not built for the same channels, or the VGG-16 for other pictures than 224 x 224.
   */
  loadBackbone(vgg: VGG16): this {
    const pairs: [Tensor, Tensor][] = [];
    const own = this.features.stateDict();
    for (const [name, weight] of Object.entries(vgg.features.stateDict())) pairs.push([own[name]!, weight]);
    for (const [name, position] of [["fc6", 0], ["fc7", 3]] as const) {
      const layer = this.classifier.at(name) as Conv2d;
      const dense = vgg.classifier.at(position) as Linear;
      pairs.push([layer.weight, dense.weight], [layer.bias!, dense.bias!]);
    }
    for (const [to, from] of pairs) {
      if (to.numel !== from.numel) {
        throw new ShapeError(`loadBackbone: weights of shape ${formatShape(from.shape)} do not fill ${formatShape(to.shape)}; nothing was loaded`);
      }
    }
    noGrad(() => pairs.forEach(([to, from]) => to.copy_(from.detach().reshape(to.shape))));
    return this;
  }
}

/**
 * FCN-32s: scores of every 32nd pixel, enlarged twice by a learned and sixteen times by a bilinear step. Takes pictures
 * [N, inChannels, H, W] with H and W multiples of 32, gives scores [N, numClasses, H, W].
 */
export class FCN32s extends Fcn {
  override forward(x: Tensor): Tensor {
    this.checkSize(x);
    const scores = this.upscore2.forward(this.classifier.forward(this.features.forward(x)));
    return interpolate(scores, { scaleFactor: 16, mode: "bilinear" });
  }
}

/**
 * FCN-16s: adds the scores of the fourth block, which sees every 16th pixel, before a learned step of sixteen times. Takes
 * pictures [N, inChannels, H, W] with H and W multiples of 32, gives scores [N, numClasses, H, W].
 */
export class FCN16s extends Fcn {
  /** One score a class from the fourth block. */
  readonly scorePool4: Conv2d;
  readonly upscore16: ConvTranspose2d;

  constructor(options: FcnOptions = {}) {
    super(options);
    const { numClasses = 21, width = 1 } = options;
    this.scorePool4 = new Conv2d(512 * width, numClasses, 1);
    this.upscore16 = enlarging(numClasses, 16);
  }

  override forward(x: Tensor): Tensor {
    this.checkSize(x);
    const layers = [...this.features];
    const fourth = layers.slice(0, 24).reduce((value, layer) => layer.forward(value), x);
    const fifth = layers.slice(24).reduce((value, layer) => layer.forward(value), fourth);
    const scores = this.upscore2.forward(this.classifier.forward(fifth)).add(this.scorePool4.forward(fourth));
    return this.upscore16.forward(scores);
  }
}
