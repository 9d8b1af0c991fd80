/**
 * How many parameters the books print for their networks (or, where a table is missing, what their layers add up to), and the
 * shapes that go in and out.
 */
import { describe, expect, test } from "vitest";
import { memory, nn, rand, tensor, zeros } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { collectGarbage } from "../../../../src/tensor/memory.ts";

const { models } = nn;

/** Elements of parameters. */
const count = (parameters: Iterable<nn.Parameter>): number => [...parameters].reduce((sum, { numel }) => sum + numel, 0);

describe("parameters are as many as the book prints", () => {
  const printed: readonly [string, () => nn.AnyModule, number][] = [
    ["book 001, 4.5: LeNet-5", () => new models.LeNet5(), 254_718],
    ["LeCun et al. 1998 with full connections: LeNet-5", () => new models.LeNet5({ variant: "1998" }), 61_706],
    ["book 003, 1.2: softmax regression", () => new models.Mlp([784, 10]), 7_850],
    ["book 003, 1.3: two hidden layers", () => new models.Mlp([784, 128, 128, 10]), 118_282],
    ["book 003, 3.2: LeNet", () => new models.LeNet(), 1_256_080],
    ["book 003, 3.4: CIFAR-10, simple", () => new models.CifarNetwork(), 4_200_842],
    ["book 003, 3.5: CIFAR-10, deeper", () => new models.CifarNetwork({ deeper: true }), 1_676_842],
    ["book 004, 6.1: char-RNN of 95 characters", () => new models.CharRNN(95), 29_195],
    ["book 004, 7.2: row-LSTM", () => new models.RowLSTM(), 6_674],
    ["book 000, 6.4: the sine series, peepholes and steps of one value", () => new models.SeriesLSTM({ peepholes: true }), 521],
    ["book 003, 6: electricity", () => new models.SeriesLSTM(), 491],
    ["book 004, 8.3: denoising autoencoder", () => new models.DenoisingAutoencoder(784, 500), 393_284],
    ["book 004, 10.2: RBM with 250 hidden units", () => new models.RBM(784, 250), 197_034],
    ["book 004, 10.3: RBM with 500 hidden units", () => new models.RBM(784, 500), 393_284],
  ];
  test.each(printed)("%s", (_, make, expected) => {
    expect(count(make().parameters())).toBe(expected);
  });

  test("book 004, 9.1 and 11.3: what the classifiers of three thousand hidden units use", () => {
    expect(count(new models.StackedAutoencoder([784, 1000, 1000, 1000], 10).classifierParameters())).toBe(2_797_010);
    expect(count(new models.DBN([784, 1000, 1000, 1000], 10).classifierParameters())).toBe(2_797_010);
  });

  const large: readonly [string, () => nn.AnyModule, number][] = [
    ["book 001, 4.6: AlexNet, one tower and one output", () => new models.AlexNet({ numClasses: 1 }), 37_313_921],
    ["book 001, 4.6: AlexNet, two towers and two outputs", () => new models.AlexNet({ numClasses: 2, towers: 2 }), 56_876_418],
    ["book 001, 6.1: VGG-16", () => new models.VGG16(), 138_357_544],
    ["torchvision's resnet18", () => new models.ResNet18({ pictures: "large", numClasses: 1000 }), 11_689_512],
    ["ResNet-18 for small pictures: another first convolution and another end", () => new models.ResNet18(), 11_689_512 - 9_408 + 1_728 - 513_000 + 5_130],
    ["book 001, 6.1: FCN-32s", () => new models.FCN32s(), 134_353_658],
    ["book 001, 6.1: FCN-16s", () => new models.FCN16s(), 134_816_036],
  ];
  test.each(large)("%s, and its memory comes back", (_, make, expected) => {
    collectGarbage("full");
    const before = memory().bytes;
    const counted = (): number => count(make().parameters());
    expect(counted()).toBe(expected);
    // Parameters die with the model, which nothing holds any more.
    collectGarbage("full");
    expect(memory().bytes - before).toBeLessThan(0.1 * 4 * expected);
  });
});

describe("shapes", () => {
  const shapes: readonly [string, () => nn.Module, readonly number[], readonly number[]][] = [
    ["LeNet5", () => new models.LeNet5(), [2, 1, 28, 28], [2, 10]],
    ["LeNet5 of 1998", () => new models.LeNet5({ variant: "1998" }), [2, 1, 28, 28], [2, 10]],
    ["LeNet", () => new models.LeNet(), [2, 1, 28, 28], [2, 10]],
    ["CifarNetwork", () => new models.CifarNetwork(), [2, 3, 32, 32], [2, 10]],
    ["deeper CifarNetwork", () => new models.CifarNetwork({ deeper: true }), [2, 3, 32, 32], [2, 10]],
    ["AlexNet, narrow", () => new models.AlexNet({ width: 1 / 16, numClasses: 2 }), [2, 3, 224, 224], [2, 2]],
    ["AlexNet, narrow, two towers", () => new models.AlexNet({ width: 1 / 16, numClasses: 2, towers: 2 }), [2, 3, 227, 227], [2, 2]],
    ["VGG16, narrow", () => new models.VGG16({ width: 1 / 16, imageSize: 64 }), [2, 3, 64, 64], [2, 1000]],
    ["ResNet18, narrow", () => new models.ResNet18({ width: 1 / 8 }), [2, 3, 32, 32], [2, 10]],
    ["ResNet18 for large pictures, narrow", () => new models.ResNet18({ pictures: "large", width: 1 / 8, numClasses: 3 }), [2, 3, 64, 96], [2, 3]],
    ["FCN32s, narrow", () => new models.FCN32s({ width: 1 / 16 }), [1, 3, 64, 96], [1, 21, 64, 96]],
    ["FCN16s, narrow", () => new models.FCN16s({ width: 1 / 16 }), [1, 3, 64, 96], [1, 21, 64, 96]],
    ["RowLSTM", () => new models.RowLSTM(), [3, 1, 28, 28], [3, 10]],
    ["Mlp on pictures", () => new models.Mlp([784, 10]), [3, 1, 28, 28], [3, 10]],
    ["DenoisingAutoencoder", () => new models.DenoisingAutoencoder(6, 4, { tied: false }), [3, 6], [3, 6]],
    ["SparseAutoencoder", () => new models.SparseAutoencoder(6, 4), [3, 6], [3, 6]],
    ["StackedAutoencoder", () => new models.StackedAutoencoder([6, 5, 4], 2), [3, 6], [3, 2]],
    ["RBM", () => new models.RBM(6, 4), [3, 6], [3, 4]],
    ["DBN", () => new models.DBN([6, 5, 4], 2), [3, 6], [3, 2]],
  ];
  test.each(shapes)("%s", (_, make, given, expected) => {
    const result = make().forward(rand(given)) as Tensor;
    expect(result.shape).toEqual(expected);
    result.square().sum().backward();
  });

  test("CharRNN goes on from a state as if there had been no cut", () => {
    const network = new models.CharRNN(7, { hiddenSize: 5 });
    const text = tensor(Int32Array.from([0, 3, 6, 1, 2, 2])).unsqueeze(1);
    const whole = network.forward(text);
    const first = network.forward(text.narrow(0, 0, 4));
    const second = network.forward(text.narrow(0, 4, 2), first.hN);
    expect(second.logits.data()).toEqual(whole.logits.narrow(0, 4, 2).data());
    expect(network.generate([1], 9)).toHaveLength(9);
    expect(() => network.forward(zeros([4], { dtype: "int32" }))).toThrow(/unsqueeze\(1\)/);
  });

  test("what a residual block adds to is what it was given: with weights of 0 it lets positive numbers through", () => {
    const network = new models.ResNet18({ width: 1 / 8 });
    const block = [...network.layer1][0]!;
    for (const each of block.parameters()) each.requiresGrad_(false).zero_();
    const maps = rand([2, 8, 4, 4]);
    expect(block.forward(maps).data()).toEqual(maps.data());
    expect([...network.namedParameters()].map(([name]) => name)).toContain("layer2.0.downsample.1.weight");
  });

  test("the two towers of AlexNet do not see each other before the third convolution", () => {
    const features = new models.AlexNet({ width: 1 / 16, towers: 2 }).features;
    const front = (x: Tensor): Tensor => [...features].slice(1, 5).reduce((value, layer) => layer.forward(value), x);
    const maps = rand([1, 6, 55, 55]);
    const other = maps.clone();
    other.narrow(1, 0, 3).add_(1);
    const [a, b] = [front(maps), front(other)];
    expect(a.narrow(1, 8, 8).data()).toEqual(b.narrow(1, 8, 8).data());
    expect(a.narrow(1, 0, 8).data()).not.toEqual(b.narrow(1, 0, 8).data());
  });

  test("a fully convolutional network on one 7 x 7 window gives the scores of the VGG-16 it was made of", () => {
    const vgg = new models.VGG16({ width: 1 / 32, numClasses: 4 }).eval();
    const fcn = new models.FCN32s({ width: 1 / 32, numClasses: 4 }).loadBackbone(vgg).eval();
    const [score, last] = [fcn.classifier.at("score") as nn.Conv2d, vgg.classifier.at(6) as nn.Linear];
    score.weight.requiresGrad_(false).copy_(last.weight.detach().reshape(score.weight.shape));
    score.bias!.requiresGrad_(false).copy_(last.bias!.detach());
    const picture = rand([1, 3, 224, 224]);
    // In the middle of the 7 x 7 plane the window sees all of it and none of its border.
    const centre = fcn.classifier.forward(fcn.features.forward(picture)).select(3, 3).select(2, 3);
    const [own, others] = [centre.data(), vgg.forward(picture).data()];
    own.forEach((value, i) => expect(value).toBeCloseTo(others[i]!, 5));
  });

  test("the enlarging layers begin as bilinear interpolation", () => {
    const { upscore2 } = new models.FCN32s({ width: 1 / 32, numClasses: 2 });
    const maps = rand([1, 2, 5, 6]);
    const wanted = nn.functional.interpolate(maps, { scaleFactor: 2, mode: "bilinear" });
    // At the border the layer fades to zero, where interpolation repeats the outermost pixel.
    const inner = (t: Tensor): Tensor => t.narrow(2, 1, 8).narrow(3, 1, 10);
    const [own, others] = [inner(upscore2.forward(maps)).data(), inner(wanted).data()];
    own.forEach((value, i) => expect(value).toBeCloseTo(others[i]!, 6));
  });
});
