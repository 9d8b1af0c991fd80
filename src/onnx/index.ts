/** Models in and out of ONNX files, as `onnx`. */
export { export } from "./export.ts";
export type { ExportOptions } from "./export.ts";
export { OnnxError } from "./onnx-error.ts";
