/**
 * Tensors on a card while new ones are made on the CPU: what the library makes for itself on the way lies where its operands do.
 */
import { describe, expect, it } from "vitest";
import { fakeCard } from "./fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=9"), { NABLA_DEVICE: "", NABLA_CUDA_MEMORY: "" });
const { getDefaultDevice, manualSeed, nn, optim, rand, tensor, where } = await import("../../../src/index.ts");
type Tensor = ReturnType<typeof tensor>;
const { DataLoader, TensorDataset } = await import("../../../src/data/index.ts");
const { functional } = nn;
const on = (x: Tensor): Tensor => x.to("cuda");

const matrix = (): Tensor => tensor([[4, 1, 3], [2, 2, 5], [4, 1, 3]]);
const whole = (): Tensor => tensor(Int32Array.of(3, 1, 3, 0));

/** What is computed, from tensors on the device that `on` moves to. */
const cases: Record<string, (on: (x: Tensor) => Tensor) => Tensor> = {
  "tril and triu": (on) => on(matrix()).tril().add(on(matrix()).triu({ diagonal: 1 })),
  "where of two numbers": (on) => where(on(matrix()).gt(2), 1, -1),
  "unique rows": (on) => on(matrix()).unique({ dim: 0 }),
  bincount: (on) => on(whole()).bincount(),
  histc: (on) => on(matrix()).histc({ bins: 4 }),
  "a number put at positions": (on) => on(matrix()).indexPut([on(tensor(Int32Array.of(0, 2)))], 7),
  "interpolation": (on) => functional.interpolate(on(matrix()).reshape([1, 1, 3, 3]), { size: [5, 4], mode: "bilinear" }),
  "nearest interpolation": (on) => functional.interpolate(on(matrix()).reshape([1, 1, 3, 3]), { size: [5, 4], mode: "nearest" }),
  "padded sequences": (on) => nn.padSequence([on(matrix()), on(matrix().slice(0, 0, 2))]),
};

describe("on a card that is not the default device", () => {
  it.each(Object.entries(cases))("%s gives what the CPU gives, and there", (_, compute) => {
    const here = compute((x) => x), there = compute((x) => x.to("cuda"));
    expect(getDefaultDevice()).toBe("cpu");
    expect(there.device).toBe("cuda");
    expect(there.toArray()).toEqual(here.toArray());
  });

  it("a loader gives shuffled batches of tensors where they lie", () => {
    const loader = new DataLoader(new TensorDataset(on(matrix()), on(whole()).slice(0, 0, 3)), { batchSize: 2, shuffle: true });
    for (const [x, y] of loader) expect([x.device, y.device, x.shape[0]]).toEqual(["cuda", "cuda", y.shape[0]]);
  });

  it("draws in place come out as on the CPU", () => {
    const drawn = (device: "cpu" | "cuda"): unknown => {
      manualSeed(3);
      const x = tensor([[0, 0, 0]]).to(device);
      return [x.bernoulli_(0.5).toArray(), x.uniform_().device];
    };
    expect((drawn("cuda") as unknown[])[0]).toEqual((drawn("cpu") as unknown[])[0]);
  });

  it("an LSTM with lengths, attention with a causal mask and clipped gradients train there", () => {
    manualSeed(4);
    const net = new nn.LSTM(3, 4), attention = new nn.MultiheadAttention(4, 2, { batchFirst: false });
    net.to("cuda");
    attention.to("cuda");
    const x = rand([5, 2, 3]).to("cuda");
    const { output } = net.forward(x, { lengths: [5, 3] });
    const seen = attention.forward(output, output, output, { isCausal: true }).output;
    seen.square().sum().backward();
    const norm = nn.clipGradNorm_(net.parameters(), 0.1);
    expect([seen.device, norm.device]).toEqual(["cuda", "cuda"]);
    expect(nn.clipGradNorm_(net.parameters(), 1).item()).toBeCloseTo(0.1, 4);
  });

  it("L-BFGS steps there, with a parameter that has no gradient", () => {
    const a = new nn.Parameter(tensor([3, -2]).to("cuda")), b = new nn.Parameter(tensor([1]).to("cuda"));
    const optimizer = new optim.LBFGS([a, b]);
    optimizer.step(() => {
      optimizer.zeroGrad();
      const loss = a.sub(1).square().sum();
      loss.backward();
      return loss;
    });
    (a.detach().toArray() as number[]).forEach((each) => expect(each).toBeCloseTo(1, 3));
  });
});
