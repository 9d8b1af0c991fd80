/**
 * A chart as a PNG, without a browser: Vega-Lite to Vega to SVG, and resvg from there with fonts of our own (DejaVu for
 * Latin, Greek and signs, Noto for Chinese), so that the same chart gives the same bytes every time. Vega and Vega-Lite are the versions that JupyterLab 4 draws with.
 *
 * The picture is stored with a palette, by libimagequant in sharp: it lies in the file of every notebook that holds a chart,
 * and is a third of the size that way. Up to 256 colours, which is what most charts have, nothing is lost.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { Resvg } from "@resvg/resvg-js";
import sharp from "sharp";
import * as vega from "vega";
import * as vegaLite from "vega-lite";
import { VEGA_LITE } from "../display/mime.ts";
import { FontMetrics } from "./font-metrics.ts";
import { forResvg } from "./resvg-svg.ts";
import { InvalidChart, validateChart } from "./validate.ts";

/** Pixels of the picture for one of the chart, so that it is sharp on a dense screen. */
const SCALE = 2;

/** With the full 256 colours where there are more, and without dithering, which would take back half of the gain. */
const PALETTE = { palette: true, quality: 100, dither: 0, effort: 7, compressionLevel: 9 } as const;

const FONT = "DejaVu Sans";
const fontFile = (name: string): string => createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
const fontFiles = ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono"].map(fontFile);
/** The letters of Chinese, which DejaVu has not; see fonts/subset.py. */
const hanFile = path.join(path.dirname(createRequire(import.meta.url).resolve("nabla/package.json")), "kernel/charts/fonts/NablaHan-Regular.otf");
/** From the first of the Chinese, Japanese and Korean signs on. */
const HAN = /[\u2E80-\u{3FFFF}]/u;

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  /** The width at which Vega cuts the text. */
  readonly limit?: number;
}

// Of Vega's own face, and missing from its types.
const { setRandom, randomLCG, textMetrics } = vega as unknown as {
  setRandom(generator: () => number): void;
  randomLCG(seed: number): () => number;
  textMetrics: { width: (item: TextItem, text: unknown) => number };
};

const regular = new FontMetrics(fontFile("DejaVuSans"));
const bold = new FontMetrics(fontFile("DejaVuSans-Bold"));
let han: FontMetrics | undefined;
textMetrics.width = ({ fontSize = 11, fontWeight, limit = 0 }, text) => {
  const isBold = fontWeight === "bold" || fontWeight === "bolder" || Number(fontWeight) >= 600;
  const written = text === null || text === undefined ? "" : String(text);
  if (HAN.test(written)) han ??= new FontMetrics(hanFile);
  const width = (isBold ? bold : regular).width(written, fontSize, han);
  return limit > 0 ? Math.min(width, limit) : width;
};

const silent = { level: () => silent, error: () => silent, warn: () => silent, info: () => silent, debug: () => silent };

/**
 * Draws a chart.
 * @param mime The type of the specification, Vega-Lite's or Vega's.
 * @throws InvalidChart when it cannot be drawn, with the reason.
 */
export async function drawChart(mime: string, spec: unknown): Promise<Uint8Array> {
  if (mime === VEGA_LITE) validateChart(spec);
  const address = dataAddress(spec);
  if (address !== undefined) return await toPng(notice([`The data of this chart is at ${address}.`, "A picture is drawn only from data in the chart itself."]));
  let svg: string;
  try {
    const compiled = mime === VEGA_LITE ? vegaLite.compile(spec as vegaLite.TopLevelSpec, { logger: silent as never }).spec : (spec as vega.Spec);
    setRandom(randomLCG(1));
    const view = new vega.View(vega.parse(compiled), { renderer: "none", logger: silent as never, loader: offlineLoader() });
    svg = await view.toSVG();
    view.finalize();
  } catch (error) {
    throw new InvalidChart(error instanceof Error ? error.message : String(error));
  }
  return await toPng(forResvg(svg));
}

/** A picture of this many pixels of the chart takes a hundred megabytes while it is drawn. */
const MOST_PIXELS = 6_000_000;

/** A mark far beyond its axis makes the drawing as large as its distance, here and in the page. */
function refuseHuge(svg: string): void {
  const [, width, height] = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  if (!(Number(width) * Number(height) > MOST_PIXELS)) return;
  throw new InvalidChart(`the chart would be ${Math.round(Number(width))} by ${Math.round(Number(height))} pixels: give a smaller "width" and "height", or, where marks lie far outside of the axes, "clip": true in the mark or a larger "domain" in the scale`);
}

async function toPng(svg: string): Promise<Uint8Array> {
  refuseHuge(svg);
  const picture = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: SCALE },
    font: { fontFiles: HAN.test(svg) ? [...fontFiles, hanFile] : fontFiles, loadSystemFonts: false, defaultFontFamily: FONT, sansSerifFamily: FONT, serifFamily: FONT, monospaceFamily: "DejaVu Sans Mono" },
  });
  const { width, height, pixels } = picture.render();
  return await sharp(pixels, { raw: { width, height, channels: 4 } }).png(PALETTE).toBuffer();
}

/** The address of data outside the chart, if it asks for any: `data: { url }` at any depth. */
function dataAddress(spec: unknown): string | undefined {
  if (typeof spec !== "object" || spec === null) return undefined;
  for (const [key, value] of Object.entries(spec)) {
    if (key === "values" || key === "datasets") continue;
    if (key === "data") {
      for (const source of [value].flat() as unknown[]) {
        const url = typeof source === "object" && source !== null ? (source as { url?: unknown }).url : undefined;
        if (typeof url === "string" && !url.startsWith("data:")) return url;
      }
    }
    const below = dataAddress(value);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** A loader that reads `data:` addresses and nothing else, neither files nor the network. */
function offlineLoader(): vega.Loader {
  const loader = vega.loader();
  loader.load = async (address: string) => {
    if (!address.startsWith("data:")) throw new Error(`data at ${address} is not fetched`);
    return (await fetch(address)).text();
  };
  return loader;
}

function notice(lines: readonly string[]): string {
  const width = Math.ceil(Math.max(...lines.map((line) => regular.width(line, 12)))) + 24;
  const escape = (text: string): string => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const rows = lines.map((line, index) => `<text x="12" y="${24 + index * 18}" font-family="sans-serif" font-size="12" fill="#555">${escape(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${lines.length * 18 + 20}">${rows.join("")}</svg>`;
}
