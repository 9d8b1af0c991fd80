/**
 * The whole native half under sanitizers: every C++ test with every instruction set, and the library's tests of ops, autograd
 * and compiled programs on a sanitized addon.
 */
import { describe, expect, test } from "vitest";
import { runCppTests, runLibraryTests, straysOf, withSanitizedBuild } from "./sanitized-build.ts";

const everySet = "avx2;avx512";
const minutes = 60_000;

describe("under sanitizers", () => {
  test("addresses and undefined behaviour: the C++ tests and the library's", { timeout: 60 * minutes }, async () => {
    await withSanitizedBuild({ sanitizers: "address,undefined", instructionSets: everySet, addon: true }, async (folder) => {
      const core = await runCppTests(folder);
      expect(core.said).toContain("100% tests passed");
      expect(core.status).toBe(0);
      const library = await runLibraryTests(folder, ["test/library/ops/", "test/library/properties/", "test/library/tensor/", "test/library/autograd/", "test/library/compile/"]);
      expect(library.said).not.toMatch(/runtime error|AddressSanitizer/);
      expect(library.status, library.said.slice(-6000)).toBe(0);
      expect(straysOf(library.said)).toEqual([]);
    });
  });

  test("threads: the C++ tests", { timeout: 60 * minutes }, async () => {
    await withSanitizedBuild({ sanitizers: "thread", instructionSets: everySet }, async (folder) => {
      const { status, said } = await runCppTests(folder);
      expect(said).toContain("100% tests passed");
      expect(status).toBe(0);
    });
  });
});
