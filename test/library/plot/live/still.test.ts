/** The chart that a saved notebook keeps of a live panel, checked on what Vega draws, and the panel as text. */
import { expect, test } from "vitest";
import { tensor } from "../../../../src/index.ts";
import { RunState } from "../../../../src/plot/live/run-state.ts";
import { still } from "../../../../src/plot/live/still.ts";
import { contactSheet } from "../../../../src/plot/live/contact-sheet.ts";
import { draw } from "../drawn-chart.ts";

/** A run that ends after twelve seconds of its own clock. */
function ran(steps: number, values: (step: number) => Record<string, number | undefined>): RunState {
  const clock = { now: 0 };
  const run = new RunState({ title: "Digits", steps, epochs: 2, batchSize: 16 }, () => clock.now);
  for (let step = 1; step <= steps; step++) {
    run.add({ step, epoch: Math.ceil((2 * step) / steps), ...values(step) });
    clock.now += 12_000 / steps;
  }
  run.become("finished");
  return run;
}

test("the still chart shows the loss above the other panes, with the validation's few values as points, and its title and numbers", async () => {
  const run = ran(400, (step) => ({ loss: 2 / step, valLoss: step % 200 === 0 ? 0.5 : undefined, accuracy: step % 200 === 0 ? step / 400 : undefined, gradNorm: 3, lr: 0.1 }));
  const chart = still(run);
  const { texts, marks, width } = await draw(chart);
  expect(texts).toEqual(expect.arrayContaining(["Digits", "loss", "valLoss", "accuracy", "gradNorm", "lr", "step"]));
  expect(texts.find((text) => text.startsWith("finished"))).toMatch(/^finished · epoch 2\/2 · step 400\/400 · 53\d samples\/s · 12 s$/);
  expect(marks("symbol")).toHaveLength(4);
  expect(width).toBeLessThan(760);
  expect(chart.spec["description"]).toContain("loss: 2 → 0.005, lowest 0.005 at 400, highest 2 at 1");
  expect(JSON.stringify(chart.spec).length).toBeLessThan(120_000);
});

test("the still chart of a run that has not begun, of one whose values are not finite, and of logarithmic axes can be drawn", async () => {
  await draw(still(new RunState({})));
  await draw(still(ran(3, () => ({ loss: NaN }))));
  const run = new RunState({ log: ["loss"] });
  for (const loss of [10, 1, 0, 0.1]) run.add({ loss });
  const { texts } = await draw(still(run));
  expect(texts).toContain("0.1");
});

test("names of many curves stand in as many columns as have room: they make the chart no wider", async () => {
  const values = (names: readonly string[]) => (step: number) => Object.fromEntries(names.map((name, i) => [name, (i + 1) / step]));
  const plain = await draw(still(ran(20, values(["loss"]))));
  const long = ["training", "validation", "test", "训练损失的平均值", "reconstruction", "regularisation"].map((name) => `${name} loss of the second encoder`);
  const many = await draw(still(ran(20, values(long))));
  expect(many.texts).toEqual(expect.arrayContaining(long));
  expect(many.width).toBeLessThan(plain.width + 60);
  // The same names in a narrow pane below.
  const below = await draw(still(ran(20, values(["loss", "lr", "gradNorm", ...long.map((name) => name.replace("loss", "accuracy"))]))));
  const narrow = await draw(still(ran(20, values(["loss", "lr", "gradNorm", "accuracy"]))));
  expect(below.width).toBeLessThan(narrow.width + 60);
  // Short names stand beside each other.
  const short = await draw(still(ran(20, values(["loss", "valLoss"]))));
  expect(short.height - plain.height).toBeLessThan(30);
});

test("a curve that stays where it is has its value at the axis", async () => {
  const { texts } = await draw(still(ran(3, (step) => ({ loss: 8 / step, lr: 0.25 }))));
  expect(texts).toContain("0.25");
});

test("the text says where the run stands and draws each curve", () => {
  const run = ran(100, (step) => ({ loss: 1 / step, accuracy: step === 100 ? NaN : step / 100 }));
  expect(still(run).text.split("\n")).toEqual([
    expect.stringMatching(/^Digits: finished · epoch 2\/2 · step 100\/100 · 13\d samples\/s · 12 s$/),
    expect.stringMatching(/^ {2}loss {6}[▁▂▃▄▅▆▇█]{32} {2}1 → 0.01, lowest 0.01 at 100, highest 1 at 1$/),
    expect.stringMatching(/^ {2}accuracy {2}[▁▂▃▄▅▆▇█ ]{32} {2}0.01 → NaN, lowest 0.01 at 1, highest 0.99 at 99, 1 not finite$/),
  ]);
});

test("a sheet of pictures takes grey pictures, colours and channels, and at most what a small chart weighs", () => {
  expect(contactSheet("a", tensor([[0, 1], [1, 0]]), undefined).text).toBe("a: 1 picture of 2 by 2 pixels, values 0 to 1");
  expect(contactSheet("b", tensor(Array.from({ length: 2 }, () => Array.from({ length: 3 }, () => [[0, 0.5], [1, 1]]))), 3).text).toBe("b: 2 pictures of 2 by 2 pixels in colours, values 0 to 1");
  const many = contactSheet("c", tensor(Array.from({ length: 100 }, (_, i) => [[[i]], [[1]]])), 3);
  expect(many.text).toBe("c: the first 64 of 200 pictures of 1 by 1 pixels, values 0 to 99");
  expect(() => contactSheet("d", tensor(Array.from({ length: 300 }, () => Array(300).fill(0) as number[])), 1)).toThrow(/300 by 300; at most 65536 pixels/);
});
