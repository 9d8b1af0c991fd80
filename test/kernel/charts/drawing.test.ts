/** What is in the picture: its pixels are looked at. */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { Resvg } from "@resvg/resvg-js";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { drawChart } from "../../../kernel/charts/drawing.ts";
import { FontMetrics } from "../../../kernel/charts/font-metrics.ts";
import { VEGA, VEGA_LITE } from "../../../kernel/display/mime.ts";

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** The colour at a place, `#rrggbb`. */
  at(x: number, y: number): string;
}

/** An SVG of a PNG's size with nothing in it but the PNG. */
function svgOf(png: Buffer): string {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" href="data:image/png;base64,${png.toString("base64")}"/></svg>`;
}

/** Reads a PNG back. */
function pixelsOf(png: Uint8Array): Pixels {
  const { pixels, width, height } = new Resvg(svgOf(Buffer.from(png))).render();
  return { width, height, at: (x, y) => `#${pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3).toString("hex")}` };
}

/** How many pixels of each colour there are in a part of the picture. */
function colours(picture: Pixels, part: readonly number[] = [0, 0, picture.width, picture.height]): Map<string, number> {
  const [left, top, right, bottom] = part as [number, number, number, number];
  const counts = new Map<string, number>();
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) counts.set(picture.at(x, y), (counts.get(picture.at(x, y)) ?? 0) + 1);
  return counts;
}

const draw = async (spec: object): Promise<Pixels> => pixelsOf(await drawChart(VEGA_LITE, spec));

describe("a picture", () => {
  const line = { data: { values: Array.from({ length: 500 }, (_, x) => ({ x, y: Math.exp(-x / 100) })) }, mark: { type: "line", color: "#ff0000" }, width: 200, height: 100, encoding: { x: { field: "x", type: "quantitative", title: "step" }, y: { field: "y", type: "quantitative" } } };

  test("has two pixels for one of the chart, a white ground and the line in its colour", async () => {
    const picture = await draw(line);
    expect(picture.width).toBeGreaterThan(400);
    expect(picture.width).toBeLessThan(540);
    expect(picture.at(0, 0)).toBe("#ffffff");
    expect(colours(picture).get("#ff0000")).toBeGreaterThan(200);
  });
  test("is drawn of a line with unseen points that goes on far beyond its axis", async () => {
    const values = [0.5, 1, 100].map((y, x) => ({ x, y }));
    const cut = { ...line, data: { values }, mark: { ...line.mark, clip: true, point: "transparent" }, encoding: { ...line.encoding, y: { ...line.encoding.y, scale: { domain: [0, 1.5] } } } };
    expect(colours(await draw(cut)).get("#ff0000")).toBeGreaterThan(200);
  });
  test.each([
    ["points", { mark: { type: "point", opacity: 0.5, filled: true } }],
    ["points with an outline", { mark: { type: "point", opacity: 0.5, filled: true, stroke: "black" } }],
    ["texts", { mark: { type: "text", text: "far", opacity: 0.5 } }],
    ["rules", { mark: { type: "rule", opacity: 0.5 } }],
    ["a clipped line", { mark: { type: "line", clip: true, opacity: 0.5 } }],
    ["a clipped area", { mark: { type: "area", clip: true } }],
    ["pictures", { mark: { type: "image", opacity: 0.5, width: 5, height: 5, url: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" } }],
  ])("is drawn with half-transparent %s that lie outside of it", async (_, marks) => {
    const axis = (field: string): object => ({ field, type: "quantitative", axis: null, scale: { domain: [0, 2] } });
    const far = { ...marks, data: { values: [{ x: 5, y: -4 }, { x: 6, y: -3 }] }, encoding: { x: axis("x"), y: axis("y") } };
    const near = { mark: { type: "point", filled: true, color: "#ff0000", opacity: 0.5, size: 400 }, data: { values: [{ x: 1, y: 1 }] }, encoding: { x: axis("x"), y: axis("y") } };
    // "none" keeps the picture as large as the axes, whatever lies beyond.
    const picture = await draw({ width: 100, height: 100, autosize: "none", padding: 0, layer: [far, near] });
    expect(picture.width).toBe(200);
    expect(colours(picture).get("#ff8080") ?? colours(picture).get("#ff7f7f")).toBeGreaterThan(300);
  });
  test("that would be as large as the distance of a far mark is refused, with what to do", async () => {
    const scale = { domain: [0, 2] };
    const far = { data: { values: [{ x: 1, y: 1 }, { x: 900, y: 900 }] }, mark: "point", width: 200, height: 200, encoding: { x: { field: "x", type: "quantitative", scale }, y: { field: "y", type: "quantitative", scale } } };
    await expect(drawChart(VEGA_LITE, far)).rejects.toThrow(/would be \d+ by \d+ pixels.*"clip": true.*"domain"/);
    expect((await draw({ ...far, mark: { type: "point", clip: true } })).width).toBeLessThan(600);
  });
  test("has the same bytes every time", async () => {
    const hashes = new Set<string>();
    for (let round = 0; round < 3; round++) hashes.add(createHash("sha256").update(await drawChart(VEGA_LITE, { ...line, transform: [{ calculate: "datum.y + random()", as: "y" }] })).digest("hex"));
    expect(hashes.size).toBe(1);
  });
  test("is stored with a palette, in fewer bytes than without", async () => {
    const png = Buffer.from(await drawChart(VEGA_LITE, line));
    // PNG, section 11.2.1: the colour type is the tenth byte of the header's data, 3 for a palette.
    expect(png[25]).toBe(3);
    const { pixels, width, height } = new Resvg(svgOf(png)).render();
    const without = await sharp(pixels, { raw: { width, height, channels: 4 } }).removeAlpha().png({ compressionLevel: 9 }).toBuffer();
    expect(png.length).toBeLessThan(0.75 * without.length);
  });
  test("of up to 256 colours keeps each of them", async () => {
    const colour = (i: number): string => `#${(i * 65_793 + 4_096).toString(16).padStart(6, "0")}`;
    const places = Array.from({ length: 200 }, (_, i) => ({ i, x: 10 * (i % 20), y: 10 * Math.floor(i / 20) }));
    const marks = places.map(({ i, x, y }) => ({ type: "rect", encode: { enter: { x: { value: x }, y: { value: y }, width: { value: 10 }, height: { value: 10 }, fill: { value: colour(i) } } } }));
    const picture = pixelsOf(await drawChart(VEGA, { width: 200, height: 100, padding: 0, marks }));
    for (const { i, x, y } of places) expect(picture.at(2 * x + 10, 2 * y + 10)).toBe(colour(i));
  });
  test("with more than 256 colours keeps them within a few shades", async () => {
    const shades = Array.from({ length: 900 }, (_, i) => ({ x: i % 30, y: Math.floor(i / 30), value: i }));
    const axis = { type: "ordinal", axis: null } as const;
    const picture = await draw({ data: { values: shades }, mark: "rect", width: 300, height: 300, padding: 0, config: { view: { stroke: null } }, encoding: { x: { field: "x", ...axis }, y: { field: "y", ...axis }, color: { field: "value", type: "quantitative", scale: { range: ["#000000", "#ff80ff"], interpolate: "rgb" }, legend: null } } });
    for (const i of [0, 31, 445, 899]) {
      const [red, green] = [1, 3].map((at) => parseInt(picture.at(20 * (i % 30) + 10, 20 * Math.floor(i / 30) + 10).slice(at, at + 2), 16));
      expect(Math.abs(red! - (255 * i) / 899)).toBeLessThan(4);
      expect(Math.abs(green! - (128 * i) / 899)).toBeLessThan(4);
    }
  });
  test("cuts no label: the outermost pixels are ground", async () => {
    const picture = await draw({ ...line, title: "A title that is much longer than the chart below it is wide", data: { values: ["a label of some length", "W".repeat(20)].map((x, y) => ({ x, y })) }, mark: "bar", encoding: { y: { field: "x", type: "nominal", axis: { labelLimit: 500 } }, x: { field: "y", type: "quantitative", title: "∂σ²" }, color: { field: "x", type: "nominal" } } });
    const { width, height } = picture;
    for (const edge of [[0, 0, width, 2], [0, height - 2, width, height], [0, 0, 2, height], [width - 2, 0, width, height]]) {
      expect([...colours(picture, edge).keys()]).toEqual(["#ffffff"]);
    }
  });
  test("keeps the pixels of an image apart where the chart asks for it", async () => {
    const image = new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><rect width="1" height="1" fill="#000"/><rect x="1" width="1" height="1" fill="#0000ff"/></svg>').render().asPng().toString("base64");
    const spec = (smooth: boolean): object => ({ data: { values: [{ u: `data:image/png;base64,${image}` }] }, mark: { type: "image", width: 100, height: 50, smooth }, width: 100, height: 50, encoding: { url: { field: "u", type: "nominal" } }, config: { view: { stroke: null } } });
    expect(colours(await draw(spec(false))).get("#0000ff")).toBeGreaterThan(9_000);
    expect(colours(await draw(spec(true))).get("#0000ff") ?? 0).toBeLessThan(7_500);
  });
  test("of Vega's own specification is drawn too", async () => {
    const picture = pixelsOf(await drawChart(VEGA, { width: 20, height: 10, padding: 0, marks: [{ type: "rect", encode: { enter: { x: { value: 0 }, y: { value: 0 }, width: { value: 20 }, height: { value: 10 }, fill: { value: "#00ff00" } } } }] }));
    expect([picture.width, picture.height, picture.at(10, 10)]).toEqual([40, 20, "#00ff00"]);
  });
  test("of data at an address says so instead of fetching it", async () => {
    const far = await draw({ ...line, data: { url: "https://example.invalid/data.csv" } });
    expect(far.height).toBeLessThan(150);
    expect(colours(far).get("#ff0000")).toBeUndefined();
    expect((await draw({ layer: [{ mark: "line", encoding: line.encoding, data: { url: "/some/file.csv" } }] })).height).toBe(far.height);
    const near = await draw({ ...line, data: { url: `data:text/csv,${encodeURIComponent("x,y\n0,0\n9,9")}`, format: { type: "csv" } } });
    expect(colours(near).get("#ff0000")).toBeGreaterThan(200);
  });
  test("that Vega cannot compile is an InvalidChart", async () => {
    await expect(drawChart(VEGA, { marks: [{ type: "nonsense" }] })).rejects.toMatchObject({ name: "InvalidChart" });
    await expect(drawChart(VEGA_LITE, { data: { values: [] }, mark: "bar", encoding: { x: { field: "a", type: "quantitative", scale: { domain: { selection: "none" } } } } })).rejects.toMatchObject({ name: "InvalidChart" });
  });
});

test("widths read from the font are those that resvg draws with", () => {
  const path = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
  const metrics = new FontMetrics(path);
  // Between two marks of no width, the advance of a text is the distance between two copies of the same letter.
  const box = (text: string): { x: number; width: number } => {
    const { x, width } = new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="200"><text x="10" y="100" font-family="DejaVu Sans" font-size="100" style="font-kerning: none">${text}</text></svg>`, { font: { fontFiles: [path], loadSystemFonts: false } }).getBBox()!;
    return { x, width };
  };
  for (const text of ["step", "0.123", "σ²∂Δ", "IIIWWW", "é–…"]) {
    const drawn = box(`${text}H`).width + box(`${text}H`).x - (box("H").width + box("H").x);
    expect(metrics.width(text, 100)).toBeCloseTo(drawn, 0);
  }
});

describe("the letters of", () => {
  const title = async (text: string): Promise<string> => {
    const picture = await draw({ title: { text, fontSize: 20 }, data: { values: [{}] }, mark: "point", width: 40, height: 5, padding: 0, config: { view: { stroke: null } } });
    const rows = Array.from({ length: Math.min(60, picture.height) }, (_, y) => Array.from({ length: picture.width }, (_x, x) => (parseInt(picture.at(x, y).slice(1, 3), 16) < 128 ? "#" : ".")).join(""));
    return rows.join("\n");
  };
  test.each([
    ["Latin", "aZéß"],
    ["Greek and signs", "σΔ∂√≤"],
    ["Chinese", "熵梯度损失层权"],
  ])("%s are drawn, each as itself", async (_, letters) => {
    // U+E000 is nobody's: what is drawn for it is drawn for every letter that no font has.
    const missing = await title("\uE000");
    const drawn = await Promise.all([...letters].map(title));
    expect(drawn).not.toContain(missing);
    expect(new Set(drawn).size).toBe(drawn.length);
    for (const picture of drawn) expect(picture).toContain("#");
  });
  test("Chinese have the room that they take, also beside Latin ones", () => {
    const root = path.dirname(createRequire(import.meta.url).resolve("nabla/package.json"));
    const [latin, han] = [
      new FontMetrics(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")),
      new FontMetrics(path.join(root, "kernel/charts/fonts/NablaHan-Regular.otf")),
    ];
    // Chinese letters are squares of the font's size.
    expect(latin.width("梯度", 20, han)).toBe(40);
    expect(latin.width("L梯", 20, han)).toBe(latin.width("L", 20) + 20);
    expect(han.has("熵".codePointAt(0)!)).toBe(true);
  });
});
