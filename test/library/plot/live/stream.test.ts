/** What a run tells a page: put together there, its messages are the run, however they fall and whenever a page joins. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Curves } from "../../../../lab/src/views/live/curves.ts";
import { RunState } from "../../../../src/plot/live/run-state.ts";
import { MOST_SHOWN } from "../../../../src/plot/live/series.ts";
import { tensor } from "../../../../src/index.ts";
import type { LiveState } from "../../../../src/view/states/live.ts";

const sixDigits = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);
const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe("a page that follows a run", () => {
  test("has every point of a short run, whichever values come in whichever messages", () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0));
    const row = fc.record({ loss: value, valLoss: value, lr: value }, { requiredKeys: ["loss"] });
    const action = fc.oneof({ weight: 6, arbitrary: row }, { weight: 2, arbitrary: fc.constant("send" as const) }, { weight: 1, arbitrary: fc.constant("join" as const) });
    fc.assert(fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const run = new RunState({});
      const rows: Record<string, number>[] = [];
      let page = new Curves(overTheWire(run.whole()));
      for (const each of [...actions, "send" as const]) {
        if (each === "send") page.apply(overTheWire(run.message()));
        else if (each === "join") page = new Curves(overTheWire(run.whole()));
        else {
          run.add(each);
          rows.push(each);
        }
      }
      for (const name of ["loss", "valLoss", "lr"]) {
        const expected = rows.flatMap((each, i) => (each[name] === undefined ? [] : [[i + 1, sixDigits(each[name])]]));
        const curve = page.all.find((one) => one.name === name);
        expect((curve?.steps ?? []).map((step, i) => [step, curve!.values[i]])).toEqual(expected);
        expect(curve?.count ?? 0).toBe(expected.length);
      }
      expect(page.progress.rows).toBe(rows.length);
    }));
  });

  test("of a long run has few points, the first, the last and the highest among them, and knows how many there are", () => {
    const run = new RunState({});
    const page = new Curves(overTheWire(run.whole()));
    let most = 0;
    for (let step = 1; step <= 50_000; step++) {
      run.add({ step, loss: step === 31_234 ? 99 : Math.exp(-step / 1e4) + 0.1 * Math.sin(step) });
      if (step % 37 !== 0 && step !== 50_000) continue;
      page.apply(overTheWire(run.message()));
      most = Math.max(most, page.all[0]!.steps.length);
    }
    const { steps, values, count } = page.all[0]!;
    expect(most).toBeLessThanOrEqual(MOST_SHOWN);
    expect(count).toBe(50_000);
    expect([steps[0], steps.at(-1)]).toEqual([1, 50_000]);
    expect(values[steps.indexOf(31_234)]).toBe(99);
    expect(run.named("loss")!.values).toHaveLength(50_000);
  });

  test("sees the mean of each stretch of a noisy curve as its trend, the same however the run was sent", () => {
    const noise = (step: number): number => Math.sin(step * 12.9898) * 43758.5453 % 1;
    const all = Array.from({ length: 1000 }, (_, i) => 5 - i / 500 + noise(i));
    const run = new RunState({});
    const page = new Curves(overTheWire(run.whole()));
    all.forEach((loss, i) => {
      run.add({ loss });
      if (i % 23 === 0) page.apply(overTheWire(run.message()));
    });
    page.apply(overTheWire(run.message()));
    const { steps, values } = page.all[0]!.trend;
    // A thousand points make 62 and a half stretches of sixteen.
    expect(steps).toHaveLength(63);
    values.forEach((value, i) => {
      const stretch = all.slice(16 * i, 16 * i + 16);
      expect(value).toBeCloseTo(stretch.reduce((sum, each) => sum + each) / stretch.length, 4);
    });
    expect(new Curves(overTheWire(run.whole())).all[0]!.trend).toEqual({ steps, values });
  });
});

describe("a saved run", () => {
  test("takes some fifty thousand characters at most, however long it was and however much it measured", () => {
    const run = new RunState({ title: "long", steps: 20_000 });
    for (let step = 1; step <= 20_000; step++) {
      run.add({ step, ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`metric${i}`, Math.sin(step * (i + 1)) / 3])) });
    }
    expect(JSON.stringify(run.whole()).length).toBeLessThan(100_000);
  });

  test("names the latest values that JSON cannot hold", () => {
    const run = new RunState({});
    run.add({ a: NaN, b: -Infinity, c: tensor([2.5]) });
    const { series } = overTheWire<LiveState>(run.whole());
    expect(series.map(({ name, last, values }) => [name, last, values])).toEqual([["a", "NaN", [null]], ["b", "-Infinity", [null]], ["c", 2.5, [2.5]]]);
  });
});

test("losses share a pane, as do metrics; the gradients' norm and the learning rate have their own, and a choice comes first", () => {
  const run = new RunState({ panes: { "two players": ["lossG", "lossD"] } });
  run.add({ lr: 0.1, accuracy: 0.5, gradNorm: 2, loss: 1, validationLoss: 2, lossG: 1, lossD: 1, f1: 0.2 });
  const { panes, series } = run.whole();
  expect(panes).toEqual(["loss", "two players", "metrics", "gradient norm", "learning rate"]);
  expect(Object.fromEntries(series.map(({ name, pane }) => [name, pane]))).toEqual({
    loss: "loss", validationLoss: "loss", lossG: "two players", lossD: "two players", accuracy: "metrics", f1: "metrics", gradNorm: "gradient norm", lr: "learning rate",
  });
});

test("what is no number is refused with what to give instead, and leaves the run as it was", () => {
  const run = new RunState({});
  expect(() => run.add({ loss: tensor([1, 2, 3]) })).toThrow(/loss must be a number, but is a tensor of shape \[3\]; .*mean\(\)/);
  expect(() => run.add({ loss: "0.5" as never })).toThrow('loss must be a number, but is "0.5"');
  expect(() => run.add({ step: NaN, loss: 1 })).toThrow("step must be a finite number");
  expect(run.rows).toBe(0);
});
