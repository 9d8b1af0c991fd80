/** The legend of a colour scale for charts whose colours are in a picture, where Vega-Lite knows of no scale. */
import type { VegaLiteSpec } from "./chart.ts";
import { vegaColourScale } from "./colours.ts";
import type { ColourScale } from "./colours.ts";

/** A layer that draws nothing but the legend. */
export function colourLegend(scale: ColourScale, length: number): VegaLiteSpec {
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
        legend: { title: null, gradientLength: length, gradientOpacity: 1 },
      },
    },
  };
}
