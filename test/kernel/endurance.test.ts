/** Many cells in one session. */
import { expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

test("three thousand small cells all answer, with collections of garbage between them", { timeout: 120_000 }, async () => {
  // On Node 22, V8's inspector aborts the process if a collection falls between an evaluation and its answer,
  // unless the evaluation's promise is held; without that this fails within a few hundred cells.
  // They declare something, since an expression alone is run without the inspector's evaluation. Their types are not looked
  // at, which takes longer than the cells.
  const frontend = await Frontend.start({ env: { NODE_OPTIONS: "--max-semi-space-size=1", NABLA_TYPES: "off" } });
  try {
    for (let i = 0; i < 3000; i++) expect(await frontend.evaluate(`let next = ${i} + 1; next`)).toBe(String(i + 1));
  } finally {
    await frontend.stop();
  }
});
