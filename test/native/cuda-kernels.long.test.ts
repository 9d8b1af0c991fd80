/**
 * NVIDIA's compiler takes every kernel for all kinds of cards that a build for other machines has machine code for.
 */
import { expect, test } from "vitest";
import { everyCapability } from "../../setup/native.mjs";
import { compileForCards, hotSpills } from "./cuda-images.ts";

if (process.platform === "linux") {
  test("every kernel is compiled for all cards, and those of float32 do not spill on any", { timeout: 900_000 }, async () => {
    const compiled = await compileForCards(everyCapability.join(";"));
    expect([...compiled.kernels.keys()].sort()).toEqual(everyCapability.map((capability) => `sm_${capability}`).sort());
    for (const kernels of compiled.kernels.values()) expect(kernels).toEqual(compiled.kernels.get("sm_90"));
    expect(hotSpills(compiled)).toEqual([]);
  });
} else {
  test("other systems have no compiler of NVIDIA's", () => expect(process.env["NABLA_NVCC"]).toBeUndefined());
}
