/** What the page computes of a playground: places on sliders, and code; each against the library's own. */
import { expect, it } from "vitest";
import { filledIn } from "../../lab/src/views/playground/code.ts";
import { placeOf, readableValue, valueAt } from "../../lab/src/views/playground/scale.ts";
import { controlsOf, filledIn as filledInByLibrary, receivedValue } from "../../src/playground/settings.ts";
import type { RangeState } from "../../src/view/states/playground.ts";

const range = (setting: { min: number; max: number; log?: boolean }): RangeState => controlsOf({ lr: setting })[0] as RangeState;

it("every place of a logarithmic slider is a value that the library keeps as it is, and the way back leads there", () => {
  for (const ends of [{ min: 0.001, max: 1 }, { min: 0.03, max: 7 }, { min: 1, max: 1000 }]) {
    const state = range({ ...ends, log: true });
    let last = -Infinity;
    for (let place = 0; place <= state.step; place++) {
      const value = valueAt(state, place);
      expect(value).toBeGreaterThan(last);
      last = value;
      expect(receivedValue(state, value)).toBe(value);
      expect(Math.abs(placeOf(state, value) - place)).toBeLessThanOrEqual(1);
    }
    expect([valueAt(state, 0), valueAt(state, state.step)]).toEqual([ends.min, ends.max]);
  }
});

it("in the middle of a logarithmic slider the value is the geometric mean of the ends", () => {
  const state = range({ min: 0.01, max: 1, log: true });
  expect(valueAt(state, state.step / 2)).toBeCloseTo(0.1, 12);
});

it("a linear slider's places are its values, without the digits that nobody meant", () => {
  const state = range({ min: 0, max: 0.5 });
  expect(valueAt(state, 0.1 + 0.2)).toBe(0.3);
  expect(placeOf(state, 0.3)).toBe(0.3);
  expect(readableValue(0.1 + 0.2)).toBe("0.3");
});

it("code is filled in as the library does", () => {
  const values = { lr: 0.1, dataset: "moons", on: true };
  for (const code of ["const lr = {{lr}};", "new optim.{{!dataset}}({{dataset}}, {{on}})", "{{other}} {{ lr }} {{!lr}}"]) {
    expect(filledIn(code, values)).toBe(filledInByLibrary(code, values));
  }
  expect(filledIn("{{dataset}} {{!dataset}}", values)).toBe('"moons" moons');
});
