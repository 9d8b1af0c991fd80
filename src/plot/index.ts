/** The charts of the library, imported as `plot`. */
export { bars } from "./bars.ts";
export type { BarsOptions } from "./bars.ts";
export { Chart } from "./chart.ts";
export type { ChartOptions, VegaLiteSpec } from "./chart.ts";
export type { ColourOptions, ColourRamp } from "./colours.ts";
export { confusionMatrix } from "./confusion-matrix.ts";
export type { ConfusionData, ConfusionMatrixOptions } from "./confusion-matrix.ts";
export { images } from "./images.ts";
export type { ImageList, ImagesOptions } from "./images.ts";
export { line } from "./line.ts";
export type { LineData, LineOptions, LineSeries } from "./line.ts";
export { matrix } from "./matrix.ts";
export type { MatrixOptions } from "./matrix.ts";
export { scatter } from "./scatter.ts";
export type { ScatterOptions } from "./scatter.ts";
export { ChartDataError } from "./values.ts";
export type { ArrayConvertible, NameList, NumberList, NumberMatrix } from "./values.ts";
