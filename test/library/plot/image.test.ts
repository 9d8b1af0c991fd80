/** One picture, its pixels read back by another decoder. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { decoded } from "./decoded-picture.ts";
import { draw } from "./drawn-chart.ts";

async function colours(chart: plot.Chart, ...places: [number, number][]): Promise<string[]> {
  const [picture] = (await draw(chart)).marks("image") as unknown as { url: string }[];
  const at = decoded(picture!.url);
  return places.map(([x, y]) => at(x, y));
}

describe("a picture", () => {
  const planes = [[[1, 0]], [[0, 0.5]], [[0, 1]]];

  it("in grey goes from white to ink, in colour is as its channels say", async () => {
    expect(await colours(plot.image([[0, 1]]), [0.25, 0.5], [0.75, 0.5])).toEqual(["#ffffff", "#111111"]);
    expect(await colours(plot.image(planes), [0.25, 0.5], [0.75, 0.5])).toEqual(["#ff0000", "#0080ff"]);
  });

  it("is the same with its channels first or last, as shares or as bytes", async () => {
    const two = planes.map((plane) => [...plane, ...plane]);
    const last = [[[1, 0, 0], [0, 0.5, 1]], [[1, 0, 0], [0, 0.5, 1]]];
    expect(plot.image(last).spec).toEqual(plot.image(two).spec);
    const bytes = planes.map((plane) => plane.map((row) => row.map((value) => Math.round(255 * value))));
    expect(await colours(plot.image(bytes), [0.25, 0.5], [0.75, 0.5])).toEqual(["#ff0000", "#0080ff"]);
    expect(plot.image([[[1, 2], [3, 4]]]).spec).toMatchObject({ width: 280 });
  });

  it("keeps its proportions, and takes a flat list", async () => {
    const { marks } = await draw(plot.image(Float32Array.from({ length: 8 }, (_, i) => i), { size: [2, 4], width: 200 }));
    expect(marks("image")[0]).toMatchObject({ width: 200, height: 100 });
    expect(plot.image([[1, 2], [3, 4]]).table.rows[3]).toEqual({ row: 1, column: 1, value: 4 });
  });

  it("is refused with its shape named when it is none", () => {
    expect(() => plot.image([1, 2, 3])).toThrow(/3 pixels, which make no square/);
    expect(() => plot.image([[[1, 2]], [[1, 2]]])).toThrow(/image has the shape \[2, 1, 2\].*plot\.imageGrid/);
    expect(() => plot.image(5 as never)).toThrow(/must be a matrix or a list of pixels/);
    expect(() => plot.image(planes, { colours: "greys" })).toThrow(/has its own colours/);
  });
});

it("a grid of pictures takes colours too, and refuses grey among them", async () => {
  const red = [[[1]], [[0]], [[0]]];
  expect((await draw(plot.imageGrid([red, red]))).marks("image")).toHaveLength(2);
  expect(() => plot.imageGrid([red, [[1]]])).toThrow(/picture 1 is 1 by 1 in grey, but the first is 1 by 1/);
});
