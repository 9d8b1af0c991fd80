/** Gates and states over time are those of the layer itself. */
import { describe, expect, it } from "vitest";
import { inspect, manualSeed, nn, noGrad, randn, stack } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";
import { draw, oneOf, seed } from "./drawn.ts";

manualSeed(seed);
type Values = Record<string, Tensor>;
const valuesOf = (chart: inspect.ValueChart<inspect.GateValues>): Values => ({ ...chart.values }) as unknown as Values;
const same = (actual: Tensor, expected: Tensor, what: string): void => {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(actual.contiguous().data(), expected.detach().contiguous().data(), 2e-6, what);
};

describe(`gates over time (seed ${seed})`, () => {
  it("end in the layer's own output, in every level and direction, and the cell's", () => {
    for (let trial = 0; trial < 24; trial++) {
      const [inputs, hidden, steps, batch, numLayers] = [draw(1, 5), draw(1, 6), draw(1, 9), draw(1, 3), draw(1, 3)];
      const [bidirectional, batchFirst, bias] = [oneOf(true, false), oneOf(true, false), oneOf(true, false)];
      const options = { numLayers, bidirectional, batchFirst, bias };
      const layer = oneOf<() => nn.LSTM | nn.GRU | nn.RNN>(
        () => new nn.LSTM(inputs, hidden, { ...options, peepholes: oneOf(true, false) }),
        () => new nn.GRU(inputs, hidden, options),
        () => new nn.RNN(inputs, hidden, { ...options, nonlinearity: oneOf("tanh", "relu") }),
      )();
      const x = randn(batchFirst ? [batch, steps, inputs] : [steps, batch, inputs]);
      const directions = bidirectional ? 2 : 1;
      const h0 = randn([numLayers * directions, batch, hidden]);
      const result = noGrad(() => layer.forward(x, { h0 })) as nn.LSTMSequenceResult;
      const example = draw(0, batch - 1);
      const [level, reverse] = [draw(0, numLayers - 1), bidirectional && oneOf(true, false)];
      const values = valuesOf(inspect.gates(layer, [x, { h0 }], { example, level, reverse }));
      const place = level * directions + Number(reverse);
      same(values["h"]!.at(reverse ? 0 : -1), result.hN.at(place, example), `${layer.label}: hN`);
      if (result.cN !== undefined) same(values["c"]!.at(reverse ? 0 : -1), result.cN.at(place, example), `${layer.label}: cN`);
      if (level < numLayers - 1) continue;
      const sequence = batchFirst ? result.output.at(example) : result.output.select(1, example);
      same(values["h"]!, sequence.narrow(1, reverse ? hidden : 0, hidden), `${layer.label}: output`);
    }
  });

  it("are what opens, closes and lets through: c = f c + i g and h = o tanh(c); h = (1 - z) n + z h", () => {
    const layer = new nn.LSTM(3, 5);
    const x = randn([7, 1, 3]);
    const { i, f, g, o, c, h } = valuesOf(inspect.gates(layer, x)) as Record<"i" | "f" | "g" | "o" | "c" | "h", Tensor>;
    same(c.narrow(0, 1, 6), f.narrow(0, 1, 6).mul(c.narrow(0, 0, 6)).add(i.narrow(0, 1, 6).mul(g.narrow(0, 1, 6))), "c");
    same(h, o.mul(c.tanh()), "h");
    const gru = valuesOf(inspect.gates(new nn.GRU(3, 5), x)) as Record<"r" | "z" | "n" | "h", Tensor>;
    const before = gru.h.narrow(0, 0, 6);
    same(gru.h.narrow(0, 1, 6), gru.n.narrow(0, 1, 6).add(gru.z.narrow(0, 1, 6).mul(before.sub(gru.n.narrow(0, 1, 6)))), "h");
  });

  it.each([["LSTM", ["i", "f", "g", "o"]], ["GRU", ["r", "z", "n"]]] as const)("each follow the rows of the %s's weights that are theirs", (kind, names) => {
    const layer = new nn[kind](3, 4) as nn.LSTM;
    for (const [block, name] of names.entries()) {
      const before = layer.weights["biasIhL0"]!.clone();
      noGrad(() => layer.weights["biasIhL0"]!.narrow(0, 4 * block, 4).fill_(100));
      expect(valuesOf(inspect.gates(layer, randn([5, 1, 3])))[name]!.toArray()).toEqual(Array.from({ length: 5 }, () => [1, 1, 1, 1]));
      noGrad(() => layer.weights["biasIhL0"]!.copy_(before));
    }
  });

  it("are found in a model, by the layer's path, and in one that holds its weights itself", () => {
    class Reader extends nn.Module<[Tensor]> {
      readonly first = new nn.GRU(4, 3);
      readonly second = new nn.LSTM(3, 2);
      override forward(x: Tensor): Tensor {
        return this.second.forward(this.first.forward(x).output).hN;
      }
    }
    const reader = new Reader();
    const x = randn([6, 2, 4]);
    expect(Object.keys(inspect.gates(reader, x).values)).toEqual(["r", "z", "n", "h"]);
    const chart = inspect.gates(reader, x, { layer: "second", example: 1 });
    same(valuesOf(chart)["h"]!.at(-1), noGrad(() => reader.forward(x)).at(0, 1), "h");
    expect(chart.text).toContain("second: LSTM(3, 2)");
    const rows = new nn.models.RowLSTM({ inputSize: 5, hiddenSize: 3, numClasses: 2 });
    const scores = noGrad(() => rows.output.forward(valuesOf(inspect.gates(rows, randn([1, 1, 4, 5])))["h"]!.at(-1).unsqueeze(0)));
    expect(scores.shape).toEqual([1, 2]);
    const written = new nn.models.CharRNN(7, { hiddenSize: 4 });
    expect(inspect.gates(written, randn([5, 1]).abs().to("int32")).values.h.shape).toEqual([5, 4]);
  });

  it("stop where a row of a padded or packed batch ends", () => {
    const layer = new nn.LSTM(2, 3);
    const x = randn([6, 2, 2]);
    const long = inspect.gates(layer, [x, { lengths: [6, 4] }], { example: 1 });
    const packed = inspect.gates(layer, nn.packPaddedSequence(x, [6, 4]), { example: 1 });
    expect(long.values.h.shape).toEqual([4, 3]);
    expect(packed.values.h.toArray()).toEqual(long.values.h.toArray());
    same(long.values.h.at(-1), noGrad(() => layer.forward(x, { lengths: [6, 4] })).hN.at(0, 1), "hN");
  });

  it("are drawn, gates from 0 to 1 and states on both sides of 0, and another weight is another picture", () => {
    const layer = new nn.LSTM(2, 3);
    // Small weights, so that no cell can grow beyond 1 and its picture has the same scale as the other states'.
    noGrad(() => { for (const weight of layer.parameters()) weight.mul_(0.3); });
    const x = randn([5, 1, 2]).mul(0.1);
    const chart = inspect.gates(layer, x, { steps: [..."abcde"], units: [2, 0] });
    const spec = JSON.stringify(chart.spec);
    for (const title of ["input gate i", "forget gate f", "candidate g", "output gate o", "cell c", "state h"]) expect(spec).toContain(`"title":"${title}"`);
    expect(spec.match(/"type":"image"/g)).toHaveLength(6);
    expect([spec.match(/"domain":\[0,0.25,0.5,0.75,1\]/g)?.length, spec.match(/"domain":\[-1,-0.5,0,0.5,1\]/g)?.length]).toEqual([3, 3]);
    expect(spec).toContain('[\\"a\\",\\"b\\",\\"c\\",\\"d\\",\\"e\\"][floor(datum.value)]');
    expect(spec).toContain('[\\"2\\",\\"0\\"][floor(datum.value)]');
    expect(chart.spec["description"]).toMatch(/2 hidden units over 5 steps/);
    noGrad(() => layer.weights["weightHhL0"]!.add_(0.5));
    expect(JSON.stringify(inspect.gates(layer, x, { steps: [..."abcde"], units: [2, 0] }).spec)).not.toBe(JSON.stringify(chart.spec));
  });

  it("of the learner's own loop are drawn from what it has kept", () => {
    const steps = Array.from({ length: 4 }, () => randn([3]).sigmoid());
    const chart = inspect.gates({ i: stack(steps), h: stack(steps).toArray() as number[][] });
    expect(JSON.stringify(chart.spec).match(/"type":"image"/g)).toHaveLength(2);
    expect(() => inspect.gates({ i: stack(steps), q: stack(steps) })).toThrow(/i, g, f.*got i, q/);
    expect(() => inspect.gates({ i: stack(steps), h: randn([2, 3]) })).toThrow(/h has shape \[2, 3\]/);
  });

  it("are refused where there are none, with what there is", () => {
    const x = randn([3, 1, 4]);
    expect(() => inspect.gates(new nn.Linear(4, 2), x)).toThrow(/runs no recurrent layer/);
    const layer = new nn.LSTM(4, 2, { numLayers: 2 });
    expect(() => inspect.gates(layer, x, { layer: "rnn" })).toThrow(/no recurrent layer runs at "rnn"; there are ""/);
    expect(() => inspect.gates(layer, x, { level: 2 })).toThrow(/levels are 0 to 1/);
    expect(() => inspect.gates(layer, x, { reverse: true })).toThrow(/leave reverse out/);
    expect(() => inspect.gates(layer, x, { example: 1 })).toThrow(/no example 1 in a batch of 1/);
    expect(() => inspect.gates(layer, x, { units: [2] })).toThrow(/units are 0 to 1/);
  });
});
