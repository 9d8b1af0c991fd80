/**
 * Every function of `plot` against its specification and its picture as they were stored when somebody had looked at them.
 * Where a chart is meant to look otherwise now, `NABLA_RENEW=1 npx vitest run test/library/plot/stored.test.ts` stores it anew:
 * look at what has changed before it is committed.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { drawChart } from "../../../kernel/charts/drawing.ts";
import { VEGA_LITE } from "../../../kernel/display/mime.ts";
import { plot, tensor } from "../../../src/index.ts";
import { RunState } from "../../../src/plot/live/run-state.ts";
import { still } from "../../../src/plot/live/still.ts";

const store = path.join(import.meta.dirname, "stored");
const isRenewed = process.env["NABLA_RENEW"] === "1";

/** Whole numbers and fractions of two, so that no processor and no version of Node rounds otherwise. */
const wave = Array.from({ length: 17 }, (_, i) => ((i * 7) % 16) / 8 - 1);
const plane = { x: [-2, 2], y: [-2, 2] } as const;
const small = { width: 160, height: 100 };
const points = [[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 1.5]];
const classes = [0, 1, 1, 0, 1];
const pictures = tensor(Array.from({ length: 3 }, (_, k) => Array.from({ length: 5 }, (_r, r) => Array.from({ length: 5 }, (_c, c) => Number(r === k || c === k + 1)))));
const history = { epochs: [{ epoch: 1, loss: 2, validationLoss: 3, lr: 0.5 }, { epoch: 2, loss: 1, validationLoss: 2.5, lr: 0.5 }], batchLosses: [4, 2, 1, 1] };

function run(): plot.Chart {
  let now = 0;
  const state = new RunState({ title: "Two epochs", steps: 16, epochs: 2, batchSize: 4 }, () => now);
  for (let step = 1; step <= 16; step++) {
    state.add({ step, epoch: Math.ceil(step / 8), loss: 16 / step, lr: 0.5, valLoss: step % 8 === 0 ? 20 / step : undefined });
    now += 250;
  }
  state.become("finished");
  return still(state);
}

const charts: Readonly<Record<string, () => plot.Chart>> = {
  line: () => plot.line({ rise: wave.map((_, i) => i / 8), wave }, { title: "Two curves", xTitle: "step", yTitle: "value", ...small }),
  scatter: () => plot.scatter(points.map(([x]) => x!), points.map(([, y]) => y!), { title: "Five points", ...small }),
  bar: () => plot.bar([1, 3, -2], { labels: ["one", "σ²", "三"], title: "Three bars", width: 160 }),
  histogram: () => plot.histogram(wave, { bins: 4, range: [-1, 1], title: "Seventeen values", ...small }),
  heatmap: () => plot.heatmap([[1, -2, 0.5], [0, 4, NaN]], { title: "A matrix", rows: ["a", "b"] }),
  image: () => plot.image(pictures.select(0, 0), { width: 100, title: "A cross" }),
  imageGrid: () => plot.imageGrid(pictures, { captions: ["left", "middle", "right"], width: 200 }),
  confusionMatrix: () => plot.confusionMatrix([[8, 2], [1, 9]], { classes: ["cat", "dog"], title: "Twenty pets" }),
  decisionBoundary: () => plot.decisionBoundary((p) => p.select(1, 0).mul(p.select(1, 1)).mul(-4), points, classes, { domain: plane, ...small }),
  surface: () => plot.surface((x, y) => x * x - y * y, plane, { samples: 5, width: 160, height: 140, title: "A saddle" }),
  contour: () => plot.contour((x, y) => x * x + 2 * y * y, plane, { samples: 9, levels: 4, ...small }),
  lossCurve: () => plot.lossCurve(history, { title: "A run", ...small }),
  spec: () => plot.spec({ data: { values: [{ a: 1, b: 2 }, { a: 2, b: 1 }] }, mark: "area", width: 120, height: 60, encoding: { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } } }),
  layer: () => plot.layer([plot.line([0, 1, 4], small), plot.scatter([0, 1, 2], [0, 2, 3])], { title: "Layered" }),
  hconcat: () => plot.hconcat([plot.bar([1, 2], { width: 60, height: 60 }), plot.line([2, 1], { width: 60, height: 60 })]),
  vconcat: () => plot.vconcat([plot.bar([1, 2], { width: 60, height: 60 }), plot.line([2, 1], { width: 60, height: 60 })]),
  live: run,
};

/** The pixels of a picture: its bytes differ with the version of the program that packed them. */
async function pixelsOf(png: Uint8Array): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(png).removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The specification as text; of a picture inside it the size, and a digest of its pixels. */
async function written(spec: object): Promise<string> {
  const text = JSON.stringify(spec, undefined, 1);
  let whole = "";
  let end = 0;
  for (const match of text.matchAll(/data:image\/png;base64,([^"]+)/g)) {
    const { data, width, height } = await pixelsOf(Buffer.from(match[1]!, "base64"));
    whole += `${text.slice(end, match.index)}${width} by ${height} pixels, SHA-256 ${createHash("sha256").update(data).digest("hex")}`;
    end = match.index + match[0].length;
  }
  return `${whole}${text.slice(end)}\n`;
}

/** Which part of the pixels is seen to differ: more than a tenth of the way from black to white in a colour. */
function shareOfDifferent(one: Buffer, other: Buffer): number {
  let different = 0;
  for (let i = 0; i < one.length; i += 3) {
    if ([0, 1, 2].some((channel) => Math.abs(one[i + channel]! - other[i + channel]!) > 25)) different++;
  }
  return (3 * different) / one.length;
}

describe("as it is stored:", () => {
  it("every function that makes a chart", () => {
    const makers = Object.keys(plot).filter((name) => /^[a-z]/.test(name));
    expect(Object.keys(charts).sort()).toEqual(makers.sort());
  });

  it.each(Object.keys(charts))("%s", async (name) => {
    const { spec } = charts[name]!();
    const text = await written(spec);
    const png = await drawChart(VEGA_LITE, structuredClone(spec));
    const [specFile, pictureFile] = [path.join(store, `${name}.json`), path.join(store, `${name}.png`)];
    if (isRenewed) {
      mkdirSync(store, { recursive: true });
      writeFileSync(specFile, text);
      const isSame = existsSync(pictureFile) && Buffer.compare((await pixelsOf(readFileSync(pictureFile))).data, (await pixelsOf(png)).data) === 0;
      if (!isSame) writeFileSync(pictureFile, png);
      return;
    }
    expect(text).toBe(readFileSync(specFile, "utf8"));
    const [is, was] = [await pixelsOf(png), await pixelsOf(readFileSync(pictureFile))];
    const isAsStored = is.width === was.width && is.height === was.height && shareOfDifferent(is.data, was.data) < 0.001;
    if (isAsStored) return;
    const now = path.join(mkdtempSync(path.join(tmpdir(), "nabla-chart-")), `${name}.png`);
    writeFileSync(now, png);
    expect.fail(`${name} is no longer drawn as in ${pictureFile}: see ${now}`);
  });
});
