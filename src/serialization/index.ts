/** Saving and loading: checkpoints, safetensors, and NumPy's files. */
export { load, save } from "./checkpoint.ts";
export { FileFormatError } from "./file-format-error.ts";
export { loadNpy, saveNpy } from "./npy.ts";
export type { SaveNpyOptions } from "./npy.ts";
export { loadNpz, saveNpz } from "./npz.ts";
export type { SaveNpzOptions } from "./npz.ts";
export { loadSafetensors, saveSafetensors } from "./safetensors.ts";
export type { ReadSafetensorsOptions, Safetensors } from "./safetensors.ts";
export type { State } from "./state-tree.ts";
export { FileAccessError } from "./whole-file.ts";
