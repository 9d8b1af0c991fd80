/**
 * Random numbers that depend on a tensor: choices with its probabilities, and its elements overwritten by draws.
 */
import { onDevice } from "../device.ts";
import { callInPlace, callPlanned } from "../dispatch.ts";
import { isFloating } from "../dtype.ts";
import { DTypeError, NablaError, ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import type { NamedRow } from "../ops.ts";
import { defaultGenerator } from "../random/stream.ts";
import { checkRange } from "../range-checks.ts";
import type { Generator } from "../random/stream.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { overwrite } from "./in-place.ts";

/** Where a draw takes its numbers from; the library's own generator when not given. */
export interface DrawOptions {
  generator?: Generator;
}

export interface DrawMethods {
  /**
   * Draws category numbers (int32) with probabilities in proportion to this tensor's weights, [K] or one row a draw
   * [N, K]: `count` of them, or that many a row.
   * @throws NablaError when weights are negative, infinite, or too few of them are positive.
   */
  multinomial(count: number, options?: DrawOptions & { replacement?: boolean }): Tensor;
  /** Overwrites each element with 1 with a probability, a number or a tensor that broadcasts, else with 0. */
  bernoulli_(probability?: TensorLike, options?: DrawOptions): Tensor;
  /** Overwrites this tensor with uniform numbers in [from, to). */
  uniform_(from?: number, to?: number, options?: DrawOptions): Tensor;
  /** Overwrites this tensor with normal numbers. */
  normal_(mean?: number, std?: number, options?: DrawOptions): Tensor;
  /** Overwrites this tensor with whole numbers from `low` to `high - 1`. */
  randint_(low: number, high: number, options?: DrawOptions): Tensor;
}

/** Checks probabilities, as a number or a tensor. */
export function requireProbabilities(op: string, probability: TensorLike): void {
  const error = (...found: readonly number[]): NablaError =>
    new NablaError(`${op}: ${found.find((value) => !(value >= 0 && value <= 1))} is no probability; probabilities lie in 0 to 1`);
  if (typeof probability !== "number") checkRange(op, requireTensor(op, probability), { low: 0, high: 1, noNaN: true, name: `${op}: probability`, error });
  else if (!(probability >= 0 && probability <= 1)) throw error(probability);
}

/** A tensor of 0 and 1 of a shape and type, by probabilities that broadcast. */
export function drawBernoulli(op: string, probability: TensorLike, shape: Shape, dtype: Tensor["dtype"], generator = defaultGenerator): Tensor {
  requireProbabilities(op, probability);
  if (typeof probability !== "number" && !isFloating(probability.dtype)) {
    throw new DTypeError(`${op}: probabilities are floating, got ${probability.dtype}; convert with .to("float32")`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const attributes = generator.take(count);
  // A number becomes a scalar of float64, so that its own digits decide.
  const each = typeof probability === "number" ? scalar(probability) : probability.detach().expand(shape).contiguous();
  return callPlanned(ops.bernoulli, { inputs: [each], shape, dtype, attributes });
}

function scalar(value: number): Tensor {
  return callPlanned(ops.copy, { inputs: [value], shape: [], dtype: "float64" });
}

/** Fills a tensor with draws; kernels write in row-major order, so other layouts take a copy. */
function fillWith(op: string, row: NamedRow, self: Tensor, words: number, settings: readonly number[], options: DrawOptions): Tensor {
  return overwrite(op, self, () => {
    const attributes = [...(options.generator ?? defaultGenerator).take(self.numel * words), ...settings];
    if (self.isContiguous()) {
      callInPlace(row, [], [self], attributes);
    } else {
      const drawn = onDevice(self.device, () => callPlanned(row, { inputs: [], shape: self.shape, dtype: self.dtype, attributes }));
      callInPlace(ops.copy, [drawn], [self]);
    }
  });
}

function requireFloating(op: string, self: Tensor): void {
  if (!isFloating(self.dtype)) throw new DTypeError(`${op}: these numbers are floating, not ${self.dtype}; write randint_`);
}

/** Words that an element takes: floating types as many bits as they hold. */
const wordsOf = (self: Tensor): number => (self.dtype === "float32" ? 1 : 2);

/** What is wrong with a table of weights; undefined when nothing is. */
function wrongWeights(weights: Tensor, draws: number, replacement: boolean): string | undefined {
  const smallest = weights.amin().item();
  if (!(smallest >= 0)) return `a weight is ${smallest}; weights are at least 0`;
  if (weights.amax().item() === Infinity) return "a weight is infinite";
  const positive = weights.gt(0).sum({ dim: 1 }).amin().item();
  if (positive === 0) return "no weight is above 0";
  if (!replacement && positive < draws) {
    return `${draws} different categories cannot be drawn where ${positive} weights are above 0; pass {replacement: true}`;
  }
  return undefined;
}

export const drawMethods: DrawMethods & ThisType<Tensor> = {
  multinomial(count, { replacement = false, generator = defaultGenerator } = {}) {
    if (this.ndim !== 1 && this.ndim !== 2) {
      throw new ShapeError(`multinomial: needs weights [K] or [N, K], got shape ${formatShape(this.shape)}`);
    }
    if (!isFloating(this.dtype)) {
      throw new DTypeError(`multinomial: weights are floating, got ${this.dtype}; convert with .to("float32")`);
    }
    if (!Number.isInteger(count) || count < 1) throw new NablaError(`multinomial: ${count} is not a number of draws; at least 1`);
    const rows = (this.ndim === 1 ? this.unsqueeze(0) : this).detach().contiguous();
    if (rows.shape[1] === 0) throw new ShapeError("multinomial: there are no categories to draw from");
    const wrong = rows.numel === 0 ? undefined : wrongWeights(rows, count, replacement);
    if (wrong !== undefined) throw new NablaError(`multinomial: ${wrong}`);
    const shape = [rows.shape[0]!, count];
    const attributes = [...generator.take(2 * shape[0]! * count), replacement ? 1 : 0];
    const drawn = callPlanned(ops.multinomial, { inputs: [rows], shape, dtype: "int32", attributes });
    return this.ndim === 1 ? drawn.squeeze(0) : drawn;
  },

  bernoulli_(probability = 0.5, { generator } = {}) {
    if (typeof probability !== "number" && !sameShape(probability.shape, this.shape)) requireTensor("bernoulli_", probability.expand(this.shape));
    return overwrite("bernoulli_", this, () => {
      const drawn = onDevice(this.device, () => drawBernoulli("bernoulli_", probability, this.shape, this.dtype, generator));
      callInPlace(ops.copy, [drawn], [this]);
    });
  },

  uniform_(from = 0, to = 1, options = {}) {
    requireFloating("uniform_", this);
    if (!(from <= to)) throw new NablaError(`uniform_: from ${from} lies above to ${to}`);
    return fillWith("uniform_", ops.uniform, this, wordsOf(this), [from, to], options);
  },

  normal_(mean = 0, std = 1, options = {}) {
    requireFloating("normal_", this);
    if (!(std >= 0)) throw new NablaError(`normal_: the deviation ${std} is negative`);
    return fillWith("normal_", ops.normal, this, wordsOf(this), [mean, std], options);
  },

  randint_(low, high, options = {}) {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
      throw new NablaError(`randint_: there is no whole number from ${low} to ${high} - 1`);
    }
    return fillWith("randint_", ops.randint, this, 2, [low, high], options);
  },
};
