/**
 * The mistakes everybody makes once: each is an error at its line that names the op, what it got, and the cure. A mistake
 * that runs and gives something else than was meant is the worst; these are kept from it.
 */
import { describe, expect, test } from "vitest";
import { cat, DTypeError, NablaError, nn, optim, rand, ShapeError, stack, tensor, TensorIndexError, where, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const F = nn.functional;
const whole = (...values: number[]): Tensor => tensor(new Int32Array(values));
/** What plain JavaScript lets through: a call against its types. */
const untyped = (value: unknown): never => value as never;
const x = zeros([32, 784]);
const scores = zeros([4, 3]);
const images = zeros([32, 3, 28, 28]);

type Mistake = [what: string, call: () => unknown, kind: new (message: string) => Error, message: string];

function check(mistakes: Mistake[]): void {
  for (const [what, call, kind, message] of mistakes) {
    test(what, () => {
      expect(call).toThrow(kind);
      expect(call).toThrow(message);
    });
  }
}

describe("products", () => {
  check([
    ["a transposed factor", () => x.matmul(zeros([128, 784])), ShapeError, "matmul: [32, 784] times [128, 784]: the first has 784 columns, the second 128 rows; they must be equal; the second one transposed would fit: b.mT"],
    ["a number as a factor", () => x.matmul(untyped(2)), NablaError, "matmul: expected a tensor, got a value of type number"],
    ["a scalar as a factor", () => x.matmul(tensor(2)), ShapeError, "a scalar is no matrix; write mul"],
    ["a transposed weight", () => F.linear(x, zeros([784, 128])), ShapeError, "the weight is transposed: pass weight.t()"],
    ["images that are not flat", () => F.linear(zeros([32, 1, 28, 28]), zeros([128, 784])), ShapeError, "x.flatten({ startDim: 1 })"],
    ["the bias of the other side", () => F.linear(x, zeros([128, 784]), zeros([784])), ShapeError, "a weight of shape [128, 784] needs [128]"],
  ]);
});

describe("convolution", () => {
  const grey = zeros([8, 1, 3, 3]);
  check([
    ["one image without a batch", () => F.conv2d(zeros([3, 28, 28]), zeros([8, 3, 3, 3])), ShapeError, "got [3, 28, 28]; the batch dimension is missing: add it with x.unsqueeze(0)"],
    ["grey images without channels", () => F.conv2d(zeros([32, 28, 28]), grey), ShapeError, "got [32, 28, 28]; the channel dimension is missing: add it with x.unsqueeze(1)"],
    ["one grey image as a matrix", () => F.conv2d(zeros([28, 28]), grey), ShapeError, "got [28, 28]; batch and channel are missing: add them with x.unsqueeze(0).unsqueeze(0)"],
    ["channels last", () => F.conv2d(zeros([32, 28, 28, 3]), zeros([8, 3, 3, 3])), ShapeError, "channels come before rows and columns: x.permute([0, 3, 1, 2])"],
    ["a weight whose dimensions are exchanged", () => F.conv2d(images, zeros([3, 8, 3, 3])), ShapeError, "its first two dimensions look exchanged"],
    ["a kernel larger than the image", () => F.conv2d(zeros([1, 1, 4, 4]), zeros([8, 1, 5, 5])), ShapeError, "does not fit into an input of shape [1, 1, 4, 4]"],
    ["bytes from a file", () => F.conv2d(zeros([32, 1, 28, 28], { dtype: "uint8" }), grey), DTypeError, 'conv2d: needs a floating type, got uint8; convert with .to("float32") first'],
  ]);
});

describe("losses", () => {
  check([
    ["float labels", () => F.crossEntropy(scores, zeros([4])), DTypeError, 'crossEntropy: labels are whole numbers, got float32 of shape [4] for scores of shape [4, 3]; convert them with .to("int32")'],
    ["probabilities of other classes", () => F.crossEntropy(scores, zeros([4, 2])), ShapeError, "crossEntropy: probabilities of shape [4, 2] for scores of shape [4, 3]"],
    ["a label too large", () => F.crossEntropy(scores, whole(0, 1, 3, 1)), TensorIndexError, "crossEntropy: label 3 is outside the range; it must lie in 0 to 2"],
    ["labels from 1 on", () => F.crossEntropy(scores, whole(1, 2, 3, 1)), TensorIndexError, "it must lie in 0 to 2; if these count from 1, subtract 1 first"],
    ["a label of -1", () => F.crossEntropy(scores, whole(0, -1, 2, 1)), TensorIndexError, "crossEntropy: label -1 is outside the range"],
    ["labels as a column", () => F.crossEntropy(scores, whole(0, 1, 2, 1).reshape([4, 1])), ShapeError, "scores of shape [4, 3] need 4 labels, got shape [4, 1]; make it flat: target.flatten()"],
    ["scores without a batch", () => F.crossEntropy(zeros([3]), whole(1)), ShapeError, "got [3]; the batch dimension is missing: add it with x.unsqueeze(0)"],
    ["labels before scores", () => F.crossEntropy(whole(0, 1, 2, 1), scores), DTypeError, "scores come first: crossEntropy(scores, labels)"],
    ["a column of predictions and a vector of targets", () => F.mseLoss(zeros([4, 1]), zeros([4])), ShapeError, "every prediction would be compared with every target: target.reshape([4, 1]) has the input's shape"],
  ]);
});

describe("shapes and dimensions", () => {
  check([
    ["sizes one by one", () => x.reshape(untyped(32)), ShapeError, "reshape: expected one list of numbers, as in reshape([2, 3]), got 32; put brackets round them"],
    ["sizes of a new tensor one by one", () => zeros(untyped(2), untyped(3)), ShapeError, "zeros: expected one list of numbers"],
    ["dimensions one by one", () => x.permute(untyped(1)), ShapeError, "permute: expected one list of numbers, as in permute([1, 0])"],
    ["sizes to stretch to one by one", () => x.expand(untyped(2)), ShapeError, "expand: expected one list of numbers"],
    ["two open sizes", () => x.reshape([-1, -1]), ShapeError, "reshape: [-1, -1] leaves more than one size open; only one can be -1"],
    ["a size that does not divide", () => x.reshape([-1, 100]), ShapeError, "100 does not divide it"],
    ["too few elements", () => x.reshape([32, 28, 27]), ShapeError, "reshape: [32, 784] has 25088 elements, [32, 28, 27] has 24192"],
    ["a view that would copy", () => x.mT.view([-1]), ShapeError, "write reshape instead"],
    ["a forgotten dimension", () => x.softmax(untyped(undefined)), TensorIndexError, "softmax: dim must be a whole number, as in 0 or -1, got undefined"],
    ["options where a dimension stands alone", () => x.softmax(untyped({ dim: 1 })), TensorIndexError, "softmax: dim must be a whole number, as in 0 or -1, got options; write 1 instead of {dim: 1}"],
    ["options where dimensions stand alone", () => x.logsumexp(untyped({ dim: 1 })), TensorIndexError, "logsumexp: dim must be a whole number, as in 0 or -1, got options; write 1 instead of {dim: 1}"],
    ["a thing that is no dimension", () => x.flip(untyped({})), TensorIndexError, "flip: dim must be a whole number, as in 0 or -1, got an object"],
    ["numbers of times one by one", () => x.tile(untyped(2)), ShapeError, "tile: expected one list of numbers, as in tile([2, 3]), got 2; put brackets round them"],
    ["rows plus a column of another length", () => zeros([32, 10]).add(zeros([32])), ShapeError, "add: shapes [32, 10] and [32] do not broadcast"],
    ["a sum in place that grows", () => zeros([3]).add_(zeros([2, 3])), ShapeError, 'add_: [2, 3] does not fit into [3], and a change in place keeps the shape; write the op without "_"'],
    ["a fraction into whole numbers", () => whole(1, 2).add_(zeros([2])), DTypeError, 'add_: the result would be float32, which a tensor of int32 cannot hold; convert it first, as in x = x.to("float32")'],
    ["joined tensors of other sizes", () => cat([zeros([2, 3]), zeros([2, 4])]), ShapeError, "cat: tensor 1 has shape [2, 4], which does not continue [2, 3] along dim 0"],
    ["a row joined to a matrix", () => cat([zeros([2, 3]), zeros([3])]), ShapeError, "It has a dimension less: part.unsqueeze(0) adds one"],
    ["stacked tensors of other sizes", () => stack([zeros([2]), zeros([3])]), ShapeError, "stack: tensor 1 has shape [3], the first one [2]"],
  ]);
});

describe("options by position, which JavaScript alone would let through", () => {
  check([
    ["a sum", () => x.sum(untyped(1)), NablaError, "sum: options are one object, as in {dim: 1}, got 1"],
    ["a mean", () => x.mean(untyped(0)), NablaError, "mean: options are one object"],
    ["a variance", () => x.var(untyped(0)), NablaError, "var: options are one object"],
    ["a deviation", () => x.std(untyped(0)), NablaError, "std: options are one object"],
    ["a maximum", () => x.max(untyped(1)), NablaError, "max: options are one object"],
    ["a position", () => x.argmax(untyped(1)), NablaError, "argmax: options are one object"],
    ["joining", () => cat([x, x], untyped(1)), NablaError, "cat: options are one object, as in {dim: 1}, got 1"],
    ["stacking", () => stack([x, x], untyped([1])), NablaError, "stack: options are one object, as in {dim: 1}, got an array"],
  ]);
});

describe("reading and choosing", () => {
  check([
    ["a row too far", () => x.at(32), TensorIndexError, "at: index 32 is outside dimension 0 of a tensor of shape [32, 784]; it must lie in -32 to 31"],
    ["half a row", () => x.at(1.5), TensorIndexError, "at: an index is a whole number, got 1.5"],
    ["half a row, selected", () => x.select(0, 0.5), TensorIndexError, "select: an index is a whole number, got 0.5"],
    ["float positions", () => x.at(tensor([1, 2])), DTypeError, 'convert with .to("int32"), or compare for a mask'],
    ["a mask of another length", () => x.at(zeros([5]).gt(0)), ShapeError, "at: a mask of shape [5] does not fit"],
    ["brackets", () => (x as unknown as Tensor[])[0], NablaError, "a tensor has no t[0]: write t.at(0)"],
    ["gather with a vector", () => scores.gather(1, whole(0, 1, 2, 0)), ShapeError, "for one position a row write index.unsqueeze(1)"],
    ["gather with floats", () => scores.gather(1, zeros([4, 1])), DTypeError, "gather: positions must be int32 or uint8, got float32"],
    ["where with a number tensor as condition", () => where(rand([3]), zeros([3]), zeros([3])), DTypeError, "compare first, as in x.gt(0)"],
    ["embedding of floats", () => F.embedding(zeros([4]), zeros([10, 3])), DTypeError, "embedding: positions must be int32 or uint8, got float32"],
    ["embedding of an unknown word", () => F.embedding(whole(2, 10), zeros([10, 3])), TensorIndexError, "embedding: position 10 is outside the range; it must lie in 0 to 9"],
    ["the item of many", () => x.item(), ShapeError, "item: a tensor of shape [32, 784] has 25088 elements; item() reads exactly one"],
  ]);
});

describe("gradients and training", () => {
  const leaf = (): Tensor => rand([3], { requiresGrad: true });
  const twice = (): void => {
    const loss = leaf().square().sum();
    loss.backward();
    loss.backward();
  };
  check([
    ["backward twice", twice, NablaError, "backward() has already been through this part of the graph and freed it; compute the result again, or pass {retainGraph: true}"],
    ["backward from many", () => leaf().mul(2).backward(), ShapeError, "Take .sum() or .mean() first, or pass a gradient"],
    ["backward from nothing", () => zeros([3]).sum().backward(), NablaError, "make a leaf with {requiresGrad: true} before computing it, and not inside noGrad"],
    ["a leaf changed in place", () => leaf().add_(1), NablaError, "write noGrad(() => w.add_(...)), or use an optimiser"],
    ["a gradient of whole numbers", () => zeros([3], { dtype: "int32", requiresGrad: true }), NablaError, "only floating tensors have gradients, this one is int32"],
    ["an optimiser of constants", () => new optim.SGD([zeros([3])], { lr: 0.1 }), NablaError, "SGD: none of the parameters requires gradients; make them with {requiresGrad: true}"],
    ["an optimiser of computed tensors", () => new optim.SGD([leaf().mul(2)], { lr: 0.1 }), NablaError, "is not a leaf: it was computed"],
    ["statistics of one value", () => F.batchNorm(zeros([1, 3]), zeros([3]), zeros([3]), { training: true }), NablaError, "one value has no variance; train with a larger batch"],
    ["statistics of other channels", () => F.batchNorm(images, zeros([5]), zeros([5]), { training: true }), ShapeError, "batchNorm: runningMean has shape [5], but the input [32, 3, 28, 28] has 3 channels"],
    ["a sequence without a batch", () => zeros([7, 5]).lstm(zeros([32, 5]), zeros([32, 8])), ShapeError, "a batch of one is [T, 1, I], made with x.unsqueeze(1)"],
    ["a transposed weight of a sequence", () => zeros([7, 2, 5]).lstm(zeros([5, 32]), zeros([32, 8])), ShapeError, "transposed it would fit: weightIh.t()"],
  ]);
});
