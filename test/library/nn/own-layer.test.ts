/**
 * A layer of one's own in ten lines: it is differentiated, trained, saved, counted and printed like those that are there.
 */
import { expect, test } from "vitest";
import { gradcheck, manualSeed, nn, ones, optim, rand, randn, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

class Highway extends nn.Module {
  carry: nn.Linear;
  scale = new nn.Parameter(ones([1]));
  constructor(features: number) {
    super();
    this.carry = new nn.Linear(features, features);
  }
  override forward(x: Tensor): Tensor {
    return this.carry.forward(x).sigmoid().mul(this.scale).add(x);
  }
}

test("a layer of one's own is a layer like any other", () => {
  manualSeed(1);
  const layer = new Highway(3).to("float64");
  expect(gradcheck((x: Tensor) => layer.forward(x), [randn([2, 3], { dtype: "float64" }).requiresGrad_()])).toBe(true);

  const net = new nn.Sequential(new Highway(3), new nn.Linear(3, 1));
  const [x, y] = [rand([16, 3]), rand([16, 1])];
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.05 });
  const losses = Array.from({ length: 50 }, () => {
    optimizer.zeroGrad();
    const loss = nn.functional.mseLoss(net.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  });
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
  expect(net.stateDict()["0.scale"]!.item()).not.toBe(1);
  const again = new nn.Sequential(new Highway(3), new nn.Linear(3, 1));
  again.loadStateDict(net.stateDict());
  expect(again.eval().forward(x).data()).toEqual(net.eval().forward(x).data());

  expect(net.toString()).toBe("Sequential(\n  (0): Highway(\n    (carry): Linear(3, 3)\n  )\n  (1): Linear(3, 1)\n)");
  expect(net.summary([2, 3]).parameters).toBe(9 + 3 + 1 + 3 + 1);
  expect(() => net.forward(zeros([2, 4]))).toThrow("0.carry: Linear(3, 3) expects [..., 3], got [2, 4]");
});
