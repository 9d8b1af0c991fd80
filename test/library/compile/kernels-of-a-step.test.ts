/**
 * Which kernels a training step is made of on a card, in order. Each costs a little more than a microsecond inside of a graph, which is
 * most of the time of a small model's step, so the lists are pinned: a change that adds a kernel shows here.
 */
import { describe, expect, it } from "vitest";
import { fakeCard } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=3"), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { arange, compile, nn, optim, rand, randint, tensor } = await import("../../../src/index.ts");
type Tensor = ReturnType<typeof rand>;
type Optimizer = InstanceType<typeof optim.SGD | typeof optim.Adam>;

/** The kernels of one run of a function that has been compiled, and how many of them have to follow one another. */
function kernelsOf(fn: (...tensors: Tensor[]) => Tensor, ...tensors: Tensor[]): { kernels: readonly string[]; inRow: number } {
  const compiled = compile(fn);
  for (let i = 0; i < 3; i++) compiled(...tensors);
  const { kernels, longestChain } = compiled.programs[0]!.card!;
  return { kernels, inRow: longestChain };
}

it("a step of a perceptron with two hidden layers, dropout, cross-entropy and Adam", () => {
  const network = new nn.models.Mlp([20, 16, 16, 10], { dropout: 0.5 });
  const optimizer = new optim.Adam(network.parameters());
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(network.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const { kernels, inRow } = kernelsOf(step, rand([8, 20]), randint(0, 10, [8]));
  expect(kernels).toEqual([
    // The labels' range.
    "checkRange_i32",
    // Forward: each hidden layer is a product, and its activation with the dropout.
    "product_f32", "nabla_fused", "product_f32", "nabla_fused", "product_f32",
    "crossEntropy_inOne_f32",
    // Backward: the gradient of the loss, and of each layer its weight's, its bias's and its input's.
    "crossEntropyBackward_f32",
    "product_f32", "sum_f32", "product_f32", "nabla_fused", "product_f32", "sum_f32", "product_f32", "nabla_fused", "product_f32", "sum_f32",
    "adam_f32",
  ]);
  // Only what leads to the last gradient: the loss itself, gradients of weights and biases, and the optimiser's kernels run beside that.
  expect(inRow).toBe(12);
});

it("a step of contrastive divergence", () => {
  const machine = new nn.models.RBM(20, 12);
  const chain = (v: Tensor): Tensor => machine.gibbs(v);
  expect(kernelsOf(chain, rand([8, 20]))).toEqual({ kernels: ["product_f32", "nabla_fused", "product_f32", "nabla_fused"], inRow: 4 });
});

it("the gradient with which a backward pass begins, and what is computed from it alone, are numbers of the kernels behind it", () => {
  const w = rand([6]).requiresGrad_();
  const slope = (x: Tensor): Tensor => {
    w.grad = null;
    x.mul(w).tanh().mean().neg().mul(3).backward();
    return w.grad!;
  };
  const compiled = compile(slope);
  const x = rand([6]);
  for (let i = 0; i < 3; i++) expect(compiled(x).toArray()).toEqual(slope(x).toArray());
  // All that is left of the loss is nothing: nobody asks for it.
  expect(compiled.programs[0]!.card!.kernels).toEqual(["nabla_fused"]);
});

it("a loss that is written out is added up by the kernel that makes it, and so is the gradient of a bias that is added", () => {
  const [w, v] = [rand([20, 16]), rand([16, 3])].map((each) => each.requiresGrad_());
  const [b, c] = [rand([16]), rand([3])].map((each) => each.requiresGrad_());
  const optimizer = new optim.SGD([w!, b!, v!, c!], { lr: 0.1 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = x.matmul(w!).add(b!).tanh().matmul(v!).add(c!).sub(y).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  };
  expect(kernelsOf(step, rand([8, 20]), rand([8, 3])).kernels).toEqual([
    "product_f32", "nabla_fused", "product_f32",
    // To the loss, and back from it with the gradient of the outputs' bias.
    "nabla_fused", "nabla_fused",
    "product_f32", "product_f32",
    // Through tanh, with the gradient of the hidden layer's bias.
    "nabla_fused", "product_f32",
    "sgd_f32",
  ]);
});

describe("an optimiser's calls", () => {
  const parameters = (count: number): Tensor[] => Array.from({ length: count }, (_, i) => arange(i + 2).mul(0.1).requiresGrad_());
  /** Some steps on gradients that change, and what is left; a step takes the optimisers and the sum to differentiate. */
  const trained = (count: number, make: (given: Tensor[]) => Optimizer[], compiled: boolean): { values: unknown[]; kernels: readonly string[] } => {
    const given = parameters(count);
    const optimizers = make(given);
    const eager = (x: Tensor): Tensor => {
      optimizers.forEach((each) => each.zeroGrad());
      given.map((each) => each.mul(x).tanh().sum()).reduce((a, b) => a.add(b)).backward();
      optimizers.forEach((each) => each.step());
      return x.neg();
    };
    const step = compiled ? compile(eager) : eager;
    for (let i = 1; i < 6; i++) {
      if (i === 4) optimizers[0]!.lr = 0.07;
      step(tensor(i * 0.3));
    }
    const program = compiled ? (step as ReturnType<typeof compile>).programs[0] : undefined;
    return { values: given.map((each) => each.detach().toArray()), kernels: program?.card?.kernels.filter((name) => /^(sgd|adam)/.test(name)) ?? [] };
  };
  const cases: Record<string, [count: number, make: (given: Tensor[]) => Optimizer[], kernels: string[]]> = {
    "are one kernel for many parameters": [23, (given) => [new optim.Adam(given, { lr: 0.05 })], ["adam_f32"]],
    "with momentum too": [17, (given) => [new optim.SGD(given, { lr: 0.05, momentum: 0.9 })], ["sgd_velocity_f32"]],
    "are several beyond what a kernel is told of": [100, (given) => [new optim.SGD(given, { lr: 0.05 })], ["sgd_f32", "sgd_f32"]],
    "of different rates are parted": [8, (given) => [new optim.Adam(given.slice(0, 4), { lr: 0.05 }), new optim.Adam(given.slice(4), { lr: 0.01 })], ["adam_f32", "adam_f32"]],
    "that part when a rate changes": [8, (given) => [new optim.Adam(given.slice(0, 4), { lr: 0.05 }), new optim.Adam(given.slice(4), { lr: 0.05 })], ["adam_f32", "adam_f32"]],
    "on the same parameters follow one another": [3, (given) => [new optim.SGD(given, { lr: 0.05 }), new optim.SGD(given, { lr: 0.05 })], ["sgd_f32", "sgd_f32"]],
  };
  it.each(Object.entries(cases))("%s", (_, [count, make, kernels]) => {
    const compiled = trained(count, make, true);
    expect(compiled.kernels).toEqual(kernels);
    expect(compiled.values).toEqual(trained(count, make, false).values);
  });
});
