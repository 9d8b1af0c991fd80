/**
 * Recurrent layers: several levels, one or both directions, sequences of different lengths. Each level and direction is one
 * call of `functional.lstm`, `gru` or `rnn`, which says what a step computes. Weights have PyTorch's names and layout and
 * start uniform within 1 / sqrt(hiddenSize).
 */
import { tensor } from "../../tensor/creation.ts";
import { ShapeError } from "../../tensor/errors.ts";
import { cat, stack } from "../../tensor/methods/join.ts";
import type { LstmOptions, RecurrentResult } from "../../tensor/methods/recurrent.ts";
import { gateCount } from "../../tensor/ops/recurrent.ts";
import type { Cell } from "../../tensor/ops/recurrent.ts";
import { sameShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { dropout } from "../dropout.ts";
import { Module } from "../module/module.ts";
import type { Part } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { packAgain, PackedSequence, padPackedSequence } from "../packed-sequence.ts";
import { argumentsText, requireInput, requirePart, requireSizes, unexpected } from "./describe.ts";
import { uniformWeight } from "./weights.ts";
import type { WeightOptions } from "./weights.ts";

export interface RecurrentLayerOptions extends WeightOptions {
  /** Levels, each on the states of the one below; 1 when not given. */
  numLayers?: number;
  /** False for a layer that adds none; true when not given. */
  bias?: boolean;
  /** Input and output are [B, T, ...] in place of [T, B, ...]. */
  batchFirst?: boolean;
  /** The part of each level's states that is left out on the way to the next while training; 0 when not given. */
  dropout?: number;
  /** Every level runs both ways, and its output holds both states: first to last, then last to first. */
  bidirectional?: boolean;
}

export interface LSTMLayerOptions extends RecurrentLayerOptions {
  /** Gates see the cell, by weights of their own (Gers and Schmidhuber 2000). PyTorch has no such thing. */
  peepholes?: boolean;
}

export interface RNNLayerOptions extends RecurrentLayerOptions {
  /** `"tanh"` when not given. */
  nonlinearity?: "tanh" | "relu";
}

/** What a sequence comes with. */
export interface SequenceState {
  /** The first states, [numLayers * directions, B, H], a level's directions one after another; zeros when not given. */
  h0?: Tensor;
  /** How many steps of each row of a padded batch count, [B]; all when not given. */
  lengths?: Tensor | readonly number[];
}

export interface LSTMSequenceState extends SequenceState {
  /** The first cells, of h0's shape; zeros when not given. */
  c0?: Tensor;
}

/** What a recurrent layer gives. */
export interface SequenceResult<Sequence = Tensor> {
  /**
   * The last level's states after each step: [T, B, directions * H] (or batch first), 0 after a row's length; packed, where
   * the input was.
   */
  output: Sequence;
  /** Every level's and direction's last state, [numLayers * directions, B, H]. */
  hN: Tensor;
}

export interface LSTMSequenceResult<Sequence = Tensor> extends SequenceResult<Sequence> {
  /** Every level's and direction's last cell, of hN's shape. */
  cN: Tensor;
}

/** One level and direction with its weights. */
interface Level {
  readonly weightIh: Parameter;
  readonly weightHh: Parameter;
  readonly biasIh: Parameter | undefined;
  readonly biasHh: Parameter | undefined;
  readonly peephole: Parameter | undefined;
}

/** What all levels together have made. */
interface Run {
  output: Tensor | PackedSequence;
  hN: Tensor;
  cN: Tensor | undefined;
}

/** Options without those that are undefined. */
function present<Options extends object>(options: { [Name in keyof Options]: Options[Name] | undefined }): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

/** What the three layers do alike. */
abstract class Recurrent<State extends SequenceState, Result> extends Module<[x: Tensor | PackedSequence, state?: State], Result> {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** The weights by their names in camelCase, `weightIhL0` to `biasHhL1Reverse`: [gates * H, I], [gates * H, H], [gates * H]. */
  readonly weights: Readonly<Record<string, Parameter>>;
  /** Level by level, its directions one after another. */
  readonly #levels: readonly Level[];

  protected constructor(cell: Cell, inputSize: number, hiddenSize: number, options: LSTMLayerOptions) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, bidirectional = false, peepholes = false, dtype } = options;
    const layer = new.target.name;
    requireSizes(layer, { inputSize, hiddenSize, numLayers });
    requirePart(layer, "dropout", options.dropout ?? 0);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.dropout = options.dropout ?? 0;
    this.bidirectional = bidirectional;
    const directions = bidirectional ? 2 : 1;
    const rows = gateCount[cell] * hiddenSize;
    const weights: Record<string, Parameter> = {};
    this.#levels = Array.from({ length: numLayers * directions }, (_, i) => {
      const number = Math.floor(i / directions);
      const suffix = `L${number}${i % directions === 1 ? "Reverse" : ""}`;
      const made = (name: string, shape: readonly number[]): Parameter =>
        (weights[`${name}${suffix}`] = uniformWeight(shape, hiddenSize, dtype));
      return {
        weightIh: made("weightIh", [rows, number === 0 ? inputSize : directions * hiddenSize]),
        weightHh: made("weightHh", [rows, hiddenSize]),
        biasIh: bias ? made("biasIh", [rows]) : undefined,
        biasHh: bias ? made("biasHh", [rows]) : undefined,
        peephole: peepholes ? made("peephole", [3, hiddenSize]) : undefined,
      };
    });
    this.weights = weights;
  }

  override *ownParts(): Generator<[string, Part]> {
    yield* Object.entries(this.weights);
    for (const [name, part] of super.ownParts()) if (!name.startsWith("weights.")) yield [name, part];
  }

  /** One level in one direction. */
  protected abstract step(x: Tensor, level: Level, options: LstmOptions): RecurrentResult & { cN?: Tensor };

  /** The input with its steps first. @throws ShapeError when it is no batch of sequences of the layer's inputs. */
  #stepsFirst(x: Tensor | PackedSequence): Tensor {
    if (x instanceof PackedSequence) {
      if (x.data.ndim !== 2 || x.data.shape[1] !== this.inputSize) throw unexpected(this, `packed steps [..., ${this.inputSize}]`, x.data);
      return padPackedSequence(x).output;
    }
    const form = this.batchFirst ? `[B, T, ${this.inputSize}]` : `[T, B, ${this.inputSize}]`;
    if (requireInput(this, x).ndim !== 3 || x.shape[2] !== this.inputSize) {
      const alone = x.ndim === 2 && x.shape[1] === this.inputSize;
      throw unexpected(this, form, x, alone ? `a batch of one is x.unsqueeze(${this.batchFirst ? 0 : 1})` : "");
    }
    return this.batchFirst ? x.transpose(0, 1) : x;
  }

  /** How many steps of each row count. */
  #counts(x: Tensor | PackedSequence, lengths: Tensor | readonly number[] | undefined): Tensor | undefined {
    const packed = x instanceof PackedSequence;
    if (packed && lengths !== undefined) throw new ShapeError(`${this.label}: packed sequences have their lengths; pass no others`);
    const given = packed ? x.lengths : lengths;
    if (given === undefined || isTensor(given)) return given;
    if (given.some((each) => !Number.isInteger(each))) throw new ShapeError(`${this.label}: lengths are whole numbers, got ${given.join(", ")}`);
    return tensor(Int32Array.from(given), { device: packed ? x.data.device : x.device });
  }

  /** First states of each level and direction. */
  #firstStates(name: string, state: Tensor | undefined, batch: number): (Tensor | undefined)[] {
    const wanted = [this.#levels.length, batch, this.hiddenSize];
    if (state === undefined) return this.#levels.map(() => undefined);
    if (!sameShape(requireInput(this, state).shape, wanted)) {
      throw unexpected(this, `${name} of shape [${wanted.join(", ")}]`, state);
    }
    return this.#levels.map((_, i) => state.select(0, i));
  }

  /** All levels, one after another. */
  protected run(given: Tensor | PackedSequence, { h0, c0, lengths }: LSTMSequenceState): Run {
    const x = this.#stepsFirst(given);
    const batch = x.shape[1]!;
    const counts = this.#counts(given, lengths);
    const states = this.#firstStates("h0", h0, batch);
    const cells = this.#firstStates("c0", c0, batch);
    const directions = this.bidirectional ? 2 : 1;
    const found: (RecurrentResult & { cN?: Tensor })[] = [];
    let output = x;
    for (let number = 0; number < this.numLayers; number++) {
      if (number > 0) output = dropout(output, { p: this.dropout, training: this.training });
      const input = output;
      const made = Array.from({ length: directions }, (_, direction) => {
        const place = number * directions + direction;
        const level = this.#levels[place]!;
        const { biasIh, biasHh, peephole } = level;
        const options = present<LstmOptions>({ biasIh, biasHh, peephole, h0: states[place], c0: cells[place], lengths: counts });
        options.reverse = direction === 1;
        return this.step(input, level, options);
      });
      found.push(...made);
      output = made.length === 1 ? made[0]!.output : cat(made.map((each) => each.output), { dim: 2 });
    }
    return {
      output: given instanceof PackedSequence ? packAgain(given, output) : this.batchFirst ? output.transpose(0, 1) : output,
      hN: stack(found.map(({ hN }) => hN)),
      cN: found[0]!.cN === undefined ? undefined : stack(found.map(({ cN }) => cN!)),
    };
  }

  /** The options, each with its default, for the layer's text. */
  protected optionTexts(): Record<string, readonly [unknown, unknown]> {
    return {
      numLayers: [this.numLayers, 1],
      bias: [this.#levels[0]!.biasIh !== undefined, true],
      batchFirst: [this.batchFirst, false],
      dropout: [this.dropout, 0],
      bidirectional: [this.bidirectional, false],
      peepholes: [this.#levels[0]!.peephole !== undefined, false],
    };
  }

  override extraRepr(): string {
    return argumentsText([this.inputSize, this.hiddenSize], this.optionTexts());
  }
}

/**
 * A plain recurrent network over sequences: h = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu (Elman 1990).
 * From [T, B, inputSize] to `{ output, hN }`. (torch.nn.RNN)
 */
export class RNN extends Recurrent<SequenceState, SequenceResult<Tensor | PackedSequence>> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, { nonlinearity = "tanh", ...options }: RNNLayerOptions = {}) {
    super("rnn", inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  protected override optionTexts(): Record<string, readonly [unknown, unknown]> {
    return { ...super.optionTexts(), nonlinearity: [this.nonlinearity, "tanh"] };
  }

  protected override step(x: Tensor, { weightIh, weightHh }: Level, options: LstmOptions): RecurrentResult {
    return x.rnn(weightIh, weightHh, { ...options, nonlinearity: this.nonlinearity });
  }

  override forward(x: Tensor, state?: SequenceState): SequenceResult;
  override forward(x: PackedSequence, state?: SequenceState): SequenceResult<PackedSequence>;
  override forward(x: Tensor | PackedSequence, state: SequenceState = {}): SequenceResult<Tensor | PackedSequence> {
    const { output, hN } = this.run(x, state);
    return { output, hN };
  }
}

/**
 * Gated recurrent units over sequences (Cho et al. 2014); see `functional.gru`.
 * From [T, B, inputSize] to `{ output, hN }`. (torch.nn.GRU)
 */
export class GRU extends Recurrent<SequenceState, SequenceResult<Tensor | PackedSequence>> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentLayerOptions = {}) {
    super("gru", inputSize, hiddenSize, options);
  }

  protected override step(x: Tensor, { weightIh, weightHh }: Level, options: LstmOptions): RecurrentResult {
    return x.gru(weightIh, weightHh, options);
  }

  override forward(x: Tensor, state?: SequenceState): SequenceResult;
  override forward(x: PackedSequence, state?: SequenceState): SequenceResult<PackedSequence>;
  override forward(x: Tensor | PackedSequence, state: SequenceState = {}): SequenceResult<Tensor | PackedSequence> {
    const { output, hN } = this.run(x, state);
    return { output, hN };
  }
}

/**
 * Long short-term memory over sequences (Hochreiter and Schmidhuber 1997); see `functional.lstm`.
 * From [T, B, inputSize] to `{ output, hN, cN }`. (torch.nn.LSTM)
 */
export class LSTM extends Recurrent<LSTMSequenceState, LSTMSequenceResult<Tensor | PackedSequence>> {
  constructor(inputSize: number, hiddenSize: number, options: LSTMLayerOptions = {}) {
    super("lstm", inputSize, hiddenSize, options);
  }

  protected override step(x: Tensor, { weightIh, weightHh }: Level, options: LstmOptions): RecurrentResult & { cN: Tensor } {
    return x.lstm(weightIh, weightHh, options);
  }

  override forward(x: Tensor, state?: LSTMSequenceState): LSTMSequenceResult;
  override forward(x: PackedSequence, state?: LSTMSequenceState): LSTMSequenceResult<PackedSequence>;
  override forward(x: Tensor | PackedSequence, state: LSTMSequenceState = {}): LSTMSequenceResult<Tensor | PackedSequence> {
    const { output, hN, cN } = this.run(x, state);
    return { output, hN, cN: cN! };
  }
}
