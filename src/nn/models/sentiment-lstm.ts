/**
 * Says of a text whether its writer liked something: word vectors, one or more levels of a recurrent layer and a dense one,
 * and then a mean or a maximum over time, so that every word is equally near to the answer. Book 000 (Cheng, "PaddlePaddle
 * 与深度学习应用实战"), section 7.5: vectors of 512 numbers, two levels of bidirectional LSTMs with 512 units each way, a dense
 * layer of 1024 on each, mean over time. The recurrent layer is that of Hochreiter and Schmidhuber, "Long short-term memory",
 * 1997; two directions are those of Schuster and Paliwal, 1997.
 */
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { normal_ } from "../init.ts";
import { requireInput, requireSizes, unexpected } from "../layers/describe.ts";
import { ModuleList } from "../layers/container.ts";
import { Dropout } from "../layers/dropout.ts";
import { Embedding } from "../layers/embedding.ts";
import { Linear } from "../layers/linear.ts";
import { LSTM } from "../layers/recurrent.ts";
import { Module } from "../module/module.ts";
import { realWords } from "./real-words.ts";

export interface SentimentLSTMOptions {
  /** Numbers in a word's vector, 512 when not given. */
  embeddingSize?: number;
  /** Units of each direction, 512 when not given. */
  hiddenSize?: number;
  /** Recurrent layers, each with a dense layer on it; 2 when not given. */
  levels?: number;
  /** Read from both ends; true when not given. */
  bidirectional?: boolean;
  /** How the steps become one: `"mean"` (when not given) or `"max"`, of the words and not of the padding. */
  pooling?: "mean" | "max";
  /** The part of the word vectors and of the pooled features that is left out while training; 0 when not given. */
  dropout?: number;
}

/** Takes words as numbers, int32 [N, T], 0 where a text has ended; gives one score for each text, [N], above 0 for yes. */
export class SentimentLSTM extends Module<[tokens: Tensor], Tensor> {
  readonly embedding: Embedding;
  readonly recurrent: ModuleList<LSTM>;
  readonly dense: ModuleList<Linear>;
  readonly dropout: Dropout;
  readonly output: Linear;
  readonly pooling: "mean" | "max";

  /** @param vocabularySize how many words have a number, the padding among them. */
  constructor(vocabularySize: number, options: SentimentLSTMOptions = {}) {
    super();
    const { embeddingSize = 512, hiddenSize = 512, levels = 2, bidirectional = true, pooling = "mean", dropout = 0 } = options;
    requireSizes("SentimentLSTM", { vocabularySize, embeddingSize, hiddenSize, levels });
    if (pooling !== "mean" && pooling !== "max") throw new NablaError(`SentimentLSTM: pooling is ${JSON.stringify(pooling)}; known are "mean" and "max"`);
    this.pooling = pooling;
    this.embedding = new Embedding(vocabularySize, embeddingSize);
    noGrad(() => normal_(this.embedding.weight, 0, 0.1));
    const features = (bidirectional ? 2 : 1) * hiddenSize;
    const each = <Layer>(make: (level: number) => Layer): Layer[] => Array.from({ length: levels }, (_, level) => make(level));
    this.recurrent = new ModuleList(each((level) => new LSTM(level === 0 ? embeddingSize : features, hiddenSize, { bidirectional })));
    this.dense = new ModuleList(each(() => new Linear(features, features)));
    this.dropout = new Dropout(dropout);
    this.output = new Linear(features, 1);
  }

  override forward(tokens: Tensor): Tensor {
    if (requireInput(this, tokens).ndim !== 2) throw unexpected(this, "words as numbers, [N, T]", tokens);
    const { mask, counts } = realWords(tokens);
    const lengths = counts.squeeze(1).to("int32");
    let x = this.dropout.forward(this.embedding.forward(tokens.t()));
    for (const [level, layer] of [...this.recurrent].entries()) {
      x = this.dense.at(level).forward(layer.forward(x, { lengths }).output).relu();
    }
    // Nothing is below 0 after relu, so the padding at 0 is never the largest.
    const words = x.mul(mask.t().unsqueeze(2));
    const pooled = this.pooling === "mean" ? words.sum({ dim: 0 }).div(counts) : words.amax({ dim: 0 });
    return this.output.forward(this.dropout.forward(pooled)).squeeze(1);
  }
}
