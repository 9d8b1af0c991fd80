/** Heat maps, checked on what Vega draws and on pixels read back by another decoder. */
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

/** The pixels of a data address, read by a decoder that is not ours. */
function decode(url: string, width: number, height: number): (x: number, y: number) => number[] {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`
    + `<image width="${width}" height="${height}" href="${url}"/></svg>`;
  const { pixels } = new Resvg(svg).render();
  return (x, y) => [...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
}

describe("a heat map of up to 32 by 32 cells", () => {
  it("draws a rectangle a cell, the first row at the top, with its value under the pointer", async () => {
    const { marks } = await draw(plot.heatmap([[1, 2, 3], [4, 5, 6]]));
    const cells = marks("rect") as { x: number; y: number; tooltip: Record<string, string> }[];
    expect(cells).toHaveLength(6);
    expect(cells[5]!.tooltip).toEqual({ row: 1, column: 2, value: "6" });
    expect(cells[0]!.x).toBeLessThan(cells[2]!.x);
    expect(cells[0]!.y).toBeLessThan(cells[5]!.y);
  });

  it("prints the values in the cells of a small matrix, in white on dark cells", async () => {
    const { marks } = await draw(plot.heatmap([[0, 1], [0.123456, NaN]]));
    const texts = marks("text");
    expect(texts.map((item) => item.text)).toEqual(["0", "1", "0.123", "–"]);
    expect(texts.map((item) => item.fill)).toEqual(["#222222", "#FFFFFF", "#222222", "#222222"]);
    const quiet = await draw(plot.heatmap([[0, 1]], { cellText: false }));
    expect(quiet.marks("text")).toEqual([]);
  });

  it("uses colours on both sides of white for values on both sides of zero, equally far", async () => {
    const { scale } = await draw(plot.heatmap([[-1, 4]]));
    const colour = scale("color");
    expect(colour(0)).toBe("rgb(247, 247, 247)");
    expect(colour(4)).toBe("rgb(143, 59, 0)");
    expect(colour(-4)).toBe("rgb(11, 60, 122)");
  });

  it("uses one colour from light to dark for values on one side, over the range that there is", async () => {
    const { scale } = await draw(plot.heatmap([[5, 10]]));
    expect(scale("color")(5)).toBe("rgb(245, 248, 252)");
    expect(scale("color")(10)).toBe("rgb(11, 47, 94)");
    const chosen = await draw(plot.heatmap([[5, 10]], { domain: [0, 20], colours: "greys" }));
    expect(chosen.scale("color")(10)).toBe("rgb(152, 152, 152)");
    expect(() => plot.heatmap([[1]], { domain: [2, 2] })).toThrow(/from low to high, but is \[2, 2\]/);
  });

  it("draws a cell without a number in grey, and a matrix of equal numbers at all", async () => {
    const { marks } = await draw(plot.heatmap([[1, NaN]]));
    expect(marks("rect")[1]!.fill).toBe("#BDBDBD");
    await draw(plot.heatmap([[2, 2], [2, 2]]));
    await draw(plot.heatmap([[NaN]]));
    await draw(plot.heatmap([[0]], { colours: "diverging" }));
  });

  it("names rows and columns, even with quotes in their names", async () => {
    const { texts, marks } = await draw(plot.heatmap([[1, 2]], { rows: ["it's"], columns: ["say \"a\"", "b"] }));
    expect(texts).toContain("it's");
    expect(texts).toContain("say \"a\"");
    expect(marks("rect")[0]!.tooltip).toEqual({ row: "it's", column: "say \"a\"", value: "1" });
  });

  it("shows the values as a table in plain text", () => {
    expect(String(plot.heatmap([[1, -20], [0.5, 3]], { title: "W", rows: ["a", "bb"] })).split("\n")).toEqual([
      "W",
      "  2 rows and 2 columns, values -20 to 3",
      "        0    1",
      "   a    1  -20",
      "  bb  0.5    3",
    ]);
  });
});

describe("a heat map of more cells", () => {
  const wide = Array.from({ length: 40 }, (_, row) => Array.from({ length: 50 }, (_, column) => (row === column ? 1 : column === 49 ? NaN : 0)));

  it("is one picture whose pixels have the colours of the scale", async () => {
    const chart = plot.heatmap(wide, { title: "identity" });
    const { marks, texts } = await draw(chart);
    expect(marks("rect")).toEqual([]);
    const [picture] = marks("image") as { url: string; x: number; y: number; width: number; height: number }[];
    expect(picture).toMatchObject({ x: 0, y: 0, width: 440, height: 352 });
    const pixel = decode(picture!.url, 50, 40);
    expect(pixel(0, 0)).toEqual([11, 47, 94]);
    expect(pixel(39, 39)).toEqual([11, 47, 94]);
    expect(pixel(1, 0)).toEqual([245, 248, 252]);
    expect(pixel(49, 7)).toEqual([189, 189, 189]);
    // Both axes and the legend are numbered.
    expect(texts).toEqual(expect.arrayContaining(["50", "40", "0.5", "1"]));
    expect(JSON.stringify(chart.spec).length).toBeLessThan(20_000);
  });

  it("does not print values, and says so when asked to", () => {
    expect(() => plot.heatmap(wide, { cellText: true })).toThrow(/too many to print/);
  });
});

it("writes the ends of a matrix's scale of colours as they are, not rounded to whole numbers", async () => {
  expect((await draw(plot.heatmap([[2, 1, -1], [7.3891, 2.7183, 0.3679]]))).texts).toEqual(expect.arrayContaining(["−7.39", "0", "7.39"]));
  expect((await draw(plot.heatmap([[0, 1112], [3, 4]], { cellText: false }))).texts).toEqual(expect.arrayContaining(["0", "556", "1,112"]));
});

describe("what is no matrix", () => {
  it.each([
    [[], /no rows/],
    [[[]], /empty rows/],
    [[[1, 2], [3]], /heatmap\[1\] has 1 numbers, but the rows above it have 2/],
    [[1, 2], /heatmap\[0\] must be a list of numbers, but is the number 1/],
    ["text", /must be rows of numbers/],
  ])("%j is refused", (values, message) => {
    expect(() => plot.heatmap(values as never)).toThrow(message);
  });
});
