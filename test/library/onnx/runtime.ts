/**
 * ONNX Runtime, Microsoft's, as the judge of what a file computes.
 */
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect } from "vitest";
import { isTensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

/** What is used of the runtime; its package comes without its declarations. */
interface RuntimeTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}
interface Session {
  readonly inputNames: readonly string[];
  run(inputs: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}
interface Runtime {
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => RuntimeTensor;
  readonly InferenceSession: { create(file: string): Promise<Session> };
}

const runtime = createRequire(import.meta.url)("onnxruntime-node") as Runtime;

/** A folder of the test file's own, removed afterwards. */
export function ownFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "nabla-onnx-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const given = (value: Tensor): RuntimeTensor => new runtime.Tensor(value.dtype, value.data(), [...value.shape]);

/** What the runtime makes of inputs, by the names of the outputs. */
export async function runFile(file: string, inputs: readonly Tensor[]): Promise<Record<string, RuntimeTensor>> {
  const session = await runtime.InferenceSession.create(file);
  try {
    return await session.run(Object.fromEntries(session.inputNames.map((name, i) => [name, given(inputs[i]!)])));
  } finally {
    await session.release();
  }
}

/** The tensors of a model's result, in order. */
export const tensorsOf = (result: unknown): Tensor[] => (isTensor(result) ? [result] : (Object.values(result as object) as Tensor[]).filter(isTensor));

/** Compares results with the runtime's, element by element, to 1e-5. */
export function expectSame(own: readonly Tensor[], others: readonly RuntimeTensor[], what: string): void {
  expect(others.length).toBe(own.length);
  own.forEach((result, i) => {
    const other = others[i]!;
    expect(other.dims.map(Number), `${what}: shape of result ${i}`).toEqual(result.shape);
    const [a, b] = [result.data(), other.data as ArrayLike<number>];
    for (let k = 0; k < a.length; k++) {
      if (!(Math.abs(a[k]! - Number(b[k])) <= 1e-5 * (1 + Math.abs(a[k]!)))) expect.fail(`${what}: result ${i}, element ${k} is ${b[k]}, expected ${a[k]}`);
    }
  });
}
