/**
 * A book's first network, with its printed losses: two inputs, three tanh units, two classes, on 300 points of two moons, by
 * 20,001 steps of plain gradient descent with weight decay, all in float64 from NumPy's legacy generator with seed 0 (book
 * "R05": 2.4, listings 2-9 to 2-14).
 */
import { expect, test } from "vitest";
import { compile, data, nn, noGrad, optim, random, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

/** Losses that the book prints, by their steps. */
const printed = { 0: 0.389105, 1000: 0.120831, 2000: 0.116688, 18000: 0.114781, 19000: 0.11478, 20000: 0.114779 };

const hidden = 3;
const decay = 0.01;

function makeNet(): nn.Sequential {
  const net = new nn.Sequential({
    hidden: new nn.Linear(2, hidden, { dtype: "float64" }),
    tanh: new nn.Tanh(),
    output: new nn.Linear(hidden, 2, { dtype: "float64" }),
  });
  // The book's weights are [in, out].
  const source = new random.MT19937(0);
  const weights = (inputs: number, outputs: number): Tensor =>
    tensor(source.randn(inputs, outputs), { dtype: "float64" }).div(Math.sqrt(inputs)).t();
  const first = weights(2, hidden);
  const zeros = (count: number): Tensor => tensor(new Float64Array(count));
  net.loadStateDict({ "hidden.weight": first, "hidden.bias": zeros(hidden), "output.weight": weights(hidden, 2), "output.bias": zeros(2) });
  return net;
}

test("the network on two moons prints the book's losses, and classifies as well", () => {
  const { points, labels } = data.moons(300, { noise: 0.25, random: new random.MT19937(0), dtype: "float64" });
  const net = makeNet();
  const named = [...net.namedParameters()];
  const decayed = named.filter(([name]) => name.endsWith("weight")).map(([, parameter]) => parameter);
  const plain = named.filter(([name]) => name.endsWith("bias")).map(([, parameter]) => parameter);
  const optimizer = new optim.SGD([{ params: decayed, weightDecay: decay }, { params: plain }], { lr: 0.01 });
  const crossEntropy = new nn.CrossEntropyLoss({ reduction: "sum" });
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    crossEntropy.forward(net.forward(x), y).backward();
    optimizer.step();
  });
  const loss = (): number =>
    noGrad(() => {
      const penalty = decayed.map((weight) => weight.square().sum().item()).reduce((a, b) => a + b, 0);
      return (crossEntropy.forward(net.forward(points), labels).item() + (decay / 2) * penalty) / 300;
    });
  const accuracy = (): number => net.forward(points).argmax({ dim: 1 }).eq(labels).to("float64").mean().item();
  const losses: Record<number, number> = {};
  const accuracies: Record<number, number> = {};
  for (let i = 0; i <= 20000; i++) {
    step(points, labels);
    if (i in printed) [losses[i], accuracies[i]] = [Number(loss().toFixed(6)), accuracy()];
  }
  expect(losses).toEqual(printed);
  // By NumPy, from the same recipe; the book prints none.
  expect([accuracies[0], accuracies[1000], accuracies[20000]].map((each) => each!.toFixed(4))).toEqual(["0.8300", "0.9600", "0.9567"]);
});
