/** The live panel in a notebook that the test plays: what goes out and when, what the buttons do, what is saved. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { data, Generator, manualSeed, nn, optim, plot, randn, StoppedError, tensor, train } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { LiveMessage, LiveState } from "../../../../src/view/states/live.ts";
import { Notebook } from "../../view/notebook.ts";

const HOST = Symbol.for("Jupyter.host");
const { functional: F } = nn;
// What a library in one process has told its notebook to call at the end of cells stays with the first one.
const notebook = new Notebook();
let controller: AbortController;

beforeEach(() => {
  for (const list of [notebook.shown, notebook.said, notebook.opened]) list.length = 0;
  controller = new AbortController();
  notebook.install();
  Object.defineProperty((globalThis as Record<symbol, any>)[HOST], "signal", { get: () => controller.signal });
});
afterEach(() => {
  notebook.endCell();
  for (const name of [HOST, "display"]) delete (globalThis as Record<string | symbol, unknown>)[name];
});

const messages = (): LiveMessage[] => notebook.said.flatMap((each) => (each.type === "message" ? [each.message as unknown as LiveMessage] : []));
const lastSaved = (): LiveState => (notebook.shown.at(-1)!.bundle["application/vnd.nabla.view.v1+json"] as { state: LiveState }).state;
const press = (name: "pause" | "continue" | "stop"): void => notebook.writes({ type: "event", name, params: null });
const follow = (): void => notebook.says({ type: "hello", since: 0 });

/** A loop by hand, of a tiny network; `each` is called before each step. */
function byHand(panel: plot.LivePanel | undefined, model: nn.Linear, steps: number, each: (step: number) => void = () => undefined): void {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const [x, y] = [tensor([[1, 2], [3, -1], [0.5, 0]]), tensor([[1], [0], [2]])];
  for (let step = 1; step <= steps; step++) {
    each(step);
    optimizer.zeroGrad();
    const loss = F.mseLoss(model.forward(x), y);
    loss.backward();
    optimizer.step();
    panel?.add({ step, loss, lr: optimizer.lr });
  }
}

/** A small model, the same each time. */
function linear(): nn.Linear {
  manualSeed(3);
  return new nn.Linear(2, 1);
}

describe("a loop by hand", () => {
  test("shows its panel with the first row, in one output, and sends at most twenty messages a second", () => {
    const panel = plot.live({ title: "By hand" });
    expect(notebook.shown).toHaveLength(0);
    panel.add({ loss: 1 });
    follow();
    const began = performance.now();
    let rows = 1;
    for (; performance.now() - began < 500; rows++) panel.add({ loss: Math.sin(rows) });
    panel.end();
    expect(notebook.opened).toHaveLength(1);
    expect(notebook.shown.filter(({ isUpdate }) => !isUpdate)).toHaveLength(1);
    expect(messages().length).toBeLessThanOrEqual(13);
    expect(messages().length).toBeGreaterThanOrEqual(5);
    expect(messages().at(-1)!.progress).toMatchObject({ status: "finished", rows });
    expect(panel.points("loss").values).toHaveLength(rows);
    expect(lastSaved().progress).toMatchObject({ status: "finished", rows });
    expect(lastSaved().series[0]!.count).toBe(rows);
  });

  test("is stopped where it next looks, in the optimiser before that changes anything, in words for a person", () => {
    const [panel, model] = [plot.live(), linear()];
    const run = (): void => byHand(panel, model, 100, (step) => {
      if (step === 2) follow();
      if (step === 5) press("stop");
    });
    expect(run).toThrow(new StoppedError("the stop button was pressed after step 4. Every variable keeps its value: the next cells can be run."));
    const other = linear();
    byHand(undefined, other, 4);
    expect(model.weight.toArray()).toEqual(other.weight.toArray());
    expect(panel.stopped).toBe(true);
    expect(lastSaved().progress).toMatchObject({ status: "stopped", reason: "the stop button was pressed after step 4", rows: 4 });
    // The panel goes on when the loop is run again.
    byHand(panel, model, 3);
    expect(panel.stopped).toBe(false);
    notebook.endCell();
    expect(lastSaved().progress).toMatchObject({ status: "waiting", rows: 7 });
  });

  test("waits while it is paused, and goes on where it was", () => {
    const panel = plot.live();
    panel.add({ loss: 1 });
    follow();
    press("pause");
    let naps = 0;
    // While the loop is held, nothing else runs in this thread: the page's word is there when it looks for the third time.
    const wait = vi.spyOn(Atomics, "wait").mockImplementation(() => {
      expect(panel.paused).toBe(true);
      if (++naps === 3) press("continue");
      return "timed-out";
    });
    panel.add({ loss: 2 });
    wait.mockRestore();
    expect(naps).toBe(3);
    expect(messages().map(({ progress }) => progress.status)).toEqual(expect.arrayContaining(["paused", "running"]));
    panel.end();
    expect(lastSaved().series[0]!.values).toEqual([1, 2]);
  });

  test("without an end is saved when its cell ends, and says that it was interrupted where it was", () => {
    const panel = plot.live();
    panel.add({ loss: 1 });
    follow();
    panel.add({ loss: 2 });
    notebook.endCell();
    expect(lastSaved()).toMatchObject({ progress: { status: "waiting", rows: 2 }, series: [{ values: [1, 2] }] });
    panel.add({ loss: 3 });
    const interrupted = controller;
    // As the kernel does: whoever asks now gets the signal of the next cell.
    controller = new AbortController();
    interrupted.abort(new Error("interrupted"));
    notebook.endCell();
    expect(lastSaved()).toMatchObject({ progress: { status: "interrupted", rows: 3 }, series: [{ values: [1, 2, 3] }] });
    expect(notebook.opened).toHaveLength(1);
  });
});

test("pictures of a tensor are shown in one sheet, the newest of their name, as they were when they were given", () => {
  const panel = plot.live();
  const filters = tensor([[[0, 1], [2, 3]], [[3, 2], [1, 0]], [[0, 0], [0, 0]]]);
  panel.add({ step: 7, loss: 1 });
  follow();
  panel.images("filters", filters);
  filters.mul_(0);
  panel.end();
  const [picture] = lastSaved().pictures;
  expect(picture).toMatchObject({ name: "filters", step: 7, text: "filters: 3 pictures of 2 by 2 pixels, values 0 to 3" });
  const png = Buffer.from(picture!.url.split(",")[1]!, "base64");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([picture!.width, picture!.height]);
  expect(() => panel.images("weights", tensor([1, 2, 3]))).toThrow(/"weights" has shape \[3\]; give \[height, width\]/);
});

describe("fit in a live panel", () => {
  const points = (): data.TensorDataset<readonly [Tensor, Tensor]> => {
    const generator = new Generator(4);
    return new data.TensorDataset(randn([60, 2], { generator }), randn([60, 1], { generator }));
  };
  const options = (model: nn.Linear) => ({ loss: F.mseLoss, optimizer: new optim.SGD(model.parameters(), { lr: 0.05 }), batchSize: 10, epochs: 3, progress: false });

  test.each([false, true])("has the bits of fit without one, compiled: %s, and shows each batch's loss and the norm of its gradients", async (compiled) => {
    const run = async (live: boolean): Promise<[nn.Linear, train.History, number[]]> => {
      const model = linear();
      manualSeed(8);
      const norms: number[] = [];
      const onBatchEnd = (): void => {
        const all = [...model.parameters()].flatMap(({ grad }) => [...(grad?.data() as Float32Array ?? [])]);
        norms.push(Math.hypot(...all));
      };
      const history = await train.fit(model, points(), { ...options(model), compile: compiled, ...(live ? { live: { title: "fit" } } : {}), ...(compiled ? {} : { callbacks: [{ onBatchEnd }] }) });
      return [model, history, norms];
    };
    const [alone, plain] = await run(false);
    const [model, history, norms] = await run(true);
    expect(history.batchLosses).toEqual(plain.batchLosses);
    expect(model.weight.toArray()).toEqual(alone.weight.toArray());
    const saved = lastSaved();
    const curve = (name: string) => saved.series.find((each) => each.name === name)!;
    expect(saved.progress).toMatchObject({ status: "finished", step: 18, steps: 18, epoch: 3, epochs: 3 });
    curve("loss").values.forEach((value, i) => expect(value).toBeCloseTo(history.batchLosses[i]!, 5));
    expect(curve("loss").steps).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
    norms.forEach((norm, i) => expect(curve("gradNorm").values[i]).toBeCloseTo(norm, 4));
    expect(curve("gradNorm").count).toBe(18);
    expect(curve("lr").values).toEqual(Array(18).fill(0.05));
  });

  test("ends early and normally when stop is pressed: the history so far is there", async () => {
    const model = linear();
    const onBatchEnd = ({ iteration }: train.TrainingRun): void => {
      if (iteration === 8) press("stop");
    };
    const history = await train.fit(model, points(), { ...options(model), live: true, callbacks: [{ onBatchEnd }] });
    expect(history.batchLosses).toHaveLength(8);
    expect(history.epochs).toHaveLength(1);
    expect(history.stopped).toBe("the stop button was pressed");
    expect(lastSaved().progress).toMatchObject({ status: "stopped", step: 8, reason: "the stop button was pressed" });
  });

  test("waits between two batches while it is paused, and everything else goes on", async () => {
    const model = linear();
    let seen = 0;
    const onBatchEnd = ({ iteration }: train.TrainingRun): void => {
      seen = iteration;
      if (iteration === 5) press("pause");
    };
    const done = train.fit(model, points(), { ...options(model), live: true, callbacks: [{ onBatchEnd }] });
    await expect.poll(() => seen, { timeout: 20_000 }).toBe(5);
    for (let tick = 0; tick < 20; tick++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toBe(5);
    notebook.says({ type: "event", name: "continue", params: null });
    expect((await done).batchLosses).toHaveLength(18);
  });

  test("draws scores when they are measured, in a panel of one's own that a second run goes on with", async () => {
    const [model, panel] = [linear(), plot.live({ title: "two runs" })];
    for (let i = 0; i < 2; i++) await train.fit(model, points(), { ...options(model), epochs: 1, validation: points(), live: panel });
    expect([...panel.points("validationLoss").steps]).toEqual([6, 12]);
    expect([...panel.points("loss").steps]).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(notebook.opened).toHaveLength(1);
  });

  test("ends normally too when a callback's own panel is stopped, and says of an error what it was", async () => {
    const [model, panel] = [linear(), plot.live()];
    const onBatchEnd = ({ iteration, loss }: train.TrainingRun): void => {
      if (iteration === 4) press("stop");
      panel.add({ loss });
    };
    const history = await train.fit(model, points(), { ...options(model), callbacks: [{ onBatchEnd }] });
    expect([history.batchLosses.length, history.stopped]).toEqual([4, "the stop button was pressed"]);
    const failing = { onBatchEnd: () => { throw new Error("out of coffee"); } };
    await expect(train.fit(model, points(), { ...options(model), live: true, callbacks: [failing] })).rejects.toThrow("out of coffee");
    expect(lastSaved().progress).toMatchObject({ status: "failed", reason: "out of coffee" });
    await expect(train.fit(model, points(), { ...options(model), live: 3 as never })).rejects.toThrow("fit: live is 3");
  });
});
