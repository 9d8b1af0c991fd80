/** The charts of the library, imported as `plot`. */
export { bar } from "./bar.ts";
export type { BarOptions } from "./bar.ts";
export { Chart } from "./chart.ts";
export type { ChartOptions, VegaLiteSpec } from "./chart.ts";
export type { ColourOptions, ColourRamp } from "./colours.ts";
export { confusionMatrix } from "./confusion-matrix.ts";
export type { ConfusionData, ConfusionMatrixOptions } from "./confusion-matrix.ts";
export { heatmap } from "./heatmap.ts";
export type { HeatmapOptions } from "./heatmap.ts";
export { imageGrid } from "./image-grid.ts";
export type { ImageGridOptions, ImageList } from "./image-grid.ts";
export { line } from "./line.ts";
export type { LineData, LineOptions, LineSeries } from "./line.ts";
export { scatter } from "./scatter.ts";
export type { ScatterOptions } from "./scatter.ts";
export { ChartDataError } from "./values.ts";
export type { ArrayConvertible, NameList, NumberList, NumberMatrix } from "./values.ts";
