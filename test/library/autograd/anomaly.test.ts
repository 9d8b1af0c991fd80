/**
 * detectAnomaly names the op that made the first NaN, and the line behind a backward pass.
 */
import { describe, expect, test } from "vitest";
import { AnomalyError, detectAnomaly, full, tensor } from "../../../src/index.ts";

describe("detectAnomaly", () => {
  test("names the op and the shapes of its inputs", () => {
    const x = tensor([[1, -1]]);
    expect(() => detectAnomaly(() => x.log().sum())).toThrow("log: made the first NaN from inputs [1, 2]; its inputs were sound");
  });

  test("says when an input held the NaN already", () => {
    const x = tensor([1, NaN]);
    expect(() => detectAnomaly(() => tensor([1, 2]).add(x))).toThrow("input 1 held one already");
  });

  test("in a backward pass names the call and the line that recorded it", () => {
    const x = tensor([0, 1], { requiresGrad: true });
    // The root is 0 there, and so is what comes back: 0 / 0.
    const run = (): void => detectAnomaly(() => x.sqrt().mul(0).sum().backward());
    expect(run).toThrow(AnomalyError);
    expect(run).toThrow(/^div: made the first NaN from inputs .*in the backward pass of sqrt.*sqrt was called at .*anomaly\.test\.ts:\d+/);
  });

  test("lets infinity pass unless asked, and constants always", () => {
    const x = tensor([0]);
    expect(detectAnomaly(() => x.log()).item()).toBe(-Infinity);
    expect(() => detectAnomaly(() => x.log(), { infinite: true })).toThrow("log: made the first -Infinity");
    expect(detectAnomaly(() => full([1], NaN)).item()).toBeNaN();
  });

  test("is off again afterwards, after an error too", () => {
    expect(() => detectAnomaly(() => tensor([-1]).log())).toThrow(AnomalyError);
    expect(tensor([-1]).log().item()).toBeNaN();
  });
});
