/**
 * Schedules: 50 steps of two groups are PyTorch's, and one that is saved and resumed goes on as if it had not been.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { optim, tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

interface Stored {
  torch: string;
  metrics: number[];
  /** By run, step and group: rate and momentum. */
  results: Record<string, number[][][]>;
}
const stored = JSON.parse(readFileSync(new URL("schedules.json", import.meta.url), "utf8")) as Stored;

type Optimizer = optim.SGD | optim.Adam;
interface Stepping {
  step: (metric: number) => void;
  stateDict: () => unknown;
  loadStateDict: (state: never) => void;
  getLastLr: () => number[];
}
const runs: Record<string, (o: Optimizer) => optim.Schedule> = {
  StepLR: (o) => new optim.StepLR(o, 7, { gamma: 0.5 }),
  MultiStepLR: (o) => new optim.MultiStepLR(o, [3, 20, 20, 41], { gamma: 0.3 }),
  ExponentialLR: (o) => new optim.ExponentialLR(o, 0.93),
  PolynomialLR: (o) => new optim.PolynomialLR(o, { totalIters: 30, power: 2.5 }),
  "PolynomialLR default": (o) => new optim.PolynomialLR(o),
  LinearLR: (o) => new optim.LinearLR(o, { startFactor: 0.2, endFactor: 0.9, totalIters: 17 }),
  "LinearLR default": (o) => new optim.LinearLR(o),
  CosineAnnealingLR: (o) => new optim.CosineAnnealingLR(o, 49),
  "CosineAnnealingLR there and back": (o) => new optim.CosineAnnealingLR(o, 11, { etaMin: 0.003 }),
  LambdaLR: (o) => new optim.LambdaLR(o, [(t) => 1 / (1 + t), (t) => Math.cos(t)]),
  OneCycleLR: (o) => new optim.OneCycleLR(o, 0.5, { totalSteps: 50 }),
  "OneCycleLR linear": (o) =>
    new optim.OneCycleLR(o, [0.5, 0.1], {
      epochs: 5, stepsPerEpoch: 11, pctStart: 0.4, annealStrategy: "linear", divFactor: 10, finalDivFactor: 100,
    }),
  "OneCycleLR three phases": (o) =>
    new optim.OneCycleLR(o, 0.5, { totalSteps: 60, threePhase: true, baseMomentum: 0.7, maxMomentum: [0.9, 0.8] }),
  "OneCycleLR without momentum": (o) => new optim.OneCycleLR(o, 0.5, { totalSteps: 50, cycleMomentum: false }),
  SequentialLR: (o) => {
    const parts = [
      new optim.LinearLR(o, { startFactor: 0.05, totalIters: 6 }),
      new optim.CosineAnnealingLR(o, 20, { etaMin: 0.001 }),
      new optim.StepLR(o, 7),
    ];
    return new optim.SequentialLR(o, parts, [6, 30]);
  },
};
const plateaus: Record<string, optim.PlateauOptions> = {
  ReduceLROnPlateau: { patience: 2, factor: 0.5 },
  "ReduceLROnPlateau max": { mode: "max", patience: 3, cooldown: 2, minLr: [0.001, 0.005] },
  "ReduceLROnPlateau absolute": { threshold: 0.05, thresholdMode: "abs", patience: 1, factor: 0.7, eps: 1e-3 },
  "ReduceLROnPlateau max absolute": { mode: "max", threshold: 0.01, thresholdMode: "abs", patience: 0, factor: 0.9 },
};

/** What test.each takes: name, kind of optimiser, maker. */
const rows: [string, "SGD" | "Adam", (o: Optimizer) => Stepping][] = [
  ...Object.entries(runs).flatMap(([name, make]) => (["SGD", "Adam"] as const).map((kind) => [name, kind, make] as (typeof rows)[number])),
  ...Object.entries(plateaus).map(
    ([name, options]) => [name, "SGD", (o: Optimizer) => new optim.ReduceLROnPlateau(o, options)] as (typeof rows)[number],
  ),
];

function optimizer(kind: "SGD" | "Adam"): Optimizer {
  const leaf = () => [tensor([0], { requiresGrad: true })];
  const groups = [{ params: leaf() }, { params: leaf(), lr: 0.02 }];
  return kind === "SGD" ? new optim.SGD(groups, { lr: 0.1, momentum: 0.9 }) : new optim.Adam(groups, { lr: 0.1 });
}

const ratesOf = (o: Optimizer): number[][] =>
  (o.paramGroups as readonly optim.ScheduledGroup[]).map((group) => [group.lr, group.momentum ?? group.betas![0]]);

describe(`50 steps are those of PyTorch ${stored.torch}`, () => {
  test("every stored run is made", () => {
    const made = rows.map(([name, kind]) => `${name}, ${kind}`);
    expect([...made, "chained, SGD", "chained, Adam"].sort()).toEqual(Object.keys(stored.results).sort());
  });

  test.each(rows)("%s, %s", (name, kind, make) => {
    const o = optimizer(kind);
    const schedule = make(o);
    const own = [ratesOf(o)];
    stored.metrics.forEach((metric) => {
      schedule.step(metric);
      own.push(ratesOf(o));
      expect(schedule.getLastLr()).toEqual(o.paramGroups.map(({ lr }) => lr));
    });
    expectClose(own.flat(2), stored.results[`${name}, ${kind}`]!.flat(2), 1e-12);
  });

  test("two schedules of one optimiser, stepped one after the other", () => {
    const o = optimizer("SGD");
    const both = [new optim.LinearLR(o, { startFactor: 0.1, totalIters: 8 }), new optim.ExponentialLR(o, 0.9)];
    const own = [ratesOf(o)];
    for (let t = 0; t < 50; t++) {
      for (const each of both) each.step();
      own.push(ratesOf(o));
    }
    expectClose(own.flat(2), stored.results["chained, SGD"]!.flat(2), 1e-12);
  });
});

describe("a schedule saved and resumed goes on as if it had not been", () => {
  test.each(rows)("%s, %s", (_name, kind, make) => {
    const [first, second] = [optimizer(kind), optimizer(kind)];
    const schedule = make(first);
    for (const metric of stored.metrics.slice(0, 13)) schedule.step(metric);
    const saved = structuredClone({ optimizer: { ...first.stateDict(), state: {} }, schedule: schedule.stateDict() });
    const resumed = make(second);
    second.loadStateDict(saved.optimizer);
    resumed.loadStateDict(saved.schedule as never);
    for (const metric of stored.metrics.slice(13)) {
      schedule.step(metric);
      resumed.step(metric);
      expect(ratesOf(second)).toEqual(ratesOf(first));
    }
    expect(() => resumed.loadStateDict({} as never)).toThrow("the state is not that of");
  });
});

test("options and uses that cannot be are named", () => {
  const o = optimizer("SGD");
  const still = new optim.SGD([tensor([0], { requiresGrad: true })], { lr: 1 });
  expect(() => new optim.StepLR(o, 0)).toThrow("StepLR: stepSize is 0; it must be a whole number of at least 1");
  expect(() => new optim.StepLR([1] as never, 3)).toThrow("StepLR: expected an optimiser first");
  expect(() => new optim.ExponentialLR(o, undefined as never)).toThrow("ExponentialLR: gamma is undefined");
  expect(() => new optim.LinearLR(o, { startFactor: 0 })).toThrow("LinearLR: startFactor is 0");
  expect(() => new optim.LambdaLR(o, [() => 1])).toThrow("LambdaLR: 1 functions for 2 parameter groups");
  expect(() => new optim.OneCycleLR(o, 1)).toThrow("say how long the cycle is");
  expect(() => new optim.OneCycleLR(still, 1, { totalSteps: 3 })).toThrow("no momentum to cycle");
  expect(() => new optim.OneCycleLR(o, [1], { totalSteps: 3 })).toThrow("maxLr has 1 entries for 2 parameter groups");
  const cycle = new optim.OneCycleLR(o, 1, { totalSteps: 2 });
  cycle.step();
  cycle.step();
  expect(() => cycle.step()).toThrow("OneCycleLR: step 3 of a cycle of 2; is it stepped once a batch?");
  expect(() => new optim.SequentialLR(o, [new optim.StepLR(o, 3)], [1])).toThrow("1 schedules need one milestone fewer, got 1");
  expect(() => new optim.SequentialLR(o, [new optim.StepLR(still, 3)], [])).toThrow("schedule 0 is not a schedule of this optimiser");
  expect(() => new optim.ReduceLROnPlateau(o, { factor: 1 })).toThrow("factor is 1; it must be above 0 and below 1");
  expect(() => new optim.ReduceLROnPlateau(o).step(undefined as never)).toThrow("step() needs the measurement");
});
