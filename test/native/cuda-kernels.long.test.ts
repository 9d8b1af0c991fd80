/**
 * NVIDIA's compiler takes every kernel for all kinds of cards that a build for other machines has machine code for.
 */
import { expect, test } from "vitest";
import { everyCapability } from "../../setup/native.mjs";
import { compileForCards, hotSpills } from "./cuda-images.ts";

/** Bytes that ptxas gives up now and then so that more blocks run at once; more of them is a kernel with too many numbers in hand. */
const few = 32;

if (process.platform === "linux") {
  test("every kernel is compiled for all cards, and those of float32 spill next to nothing on any", { timeout: 900_000 }, async () => {
    const compiled = await compileForCards(everyCapability.join(";"));
    expect([...compiled.kernels.keys()].sort()).toEqual(everyCapability.map((capability) => `sm_${capability}`).sort());
    for (const kernels of compiled.kernels.values()) expect(kernels).toEqual(compiled.kernels.get("sm_90"));
    expect(hotSpills(compiled).filter(([, bytes]) => bytes > few)).toEqual([]);
  });
} else {
  test("other systems have no compiler of NVIDIA's", () => expect(process.env["NABLA_NVCC"]).toBeUndefined());
}
