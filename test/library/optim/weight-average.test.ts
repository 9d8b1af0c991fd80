/**
 * Averages of weights are PyTorch's `AveragedModel`'s, compiled or not; they can be tried out, saved and put back.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile, NablaError, nn, optim, ShapeError, tensor } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

interface Stored {
  torch: string;
  x: number[];
  y: number[];
  weight: number[];
  bias: number[];
  averages: Record<"mean" | "exponential", Record<"float32" | "float64", number[][]>>;
}
const stored = JSON.parse(readFileSync(new URL("weight-average.json", import.meta.url), "utf8")) as Stored;
const from = (values: readonly number[], shape: number[], dtype: DType): Tensor => tensor(new Float64Array(values), { shape }).to(dtype);

/** Ten steps of SGD, each followed by an update of the average. */
function run(dtype: DType, options: { decay?: number }, compiled = false): { average: optim.WeightAverage; parameters: Tensor[] } {
  const parameters = [from(stored.weight, [2, 3], dtype).requiresGrad_(), from(stored.bias, [2], dtype).requiresGrad_()];
  const [weight, bias] = parameters as [Tensor, Tensor];
  const average = new optim.WeightAverage(parameters, options);
  const optimizer = new optim.SGD(parameters, { lr: 0.1 });
  const own = (x: Tensor, y: Tensor): void => {
    optimizer.zeroGrad();
    nn.functional.mseLoss(nn.functional.linear(x, weight, bias), y).backward();
    optimizer.step();
    average.update();
  };
  const step = compiled ? compile(own) : own;
  for (let i = 0; i < 10; i++) step(from(stored.x, [12, 3], dtype), from(stored.y, [12, 2], dtype));
  return { average, parameters };
}
const values = (tensors: readonly Tensor[]): number[][] => tensors.map((each) => [...each.data()]);

describe(`averages over ten steps are those of PyTorch ${stored.torch}`, () => {
  for (const [name, options] of [["mean", {}], ["exponential", { decay: 0.7 }]] as const) {
    test.each([["float32", 1e-5], ["float64", 1e-10]] as const)(`${name}, %s`, (dtype, tolerance) => {
      const { average } = run(dtype, options);
      expect(average.averaged).toBe(10);
      average.average.forEach((each, i) => expectClose(each.data(), stored.averages[name][dtype][i]!, tolerance));
      expect(values(run(dtype, options, true).average.average)).toEqual(values(average.average));
    });
  }
});

test("the averages are used for a while, and the weights come back, whatever happens meanwhile", async () => {
  const { average, parameters } = run("float32", {});
  const own = values(parameters);
  expect(average.use(() => values(parameters))).toEqual(values(average.average));
  expect(values(parameters)).toEqual(own);
  expect(() => average.use(() => { throw new Error("broken"); })).toThrow("broken");
  expect(values(parameters)).toEqual(own);
  expect(await average.use(async () => { await Promise.resolve(); return values(parameters); })).toEqual(values(average.average));
  expect(values(parameters)).toEqual(own);
});

test("a saved average goes on in another one, and one of other weights is refused", () => {
  const { average, parameters } = run("float32", {});
  const saved = average.stateDict();
  const other = new optim.WeightAverage(parameters);
  other.loadStateDict(saved);
  for (const each of [average, other]) each.update();
  expect(values(other.average)).toEqual(values(average.average));
  expect(other.averaged).toBe(11);
  expect(() => new optim.WeightAverage([parameters[0]!]).loadStateDict(saved)).toThrow(ShapeError);
  expect(() => new optim.WeightAverage([])).toThrow(NablaError);
  expect(() => new optim.WeightAverage(parameters, { decay: 2 })).toThrow("decay is 2; it must be from 0 to 1");
});
