/**
 * Calls with several outputs, and derivatives that give several gradients at once: a rule made here, (a, b) to (a + b, a - b);
 * and the memory that such calls keep for their derivatives alone.
 */
import { describe, expect, test } from "vitest";
import { grad, memory, noGrad, ones, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { GraphNode } from "../../../src/tensor/graph.ts";
import type { DerivativeRule } from "../../../src/tensor/graph.ts";

const rule: DerivativeRule = {
  name: "sumAndDifference",
  jointDerivative: ([ofSum, ofDifference], call) => {
    const sum = ofSum ?? tensor(0);
    const difference = ofDifference ?? tensor(0);
    return [call.needs(0) ? sum.add(difference) : undefined, call.needs(1) ? sum.sub(difference) : undefined];
  },
};

function sumAndDifference(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const outputs: [Tensor, Tensor] = noGrad(() => [a.add(b), a.sub(b)]);
  const node = GraphNode.ofCall(rule, [a, b], outputs, undefined);
  outputs.forEach((output, i) => {
    output.node = node;
    output.outputIndex = i;
    output.requiresGrad = true;
  });
  return outputs;
}

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

describe("a call with two outputs", () => {
  test("sends back the gradients of both", () => {
    const [a, b] = [leaf(1, 2), leaf(3, 5)];
    const [sum, difference] = sumAndDifference(a, b);
    sum.mul(10).add(difference.mul(difference)).sum().backward();
    // d/da (10 (a + b) + (a - b)^2) = 10 + 2 (a - b)
    expect(a.grad!.toArray()).toEqual([6, 4]);
    expect(b.grad!.toArray()).toEqual([14, 16]);
  });

  test("gives undefined for the output nobody used", () => {
    const [a, b] = [leaf(1), leaf(3)];
    sumAndDifference(a, b)[1].mul(2).backward();
    expect([a.grad!.toArray(), b.grad!.toArray()]).toEqual([[2], [-2]]);
  });

  test("adds what reaches one output on two ways, and both operands may be one tensor", () => {
    const a = leaf(1, 2);
    const [sum, difference] = sumAndDifference(a, a);
    sum.add(sum).add(difference.mul(7)).sum().backward();
    expect(a.grad!.toArray()).toEqual([4, 4]);
  });

  test("is an input of grad() by either output, and twice", () => {
    const [a, b] = [leaf(1), leaf(3)];
    const [sum, difference] = sumAndDifference(a, b);
    const loss = sum.mul(2).add(difference.mul(5));
    const gradients = grad(loss, [difference, sum, sum, a]);
    expect(gradients.map((gradient) => gradient.item())).toEqual([5, 2, 2, 7]);
  });
});

describe("memory that only the derivative of a call sees", () => {
  const [steps, batch, hidden] = [20, 8, 64];
  const weight = (): Tensor => ones([4 * hidden, hidden]).mul(0.01);
  const x = ones([steps, batch, hidden]);
  /** What an LSTM keeps of each step for the way back is several times its output. */
  const outputBytes = 4 * steps * batch * hidden;

  test("is freed as soon as gradients have passed the call, not at the next collection", () => {
    const weightHh = weight().requiresGrad_();
    const loss = x.lstm(weight(), weightHh).output.sum();
    const before = memory().bytes;
    loss.backward();
    expect(before - memory().bytes + 4 * weightHh.numel).toBeGreaterThan(4 * outputBytes);
  });

  test("stays while the graph is kept", () => {
    const weightHh = weight().requiresGrad_();
    const loss = x.lstm(weight(), weightHh).output.sum();
    loss.backward(undefined, { retainGraph: true });
    const first = weightHh.grad!.clone();
    weightHh.grad = null;
    loss.backward();
    expect(weightHh.grad!.toArray()).toEqual(first.toArray());
    expect(first.abs().sum().item()).toBeGreaterThan(0);
  });

  test("is freed at once where nothing is recorded", () => {
    const [weightIh, weightHh] = [weight(), weight()];
    const before = memory().bytes;
    const { output } = x.lstm(weightIh, weightHh);
    expect(output.shape).toEqual([steps, batch, hidden]);
    expect(memory().bytes - before).toBeLessThan(3 * outputBytes);
  });
});
