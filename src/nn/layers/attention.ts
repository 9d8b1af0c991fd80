/**
 * Attention over the states of an encoder, as in translation before transformers: for a decoder's state, or several, a mean
 * of the encoder's, weighed by scores that are learnt or plain dot products.
 * Sources: Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate", 2015; Luong,
 * Pham and Manning, "Effective approaches to attention-based neural machine translation", 2015.
 */
import { DTypeError, NablaError } from "../../tensor/errors.ts";
import { sameShape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { attend } from "../attention.ts";
import type { AttentionResult } from "../attention.ts";
import { Module } from "../module/module.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";
import { Linear } from "./linear.ts";
import type { WeightOptions } from "./weights.ts";

export interface AttentionOptions {
  /** What is averaged, [B, S, V]; the keys when not given. */
  values?: Tensor;
  /** True where a key counts, bool [B, S]: for lengths [B] it is `arange(S).lt(lengths.unsqueeze(1))`. All when not given. */
  mask?: Tensor;
}

/** What the three do alike: scores [B, L, S] from queries [B, L, Q] and keys [B, S, K], then means. */
abstract class Attention extends Module<[query: Tensor, keys: Tensor, options?: AttentionOptions], AttentionResult> {
  /** Size of a query and of a key; undefined for those that need only be alike. */
  protected abstract readonly widths: readonly [number, number] | undefined;

  protected abstract scores(queries: Tensor, keys: Tensor): Tensor;

  /**
   * @param query [B, Q], or several at once: [B, L, Q].
   * @param keys [B, S, K].
   * @returns output [B, V] (or [B, L, V]), and the weights [B, S] (or [B, L, S]) that it was averaged by.
   */
  override forward(query: Tensor, keys: Tensor, { values = keys, mask }: AttentionOptions = {}): AttentionResult {
    const [wide, keyWidth] = this.widths ?? [requireInput(this, query).shape.at(-1), requireInput(this, query).shape.at(-1)];
    const rank = requireInput(this, query).ndim;
    if ((rank !== 2 && rank !== 3) || query.shape.at(-1) !== wide) throw unexpected(this, `a query [B, ${wide}] or [B, L, ${wide}]`, query);
    const batch = query.shape[0]!;
    if (requireInput(this, keys).ndim !== 3 || keys.shape[0] !== batch || keys.shape[2] !== keyWidth) {
      throw unexpected(this, `keys [${batch}, S, ${keyWidth}]`, keys);
    }
    const [, steps] = keys.shape as [number, number];
    if (requireInput(this, values).ndim !== 3 || values.shape[0] !== batch || values.shape[1] !== steps) {
      throw unexpected(this, `values [${batch}, ${steps}, V]`, values);
    }
    if (mask !== undefined) {
      if (requireInput(this, mask).dtype !== "bool") throw new DTypeError(`${this.label}: the mask is ${mask.dtype}; it is bool, true where a key counts`);
      if (!sameShape(mask.shape, [batch, steps])) throw unexpected(this, `a mask [${batch}, ${steps}]`, mask);
    }
    const queries = rank === 2 ? query.unsqueeze(1) : query;
    const { output, weights } = attend(this.scores(queries, keys), values, mask?.unsqueeze(1));
    return rank === 2 ? { output: output.squeeze(1), weights: weights.squeeze(1) } : { output, weights };
  }
}

/** Scores v^T tanh(W query + U key), as Bahdanau et al. have them. */
export class AdditiveAttention extends Attention {
  /** W, [attentionDim, queryDim]. */
  readonly queryLayer: Linear;
  /** U, [attentionDim, keyDim]. */
  readonly keyLayer: Linear;
  /** v, [1, attentionDim]. */
  readonly scoreLayer: Linear;

  /** @param attentionDim the size in which queries and keys are compared. */
  constructor(queryDim: number, keyDim: number, attentionDim: number, options: WeightOptions = {}) {
    super();
    requireSizes("AdditiveAttention", { queryDim, keyDim, attentionDim });
    this.queryLayer = new Linear(queryDim, attentionDim, { ...options, bias: false });
    this.keyLayer = new Linear(keyDim, attentionDim, { ...options, bias: false });
    this.scoreLayer = new Linear(attentionDim, 1, { ...options, bias: false });
  }

  protected override get widths(): readonly [number, number] {
    return [this.queryLayer.inFeatures, this.keyLayer.inFeatures];
  }

  protected override scores(queries: Tensor, keys: Tensor): Tensor {
    const sums = this.queryLayer.forward(queries).unsqueeze(2).add(this.keyLayer.forward(keys).unsqueeze(1));
    return this.scoreLayer.forward(sums.tanh()).squeeze(-1);
  }

  override extraRepr(): string {
    return argumentsText([...this.widths, this.scoreLayer.inFeatures]);
  }
}

/** Scores query . key, times a factor (1 when not given): Luong's "dot"; with 1 / sqrt(size), the transformer's. */
export class DotAttention extends Attention {
  readonly scale: number;

  constructor({ scale = 1 }: { scale?: number } = {}) {
    super();
    if (!Number.isFinite(scale)) throw new NablaError(`DotAttention: scale is ${scale}; it is a finite number`);
    this.scale = scale;
  }

  protected override get widths(): undefined {
    return undefined;
  }

  protected override scores(queries: Tensor, keys: Tensor): Tensor {
    return queries.mul(this.scale).matmul(keys.transpose(1, 2));
  }

  override extraRepr(): string {
    return argumentsText([], { scale: [this.scale, 1] });
  }
}

/** Scores query^T W key: Luong's "general". */
export class GeneralAttention extends Attention {
  /** W, transposed: from keys to the size of queries, [queryDim, keyDim]. */
  readonly keyLayer: Linear;

  constructor(queryDim: number, keyDim: number, options: WeightOptions = {}) {
    super();
    requireSizes("GeneralAttention", { queryDim, keyDim });
    this.keyLayer = new Linear(keyDim, queryDim, { ...options, bias: false });
  }

  protected override get widths(): readonly [number, number] {
    return [this.keyLayer.outFeatures, this.keyLayer.inFeatures];
  }

  protected override scores(queries: Tensor, keys: Tensor): Tensor {
    return queries.matmul(this.keyLayer.forward(keys).transpose(1, 2));
  }

  override extraRepr(): string {
    return argumentsText([...this.widths]);
  }
}
