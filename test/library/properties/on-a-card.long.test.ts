/**
 * Many more random calls of every op on a card, beside the CPU's, than the ordinary tests draw.
 */
import { describe, test } from "vitest";
import { fakeCard } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=6"), { NABLA_DEVICE: "", NABLA_CUDA_MEMORY: "", NABLA_CUDA_LIBRARIES: "none" });
const { everyCall } = await import("./every-call.ts");
const { checkOnTwoDevices } = await import("./on-two-devices.ts");

describe("random calls give on a card what they give on the CPU, three hundred of each", () => {
  for (const name of Object.keys(everyCall)) {
    test(
      name,
      async () => {
        checkOnTwoDevices(name, { numRuns: 300, seed: 9 });
        // The runner hears of it now: within a minute it has to.
        await new Promise(setImmediate);
      },
      600_000,
    );
  }
});
