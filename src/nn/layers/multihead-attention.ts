/**
 * Attention in several heads, the part of a transformer that looks around. Weights have PyTorch's names, layout and first
 * values. Source: Vaswani et al., "Attention is all you need", 2017.
 */
import { zeros } from "../../tensor/creation.ts";
import { isFloating } from "../../tensor/dtype.ts";
import { DTypeError, ShapeError } from "../../tensor/errors.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { causalMask, scaledDotProduct } from "../attention.ts";
import type { AttentionResult } from "../attention.ts";
import { xavierUniform_, zeros_ } from "../init.ts";
import { linear } from "../linear.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { argumentsText, requireInput, requirePart, requireSizes, unexpected } from "./describe.ts";
import { Linear } from "./linear.ts";
import { constantWeight } from "./weights.ts";
import type { WeightOptions } from "./weights.ts";

export interface MultiheadAttentionOptions extends WeightOptions {
  /** The part of the weights that is left out while training; 0 when not given. */
  dropout?: number;
  /** False for projections that add none; true when not given. */
  bias?: boolean;
  /** Size of a key; embedDim when not given. */
  kdim?: number;
  /** Size of a value; embedDim when not given. */
  vdim?: number;
  /** Inputs and output are [N, steps, ...] in place of [steps, N, ...]. */
  batchFirst?: boolean;
}

/** Who must not look where, and what is told of it. */
export interface MultiheadCallOptions {
  /** [N, S]: bool, true for keys that nobody looks at; or added to the scores. */
  keyPaddingMask?: Tensor;
  /** [L, S] or [N * numHeads, L, S]: bool, true where a query must not look at a key; or added to the scores. */
  attnMask?: Tensor;
  /** Query i looks at the keys up to i alone. */
  isCausal?: boolean;
  /** False gives no weights; true when not given. */
  needWeights?: boolean;
  /** False gives each head's weights, [N, numHeads, L, S]; their mean [N, L, S] when not given. */
  averageAttnWeights?: boolean;
}

/**
 * Queries, keys and values projected, attended to in `numHeads` parts of the size embedDim / numHeads, put together and
 * projected again. From query [L, N, embedDim], key [S, N, kdim] and value [S, N, vdim] (or batch first) to
 * `{ output, weights }`, output [L, N, embedDim]. (torch.nn.MultiheadAttention)
 */
export class MultiheadAttention extends Module<
  [query: Tensor, key: Tensor, value: Tensor, options?: MultiheadCallOptions],
  { output: Tensor; weights: Tensor | undefined }
> {
  /** The projections of query, key and value, one below the other, [3 embedDim, embedDim]; where all sizes are equal. */
  readonly inProjWeight: Parameter | undefined;
  /** [embedDim, embedDim], where sizes differ. */
  readonly qProjWeight: Parameter | undefined;
  /** [embedDim, kdim], where sizes differ. */
  readonly kProjWeight: Parameter | undefined;
  /** [embedDim, vdim], where sizes differ. */
  readonly vProjWeight: Parameter | undefined;
  /** [3 embedDim]. */
  readonly inProjBias: Parameter | undefined;
  readonly outProj: Linear;
  readonly embedDim: number;
  readonly numHeads: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly dropout: number;
  readonly batchFirst: boolean;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout = 0, bias = true, kdim = embedDim, vdim = embedDim, batchFirst = false, dtype } = options;
    requireSizes("MultiheadAttention", { embedDim, numHeads, kdim, vdim });
    requireSizes("MultiheadAttention", { "embedDim / numHeads": embedDim / numHeads });
    requirePart("MultiheadAttention", "dropout", dropout);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.kdim = kdim;
    this.vdim = vdim;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    const typed: WeightOptions = dtype === undefined ? {} : { dtype };
    const projection = (shape: Shape): Parameter => new Parameter(xavierUniform_(zeros(shape, typed)));
    const alike = kdim === embedDim && vdim === embedDim;
    this.inProjWeight = alike ? projection([3 * embedDim, embedDim]) : undefined;
    this.qProjWeight = alike ? undefined : projection([embedDim, embedDim]);
    this.kProjWeight = alike ? undefined : projection([embedDim, kdim]);
    this.vProjWeight = alike ? undefined : projection([embedDim, vdim]);
    this.inProjBias = bias ? constantWeight([3 * embedDim], 0, dtype) : undefined;
    this.outProj = new Linear(embedDim, embedDim, { ...typed, bias });
    if (this.outProj.bias !== undefined) zeros_(this.outProj.bias);
  }

  /** An input as [N, steps, width]. */
  #batch(name: string, x: Tensor, wanted: Shape): Tensor {
    const shape = this.batchFirst ? wanted : [wanted[1]!, wanted[0]!, wanted[2]!];
    if (!sameShape(requireInput(this, x).shape, shape)) throw unexpected(this, `${name} of shape ${formatShape(shape)}`, x);
    return this.batchFirst ? x : x.transpose(0, 1);
  }

  /** The part of a projection's weight or bias that belongs to query (0), key (1) or value (2). */
  #third(joint: Parameter | undefined, which: number): Tensor | undefined {
    return joint?.narrow(0, which * this.embedDim, this.embedDim);
  }

  /** An input projected and cut into heads, [N, numHeads, steps, embedDim / numHeads]. */
  #heads(x: Tensor, which: number): Tensor {
    const weight = this.#third(this.inProjWeight, which) ?? [this.qProjWeight, this.kProjWeight, this.vProjWeight][which]!;
    const projected = linear(x, weight, this.#third(this.inProjBias, which));
    const [batch, steps] = x.shape as [number, number];
    return projected.reshape([batch, steps, this.numHeads, this.embedDim / this.numHeads]).transpose(1, 2);
  }

  /** All masks as one: bool, true where a key is seen, or numbers to be added. */
  #mask(batch: number, queries: number, keys: number, { keyPaddingMask, attnMask, isCausal }: MultiheadCallOptions): Tensor | undefined {
    const masks: Tensor[] = [];
    const add = (name: string, mask: Tensor, shapes: readonly Shape[], view: Shape): void => {
      if (!shapes.some((shape) => sameShape(requireInput(this, mask).shape, shape))) {
        throw unexpected(this, `${name} of shape ${shapes.map((shape) => formatShape(shape)).join(" or ")}`, mask);
      }
      if (mask.dtype !== "bool" && !isFloating(mask.dtype)) {
        throw new DTypeError(`${this.label}: ${name} is ${mask.dtype}; it is bool (true where nobody looks) or floating (added to the scores)`);
      }
      masks.push(mask.reshape(view));
    };
    if (keyPaddingMask !== undefined) add("keyPaddingMask", keyPaddingMask, [[batch, keys]], [batch, 1, 1, keys]);
    if (attnMask !== undefined) {
      const own = [batch * this.numHeads, queries, keys];
      add("attnMask", attnMask, [[queries, keys], own], attnMask.ndim === 2 ? [1, 1, queries, keys] : [batch, this.numHeads, queries, keys]);
    }
    if (isCausal === true) masks.push(causalMask(queries, keys, { device: this.outProj.weight.device }).logicalNot());
    if (masks.length === 0) return undefined;
    if (masks.every(({ dtype }) => dtype === "bool")) return masks.reduce((one, other) => one.logicalOr(other)).logicalNot();
    const { dtype } = this.outProj.weight;
    const numbers = masks.map((mask) => (mask.dtype === "bool" ? zeros(mask.shape, { dtype, device: mask.device }).maskedFill(mask, -Infinity) : mask));
    return numbers.reduce((one, other) => one.add(other));
  }

  override forward(query: Tensor, key: Tensor, value: Tensor, options?: MultiheadCallOptions & { needWeights?: true }): AttentionResult;
  override forward(query: Tensor, key: Tensor, value: Tensor, options: MultiheadCallOptions): { output: Tensor; weights: Tensor | undefined };
  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: MultiheadCallOptions = {},
  ): { output: Tensor; weights: Tensor | undefined } {
    const { needWeights = true, averageAttnWeights = true } = options;
    const [at, along] = this.batchFirst ? [0, 1] : [1, 0];
    for (const [name, x] of Object.entries({ query, key, value })) {
      if (requireInput(this, x).ndim !== 3) throw new ShapeError(`${this.label} expects ${name} of 3 dimensions, got ${formatShape(x.shape)}; a batch of one is x.unsqueeze(${at})`);
    }
    const [batch, queries, keys] = [query.shape[at]!, query.shape[along]!, key.shape[along]!];
    const q = this.#heads(this.#batch("query", query, [batch, queries, this.embedDim]), 0);
    const k = this.#heads(this.#batch("key", key, [batch, keys, this.kdim]), 1);
    const v = this.#heads(this.#batch("value", value, [batch, keys, this.vdim]), 2);
    const attnMask = this.#mask(batch, queries, keys, options);
    const seen = scaledDotProduct(q, k, v, { dropoutP: this.training ? this.dropout : 0, ...(attnMask && { attnMask }) });
    const joined = this.outProj.forward(seen.output.transpose(1, 2).reshape([batch, queries, this.embedDim]));
    const weights = averageAttnWeights ? (): Tensor => seen.weights.mean({ dim: 1 }) : (): Tensor => seen.weights;
    return { output: this.batchFirst ? joined : joined.transpose(0, 1), weights: needWeights ? weights() : undefined };
  }

  override extraRepr(): string {
    return argumentsText([this.embedDim, this.numHeads], {
      dropout: [this.dropout, 0],
      bias: [this.inProjBias !== undefined, true],
      kdim: [this.kdim, this.embedDim],
      vdim: [this.vdim, this.embedDim],
      batchFirst: [this.batchFirst, false],
    });
  }
}
