/**
 * Cells that compute on a card (the fake driver's): what a card finds wrong is said under the cell that asked for it, though no line of
 * that cell has waited for the answer.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fakeCard } from "../library/device/fake-card.ts";
import { Frontend } from "./frontend.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start({ env: { NABLA_PACKAGES: checkout, ...fakeCard(), NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" } });
  const { reply } = await frontend.execute(`
    import { nn, rand, randint } from "nabla";
    const scores = rand([4, 3]);
  `);
  expect(reply["status"]).toBe("ok");
});
afterAll(() => frontend.stop());

test("a label that only the card knows is named under its own cell, and the next cell goes on", async () => {
  const { reply, published } = await frontend.execute("const labels = randint(3, 9, [4]);\nnn.functional.crossEntropy(scores, labels);\nlet after = 1;");
  expect(reply["status"]).toBe("ok");
  const printed = published.filter(({ type }) => type === "stream").map(({ content }) => String(content["text"])).join("");
  expect(printed).toMatch(/TensorIndexError.*crossEntropy: label [3-8] is outside the range; it must lie in 0 to 2/s);
  expect(await frontend.evaluate("nn.functional.crossEntropy(scores, labels.mul(0)).item() > 0 && after === 1")).toBe("true");
});
