/** Bundles of charts, completed in the worker as the kernel has it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChartPictures, pictureMetadata } from "../../../dist/kernel/charts/pictures.js";

const VEGA_LITE = "application/vnd.vegalite.v5+json";
const chart = { data: { values: [{ a: 1, b: 2 }] }, mark: "point", width: 100, height: 50, encoding: { x: { field: "a", type: "quantitative" } } };
let pictures: ChartPictures;
beforeEach(() => {
  pictures = new ChartPictures();
});
afterEach(() => pictures.close());

test("a chart gets a picture and a text, and loses its HTML, which would outrank it", async () => {
  const bundle = await pictures.complete({ [VEGA_LITE]: { ...chart, description: "one point" }, "text/html": "<b>no</b>" });
  expect(Object.keys(bundle).sort()).toEqual([VEGA_LITE, "image/png", "text/plain"]);
  expect(bundle["text/plain"]).toBe("one point");
  expect(Buffer.from(bundle["image/png"] as string, "base64").subarray(1, 4).toString()).toBe("PNG");
  const size = pictureMetadata(bundle)["image/png"]!;
  expect(size.width).toBeGreaterThan(100);
  expect(size.width).toBeLessThan(140);
  expect(size.alt).toBe("one point");
});

test("a bundle that is no chart, or has its picture, stays as it is", async () => {
  expect(await pictures.complete({ "text/html": "<b>" })).toEqual({ "text/html": "<b>" });
  expect(await pictures.complete({ [VEGA_LITE]: chart, "image/png": "AA", "text/plain": "t" })).toEqual({ [VEGA_LITE]: chart, "image/png": "AA", "text/plain": "t" });
  expect(pictureMetadata({ "text/plain": "t" })).toEqual({});
});

test("a wrong chart becomes a text with the reason", async () => {
  expect(await pictures.complete({ [VEGA_LITE]: { ...chart, mark: "pont" } })).toEqual({ "text/plain": expect.stringMatching(/^InvalidChart: mark: "pont" is none of/) as string });
});

test("many charts at once each get their own picture", async () => {
  const bundles = await Promise.all([10, 20, 30, 20].map((width) => pictures.complete({ [VEGA_LITE]: { ...chart, width: width * 10 } })));
  const sizes = bundles.map((bundle) => pictureMetadata(bundle)["image/png"]!.width);
  expect(sizes[1]! - sizes[0]!).toBeCloseTo(100, 0);
  expect(sizes[2]! - sizes[1]!).toBeCloseTo(100, 0);
  expect(bundles[3]!["image/png"]).toBe(bundles[1]!["image/png"]);
});

test("closing rejects what waits, and what comes later starts anew", async () => {
  const waiting = pictures.complete({ [VEGA_LITE]: chart });
  const outcome = waiting.then(() => "drawn", (error: Error) => error.message);
  await pictures.close();
  expect(await outcome).toBe("the kernel is closing");
  expect(await pictures.complete({ [VEGA_LITE]: chart })).toHaveProperty("image/png");
});

test("a chart that cannot be sent to the worker is refused and the next one is drawn", async () => {
  await expect(pictures.complete({ [VEGA_LITE]: { ...chart, data: { values: [() => 1] } } })).rejects.toThrow();
  expect(await pictures.complete({ [VEGA_LITE]: chart })).toHaveProperty("image/png");
});
