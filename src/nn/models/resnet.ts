/**
 * ResNet-18, after He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016: each block adds what it computes to
 * what it was given, so that a gradient has a way past every block. For small pictures it begins as section 4.2 of the paper says
 * for CIFAR-10: one 3 x 3 convolution, no pooling. Parameters have the names and shapes of torchvision's resnet18, so that its
 * weights can be loaded into the network for large pictures (11,689,512 parameters with 1000 classes).
 */
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { kaimingNormal_ } from "../init.ts";
import { Sequential } from "../layers/container.ts";
import { Conv2d } from "../layers/convolution.ts";
import { Linear } from "../layers/linear.ts";
import { BatchNorm2d } from "../layers/normalization.ts";
import { MaxPool2d } from "../layers/pooling.ts";
import { Module } from "../module/module.ts";

export interface ResNet18Options {
  /** 10 when not given. */
  numClasses?: number;
  /** 3 when not given. */
  inChannels?: number;
  /** `"small"` for pictures of about 32 x 32 (the default); `"large"` for 224 x 224, which are cut to a quarter of their sides first. */
  pictures?: "small" | "large";
  /** The part of all channels that is built, for small machines; 1 when not given. */
  width?: number;
}

/** A convolution without bias, which the normalisation after it would take away, begun as in He et al. 2015. */
function convolution(inputs: number, outputs: number, size: number, stride: number): Conv2d {
  const layer = new Conv2d(inputs, outputs, size, { stride, padding: (size - 1) / 2, bias: false });
  noGrad(() => kaimingNormal_(layer.weight, { mode: "fanOut", nonlinearity: "relu" }));
  return layer;
}

/** Two 3 x 3 convolutions beside a way past them: [N, inputs, H, W] to [N, outputs, H / stride, W / stride]. */
class ResidualBlock extends Module<[x: Tensor], Tensor> {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  /** What fits the way past to other channels and sides; a block that keeps both has none. */
  readonly downsample: Sequential | undefined;

  constructor(inputs: number, outputs: number, stride: number) {
    super();
    this.conv1 = convolution(inputs, outputs, 3, stride);
    this.bn1 = new BatchNorm2d(outputs);
    this.conv2 = convolution(outputs, outputs, 3, 1);
    this.bn2 = new BatchNorm2d(outputs);
    const same = inputs === outputs && stride === 1;
    this.downsample = same ? undefined : new Sequential(convolution(inputs, outputs, 1, stride), new BatchNorm2d(outputs));
  }

  override forward(x: Tensor): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x)).relu();
    const change = this.bn2.forward(this.conv2.forward(inner));
    return change.add(this.downsample?.forward(x) ?? x).relu();
  }
}

/** Two blocks, of which the first may change channels and sides. */
const stage = (inputs: number, outputs: number, stride: number): Sequential =>
  new Sequential(new ResidualBlock(inputs, outputs, stride), new ResidualBlock(outputs, outputs, 1));

/** Takes pictures [N, inChannels, H, W], with sides of at least 8 (small) or 32 (large), gives scores [N, numClasses]. */
export class ResNet18 extends Module<[x: Tensor], Tensor> {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly maxpool: MaxPool2d | undefined;
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly layer4: Sequential;
  readonly fc: Linear;

  constructor({ numClasses = 10, inChannels = 3, pictures = "small", width = 1 }: ResNet18Options = {}) {
    super();
    const [first, second, third, fourth] = [64, 128, 256, 512].map((channels) => channels * width) as [number, number, number, number];
    this.conv1 = pictures === "large" ? convolution(inChannels, first, 7, 2) : convolution(inChannels, first, 3, 1);
    this.bn1 = new BatchNorm2d(first);
    this.maxpool = pictures === "large" ? new MaxPool2d(3, { stride: 2, padding: 1 }) : undefined;
    this.layer1 = stage(first, first, 1);
    this.layer2 = stage(first, second, 2);
    this.layer3 = stage(second, third, 2);
    this.layer4 = stage(third, fourth, 2);
    this.fc = new Linear(fourth, numClasses);
  }

  override forward(x: Tensor): Tensor {
    const begun = this.bn1.forward(this.conv1.forward(x)).relu();
    const cut = this.maxpool?.forward(begun) ?? begun;
    const maps = [this.layer1, this.layer2, this.layer3, this.layer4].reduce((value, layer) => layer.forward(value), cut);
    // The mean over all places of each map.
    return this.fc.forward(maps.mean({ dim: [2, 3] }));
  }
}
