/** The files that other programs wrote (recorded.py), parsed by JSON's own rules, which keep -0. */
import { readFileSync } from "node:fs";

interface RecordedArray {
  /** The file's bytes as base64. */
  readonly file: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

interface Recorded {
  readonly numpy: string;
  readonly safetensors: string;
  readonly npy: Record<string, RecordedArray>;
  readonly tooWide: Record<string, string>;
  readonly refused: Record<"objects" | "text" | "fields" | "complex", string>;
  readonly npz: { readonly stored: string; readonly compressed: string; readonly weight: number[]; readonly labels: number[] };
  readonly weights: { readonly file: string; readonly tensors: Record<string, Pick<RecordedArray, "shape" | "values">> };
}

export const recorded = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as Recorded;
