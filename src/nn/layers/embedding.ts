/**
 * A table of vectors, one for each word or other thing that is counted.
 * Source: Bengio et al., "A neural probabilistic language model", 2003.
 */
import { zeros } from "../../tensor/creation.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { embedding } from "../embedding.ts";
import { normal_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { argumentsText, requireInput, requireSizes } from "./describe.ts";
import type { WeightOptions } from "./weights.ts";

export interface EmbeddingOptions extends WeightOptions {
  /** A position whose row is 0 at first and gets no gradient. */
  paddingIdx?: number;
  /** The table to begin with, whose memory the layer shares; its type counts. */
  weight?: Tensor;
}

/** From positions (int32, any shape) to [..., embeddingDim]. The table starts standard normal. (torch.nn.Embedding) */
export class Embedding extends Module {
  /** [numEmbeddings, embeddingDim]. */
  readonly weight: Parameter;
  readonly paddingIdx: number | undefined;

  constructor(numEmbeddings: number, embeddingDim: number, { paddingIdx, weight, dtype }: EmbeddingOptions = {}) {
    super();
    requireSizes("Embedding", { numEmbeddings, embeddingDim });
    if (paddingIdx !== undefined && !(Number.isInteger(paddingIdx) && paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings)) {
      throw new NablaError(`Embedding: paddingIdx is ${paddingIdx}; the table has ${numEmbeddings} rows`);
    }
    this.paddingIdx = paddingIdx;
    if (weight !== undefined && !sameShape(requireTensor("Embedding", weight).shape, [numEmbeddings, embeddingDim])) {
      throw new ShapeError(`Embedding: the table has shape [${numEmbeddings}, ${embeddingDim}], got ${formatShape(weight.shape)}`);
    }
    const table = weight?.detach() ?? normal_(zeros([numEmbeddings, embeddingDim], dtype === undefined ? {} : { dtype }));
    if (weight === undefined && paddingIdx !== undefined) noGrad(() => table.select(0, paddingIdx).zero_());
    this.weight = new Parameter(table);
  }

  /**
   * A layer on a table [V, D] that is there already, and shares its memory.
   * @param options.freeze false trains it on; true when not given.
   */
  static fromPretrained(weight: Tensor, { freeze = true, paddingIdx }: { freeze?: boolean; paddingIdx?: number } = {}): Embedding {
    const [rows = 0, width = 0] = requireTensor("Embedding.fromPretrained", weight).shape;
    const layer = new Embedding(rows, width, { weight, ...(paddingIdx === undefined ? {} : { paddingIdx }) });
    return layer.requiresGrad_(!freeze);
  }

  override forward(positions: Tensor): Tensor {
    requireInput(this, positions);
    return embedding(positions, this.weight, this.paddingIdx === undefined ? {} : { paddingIdx: this.paddingIdx });
  }

  override extraRepr(): string {
    return argumentsText([...this.weight.shape], { paddingIdx: [this.paddingIdx, undefined] });
  }
}
