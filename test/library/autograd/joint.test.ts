/**
 * Calls with several outputs, and derivatives that give several gradients at once: a rule made here, (a, b) to (a + b, a - b).
 */
import { describe, expect, test } from "vitest";
import { grad, noGrad, tensor } from "../../../src/index.ts";
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
