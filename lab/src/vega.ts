/**
 * The extension's own Vega, a file that the page fetches with the first chart. It is kept apart from the one that JupyterLab
 * brings, whose renderer draws a chart anew for every change. Colours follow JupyterLab's theme.
 */
import { View, parse } from "vega";
import type { Spec } from "vega";
import { compile } from "vega-lite";
import type { TopLevelSpec } from "vega-lite";
import type { VegaView } from "./registry.ts";

/** JupyterLab's variable as it is on the page now, for a canvas, which knows no variables. */
const valueOf = (name: string): string => getComputedStyle(document.body).getPropertyValue(name).trim();

/** What a chart takes from the theme unless its specification says otherwise. An SVG names the variables, and so follows a change of theme by itself. */
function themeConfig(renderer: "canvas" | "svg"): object {
  const [text, faint] = ["--jp-ui-font-color1", "--jp-border-color2"].map((name) => (renderer === "svg" ? `var(${name})` : valueOf(name)));
  const font = valueOf("--jp-ui-font-family");
  return {
    background: "transparent",
    font,
    title: { color: text, subtitleColor: text },
    style: { "guide-label": { fill: text }, "guide-title": { fill: text } },
    axis: { domainColor: faint, gridColor: faint, tickColor: faint },
    view: { stroke: faint },
  };
}

/** Draws a Vega-Lite specification, or a Vega one (told by its `$schema`). */
export async function embed(element: HTMLElement, spec: object, renderer: "canvas" | "svg"): Promise<VegaView> {
  const isVega = /\/vega\/v\d/.test(String((spec as { $schema?: unknown }).$schema ?? ""));
  const runtime = isVega
    ? parse(spec as Spec, themeConfig(renderer))
    : parse(compile(spec as TopLevelSpec, { config: themeConfig(renderer) }).spec);
  const view = new View(runtime, { container: element, renderer, hover: true });
  await view.runAsync();
  return view as unknown as VegaView;
}
