/**
 * NVIDIA's compiler takes every kernel, for the cards that it compiles whole and for those whose driver compiles our PTX, and
 * the kernels that networks spend their time in have room for their numbers. No card is needed.
 */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { paths } from "../../setup/paths.mjs";
import { compileForCards, hotSpills, readPtxas } from "./cuda-images.ts";

test("what ptxas says is read line by line", () => {
  const said = `ptxas warning : Registers are spilled to local memory in function 'sum_f32', 4 bytes spill stores, 8 bytes spill loads
ptxas info    : Compiling entry function 'sum_f32' for 'sm_90'
ptxas info    : Compiling entry function 'sum_f32' for 'sm_75'
    8 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas warning : Registers are spilled to local memory in function 'sum_f64', 12 bytes spill stores, 12 bytes spill loads`;
  const compiled = readPtxas(said);
  expect(compiled.kernels).toEqual(new Map([["sm_90", new Set(["sum_f32"])], ["sm_75", new Set(["sum_f32"])]]));
  expect(compiled.spills).toEqual(new Map([["sum_f32", 4], ["sum_f64", 12]]));
  expect(hotSpills(compiled)).toEqual([["sum_f32", 4]]);
});

// NVIDIA has no compiler for other systems; setup/test.mjs brings one here.
if (process.platform === "linux") {
  test("every kernel is compiled for sm_90 and, from its PTX, for sm_75, and those of float32 do not spill", { timeout: 900_000 }, async () => {
    const compiled = await compileForCards("75;90");
    expect([...compiled.kernels.keys()].sort()).toEqual(["sm_75", "sm_90"]);
    expect(compiled.kernels.get("sm_75")).toEqual(compiled.kernels.get("sm_90"));
    const folder = path.join(paths.nativeSource, "cuda", "kernels");
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".cu"))) {
      // Names that a macro puts together have ## in them.
      const [, kernel] = /^NABLA_KERNEL\((\w+),/m.exec(readFileSync(path.join(folder, file), "utf8")) ?? [];
      if (kernel !== undefined) expect(compiled.kernels.get("sm_90")).toContain(kernel);
    }
    expect(compiled.kernels.get("sm_90")!.size).toBeGreaterThan(300);
    expect(hotSpills(compiled)).toEqual([]);
  });
}
