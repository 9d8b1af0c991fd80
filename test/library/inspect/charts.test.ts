/** Pictures of weights and of everything else that is seen inside networks: they can be drawn, say what they show, and follow the weights. */
import { describe, expect, it } from "vitest";
import { inspect, manualSeed, nn, noGrad, plot, rand, randn } from "../../../src/index.ts";
import { draw as drawChart } from "../plot/drawn-chart.ts";
import { draw, seed } from "./drawn.ts";

manualSeed(seed);

describe(`filters (seed ${seed})`, () => {
  it("are the weights, one picture for each kernel, unit or row, on one scale about 0", async () => {
    const [inputs, outputs, rows, columns] = [draw(1, 3), draw(2, 5), draw(2, 4), draw(2, 4)];
    const conv = new nn.Conv2d(inputs, outputs, [rows, columns]);
    const chart = inspect.filters(conv);
    expect(chart.values.toArray()).toEqual(conv.weight.reshape([outputs * inputs, rows, columns]).toArray());
    const { marks, texts } = await drawChart(chart);
    expect(marks("image")).toHaveLength(outputs * inputs);
    expect(texts).toContain("0");
    expect(inspect.filters(new nn.Linear(12, 5), { size: [3, 4] }).values.shape).toEqual([5, 3, 4]);
    expect(inspect.filters(new nn.Linear(24, 5), { size: [3, 4] }).values.shape).toEqual([10, 3, 4]);
    expect(inspect.filters(new nn.models.RBM(9, 4)).values.shape).toEqual([4, 3, 3]);
    expect(inspect.filters(new nn.Conv1d(2, 3, 5)).values.shape).toEqual([6, 1, 5]);
    expect(inspect.filters(randn([7, 16])).values.shape).toEqual([7, 4, 4]);
  });

  it("of a model are those of its first layer with weights, or of the one named, as many as fit", () => {
    const model = new nn.models.LeNet5({ variant: "1998" });
    expect(inspect.filters(model).values.shape).toEqual([6, 5, 5]);
    expect(inspect.filters(model).text).toContain("features.conv1: Conv2d(1, 6, 5");
    const second = inspect.filters(model, { layer: "features.conv2", count: 20 });
    expect(second.values.shape).toEqual([18, 5, 5]);
    expect(second.text).toContain("the first 18 of 96");
    expect(() => inspect.filters(model, { layer: "conv9" })).toThrow(/no layer "conv9".*"features.conv1"/);
    expect(() => inspect.filters(model, { layer: "features.pool1" })).toThrow(/no weights that make pictures/);
    expect(() => inspect.filters(new nn.Linear(7, 2))).toThrow(/7 weights, which are no square; give size/);
  });

  it("change with a weight", () => {
    const conv = new nn.Conv2d(1, 2, 3);
    const before = JSON.stringify(inspect.filters(conv).spec);
    expect(JSON.stringify(inspect.filters(conv).spec)).toBe(before);
    noGrad(() => conv.weight.at(1, 0, 2, 2).add_(1));
    expect(JSON.stringify(inspect.filters(conv).spec)).not.toBe(before);
  });
});

describe("every picture", () => {
  const conv = new nn.Sequential(new nn.Conv2d(1, 3, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(3 * 36, 4));
  const labels = Array.from({ length: 30 }, (_, i) => i % 10);
  const cases: Readonly<Record<string, () => inspect.ValueChart<unknown> | Promise<inspect.ValueChart<unknown>>>> = {
    "gates": () => inspect.gates(new nn.GRU(3, 40), randn([50, 1, 3])),
    "attention of heads": () => inspect.attention(new nn.MultiheadAttention(6, 3), randn([4, 1, 6]), { queries: ["a", "b", "c", "d"] }),
    "attention of one": () => inspect.attention(new nn.DotAttention(), [randn([1, 3, 4]), randn([1, 5, 4])]),
    "principal components": () => inspect.embedding(randn([30, 5]), { labels }),
    "t-SNE of words": () => inspect.embedding(randn([30, 5]), { labels: labels.map((_, i) => `word ${i}`), method: "tsne", iterations: 5 }),
    "points without labels": () => inspect.embedding(randn([30, 2])),
    "codes": () => inspect.codes(new nn.models.DenoisingAutoencoder(6, 2), rand([30, 6]), labels),
    "saliency of one": () => inspect.saliency(conv, rand([1, 1, 8, 8])),
    "saliency of several": () => inspect.saliency(conv, rand([3, 1, 8, 8]), 2, { smooth: { samples: 2 } }),
    "maximised inputs": () => inspect.maximize(conv, { layer: "0", unit: [0, 2], shape: [1, 8, 8], steps: 2 }),
    "strongest inputs": () => inspect.topInputs(conv, rand([6, 1, 8, 8]), { layer: "1", unit: 1, count: 3 }),
    "samples": () => inspect.samples(new nn.models.RBM(9, 4), rand([3, 9]).round(), { every: 2, looks: 4 }),
  };
  it.each(Object.keys(cases))("can be drawn, is described and small, and is text as well: %s", async (name) => {
    const chart = await cases[name]!();
    const { marks, width } = await drawChart(chart);
    expect(marks("image").length + marks("symbol").length + marks("rect").length).toBeGreaterThan(0);
    expect(width).toBeLessThan(800);
    expect(String(chart.spec["description"]).length).toBeGreaterThan(40);
    expect(JSON.stringify(chart.spec).length).toBeLessThan(200_000);
    expect(chart.toString().length).toBeGreaterThan(20);
  });

  it("of feature maps is a grid of them", async () => {
    const bundle = (inspect.featureMaps(conv, rand([1, 1, 8, 8])) as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
    expect((await drawChart(new plot.Chart(bundle["application/vnd.vegalite.v5+json"] as plot.VegaLiteSpec, ""))).marks("image")).toHaveLength(3);
  });

  it("of points with many classes tells them apart by colour and shape, and names each", async () => {
    const { marks, texts } = await drawChart(inspect.embedding(randn([30, 5]), { labels }));
    const looks = new Set(marks("symbol").map((item) => `${String(item["fill"])} ${String(item["shape"])}`));
    expect(looks.size).toBe(10);
    expect(texts.filter((text) => text === "7").length).toBeGreaterThanOrEqual(2);
  });
});
