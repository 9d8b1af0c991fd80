/**
 * Tensors on a card, from TypeScript down to its kernels, by the driver without a card.
 */
import { describe, expect, it } from "vitest";
import { fakeCard } from "./fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=5"), { NABLA_DEVICE: "", NABLA_CUDA_MEMORY: "" });
const { compile, device, getDefaultDevice, manualSeed, memory, nn, noGrad, ones, onesLike, optim, rand, randint, setDefaultDevice, tensor, trackMemory, zeros, cat } =
  await import("../../../src/index.ts");

describe("tensors on a card", () => {
  it("are made there, say so, and come back the same", () => {
    const x = tensor([[1, 2], [3, 4]], { device: "cuda" });
    expect(x.device).toBe("cuda");
    expect(x.toArray()).toEqual([[1, 2], [3, 4]]);
    expect(x.t().contiguous().toArray()).toEqual([[1, 3], [2, 4]]);
    expect(x.at(1, 0).item()).toBe(3);
    const there = tensor([1.5, 2.5]).to("cuda");
    expect([there.device, there.to("cpu").device]).toEqual(["cuda", "cpu"]);
    expect(there.slice(0, 1, 2).to("cpu").toArray()).toEqual([2.5]);
    expect(zeros([0, 3], { device: "cuda" }).to("cpu").shape).toEqual([0, 3]);
  });

  it("an op computes where its tensors are, and what it makes is there", () => {
    const x = tensor([1, 2, 3], { device: "cuda" });
    for (const made of [x.add(1), x.exp().sum(), onesLike(x), x.newZeros([2]), cat([x, x]), x.gt(2), x.matmul(x)]) expect(made.device).toBe("cuda");
    expect(x.mul(2).add(x).toArray()).toEqual([3, 6, 9]);
    expect(getDefaultDevice()).toBe("cpu");
  });

  it("do not meet tensors of the CPU unasked", () => {
    const x = ones([2], { device: "cuda" });
    expect(() => x.add(ones([2]))).toThrow('add: its tensors are on different devices, "cpu" and "cuda"; move one');
    expect(x.add(ones([2]).to("cuda")).toArray()).toEqual([2, 2]);
  });

  it("changes in place stay there, and gradients find their way across", () => {
    const x = zeros([3], { device: "cuda" });
    x.add_(2).mul_(3);
    expect(x.toArray()).toEqual([6, 6, 6]);
    const leaf = tensor([1, 2, 3], { requiresGrad: true });
    leaf.to("cuda").square().sum().backward();
    expect(leaf.grad!.device).toBe("cpu");
    expect(leaf.grad!.toArray()).toEqual([2, 4, 6]);
  });

  it("labels outside their range are an error at the line", () => {
    const scores = rand([2, 3], { device: "cuda" });
    expect(() => nn.functional.crossEntropy(scores, tensor(Int32Array.of(1, 3)).to("cuda"))).toThrow("label 3 is outside the range");
  });

  it("a module moves with its parameters and buffers", () => {
    const net = new nn.BatchNorm1d(3);
    net.to("cuda");
    for (const each of [...net.parameters(), ...net.buffers()]) expect(each.device).toBe("cuda");
    expect(net.forward(rand([4, 3], { device: "cuda" })).device).toBe("cuda");
    net.to("cpu");
    expect(net.forward(rand([4, 3])).device).toBe("cpu");
  });

  it("device.info tells of the card and what is held on it", () => {
    const before = device.info().cuda!;
    const held = zeros([1000], { device: "cuda" });
    const after = device.info().cuda!;
    expect(after).toMatchObject({ name: "Fake card", computeCapability: "9.0", driverVersion: 13000, failure: "" });
    expect(after.bytes - before.bytes).toBeGreaterThanOrEqual(4000);
    expect(after.reservedBytes).toBeLessThanOrEqual(after.limitBytes);
    expect(held.device).toBe("cuda");
  });

  it("memory() counts what lies on a device, and tells by what lines it was made", () => {
    trackMemory(true);
    const before = memory("cuda"), here = memory("cpu").bytes;
    const held = zeros([1000], { device: "cuda" });
    const after = memory("cuda");
    trackMemory(false);
    // A card hands memory out in pieces of 256 bytes and more.
    expect([after.tensors - before.tensors, after.bytes - before.bytes, memory("cpu").bytes - here]).toEqual([1, 4096, 0]);
    expect(after.places!.find(({ place }) => /card\.test\.ts/.test(place))).toMatchObject({ tensors: 1, bytes: 4000 });
    expect(memory().bytes).toBe(memory("cpu").bytes);
    expect(held.device).toBe("cuda");
  });
});

/** A few steps of a small network; its losses and its parameters in the end. */
function training(where: "cpu" | "cuda"): { losses: number[]; weights: number[]; device: string } {
  setDefaultDevice(where);
  try {
    manualSeed(7);
    const net = new nn.Sequential(new nn.Linear(6, 16), new nn.Tanh(), new nn.Dropout(0.25), new nn.Linear(16, 3));
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.02 });
    const x = rand([24, 6]);
    const y = randint(0, 3, [24]);
    const step = compile(() => {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(net.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss.detach();
    });
    const losses = Array.from({ length: 6 }, () => step().item());
    const weights = noGrad(() => cat([...net.parameters()].map((each) => each.detach().reshape([-1]))));
    return { losses, weights: [...weights.data()], device: weights.device };
  } finally {
    setDefaultDevice("cpu");
  }
}

it("the same seed trains the same network on a card and on the CPU: the same draws, losses and weights within float tolerance", () => {
  const [here, there] = [training("cpu"), training("cuda")];
  expect([here.device, there.device]).toEqual(["cpu", "cuda"]);
  there.losses.forEach((loss, i) => expect(loss).toBeCloseTo(here.losses[i]!, 5));
  there.weights.forEach((weight, i) => expect(weight).toBeCloseTo(here.weights[i]!, 4));
  expect(here.losses[5]).toBeLessThan(here.losses[0]!);
});
