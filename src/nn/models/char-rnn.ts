/**
 * A network that writes text character by character, after Karpathy, "The unreasonable effectiveness of recurrent neural
 * networks", 2015 (min-char-rnn). Book 004 ("Deep Learning Algorithms in Practice, based on Theano and TensorFlow", in Chinese), section 6.1.3: 100
 * hidden units, 29,195 parameters for 95 characters.
 */
import { tensor, zeros } from "../../tensor/creation.ts";
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Generator } from "../../tensor/random/stream.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { normal_ } from "../init.ts";
import { requireInput, requireSizes, unexpected } from "../layers/describe.ts";
import { linear } from "../linear.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";

/** What the network gives for a text. */
export interface CharRNNResult {
  /** Scores of the character that follows each one, [T, B, V]. */
  logits: Tensor;
  /** The state after the last character, [B, H]: where the next piece of the text goes on. */
  hN: Tensor;
}

export interface GenerateOptions {
  /** Below 1 the likely characters become likelier, above 1 rarer ones do; 1 when not given. */
  temperature?: number;
  /** Where the random numbers come from; the source that `manualSeed` seeds when not given. */
  generator?: Generator;
}

/** Takes characters as numbers, int32 [T, B], and perhaps a state [B, H] to go on from. */
export class CharRNN extends Module<[positions: Tensor, h0?: Tensor], CharRNNResult> {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  /** From a character to the hidden units, [H, V]. */
  readonly weightIh: Parameter;
  /** From the state before, [H, H]. */
  readonly weightHh: Parameter;
  /** [H]. */
  readonly biasH: Parameter;
  /** From the hidden units to the scores, [V, H]. */
  readonly weightOut: Parameter;
  /** [V]. */
  readonly biasOut: Parameter;

  /** @param vocabularySize how many different characters there are. */
  constructor(vocabularySize: number, { hiddenSize = 100 }: { hiddenSize?: number } = {}) {
    super();
    requireSizes("CharRNN", { vocabularySize, hiddenSize });
    this.vocabularySize = vocabularySize;
    this.hiddenSize = hiddenSize;
    const small = (rows: number, columns: number): Parameter => new Parameter(normal_(zeros([rows, columns]), 0, 0.01));
    this.weightIh = small(hiddenSize, vocabularySize);
    this.weightHh = small(hiddenSize, hiddenSize);
    this.biasH = new Parameter(zeros([hiddenSize]));
    this.weightOut = small(vocabularySize, hiddenSize);
    this.biasOut = new Parameter(zeros([vocabularySize]));
  }

  override forward(positions: Tensor, h0?: Tensor): CharRNNResult {
    if (requireInput(this, positions).ndim !== 2) {
      const cure = positions.ndim === 1 ? "one text is a batch of one: positions.unsqueeze(1)" : "";
      throw unexpected(this, "characters as numbers, [T, B]", positions, cure);
    }
    const x = positions.oneHot(this.vocabularySize).to(this.weightIh.dtype);
    const { output, hN } = x.rnn(this.weightIh, this.weightHh, { biasIh: this.biasH, ...(h0 === undefined ? {} : { h0 }) });
    return { logits: linear(output, this.weightOut, this.biasOut), hN };
  }

  /**
   * Goes on with a text, each character drawn with the probability that the network gives it.
   * @param prompt the characters to begin with, at least one.
   * @returns the numbers of the `length` characters that follow.
   */
  generate(prompt: readonly number[], length: number, { temperature = 1, generator }: GenerateOptions = {}): number[] {
    if (prompt.length === 0) throw new NablaError("CharRNN.generate: the prompt is empty; begin with at least one character");
    if (!(temperature > 0)) throw new NablaError(`CharRNN.generate: temperature is ${temperature}; it is above 0`);
    return noGrad(() => {
      const written: number[] = [];
      const source = generator === undefined ? {} : { generator };
      let read: readonly number[] = prompt;
      let state: Tensor | undefined;
      while (written.length < length) {
        const { logits, hN } = this.forward(tensor(Int32Array.from(read), { device: this.biasH.device }).unsqueeze(1), state);
        const next = logits.select(0, -1).select(0, 0).div(temperature).softmax(0).multinomial(1, source).item();
        written.push(next);
        read = [next];
        state = hN;
      }
      return written;
    });
  }
}
