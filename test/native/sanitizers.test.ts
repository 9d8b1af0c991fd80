/**
 * The core (storage, threads) under sanitizers: what a race or a write beyond the end does to a learner is a crash without a
 * word, long after. The kernels take longer and are in sanitizers.long.test.ts.
 */
import { expect, test } from "vitest";
import { runCppTests, withSanitizedBuild } from "./sanitized-build.ts";

for (const sanitizers of ["thread", "address,undefined"]) {
  test(`storage and thread pool are clean under ${sanitizers}`, { timeout: 240_000 }, async () => {
    const targets = ["thread_pool_test", "storage_test"];
    const { status, said } = await withSanitizedBuild({ sanitizers, instructionSets: "", targets }, (folder) =>
      runCppTests(folder, "^(thread_pool|storage)_test$"),
    );
    expect(said).toContain("100% tests passed, 0 tests failed out of 2");
    expect(status).toBe(0);
  });
}
