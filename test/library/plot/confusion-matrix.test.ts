/** Confusion matrices, checked on what Vega draws. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

describe("a confusion matrix", () => {
  it("counts each pair of actual and predicted class", async () => {
    const chart = plot.confusionMatrix({ actual: [0, 0, 1, 2, 2, 2], predicted: Int32Array.of(0, 1, 1, 2, 0, 2) });
    const { marks } = await draw(chart);
    expect(marks("text").map((item) => item.text)).toEqual(["1", "1", "0", "0", "1", "0", "1", "0", "2"]);
    expect(chart.text).toContain("4 of 6 right in 3 classes; most frequent mistakes 0 taken for 1 (1), 2 taken for 0 (1)");
  });

  it("colours a cell by its share of its row, so that rare classes are seen as well", async () => {
    const { marks } = await draw(plot.confusionMatrix([[900, 100], [1, 9]]));
    const cells = marks("rect");
    expect(cells[0]!.fill).toBe(cells[3]!.fill);
    expect(cells[1]!.fill).toBe(cells[2]!.fill);
    expect(cells[0]!.tooltip).toEqual({ actual: "0", predicted: "0", count: "900", "share of its actual class": "90.0%" });
  });

  it("names the classes and the axes", async () => {
    const { texts } = await draw(plot.confusionMatrix([[1, 0], [0, 1]], { classes: ["cat", "dog"], title: "Pets" }));
    expect(texts).toEqual(expect.arrayContaining(["Pets", "cat", "dog", "predicted", "actual"]));
  });

  it("draws a class without examples, and no examples at all", async () => {
    await draw(plot.confusionMatrix([[0, 0], [3, 1]]));
    await draw(plot.confusionMatrix({ actual: [], predicted: [] }, { classes: ["a", "b"] }));
  });

  it("refuses counts that are not square and labels that are no classes", () => {
    expect(() => plot.confusionMatrix([[1, 2]])).toThrow(/must be square, but are 1 by 2/);
    expect(() => plot.confusionMatrix({ actual: [0, 1], predicted: [0] })).toThrow(/2 actual classes but 1 predicted/);
    expect(() => plot.confusionMatrix({ actual: [0, 0.5], predicted: [0, 0] })).toThrow(/example 1 has the class 0.5/);
    expect(() => plot.confusionMatrix({ actual: [5], predicted: [0] }, { classes: ["a", "b"] })).toThrow(/from 0 to 1/);
    expect(() => plot.confusionMatrix([[1]], { classes: ["a", "b"] })).toThrow(/classes must be 1 names/);
  });
});
