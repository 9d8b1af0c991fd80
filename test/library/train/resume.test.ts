/**
 * A run that is cut off and resumed from a checkpoint has the bits of the run that was not: model, optimiser, schedule, random
 * numbers, the order of the data, metrics, callbacks and history.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { data, FileAccessError, FileFormatError, Generator, load, loadSafetensors, manualSeed, metrics, nn, optim, train } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { bits, network, points } from "./small-problem.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "nabla-resume-"))));
afterEach(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => path.join(folder, name);

interface Given {
  readonly compile?: boolean;
  readonly callbacks?: train.Callback[];
  readonly resume?: string | train.TrainingState;
  readonly epochs?: number;
  readonly validateEvery?: number;
  /** Every new process has another state of the library's generator. */
  readonly seed?: number;
  readonly optimizer?: (parameters: Iterable<Tensor>) => train.TrainingOptimizer;
}

/** A run with everything in it that has a state. */
async function run({ compile = false, callbacks = [], resume, epochs = 4, validateEvery, seed = 7, optimizer: make }: Given): Promise<{ bits: string[]; history: train.History }> {
  manualSeed(seed);
  const model = network();
  const optimizer = make?.(model.parameters()) ?? new optim.Adam(model.parameters(), { lr: 0.02, amsgrad: true });
  const loader = new data.DataLoader(points(100, 1), { batchSize: 16, shuffle: true, generator: new Generator(seed) });
  const history = await train.fit(model, loader, {
    loss: nn.functional.crossEntropy, optimizer, epochs, compile, callbacks,
    schedule: new optim.OneCycleLR(optimizer, 0.1, { totalSteps: 40 }), scheduleEvery: "batch",
    metrics: { accuracy: new metrics.Accuracy(), f1: new metrics.F1Score({ average: "macro" }) },
    validation: points(30, 2), progress: false,
    ...(validateEvery === undefined ? {} : { validateEvery }), ...(resume === undefined ? {} : { resume }),
  });
  return { bits: bits(Object.values(model.stateDict())), history };
}
/** All of a history but the time it took. */
const rows = ({ epochs, batchLosses, stopped }: train.History): unknown => [epochs.map(({ seconds: _, ...rest }) => rest), batchLosses, stopped];

/** Cuts a run off, as a crash does: nothing is said to anybody. */
const crashAfter = (iteration: number): train.Callback => ({
  onBatchEnd(each) {
    if (each.iteration === iteration) throw new Error("the power is gone");
  },
});

describe("a run cut off in the middle of an epoch and resumed in a new process has the bits of the one that went on,", () => {
  test.each([[false, 10], [true, 10], [false, 14], [true, 20]])("compiled: %s, checkpoint after batch %i", async (compile, every) => {
    const callbacks = (): train.Callback[] => [new train.Checkpoint(file("{iteration}.nabla"), { every }), new train.EarlyStopping({ patience: 40 })];
    const whole = await run({ compile, callbacks: callbacks() });
    rmSync(file(`${every}.nabla`));
    await expect(run({ compile, callbacks: [...callbacks(), crashAfter(every + 2)] })).rejects.toThrow("the power is gone");
    const resumed = await run({ compile, callbacks: [...callbacks(), {}], resume: file(`${every}.nabla`), seed: 1234 });
    expect(resumed.bits).toEqual(whole.bits);
    expect(rows(resumed.history)).toEqual(rows(whole.history));
    // And so has the compiled run from the eager one's checkpoint.
    const other = await run({ compile: !compile, callbacks: [...callbacks(), {}], resume: file(`${every}.nabla`), seed: 4321 });
    expect(other.bits).toEqual(whole.bits);
  });
});

test("SGD with momentum, NAdam and RMSprop go on as well", async () => {
  const makers: ((parameters: Iterable<Tensor>) => train.TrainingOptimizer)[] = [
    (parameters) => new optim.SGD(parameters, { lr: 0.05, momentum: 0.9, nesterov: true }),
    (parameters) => new optim.NAdam(parameters),
    (parameters) => new optim.RMSprop(parameters, { lr: 0.01, momentum: 0.5, centered: true }),
  ];
  for (const optimizer of makers) {
    const whole = await run({ optimizer, callbacks: [new train.Checkpoint(file("run.nabla"), { every: 11 })], epochs: 2 });
    const resumed = await run({ optimizer, callbacks: [{}], resume: file("run.nabla"), seed: 99, epochs: 2 });
    expect(resumed.bits).toEqual(whole.bits);
    expect(rows(resumed.history)).toEqual(rows(whole.history));
  }
});

test("early stopping remembers what it has seen: the resumed run stops at the same place with the same weights", async () => {
  const callbacks = (): train.Callback[] => [
    new train.Checkpoint(file("{iteration}.nabla"), { every: 9 }),
    new train.EarlyStopping({ patience: 3, minDelta: 0.05, restoreBest: true }),
    new train.GrowingPatience({ patience: 400, monitor: "validationAccuracy" }),
  ];
  const whole = await run({ callbacks: callbacks(), validateEvery: 3, epochs: 5 });
  expect(whole.history.stopped).toContain("has not improved");
  const resumed = await run({ callbacks: callbacks(), resume: file("9.nabla"), validateEvery: 3, epochs: 5, seed: 5 });
  expect(resumed.bits).toEqual(whole.bits);
  expect(rows(resumed.history)).toEqual(rows(whole.history));
});

test("checkpoints are saved each epoch, or when the score is best; training goes on from the last for more epochs", async () => {
  const { history, bits: four } = await run({
    callbacks: [
      new train.Checkpoint(file("epoch-{epoch}.nabla")),
      new train.Checkpoint(file("best.safetensors"), { bestOnly: true, monitor: "validationAccuracy", weightsOnly: true }),
    ],
  });
  expect(readdirSync(folder).sort()).toEqual(["best.safetensors", "epoch-1.nabla", "epoch-2.nabla", "epoch-3.nabla", "epoch-4.nabla"]);
  const model = network();
  model.loadStateDict(loadSafetensors(file("best.safetensors")).tensors);
  const { accuracy } = await train.evaluate(model, points(30, 2), { metrics: { accuracy: new metrics.Accuracy() } });
  expect(accuracy).toBe(Math.max(...history.column("validationAccuracy")));
  const again = await run({ resume: file("epoch-2.nabla"), callbacks: [{}, {}], seed: 3 });
  expect(again.bits).toEqual(four);
  const done = await run({ resume: file("epoch-4.nabla"), callbacks: [{}, {}] });
  expect(done.history.epochs).toHaveLength(4);
});

describe("a checkpoint that does not fit is refused, and nothing has been changed:", () => {
  test("of another model, other callbacks or metrics, or no checkpoint at all", async () => {
    await run({ callbacks: [new train.Checkpoint(file("run.nabla"), { every: 5 })], epochs: 1 });
    const state = load<train.TrainingState>(file("run.nabla"));
    await expect(run({ resume: state })).rejects.toThrow("the checkpoint is of a run with 1 callbacks, this run has 0");
    await expect(run({ resume: { ...state, kind: "model" } as unknown as train.TrainingState })).rejects.toThrow("is not a checkpoint that fit has saved");

    const model = new nn.Linear(2, 3);
    const optimizer = new optim.Adam(model.parameters());
    const before = bits(model.parameters());
    const options = { loss: nn.functional.crossEntropy, optimizer, resume: { ...state, callbacks: [], metrics: {}, schedule: undefined }, progress: false } as const;
    await expect(train.fit(model, [points(8, 1).tensors], options)).rejects.toThrow(/the weights do not fit Linear/);
    expect(bits(model.parameters())).toEqual(before);
    expect(optimizer.stateDict().state[0]!.step).toBe(0);
    await expect(train.fit(model, [points(8, 1).tensors], { ...options, resume: { ...state, callbacks: [] } })).rejects.toThrow("the checkpoint has the metrics accuracy, f1, this run none");
    await expect(train.fit(network(), [points(8, 1).tensors], { ...options, optimizer: new optim.SGD(network().parameters(), { lr: 1 }) })).rejects.toThrow("the state does not fit");

    const own = network();
    const same = { ...options, optimizer: new optim.Adam(own.parameters(), { amsgrad: true }) };
    const clean = bits(own.parameters());
    await expect(train.fit(own, [points(8, 1).tensors], same)).rejects.toThrow("only a DataLoader can go on in the middle");
    expect(bits(own.parameters())).toEqual(clean);
    expect(same.optimizer.stateDict().state[0]!.step).toBe(0);
  });

  test("a file that is missing or cut off", async () => {
    await expect(run({ resume: file("nowhere.nabla") })).rejects.toThrow(FileAccessError);
    writeFileSync(file("cut.nabla"), "not a checkpoint");
    await expect(run({ resume: file("cut.nabla") })).rejects.toThrow(FileFormatError);
    expect(existsSync(file("nowhere.nabla"))).toBe(false);
  });

  test("options of saving that cannot be are named", () => {
    expect(() => new train.Checkpoint("")).toThrow("the first argument is the path of a file");
    expect(() => new train.Checkpoint("a", { every: 0 })).toThrow('give "epoch" or a number of batches');
    expect(() => new train.Checkpoint("a", { every: 3, bestOnly: true })).toThrow("leave out every");
  });
});
