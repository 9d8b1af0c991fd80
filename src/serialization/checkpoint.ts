/**
 * Checkpoints: nested state in one file. It is a safetensors file (safetensors.ts) whose metadata holds the structure as
 * JSON, so other programs can read its tensors, reading it runs no code, and each part carries a checksum.
 */
import { NablaError } from "../tensor/errors.ts";
import { FileFormatError } from "./file-format-error.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { putTogether, takeApart } from "./state-tree.ts";
import type { State } from "./state-tree.ts";
import { readWholeFile, writeWholeFile } from "./whole-file.ts";

/** Metadata that holds the structure. */
const STRUCTURE = "nabla.state";
/** Metadata that says how the structure is written. */
const VERSION = "nabla.state.version";
const KNOWN_VERSION = "1";

/**
 * Saves nested {@link State} in one file: plain objects, lists, maps, numbers (every bit of them, NaN and -0 too), texts, booleans,
 * tensors, typed arrays. The file appears only when it is whole: whatever happens, there is the old one or the new one.
 *
 * @throws NablaError naming the place of something that cannot be saved, such as an instance of a class.
 * @throws FileAccessError when the file cannot be written.
 *
 * @example
 * save("run.nabla", { model: model.stateDict(), optimiser: optimiser.stateDict(), random: random.defaultGenerator.stateDict(), epoch });
 */
export function save(path: string, state: unknown): void {
  const { tree, tensors } = takeApart(state);
  writeWholeFile("save", path, encodeSafetensors(tensors, { [STRUCTURE]: JSON.stringify(tree), [VERSION]: KNOWN_VERSION }));
}

/**
 * Reads what `save` has written: the same structure with the same bits. A tensor that stood in two places is one again.
 *
 * @throws FileAccessError when the file cannot be read.
 * @throws FileFormatError naming the place where it is cut off or corrupted, or why it is no checkpoint; nothing is loaded then.
 */
export function load<Saved = State>(path: string): Saved {
  const { tensors, metadata } = decodeSafetensors(readWholeFile("load", path), path);
  const structure = metadata[STRUCTURE];
  if (structure === undefined) {
    throw new FileFormatError(path, "metadata", "a safetensors file, but not one that save() has written; read it with loadSafetensors()");
  }
  if (metadata[VERSION] !== KNOWN_VERSION) {
    throw new FileFormatError(path, "metadata", `a checkpoint of version ${metadata[VERSION]}; this library reads version ${KNOWN_VERSION}`);
  }
  try {
    return putTogether(JSON.parse(structure), tensors) as Saved;
  } catch (error) {
    // A TypeError comes from a structure of another shape than save() writes.
    if (!(error instanceof NablaError || error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new FileFormatError(path, "metadata", `the structure of the state is not as save() writes it: ${error.message}`);
  }
}
