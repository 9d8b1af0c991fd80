/**
 * Test runner configuration: forked processes (the addon is per process) with the collector exposed.
 * A test file over 20 s is named `*.long.test.ts` and runs only with NABLA_LONG, which `npm run test:long` sets.
 */
import { defineConfig } from "vitest/config";

const long = process.env["NABLA_LONG"] === "1";

export default defineConfig({
  test: {
    pool: "forks",
    poolOptions: { forks: { execArgv: ["--expose-gc"], maxForks: 2 } },
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...(long ? [] : ["test/**/*.long.test.ts"])],
    setupFiles: process.env["NABLA_DEVICE"] ? ["test/on-the-named-device.ts"] : [],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
