/**
 * Gradients kept from exploding, between `backward()` and `step()`.
 * Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013. Names, defaults and
 * formulas are PyTorch's.
 */
import { callInPlace } from "../tensor/dispatch.ts";
import { full } from "../tensor/creation.ts";
import { NablaError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { stack } from "../tensor/methods/join.ts";
import { ops } from "../tensor/ops.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The gradients of those parameters that have one. */
function gradientsOf(parameters: Tensor | Iterable<Tensor>): Tensor[] {
  return (isTensor(parameters) ? [parameters] : [...parameters]).flatMap(({ grad }) => (grad === null ? [] : [grad]));
}

/** The length of the vector of all of them, as a scalar. */
function normOf(gradients: readonly Tensor[], normType: number): Tensor {
  if (gradients.length === 0) return full([], 0);
  const [{ dtype, device }] = gradients as readonly [Tensor];
  const filled = gradients.filter(({ numel }) => numel > 0);
  if (filled.length === 0) return full([], 0, { dtype, device });
  return stack(filled.map((gradient) => gradient.norm({ p: normType }).to(dtype))).norm({ p: normType });
}

/**
 * The length of the vector of all gradients, as a scalar: 0 without gradients.
 * @param options.normType which norm: 2 when not given, 1, or Infinity for the largest element.
 */
export function gradNorm(parameters: Tensor | Iterable<Tensor>, { normType = 2 }: { normType?: number } = {}): Tensor {
  return noGrad(() => normOf(gradientsOf(parameters), normType));
}

/**
 * Scales all gradients together, in place, so that the length of the vector of all of them is at most `maxNorm`.
 * @param options.normType which norm: 2 when not given, 1, or Infinity for the largest element.
 * @param options.errorIfNonfinite throw when the norm is NaN or infinite; else the gradients become NaN or 0.
 * @returns the norm before clipping, worth a look during training; a scalar.
 * @throws NablaError when maxNorm is negative, or the norm is not finite and that is asked for.
 */
export function clipGradNorm_(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  { normType = 2, errorIfNonfinite = false }: { normType?: number; errorIfNonfinite?: boolean } = {},
): Tensor {
  if (!(maxNorm >= 0)) throw new NablaError(`clipGradNorm_: maxNorm is ${maxNorm}; it must be at least 0`);
  return noGrad(() => {
    const gradients = gradientsOf(parameters);
    const norm = normOf(gradients, normType);
    if (errorIfNonfinite && !Number.isFinite(norm.item())) {
      throw new NablaError(`clipGradNorm_: the norm of the gradients is ${norm.item()}; find where with detectAnomaly`);
    }
    const filled = gradients.filter(({ numel }) => numel > 0);
    if (filled.length === 0) return norm;
    const factor = full([], maxNorm, { dtype: norm.dtype, device: norm.device }).div(norm.add(1e-6)).clamp({ max: 1 });
    for (const gradient of filled) callInPlace(ops.mul, [gradient, factor.to(gradient.dtype)], [gradient]);
    return norm;
  });
}

/**
 * Brings every element of the gradients, in place, into the interval from -clipValue to clipValue.
 * @throws NablaError when clipValue is negative.
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  if (!(clipValue >= 0)) throw new NablaError(`clipGradValue_: clipValue is ${clipValue}; it must be at least 0`);
  noGrad(() => {
    for (const gradient of gradientsOf(parameters)) gradient.copy_(gradient.clamp({ min: -clipValue, max: clipValue }));
  });
}
