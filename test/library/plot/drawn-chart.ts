/** Draws a chart the way JupyterLab does: the same schema, compiler and renderer, without a browser. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import { expect } from "vitest";
import * as vega from "vega";
import { compile } from "vega-lite";
import type { Config, TopLevelSpec } from "vega-lite";
import type { Chart } from "../../../src/plot/index.ts";

let validate: ValidateFunction | undefined;

function schema(): ValidateFunction {
  const file = createRequire(import.meta.url).resolve("vega-lite/build/vega-lite-schema.json");
  // The schema names formats of strings (colours, addresses) that are no part of its structure.
  validate ??= new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(readFileSync(file, "utf8")) as object);
  return validate;
}

/** A node of Vega's scene: items of one type; a group's items hold further nodes. */
interface SceneMark {
  readonly marktype: string;
  readonly role: string;
  readonly items: readonly Record<string, unknown>[];
}

export interface DrawnChart {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** The marks of the given type that show data. */
  marks(type: string): readonly Record<string, unknown>[];
  /** All texts on the chart, axes and legends included. */
  readonly texts: readonly string[];
  scale(name: string): (value: unknown) => unknown;
}

/**
 * Checks a chart against Vega-Lite's schema, compiles it, which must give no warning, and draws it.
 *
 * @param config what a page puts beneath every chart, as JupyterLab's dark theme does.
 */
export async function draw(chart: Chart, config: Config = {}): Promise<DrawnChart> {
  const { spec } = chart;
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  const valid = schema();
  expect(valid(spec), JSON.stringify(valid.errors?.slice(0, 3))).toBe(true);
  const complaints: unknown[] = [];
  const logger = {
    level: () => logger,
    error: (...words: unknown[]) => (complaints.push(...words), logger),
    warn: (...words: unknown[]) => (complaints.push(...words), logger),
    info: () => logger,
    debug: () => logger,
  };
  // Vega marks the rows that it is given, so it is given a copy.
  const { spec: compiled } = compile(structuredClone(spec) as unknown as TopLevelSpec, { config, logger: logger as never });
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger: logger as never });
  // Names of gradients and clippings are counted through the life of the process.
  (vega as unknown as { resetSVGDefIds(): void }).resetSVGDefIds();
  const svg = await view.toSVG();
  expect(complaints).toEqual([]);
  const [, width, height] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
  const root = (view.scenegraph() as unknown as { root: SceneMark }).root;
  const found = (mark: SceneMark, type: string): Record<string, unknown>[] => [
    ...(mark.marktype === type && mark.role === "mark" ? mark.items : []),
    ...mark.items.flatMap((item) => ((item.items ?? []) as SceneMark[]).flatMap((inner) => found(inner, type))),
  ];
  return {
    svg,
    width: width!,
    height: height!,
    marks: (type) => found(root, type),
    texts: [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!),
    scale: (name) => view.scale(name) as (value: unknown) => unknown,
  };
}
