/**
 * When training stops: Keras's rule, the rule of a book's MNIST programs with the run that its log prints, and Theano's
 * growing patience with the walk-through that a book gives.
 */
import { describe, expect, test } from "vitest";
import { NablaError, nn, optim, tensor, train } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

class Constant extends nn.Module {
  value = new nn.Parameter(tensor([0]));
  override forward(x: Tensor): Tensor {
    return x.add(this.value);
  }
}

/** A run of one batch an epoch whose weight is the number of the epoch, and whose validation loss after n batches is given. */
async function runWith(scoreAfter: (batches: number) => number, callback: train.Callback, { epochs = 10_000, every = 1 } = {}): Promise<{ batches: number; weight: number; stopped: string | undefined }> {
  const model = new Constant();
  const batch = [tensor([0]), tensor([0])] as [Tensor, Tensor];
  let batches = 0;
  const loss = (output: Tensor): Tensor => {
    if (model.training) {
      batches++;
      return output.sum().mul(-1);
    }
    return output.sum().mul(0).add(scoreAfter(batches));
  };
  const history = await train.fit(model, [batch], {
    loss, optimizer: new optim.SGD(model.parameters(), { lr: 1 }), epochs, validation: [batch], validateEvery: every, callbacks: [callback], progress: false,
  });
  return { batches: history.batchLosses.length, weight: model.value.item(), stopped: history.stopped };
}
const scoresOf = (...scores: number[]) => (batches: number): number => scores[Math.min(batches, scores.length) - 1]!;

describe("by measurements without improvement", () => {
  test("training ends after `patience` of them, with the weights of the last epoch or of the best", async () => {
    const scores = scoresOf(5, 4, 3, 3.5, 2.9, 3, 3.1, 3.2, 1);
    const last = new train.EarlyStopping({ patience: 3 });
    expect(await runWith(scores, last)).toEqual({ batches: 8, weight: 8, stopped: "validationLoss has not improved for 3 measurements; its best was 2.9" });
    expect(last.best).toBeCloseTo(2.9, 6);
    expect((await runWith(scores, new train.EarlyStopping({ patience: 3, restoreBest: true }))).weight).toBe(5);
    expect((await runWith(scores, new train.EarlyStopping({ patience: 1 }))).batches).toBe(4);
  });

  test("larger may be better, and a NaN never is", async () => {
    const scores = scoresOf(1, 2, NaN, 1.9, 1.8);
    expect((await runWith(scores, new train.EarlyStopping({ patience: 3, mode: "max" }))).batches).toBe(5);
    expect((await runWith(scoresOf(NaN, NaN, 3, NaN), new train.EarlyStopping({ patience: 3 }), { epochs: 6 })).batches).toBe(6);
  });

  test("small improvements add up, or do not", async () => {
    const slow = scoresOf(...Array.from({ length: 40 }, (_, i) => 10 - 0.04 * i));
    const options = { patience: 5, minDelta: 0.1 };
    expect((await runWith(slow, new train.EarlyStopping(options), { epochs: 30 })).batches).toBe(30);
    expect((await runWith(slow, new train.EarlyStopping({ ...options, cumulative: false }), { epochs: 30 })).batches).toBe(6);
    expect((await runWith(slow, new train.EarlyStopping({ patience: 5, minRatio: 0.01, cumulative: false }), { epochs: 30 })).batches).toBe(6);
  });
});

describe("by batches without improvement, as in the softmax regression whose log ends at batch 3450:", () => {
  // Measured every 50 batches; the last improvement of half a per cent, from .8810 to .8890, is after batch 450.
  const accuracy = (batches: number): number => {
    if (batches <= 350) return 0.85 + (batches / 350) * 0.028;
    if (batches === 400) return 0.881;
    return 0.889 + 0.0000004 * batches;
  };
  const options = { monitor: "validationLoss", mode: "max", patience: 3000, unit: "batches", minRatio: 0.005, cumulative: false } as const;

  test("it stops 3000 batches after the last clear improvement", async () => {
    const stopping = new train.EarlyStopping(options);
    const { batches, stopped } = await runWith(accuracy, stopping, { every: 50 });
    expect(batches).toBe(3450);
    expect(stopped).toContain("has not improved for 3000 batches");
    // The best score is the best one all the same, however small the improvement.
    expect(stopping.best).toBeCloseTo(accuracy(3450), 5);
  });
});

describe("by a patience that grows", () => {
  test("an improvement after 4000 batches allows 8000, one after 1000 leaves 5000 as they are", async () => {
    const patience: number[] = [];
    const growing = new train.GrowingPatience({ patience: 5000 });
    const watching: train.Callback = {
      onScores(run) {
        growing.onScores(run);
        patience.push(growing.patience);
      },
      onBatchEnd: (run) => growing.onBatchEnd(run),
    };
    // Iterations are numbered from 0: after 1001 batches the number is 1000.
    const { batches } = await runWith((done) => (done > 4000 ? 0.5 : done > 1000 ? 0.8 : 1), watching, { every: 1001 });
    expect([...new Set(patience)]).toEqual([5000, 8006]);
    expect(batches).toBe(8007);
  });

  test("an improvement of less than half a per cent allows no more", async () => {
    const slow = (done: number): number => 1 - 0.004 * (done > 60 ? 1 : 0);
    expect((await runWith(slow, new train.GrowingPatience({ patience: 100, restoreBest: true }), { every: 10 }))).toEqual({
      batches: 101, weight: 70, stopped: expect.stringContaining("101 batches without enough improvement of validationLoss; its best was 0.996") as string,
    });
  });
});

test("what cannot be watched is named", async () => {
  expect(() => new train.EarlyStopping({ patience: 0 })).toThrow("EarlyStopping: patience is 0");
  expect(() => new train.EarlyStopping({ patience: 1, minDelta: -1 })).toThrow("minDelta is -1");
  expect(() => new train.EarlyStopping({ patience: 1, unit: "epochs" as "batches" })).toThrow('unit is "epochs"');
  expect(() => new train.EarlyStopping({ patience: 1, mode: "least" as "min" })).toThrow('mode is "least"; known are "min" and "max"');
  expect(() => new train.GrowingPatience({ patience: 5, increase: 0.5 })).toThrow("increase is 0.5");
  expect(() => new train.GrowingPatience({ patience: 5, threshold: 2 })).toThrow(NablaError);
  const watching = new train.EarlyStopping({ patience: 1, monitor: "validationAccuracy" });
  await expect(runWith(() => 1, watching)).rejects.toThrow('there is no score "validationAccuracy"; there are loss, validationLoss; give fit validation data');
});
