/**
 * What pytorch.py has stored, as tensors of a type.
 */
import { readFileSync } from "node:fs";
import { tensor } from "../../../src/index.ts";
import type { DType, nn, Tensor } from "../../../src/index.ts";

export interface StoredTensor {
  shape: number[];
  values: number[];
}

export type StoredState = Record<string, StoredTensor>;

export interface StoredLayer {
  state: StoredState;
  stateAfter: StoredState;
  inputs: StoredTensor[];
  results: StoredTensor[];
  inputGradients: (StoredTensor | null)[];
  gradients: StoredState;
}

export interface StoredRun {
  losses: number[];
  state: StoredState;
}

export interface StoredSteps {
  start: StoredState;
  float32: StoredRun;
  float64: StoredRun;
}

export const stored = JSON.parse(readFileSync(new URL("pytorch.json", import.meta.url), "utf8")) as {
  torch: string;
  cases: Record<string, StoredLayer>;
  packing: { padded: StoredTensor; lengths: number[]; data: StoredTensor; batchSizes: number[]; sortedIndices: number[]; again: StoredTensor };
  training: {
    convolutional: { images: StoredTensor; labels: number[][] } & StoredSteps;
    recurrent: { words: number[][][]; labels: number[][] } & StoredSteps;
  };
};

export const restored = ({ shape, values }: StoredTensor, dtype: DType): Tensor => tensor(values, { dtype }).reshape(shape);

export const restoredState = (state: StoredState, dtype: DType): nn.StateDict =>
  Object.fromEntries(Object.entries(state).map(([name, each]) => [name, restored(each, dtype)]));
