/**
 * L-BFGS: the steps, the losses and the number of evaluations are PyTorch's; a resumed run has the bits of the one that went
 * on; what cannot be is named.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DTypeError, load, NablaError, nn, optim, save, ShapeError, tensor } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

interface Run {
  losses: number[];
  evaluations: number;
  parameters: number[][];
}
interface Stored {
  torch: string;
  x: number[];
  y: number[];
  network: number[][];
  runs: Record<string, { steps: number } & Partial<Record<"float32" | "float64", Run>>>;
}
const stored = JSON.parse(readFileSync(new URL("lbfgs.json", import.meta.url), "utf8")) as Stored;
const from = (values: readonly number[], shape: number[], dtype: DType): Tensor => tensor(new Float64Array(values), { shape }).to(dtype);
const leaf = (values: readonly number[], shape: number[], dtype: DType): Tensor => from(values, shape, dtype).requiresGrad_();

interface Problem {
  readonly parameters: Tensor[];
  loss(): Tensor;
}
function network(dtype: DType): Problem {
  const [x, y] = [from(stored.x, [12, 3], dtype), from(stored.y, [12, 2], dtype)];
  const parameters = [[3, 4], [4], [4, 2], [2]].map((shape, i) => leaf(stored.network[i]!, shape, dtype));
  const [w1, b1, w2, b2] = parameters as [Tensor, Tensor, Tensor, Tensor];
  return { parameters, loss: () => x.matmul(w1).add(b1).tanh().matmul(w2).add(b2).sub(y).square().mean() };
}
function valley(dtype: DType): Problem {
  const [x, y] = [leaf([-1.2], [1], "float32"), leaf([1], [1], "float32")].map((each) => each.detach().to(dtype).requiresGrad_()) as [Tensor, Tensor];
  return { parameters: [x, y], loss: () => x.neg().add(1).square().add(y.sub(x.square()).square().mul(100)).sum() };
}
function bowl(dtype: DType): Problem {
  const [x, y] = valley(dtype).parameters as [Tensor, Tensor];
  return { parameters: [x, y], loss: () => x.mul(x).mul(3).add(y.mul(y).mul(0.25)).add(x.mul(y).mul(0.1)).sum() };
}
function convex(dtype: DType): Problem {
  const { parameters } = network(dtype);
  const [w1, b1] = parameters as [Tensor, Tensor];
  const [x, y] = [from(stored.x, [12, 3], dtype), tensor(new Array(12).fill([0, 1, 0, 1]), { dtype })];
  const ridge = (): Tensor => parameters.map((each) => each.square().sum()).reduce((a, b) => a.add(b));
  const misses = (): Tensor => nn.functional.binaryCrossEntropyWithLogits(x.matmul(w1).add(b1), y, { reduction: "sum" });
  return { parameters, loss: () => misses().add(ridge().mul(0.1)) };
}

const runs: Record<string, readonly [(dtype: DType) => Problem, optim.LBFGSOptions]> = {
  "network, line search": [network, { maxIter: 4, lineSearchFn: "strong_wolfe" }],
  "network, line search, history of 2": [network, { maxIter: 3, historySize: 2, lr: 0.5, lineSearchFn: "strong_wolfe" }],
  "network, no line search": [network, { maxIter: 2, lr: 0.3 }],
  "valley, line search": [valley, { maxIter: 4, lineSearchFn: "strong_wolfe" }],
  "valley, few evaluations": [valley, { maxIter: 20, maxEval: 3, lineSearchFn: "strong_wolfe" }],
  "valley, a first step far too long": [valley, { maxIter: 2, lr: 300, lineSearchFn: "strong_wolfe" }],
  "valley, a first step far too short": [valley, { maxIter: 2, lr: 1e-6, lineSearchFn: "strong_wolfe" }],
  "bowl, to the bottom": [bowl, { lineSearchFn: "strong_wolfe" }],
  "convex, line search": [convex, { maxIter: 1, maxEval: 8, lineSearchFn: "strong_wolfe" }],
  "convex, no line search": [convex, { maxIter: 2, lr: 0.7, historySize: 3 }],
};

function descend({ parameters, loss }: Problem, optimizer: optim.LBFGS, steps: number): { losses: number[]; evaluations: number; parameters: Tensor[] } {
  let evaluations = 0;
  const losses = Array.from({ length: steps }, () =>
    optimizer.step(() => {
      evaluations++;
      optimizer.zeroGrad();
      const value = loss();
      value.backward();
      return value;
    }).item(),
  );
  return { losses, evaluations, parameters };
}

describe(`ten steps are those of PyTorch ${stored.torch}`, () => {
  test("every stored run is made", () => expect(Object.keys(runs)).toEqual(Object.keys(stored.runs)));

  for (const [name, [problem, options]] of Object.entries(runs)) {
    const { steps, ...results } = stored.runs[name]!;
    test.each(Object.entries(results) as [DType, Run][])(`${name}, %s`, (dtype, expected) => {
      const own = problem(dtype);
      const tolerance = dtype === "float64" ? 1e-10 : 1e-5;
      const run = descend(own, new optim.LBFGS(own.parameters, options), steps);
      expectClose(run.losses, expected.losses, tolerance, "losses");
      run.parameters.forEach((parameter, i) => expectClose(parameter.data(), expected.parameters[i]!, tolerance, `parameter ${i}`));
      expect(run.evaluations).toBe(expected.evaluations);
    });
  }
});

test("a run saved in a file after three steps and resumed has the bits of the one that went on", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nabla-lbfgs-"));
  try {
    const options = { maxIter: 3, historySize: 4, lineSearchFn: "strong_wolfe" } as const;
    const own = network("float32");
    const optimizer = new optim.LBFGS(own.parameters, options);
    descend(own, optimizer, 3);
    save(path.join(folder, "state.nabla"), optimizer.stateDict());
    const other = network("float32");
    other.parameters.forEach((parameter, i) => parameter.detach().copy_(own.parameters[i]!.detach()));
    const resumed = new optim.LBFGS(other.parameters, options);
    resumed.loadStateDict(load<optim.OptimizerState>(path.join(folder, "state.nabla")));
    expect(descend(other, resumed, 3).losses).toEqual(descend(own, optimizer, 3).losses);
    other.parameters.forEach((parameter, i) => expect(parameter.toArray()).toEqual(own.parameters[i]!.toArray()));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a search that is interrupted leaves the parameters where it began", () => {
  const { parameters, loss } = valley("float64");
  const optimizer = new optim.LBFGS(parameters, { lineSearchFn: "strong_wolfe" });
  const before = parameters.map((each) => each.item());
  let evaluations = 0;
  const closure = (): Tensor => {
    if (++evaluations === 3) throw new Error("interrupted");
    optimizer.zeroGrad();
    const value = loss();
    value.backward();
    return value;
  };
  expect(() => optimizer.step(closure)).toThrow("interrupted");
  expect(parameters.map((each) => each.item())).toEqual(before);
});

test("what cannot be is named, and a state that does not fit changes nothing", () => {
  const w = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });
  expect(() => new optim.LBFGS([{ params: [w(1)] }, { params: [w(2)] }])).toThrow("all parameters change together; give one list, not groups");
  expect(() => new optim.LBFGS([w(1), tensor([1], { dtype: "float64", requiresGrad: true })])).toThrow(DTypeError);
  expect(() => new optim.LBFGS([tensor([1])])).toThrow("none of the parameters requires gradients");
  expect(() => new optim.LBFGS([w(1)], { lr: -1 })).toThrow("LBFGS: lr is -1");
  expect(() => new optim.LBFGS([w(1)], { historySize: 0 })).toThrow("LBFGS: historySize is 0");
  expect(() => new optim.LBFGS([w(1)], { lineSearchFn: "armijo" as "strong_wolfe" })).toThrow('known are "strong_wolfe" and null');
  const optimizer = new optim.LBFGS([w(1, 2)], { maxIter: 1 });
  expect(() => optimizer.step(undefined as unknown as () => Tensor)).toThrow(NablaError);
  const own = valley("float32");
  const other = new optim.LBFGS(own.parameters);
  descend(own, other, 1);
  const three = w(1, 2, 3);
  expect(() => new optim.LBFGS([three]).loadStateDict(other.stateDict())).toThrow(ShapeError);
  expect(() => new optim.LBFGS([three]).loadStateDict(other.stateDict())).toThrow("the state is of [2] float32 elements, the parameters have 3 of float32");
});
