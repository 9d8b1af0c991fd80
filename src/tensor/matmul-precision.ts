/**
 * How exact products of float32 have to be on a card, whose tensor cores multiply shorter numbers many times faster. Both ways of
 * saying so are permissions: where nothing is gained by it, or the device has no such numbers, products stay those of float32. The
 * setting and the scope are PyTorch's `set_float32_matmul_precision` and `autocast`.
 *
 * A call takes what holds when it crosses to native code (frame.ts). A scope that a stopped cell has left open is closed by the host
 * at the end of the cell, as `noGrad` is (host.ts).
 */
import { NablaError } from "./errors.ts";
import * as frame from "./frame.ts";

/** How exact products of float32 are: see `setFloat32MatmulPrecision`. */
export type MatmulPrecision = "highest" | "high" | "medium";

const precisions: readonly MatmulPrecision[] = ["highest", "high", "medium"];

/** What a product is computed in within `autocast`. */
export interface AutocastOptions {
  /** The type to which factors are rounded. */
  dtype: "bfloat16";
  /** False closes the scope for what is inside. True when not given. */
  enabled?: boolean;
}

let setting: MatmulPrecision = "highest";
let scoped = false;

function tellNative(): void {
  frame.setPrecision(precisions.indexOf(scoped ? "medium" : setting));
}

/**
 * Says how exact products and convolutions of float32 tensors have to be on a card, from here on:
 * - `"highest"`, as it is at first: float32 throughout.
 * - `"high"`: the factors may be rounded to TF32 (11 significant bits, the range of float32).
 * - `"medium"`: they may be rounded to bfloat16 (8 significant bits).
 *
 * Sums are made in float32 always, tensors and results stay float32, and float64 is never touched. On the CPU nothing changes. The
 * gradient of a product takes the setting at the time of `backward()`; a compiled function has a program for each setting.
 * @throws NablaError when it is none of these.
 */
export function setFloat32MatmulPrecision(precision: MatmulPrecision): void {
  if (!precisions.includes(precision)) {
    throw new NablaError(`setFloat32MatmulPrecision: ${JSON.stringify(precision)} is no precision; choose "highest", "high" or "medium"`);
  }
  setting = precision;
  tellNative();
}

/** The precision that `setFloat32MatmulPrecision` has set. */
export function getFloat32MatmulPrecision(): MatmulPrecision {
  return setting;
}

/**
 * Runs a function in which products and convolutions of float32 tensors may round their factors to bfloat16, on a card: what
 * `setFloat32MatmulPrecision("medium")` says, for what is inside. The gradients of what was computed inside are computed in the same
 * way, wherever `backward()` is called. An asynchronous function keeps the scope open until its promise settles.
 *
 * Other than PyTorch's: tensors stay float32, for there is no type of 16 bits to store them in, so memory is not saved and nothing
 * beside products and convolutions changes; no scaling of gradients is needed. On the CPU nothing changes.
 *
 * @throws NablaError when the type is not `"bfloat16"`.
 * @example
 * const loss = autocast({ dtype: "bfloat16" }, () => nn.functional.crossEntropy(model.forward(x), y));
 * loss.backward();
 */
export function autocast<T>(options: AutocastOptions, run: () => T): T {
  const { dtype, enabled = true } = options;
  if (dtype !== "bfloat16") throw new NablaError(`autocast: dtype is ${JSON.stringify(dtype)}; "bfloat16" is what there is`);
  const before = setAutocast(enabled);
  const restore = (): void => void setAutocast(before);
  let result: T;
  try {
    result = run();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

/** Whether what follows is inside of `autocast`. */
export function isAutocast(): boolean {
  return scoped;
}

/** Opens or closes the scope for what follows; returns whether it was open. */
export function setAutocast(open: boolean): boolean {
  const before = scoped;
  if (open !== before) {
    scoped = open;
    tellNative();
  }
  return before;
}
