/**
 * The library's tests of ops, tensors, autograd and compiled programs once more under each instruction set that the processor
 * has beside its best, which the ordinary tests run under.
 */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../setup/command.mjs";
import { paths } from "../../setup/paths.mjs";
import { instructionSet } from "../../src/index.ts";

const places = ["ops", "properties", "tensor", "autograd", "compile", "golden", "pytorch", "optim"].map((name) => `test/library/${name}/`);
const sets = ["portable", "avx2", "avx512"];

describe("the tests of ops, tensors, autograd and compiled programs pass", () => {
  for (const isa of sets.slice(0, sets.indexOf(instructionSet))) {
    test(`under ${isa}`, { timeout: 1_200_000 }, async () => {
      const env = { ...process.env, NABLA_ISA: isa, NABLA_LONG: "", NO_COLOR: "1", FORCE_COLOR: "0" };
      const vitest = path.join(paths.nodeModules, "vitest", "vitest.mjs");
      const { status, output } = await runCommand(process.execPath, [vitest, "run", ...places], { cwd: paths.root, env });
      expect(output.slice(-6000)).toMatch(/Tests\s+\d+ passed \(\d+\)/);
      expect(status).toBe(0);
    });
  }
});
