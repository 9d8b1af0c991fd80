/** Colours and numbers of the feature-map explorer's page. */
import { expect, it } from "vitest";
import { aboutZero, cssOf, isDark, painter, readable, short } from "../../lab/src/views/features/colours.ts";

const stops = ["#0B3C7A", "#5B9BD5", "#F7F7F7", "#EC9A4E", "#8F3B00"];

it("a value's colour lies between those of its neighbours on the scale, and beyond the ends is that of the end", () => {
  const paint = painter({ stops, domain: [-2, 2] });
  expect([-9, -2, -1, 0, 2, 9].map((value) => cssOf(paint(value)))).toEqual([
    "rgb(11 60 122)", "rgb(11 60 122)", "rgb(91 155 213)", "rgb(247 247 247)", "rgb(143 59 0)", "rgb(143 59 0)",
  ]);
  expect(paint(-0.5)).toEqual([169, 201, 230]);
  expect(paint(null)).toEqual([189, 189, 189]);
});

it("weights and products have white for zero, whatever their signs", () => {
  expect(aboutZero(stops, [-0.25, 0.1, null]).domain).toEqual([-0.25, 0.25]);
  expect(aboutZero(stops, [0, 0]).domain).toEqual([-1, 1]);
});

it("numbers can be read on every colour: a contrast of 4.5 at least", () => {
  const luminance = (colour: readonly number[]): number => {
    const [red, green, blue] = colour.map((each) => (each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const paint = painter({ stops, domain: [0, 1] });
  for (let i = 0; i <= 100; i++) {
    const colour = paint(i / 100);
    const [dark, light] = [luminance(isDark(colour) ? colour : [0, 0, 0]), luminance(isDark(colour) ? [255, 255, 255] : colour)];
    expect((light + 0.05) / (dark + 0.05), cssOf(colour)).toBeGreaterThanOrEqual(4.5);
  }
});

it("numbers of one table have as many decimals as tell the largest, and no minus before a zero", () => {
  expect([short(0.5, 1), short(-0.012, 0.03), short(123.4, 250), short(-0.001, 0.5), short(null, 1), short(5.25, 12)]).toEqual(["0.50", "−0.012", "123", "0.00", "", "5.3"]);
  expect([readable(-0.123456), readable(0.00001234), readable(0), readable(null), readable(1234.56)]).toEqual(["−0.1235", "1.23e−5", "0", "–", "1235"]);
});
