/** Decision boundaries of classifiers whose borders are known. */
import { describe, expect, it } from "vitest";
import { nn, plot, stack } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { decoded } from "./decoded-picture.ts";
import { draw } from "./drawn-chart.ts";

const points = [[-1, 0], [-2, 1], [1, 0], [2, -1]];
const labels = [0, 0, 1, 1];
const domain = { x: [-3, 3], y: [-3, 3] } as const;
const column = (k: number) => (p: Tensor): Tensor => p.select(1, k);
const places = (chart: plot.Chart): { x: number; y: number }[] => {
  const { layer } = chart.spec as unknown as { layer: { data: { values: { x: number; y: number }[] } }[] };
  return layer[1]!.data.values;
};

describe("a decision boundary", () => {
  it("of a logit is where the logit is zero, and each side has its class's colour", async () => {
    const chart = plot.decisionBoundary((p) => p.select(1, 0).sub(0.5).mul(20), points, labels, { domain });
    for (const { x } of places(chart)) expect(x).toBeCloseTo(0.5, 2);
    const { marks } = await draw(chart);
    const at = decoded((marks("image")[0] as unknown as { url: string }).url);
    const [left, right] = [at(0.1, 0.5), at(0.9, 0.5)];
    // Blue above red on the left, red above blue on the right.
    expect(parseInt(left.slice(5), 16)).toBeGreaterThan(parseInt(left.slice(1, 3), 16) + 50);
    expect(parseInt(right.slice(1, 3), 16)).toBeGreaterThan(parseInt(right.slice(5), 16) + 50);
    expect(chart.text).toContain("4 of 4 points lie on their class's side");
  });

  it("reads probabilities, logits of several classes, one column, and whole numbers", () => {
    const sigmoid = plot.decisionBoundary((p) => p.select(1, 1).sub(1).sigmoid(), points, labels, { domain });
    for (const { y } of places(sigmoid)) expect(y).toBeCloseTo(1, 1);
    const scores = plot.decisionBoundary((p) => stack([column(0)(p).neg(), column(0)(p)], { dim: 1 }), points, labels, { domain });
    for (const { x } of places(scores)) expect(x).toBeCloseTo(0, 2);
    const single = plot.decisionBoundary((p) => p.narrow(1, 0, 1), points, labels, { domain });
    for (const { x } of places(single)) expect(x).toBeCloseTo(0, 2);
    const classes = plot.decisionBoundary((p) => column(0)(p).gt(0).to("int32"), points, labels, { domain });
    // Classes without scores change between two points of the grid.
    for (const { x } of places(classes)) expect(Math.abs(x)).toBeLessThan(6 / 119);
  });

  it("asks a model in evaluation mode and leaves it as it was, gradients included", () => {
    const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Dropout(0.5), new nn.Linear(8, 3));
    const seen = new Set<boolean>();
    model.registerForwardHook((one) => void seen.add(one.training));
    const first = plot.decisionBoundary(model, points, [0, 1, 2, 2], { classes: ["a", "b", "c"] });
    expect([...seen]).toEqual([false]);
    expect(model.training).toBe(true);
    expect([...model.parameters()].every(({ grad }) => grad === undefined || grad === null)).toBe(true);
    expect(plot.decisionBoundary(model, points, [0, 1, 2, 2], { classes: ["a", "b", "c"] }).spec).toEqual(first.spec);
  });

  it("gives each class a colour and a shape, in the legend too", async () => {
    const { marks, texts } = await draw(plot.decisionBoundary(column(0), points, labels, { classes: ["inner", "outer"] }));
    const symbols = marks("symbol") as { fill: string; shape: string }[];
    expect(new Set(symbols.map(({ fill, shape }) => `${fill} ${shape}`))).toEqual(new Set(["#0072B2 circle", "#D55E00 square"]));
    expect(texts).toEqual(expect.arrayContaining(["inner", "outer"]));
  });

  it("refuses points, labels and outputs of a wrong form, naming it", () => {
    expect(() => plot.decisionBoundary(column(0), [[1, 2, 3]], [0])).toThrow(/points must have 2 numbers each, but have 3/);
    expect(() => plot.decisionBoundary(column(0), points, [0, 1])).toThrow(/4 points but 2 labels/);
    expect(() => plot.decisionBoundary(column(0), points, [0, 1, 0.5, 1])).toThrow(/label 2 is 0.5/);
    expect(() => plot.decisionBoundary((p) => p.sum(), points, labels)).toThrow(/must give \[10800, classes\] or \[10800\], but gave \[\]/);
    expect(() => plot.decisionBoundary(column(0), points, [0, 1, 2, 7])).toThrow(/8 classes are more than can be told apart/);
  });
});
