/** Loss curves of a training run. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

const history = {
  epochs: [{ epoch: 1, loss: 2, validationLoss: 3, accuracy: 0.5, lr: 0.1 }, { epoch: 2, loss: 1, validationLoss: 3.5, accuracy: 0.7, lr: 0.1 }],
  batchLosses: [4, 2, 1, 1],
};

describe("a loss curve", () => {
  it("has the batches between the epochs, and a line for each loss", async () => {
    const chart = plot.lossCurve(history, { title: "Run" });
    expect(chart.table.rows.filter(({ curve }) => curve === "each batch").map(({ epoch }) => epoch)).toEqual([0.5, 1, 1.5, 2]);
    const { texts, marks } = await draw(chart);
    expect(texts.filter((text) => ["each batch", "training", "validation"].includes(text))).toEqual(["each batch", "training", "validation"]);
    expect(texts).not.toContain("accuracy");
    expect(new Set(marks("line").map(({ stroke }) => stroke)).size).toBe(3);
    expect(chart.spec.description).toBe(
      "Loss curve, Run, 2 epochs. each batch: from 4 to 1, smallest 1 at epoch 1.5; training: from 2 to 1, smallest 1 at epoch 2; validation: from 3 to 3.5, smallest 3 at epoch 1.",
    );
  });

  it("thins many batches but keeps their spikes", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => (i === 777 ? 99 : 1));
    const { values } = (plot.lossCurve({ epochs: [{ epoch: 1, loss: 1 }], batchLosses: many }).spec as unknown as { data: { values: { loss: number }[] } }).data;
    expect(values.length).toBeLessThan(500);
    expect(values.map(({ loss }) => loss)).toContain(99);
  });

  it("draws an interrupted first epoch, and a run whose loss is not a number", async () => {
    await draw(plot.lossCurve({ epochs: [], batchLosses: [3, 2, 1] }));
    await draw(plot.lossCurve({ epochs: [{ epoch: 1, loss: 2 }], batchLosses: [] }));
    const broken = plot.lossCurve({ epochs: [{ epoch: 1, loss: 2 }, { epoch: 2, loss: NaN }], batchLosses: [2, NaN] }, { yScale: "log" });
    await draw(broken);
    expect(broken.spec.description).toContain("1 not finite");
  });

  it("of an untrained model is refused", () => {
    expect(() => plot.lossCurve({ epochs: [], batchLosses: [] })).toThrow(/no epoch and no batch yet; train first/);
  });
});
