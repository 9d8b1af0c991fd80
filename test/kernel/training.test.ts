/**
 * Training in the kernel: its progress is one display that changes, and the stop button ends it with everything kept, so that
 * the next cell trains on.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start({ env: { NABLA_PACKAGES: checkout } });
  const { reply } = await frontend.execute(`
    import { data, manualSeed, nn, optim, randn, train } from "nabla";
    manualSeed(1);
    const x = randn([256, 8]);
    const examples = new data.TensorDataset(x, x.sum({ dim: 1, keepdim: true }));
    const model = new nn.Linear(8, 1);
    const options = { loss: nn.functional.mseLoss, optimizer: new optim.SGD(model.parameters(), { lr: 0.05 }) };
    const history = new train.History();
  `);
  expect(reply["status"]).toBe("ok");
});
afterAll(() => frontend.stop());

test("progress is one display of a line for each epoch, updated in place", async () => {
  const { reply, published } = await frontend.execute("await train.fit(model, examples, { ...options, epochs: 3 });");
  expect(reply["status"]).toBe("ok");
  const shown = published.filter(({ type }) => type === "display_data" || type === "update_display_data");
  expect(shown.filter(({ type }) => type === "display_data")).toHaveLength(1);
  const last = (shown.at(-1)!.content["data"] as Record<string, string>)["text/plain"]!;
  expect(last.split("\n").map((line) => line.slice(0, 9))).toEqual(["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]);
});

test.each([["eager", false], ["compiled", true]])("an interrupt ends training, %s, keeps its history, and the next cell trains on", async (_how, compiled) => {
  const cell = await frontend.run(`console.log("running"); await train.fit(model, examples, { ...options, epochs: 1e9, compile: ${compiled}, history, progress: false });`);
  await frontend.printed(cell, "running");
  await new Promise((resolve) => setTimeout(resolve, 400));
  const pressed = await frontend.interrupt();
  const { reply } = await cell.finished;
  expect(reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
  expect(performance.now() - pressed).toBeLessThan(1000);
  expect(await frontend.evaluate("history.batchLosses.length > 8 && history.last.loss < 0.001")).toBe("true");
  const count = await frontend.evaluate("history.batchLosses.length");
  expect(await frontend.evaluate("(await train.fit(model, examples, { ...options, epochs: 2, progress: false })).epochs.length")).toBe("2");
  // Nothing of the cell that was stopped goes on.
  expect(await frontend.evaluate("history.batchLosses.length")).toBe(count);
});
