/**
 * Which kernels a training step is made of on a card, in order. Each costs a little more than a microsecond inside of a graph, which is
 * most of the time of a small model's step, so the lists are pinned: a change that adds a kernel shows here.
 */
import { expect, it } from "vitest";
import { fakeCard } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=3"), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { compile, nn, optim, rand, randint } = await import("../../../src/index.ts");
type Tensor = ReturnType<typeof rand>;

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
    "crossEntropy_wide_f32", "mean_f64", "copy_f64_f32",
    // Backward: the gradient of the loss, and of each layer its weight's, its bias's and its input's.
    "copy_f64_f32", "crossEntropyBackward_f32",
    "product_f32", "sum_f32", "product_f32", "nabla_fused", "product_f32", "sum_f32", "product_f32", "nabla_fused", "product_f32", "sum_f32",
    "adam_f32", "adam_f32",
  ]);
  // Only what leads to the last gradient: the loss itself, gradients of weights and biases, and the optimiser's kernels run beside that.
  expect(inRow).toBe(12);
});

it("a step of contrastive divergence", () => {
  const machine = new nn.models.RBM(20, 12);
  const chain = (v: Tensor): Tensor => machine.gibbs(v);
  expect(kernelsOf(chain, rand([8, 20]))).toEqual({ kernels: ["product_f32", "nabla_fused", "product_f32", "nabla_fused"], inRow: 4 });
});
