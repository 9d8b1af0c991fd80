/** The legend of a colour scale, also for charts whose colours are in a picture, where Vega-Lite knows of no scale. */
import type { SpecPart } from "./chart.ts";
import { vegaColourScale } from "./colours.ts";
import type { ColourScale } from "./colours.ts";

/**
 * The ends and the middle of the scale, to three digits (thousands to four): left alone, Vega rounds the ends to the step of its ticks and writes
 * 1 where 1.49 stands.
 */
export function legendNumbers({ domain: [low, high] }: ColourScale): Record<string, unknown> {
  const digits = Math.max(Math.abs(low), Math.abs(high)) < 1000 ? 3 : 4;
  return { values: [low, (low + high) / 2, high].map((value) => Number(value.toPrecision(6))), format: `,.${digits}~r` };
}

/** A layer that draws nothing but the legend. */
export function colourLegend(scale: ColourScale, length: number): SpecPart {
  return {
    data: { values: scale.domain.map((value) => ({ value })) },
    mark: { type: "point", opacity: 0, tooltip: false },
    encoding: {
      x: { value: 0 },
      y: { value: 0 },
      color: {
        field: "value",
        type: "quantitative",
        scale: vegaColourScale(scale),
        legend: { title: null, gradientLength: length, gradientOpacity: 1, ...legendNumbers(scale) },
      },
    },
  };
}
