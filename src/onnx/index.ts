/** Models in and out of ONNX files, as `onnx`. */
export { export } from "./export.ts";
export type { ExportOptions } from "./export.ts";
export { load } from "./load.ts";
export type { LoadOptions } from "./load.ts";
export { OnnxError } from "./onnx-error.ts";
export { OnnxModule } from "./onnx-module.ts";
