/** Test runner configuration: forked processes (the addon is per process) with the collector exposed. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    poolOptions: { forks: { execArgv: ["--expose-gc"], maxForks: 2 } },
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/**/*.long.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
