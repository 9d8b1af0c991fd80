/**
 * A text as the mean of its words' vectors, whatever their order, and one linear layer on that: the classifier that every
 * network with a memory has to beat. Source: Joulin, Grave, Bojanowski and Mikolov, "Bag of tricks for efficient text
 * classification", 2016. Book 000 (Cheng, "PaddlePaddle 与深度学习应用实战"), section 7.5, classifies film reviews without such
 * a baseline; `SentimentLSTM` is the network there.
 */
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { normal_ } from "../init.ts";
import { requireInput, requireSizes, unexpected } from "../layers/describe.ts";
import { Embedding } from "../layers/embedding.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module/module.ts";
import { realWords } from "./real-words.ts";

export interface BagOfEmbeddingsOptions {
  /** Numbers in a word's vector, 32 when not given. */
  embeddingSize?: number;
}

/** Takes words as numbers, int32 [N, T], 0 where a text has ended; gives one score for each text, [N], above 0 for yes. */
export class BagOfEmbeddings extends Module<[tokens: Tensor], Tensor> {
  readonly embedding: Embedding;
  readonly output: Linear;

  /** @param vocabularySize how many words have a number, the padding among them. */
  constructor(vocabularySize: number, { embeddingSize = 32 }: BagOfEmbeddingsOptions = {}) {
    super();
    requireSizes("BagOfEmbeddings", { vocabularySize, embeddingSize });
    this.embedding = new Embedding(vocabularySize, embeddingSize);
    noGrad(() => normal_(this.embedding.weight, 0, 0.1));
    this.output = new Linear(embeddingSize, 1);
  }

  override forward(tokens: Tensor): Tensor {
    if (requireInput(this, tokens).ndim !== 2) throw unexpected(this, "words as numbers, [N, T]", tokens);
    const { mask, counts } = realWords(tokens);
    const sum = this.embedding.forward(tokens).mul(mask.unsqueeze(2)).sum({ dim: 1 });
    return this.output.forward(sum.div(counts)).squeeze(1);
  }

  /** What each word adds by itself to the score, [vocabularySize]: its vector times the output's weights. */
  wordScores(): Tensor {
    return noGrad(() => this.embedding.weight.matmul(this.output.weight.squeeze(0)));
  }
}
