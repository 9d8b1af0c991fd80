/** Models of texts and series: what padding, order and a carried state may change, and what they may not. */
import { describe, expect, test } from "vitest";
import { manualSeed, nn, noGrad, randn, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";

const { models } = nn;
const tokens = (rows: number[][]): Tensor => tensor(rows, { dtype: "int32" });
const scores = (model: nn.Module, rows: number[][]): number[] => noGrad(() => model.eval().forward(tokens(rows))).toArray() as number[];
const expectNear = (actual: ArrayLike<number>, wanted: ArrayLike<number>, digits = 5): void => {
  expect(actual).toHaveLength(wanted.length);
  Array.from(actual).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, digits));
};

const readers: readonly [string, () => nn.Module][] = [
  ["BagOfEmbeddings", () => new models.BagOfEmbeddings(9, { embeddingSize: 4 })],
  ["SentimentLSTM, mean", () => new models.SentimentLSTM(9, { embeddingSize: 4, hiddenSize: 3 })],
  ["SentimentLSTM, maximum, one level, one way", () => new models.SentimentLSTM(9, { embeddingSize: 4, hiddenSize: 3, levels: 1, bidirectional: false, pooling: "max" })],
];

describe.each(readers)("%s", (name, make) => {
  test("gives a text the same score however far it is padded, and one alone the same as in a batch", () => {
    manualSeed(1);
    const model = make();
    const [short, long, empty] = scores(model, [[5, 2, 0, 0], [3, 8, 1, 4], [0, 0, 0, 0]]) as [number, number, number];
    expectNear(scores(model, [[5, 2]]), [short]);
    expectNear(scores(model, [[5, 2, 0, 0, 0, 0, 0]]), [short]);
    expectNear(scores(model, [[3, 8, 1, 4]]), [long]);
    expect(Number.isFinite(empty)).toBe(true);
  });

  test("learns from what is read and from no word that is not there", () => {
    manualSeed(2);
    const model = make();
    model.forward(tokens([[5, 2, 5], [3, 0, 0]])).square().sum().backward();
    const slopes = (model as unknown as { embedding: nn.Embedding }).embedding.weight.grad!.square().sum({ dim: 1 }).toArray() as number[];
    const [read, others] = [[2, 3, 5], [0, 1, 4, 6, 7, 8]].map((words) => words.map((word) => slopes[word]!));
    expect(others).toEqual(others!.map(() => 0));
    // A maximum may pass a word over, a mean may not.
    expect(name.includes("maximum") ? Math.max(...read!) : Math.min(...read!)).toBeGreaterThan(0);
  });

  test(name.startsWith("Bag") ? "does not see the order of words" : "sees the order of words", () => {
    manualSeed(3);
    const model = make();
    const [one, other] = scores(model, [[1, 2, 3, 4], [4, 3, 2, 1]]) as [number, number];
    if (name.startsWith("Bag")) expect(one).toBeCloseTo(other, 6);
    else expect(Math.abs(one - other)).toBeGreaterThan(1e-5);
  });

  test("says what it takes", () => {
    expect(() => make().forward(tensor([1, 2], { dtype: "int32" }))).toThrow(/words as numbers, \[N, T\]/);
  });
});

test("a bag's score is the mean of its words' scores and the output's bias", () => {
  const bag = new models.BagOfEmbeddings(6, { embeddingSize: 3 });
  const [words, bias] = [bag.wordScores().toArray() as number[], bag.output.bias!.item()];
  expectNear(scores(bag, [[2, 5, 5, 0]]), [(words[2]! + 2 * words[5]!) / 3 + bias]);
});

test("a sentiment network of the book's shape has two levels both ways, a dense layer on each, and pools after them", () => {
  const [V, E, H] = [11, 4, 3];
  const model = new models.SentimentLSTM(V, { embeddingSize: E, hiddenSize: H });
  const lstm = (inputs: number): number => 2 * 4 * H * (inputs + H + 2);
  const dense = (2 * H + 1) * 2 * H;
  const count = [...model.parameters()].reduce((sum, { numel }) => sum + numel, 0);
  expect(count).toBe(V * E + lstm(E) + dense + lstm(2 * H) + dense + 2 * H + 1);

  const text = tokens([[4, 7, 1]]);
  const byHand = noGrad(() => {
    let x = model.embedding.forward(text.t());
    for (const level of [0, 1]) x = model.dense.at(level).forward(model.recurrent.at(level).forward(x).output).relu();
    return model.output.forward(x.mean({ dim: 0 })).item();
  });
  expectNear(scores(model, [[4, 7, 1]]), [byHand]);
  expect(() => new models.SentimentLSTM(V, { pooling: "last" as "max" })).toThrow(/known are "mean" and "max"/);
});

describe("SeriesLSTM", () => {
  test("goes on from a state as if there had been no cut, and forgets without it", () => {
    const model = new models.SeriesLSTM({ inputSize: 2, hiddenSize: 5, peepholes: true });
    const x = randn([3, 8, 2]);
    const whole = model.read(x);
    const first = model.read(x.narrow(1, 0, 5));
    const rest = x.narrow(1, 5, 3);
    expectNear(model.read(rest, first.state).predictions.data(), whole.predictions.narrow(1, 5, 3).contiguous().data(), 6);
    expectNear(model.forward(x).data(), whole.predictions.select(1, -1).contiguous().data(), 6);
    const fresh = model.read(rest).predictions.data();
    expectNear(model.read(rest, model.emptyState(3)).predictions.data(), fresh, 6);
    expect(Math.abs(fresh[0]! - whole.predictions.at(0, 5).item())).toBeGreaterThan(1e-5);
    expect(() => model.forward(randn([3, 8]))).toThrow(/\[N, T, 2\]/);
  });

  test("computes what nn.LSTM computes with its weights", () => {
    const model = new models.SeriesLSTM({ hiddenSize: 4 });
    const layer = new nn.LSTM(1, 4, { batchFirst: true, bias: false });
    noGrad(() => {
      layer.weights["weightIhL0"]!.copy_(model.weightIh);
      layer.weights["weightHhL0"]!.copy_(model.weightHh);
      model.bias.fill_(0);
    });
    const x = randn([2, 7, 1]);
    expectNear(model.read(x).predictions.data(), model.output.forward(layer.forward(x).output).squeeze(2).data(), 6);
  });
});
