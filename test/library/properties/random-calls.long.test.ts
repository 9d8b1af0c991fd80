/**
 * Many more random calls of every op against the reference than the ordinary tests draw.
 */
import { describe, test } from "vitest";
import { checkRandomCalls, everyCall } from "./every-call.ts";

describe("random calls give what the reference gives, a thousand of each", () => {
  for (const name of Object.keys(everyCall)) test(name, () => checkRandomCalls(name, { runs: 1000, seed: 2 }), 300_000);
});
