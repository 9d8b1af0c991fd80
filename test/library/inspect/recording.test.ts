/** What is seen when a model runs, the arithmetic behind its numbers, and that looking changes nothing. */
import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { attachToNotebook } from "../../../src/host.ts";
import { conv2d, manualSeed, nn, noGrad, randn } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { arithmeticOf } from "../../../src/inspect/features/arithmetic.ts";
import type { WindowArithmetic } from "../../../src/inspect/features/arithmetic.ts";
import { recordCalls } from "../../../src/inspect/features/recording.ts";
import type { RecordedCall } from "../../../src/inspect/features/recording.ts";
import { observer } from "../../../src/tensor/call-observer.ts";
import { draw, oneOf, seed } from "./drawn.ts";

manualSeed(seed);
const near = (value: number, other: number): void => expect(Math.abs(value - other)).toBeLessThan(2e-5 * (1 + Math.abs(other)));

/** Checks every shown step of a convolution's number against the numbers beside it. */
function checkSums({ parts, sum, bias, result }: WindowArithmetic): void {
  for (const { inputs, weights, sum: own } of parts) {
    near(inputs.flatMap((line, r) => line.map((value, c) => (value ?? 0) * weights![r]![c]!)).reduce((a, b) => a + b, 0), own);
  }
  near(parts.reduce((total, part) => total + part.sum, 0), sum);
  near(sum + (bias ?? 0), result);
}

/** One call, and the output that the layer gives when nobody looks. */
function recorded(layer: nn.Module, x: Tensor, example = 0): { call: RecordedCall; own: Tensor } {
  const [call] = recordCalls("test", layer, [x], example);
  return { call: call!, own: noGrad(() => layer.forward(x)).select(0, example) };
}

describe(`the arithmetic of a window (seed ${seed})`, () => {
  it("of a convolution gives the tensor's number, whatever stride, padding, dilation and groups", () => {
    for (let trial = 0; trial < 60; trial++) {
      const groups = draw(1, 3);
      const [inputs, outputs] = [groups * draw(1, 3), groups * draw(1, 3)];
      const kernel = [draw(1, 4), draw(1, 4)] as const;
      const stride = [draw(1, 3), draw(1, 3)] as const;
      const padding = oneOf<"same" | readonly [number, number]>([draw(0, 2), draw(0, 2)], "same");
      const options = { stride: padding === "same" ? 1 : stride, padding, dilation: [draw(1, 3), draw(1, 2)] as const, groups, bias: oneOf(true, false) };
      const layer = new nn.Conv2d(inputs, outputs, kernel, options);
      const example = draw(0, 1);
      const { call, own } = recorded(layer, randn([2, inputs, draw(10, 13), draw(8, 11)]), example);
      const [map, row, column] = [draw(0, outputs - 1), draw(0, own.shape[1]! - 1), draw(0, own.shape[2]! - 1)];
      const found = arithmeticOf(call, map, row, column) as WindowArithmetic;
      expect(found.kind).toBe("convolution");
      expect(found.parts).toHaveLength(inputs / groups);
      checkSums(found);
      near(found.result, own.at(map, row, column).item());
      expect(found.value).toBe(own.at(map, row, column).item());
      expect(found.parts[0]!.weights).toEqual(layer.weight.at(map, 0).toArray());
    }
  });

  it("reads the inputs that it says it reads: another number there, and it changes by the weight", () => {
    const layer = new nn.Conv2d(3, 5, 3, { stride: 2, padding: 1, dilation: 2 });
    const x = randn([1, 3, 11, 9]);
    const found = arithmeticOf(recorded(layer, x).call, 4, 1, 2) as WindowArithmetic;
    const part = found.parts[2]!;
    expect(part.inputs).toEqual(found.rows.map((row) => found.columns.map((column) => (row < 0 || row > 10 || column < 0 || column > 8 ? null : x.at(0, 2, row, column).item()))));
    const [r, c] = [2, 1];
    const changed = x.clone();
    changed.at(0, 2, found.rows[r]!, found.columns[c]!).add_(1);
    near(layer.forward(changed).at(0, 4, 1, 2).item() - found.value, part.weights![r]![c]!);
  });

  it("of pooling is the largest or the mean, with padding, dilation, ceilMode and adaptive windows", () => {
    for (let trial = 0; trial < 60; trial++) {
      const kernel = [draw(2, 3), draw(2, 4)] as const;
      const common = { stride: [draw(1, 3), draw(1, 3)] as const, padding: [draw(0, 1), draw(0, 1)] as const, ceilMode: oneOf(true, false) };
      const layer = oneOf<() => nn.Module>(
        () => new nn.MaxPool2d(kernel, { ...common, dilation: [draw(1, 2), draw(1, 2)] }),
        () => new nn.AvgPool2d(kernel, { ...common, countIncludePad: oneOf(true, false), ...oneOf({}, { divisorOverride: draw(1, 5) }) }),
        () => new nn.AdaptiveAvgPool2d([draw(1, 4), draw(1, 4)]),
        () => new nn.AdaptiveMaxPool2d([draw(1, 4), draw(1, 4)]),
      )();
      const x = randn([1, 3, draw(7, 11), draw(7, 11)]);
      const { call, own } = recorded(layer, x);
      const [map, row, column] = [draw(0, 2), draw(0, own.shape[1]! - 1), draw(0, own.shape[2]! - 1)];
      const found = arithmeticOf(call, map, row, column) as WindowArithmetic;
      near(found.result, own.at(map, row, column).item());
      if (found.kind === "maximum") expect(x.at(0, map, found.at![0], found.at![1]).item()).toBe(found.value);
      else near(found.sum / found.divisor!, found.result);
    }
  });

  it("of rows is that of a window of one line", () => {
    const layer = new nn.Conv1d(3, 5, 4, { stride: 2, padding: 3 });
    const { call, own } = recorded(layer, randn([2, 3, 17]), 1);
    expect(call.output.shape).toEqual([5, 1, own.shape[1]]);
    const found = arithmeticOf(call, 3, 0, 2) as WindowArithmetic;
    expect(found.rows).toEqual([0]);
    checkSums(found);
    near(found.result, own.at(3, 2).item());
  });

  it("says that there is none where a layer has no windows", () => {
    const calls = recordCalls("test", new nn.Sequential(new nn.Flatten(), new nn.Linear(12, 4), new nn.ReLU()), [randn([1, 3, 2, 2])]);
    expect(calls.map((call) => arithmeticOf(call, 0, 0, 1).kind)).toEqual(["other", "other", "elementwise"]);
    expect(calls[2]!.output.relu().toArray()).toEqual(calls[1]!.output.relu().toArray());
  });
});

class Branching extends nn.Module {
  readonly twice = new nn.Conv2d(3, 3, 3, { padding: 1 });
  readonly left = new nn.Conv2d(3, 5, 1);
  readonly weight = new nn.Parameter(randn([5, 3, 1, 1]));
  readonly noise = new nn.Dropout(0.5);
  readonly norm = new nn.BatchNorm2d(5);

  override forward(x: Tensor): Tensor {
    const h = this.twice.forward(this.twice.forward(x).relu());
    return this.norm.forward(this.noise.forward(this.left.forward(h).add(conv2d(h, this.weight)))).maxPool2d(2);
  }
}

describe("a recorded run", () => {
  it("has each call: of a layer used twice, of a branch, and of functions that no layer stands around", () => {
    const calls = recordCalls("test", new Branching(), [randn([2, 3, 6, 6])]);
    expect(calls.map(({ path, label, repeat }) => `${path}|${label.replace(/\(.*/, "")}|${repeat}`)).toEqual([
      "twice|Conv2d|0", "|relu|0", "twice|Conv2d|1", "left|Conv2d|0", "|conv2d|0", "noise|Dropout|0", "norm|BatchNorm2d|0", "|Branching|0",
    ]);
    expect(calls.at(-1)!.window!.op).toBe("maxPool");
  });

  it("holds what was there, whatever is done to it in place later", () => {
    class InPlace extends nn.Module {
      readonly conv = new nn.Conv2d(1, 2, 3);
      override forward(x: Tensor): Tensor {
        return this.conv.forward(x).mul_(0);
      }
    }
    const model = new InPlace();
    const x = randn([1, 1, 5, 5]);
    expect(recordCalls("test", model, [x])[0]!.output.toArray()).toEqual(noGrad(() => model.conv.forward(x)).at(0).toArray());
  });

  it("leaves modes, gradients, stored means and hooks as they were, after an error too", () => {
    const model = new Branching();
    model.left.eval();
    model.forward(randn([2, 3, 6, 6])).sum().backward();
    const before = { state: Object.fromEntries(Object.entries(model.stateDict()).map(([name, each]) => [name, each.toArray()])), gradient: model.weight.grad!.toArray() };
    const modes = [...model.modules()].map(({ training }) => training);
    let calls = 0;
    model.twice.registerForwardHook(() => void calls++);
    recordCalls("test", model, [randn([2, 3, 6, 6])]);
    expect(calls).toBe(2);
    expect(() => recordCalls("test", model, [randn([2, 4, 6, 6])])).toThrow(/twice.*expects/s);
    expect(() => recordCalls("test", model, [randn([2, 3, 6, 6])], 2)).toThrow(/no example 2.*batch of 2/);
    expect([...model.modules()].map(({ training }) => training)).toEqual(modes);
    expect(Object.fromEntries(Object.entries(model.stateDict()).map(([name, each]) => [name, each.toArray()]))).toEqual(before.state);
    expect(model.weight.grad!.toArray()).toEqual(before.gradient);
    noGrad(() => model.forward(randn([2, 3, 6, 6])));
    expect(calls).toBe(4);
  });

  it("is the same in both modes, and the model's own random numbers go on as if nobody had looked", () => {
    const model = new Branching();
    const x = randn([2, 3, 6, 6]);
    const training = recordCalls("test", model, [x]).at(-1)!.output.toArray();
    expect(recordCalls("test", model.eval(), [x]).at(-1)!.output.toArray()).toEqual(training);
    const draws = [false, true].map((look) => {
      manualSeed(5);
      if (look) recordCalls("test", model.train(), [x]);
      return randn([3]).toArray();
    });
    expect(draws[0]).toEqual(draws[1]);
  });

  it("puts everything back at the end of the cell when the learner stops it in the middle", () => {
    const atCellEnd: (() => void)[] = [];
    const globals = globalThis as Record<symbol, unknown> & { look?: () => void };
    globals[Symbol.for("Jupyter.host")] = { onCellEnd: (callback: () => void) => atCellEnd.push(callback) };
    try {
      attachToNotebook();
      class Endless extends nn.Module {
        readonly conv = new nn.Conv2d(1, 1, 1);
        endless = true;
        override forward(x: Tensor): Tensor {
          const y = this.conv.forward(x);
          while (this.endless);
          return y;
        }
      }
      const model = new Endless();
      globals.look = () => recordCalls("test", model, [randn([1, 1, 2, 2])]);
      // A termination skips every `finally`, as that of the kernel does.
      expect(() => void runInThisContext("look()", { timeout: 200 })).toThrow(/timed out/);
      expect(model.training).toBe(false);
      expect(observer).toBeDefined();
      atCellEnd.forEach((callback) => callback());
      expect([model.training, model.conv.training]).toEqual([true, true]);
      expect(observer).toBeUndefined();
    } finally {
      delete globals[Symbol.for("Jupyter.host")];
      delete globals.look;
    }
  });
});
