/**
 * Sequences of different lengths in one tensor without the padding: first all first steps, then the second steps of those
 * that have one, and so on. What works on single steps (a linear layer, a loss) then computes nothing for nothing. Recurrent
 * layers take and give them. Names and layout are those of torch.nn.utils.rnn.
 */
import { full, tensor } from "../tensor/creation.ts";
import type { Device } from "../tensor/device.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { cat } from "../tensor/methods/join.ts";
import { elementCount, formatShape, sameShape } from "../tensor/shape.ts";
import { isTensor, requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface PackOptions {
  /** Steps stand behind the batch: [B, T, ...] in place of [T, B, ...]. */
  batchFirst?: boolean;
  /** False allows lengths in any order; with true, as when not given, they must not grow from row to row. */
  enforceSorted?: boolean;
}

export interface PadOptions {
  /** [B, T, ...] in place of [T, B, ...]. */
  batchFirst?: boolean;
  /** What stands after a sequence's end; 0 when not given. */
  paddingValue?: number;
}

/** The rows longest first; equal ones in their order. */
function longestFirst(lengths: readonly number[]): number[] {
  return lengths.map((_, row) => row).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
}

/** How many rows have a first step, a second one, and so on. */
function countAtEachStep(lengths: readonly number[]): number[] {
  return Array.from({ length: Math.max(0, ...lengths) }, (_, step) => lengths.filter((length) => length > step).length);
}

/** Where each packed step stands in the rows of [T, B, ...]. */
function placesOf(lengths: readonly number[], device: Device): Tensor {
  const rows = longestFirst(lengths);
  return tensor(Int32Array.from(countAtEachStep(lengths).flatMap((count, step) => rows.slice(0, count).map((row) => step * lengths.length + row))), { device });
}

/** Steps [T, B, ...] without the padding. */
function withoutPadding(x: Tensor, lengths: readonly number[]): Tensor {
  return x.reshape([elementCount(x.shape.slice(0, 2)), ...x.shape.slice(2)]).indexSelect(0, placesOf(lengths, x.device));
}

/** Sequences without padding; made by `packPaddedSequence` or `packSequence`. */
export class PackedSequence {
  /** The steps, [sum of all lengths, ...]. */
  readonly data: Tensor;
  /** How many sequences have a first step, a second one, and so on. */
  readonly batchSizes: readonly number[];
  /** Length of each sequence, in the order in which they were given. */
  readonly lengths: readonly number[];
  /** The sequences as `data` has them: places in the given order, longest first. */
  readonly sortedIndices: readonly number[];

  constructor(data: Tensor, lengths: readonly number[]) {
    this.data = data;
    this.lengths = lengths;
    this.sortedIndices = longestFirst(lengths);
    this.batchSizes = countAtEachStep(lengths);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (requireTensor("PackedSequence", data).shape[0] !== total) {
      throw new ShapeError(`PackedSequence: lengths ${lengths.join(", ")} need data of shape [${total}, ...], got ${formatShape(data.shape)}`);
    }
  }

  /** Sequences of the same lengths with other steps: `packed.with(linear.forward(packed.data))`. */
  with(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.lengths);
  }

  toString(): string {
    return `PackedSequence(lengths: [${this.lengths.join(", ")}], data: ${formatShape(this.data.shape)})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Lengths as numbers. @throws ShapeError unless there is one for each row, each from 1 to the number of steps. */
function requireLengths(op: string, lengths: Tensor | readonly number[], batch: number, steps: number): number[] {
  const numbers = isTensor(lengths) ? [...lengths.data()].map(Number) : [...lengths];
  if (numbers.length !== batch) throw new ShapeError(`${op}: there are ${numbers.length} lengths for a batch of ${batch}`);
  const wrong = numbers.findIndex((length) => !Number.isInteger(length) || length < 1 || length > steps);
  if (wrong >= 0) throw new ShapeError(`${op}: length ${numbers[wrong]} of row ${wrong} is not a whole number from 1 to ${steps}`);
  return numbers;
}

/**
 * Packs padded sequences [T, B, ...].
 * @param lengths how many steps of each row count, [B].
 * @throws ShapeError for a length that does not fit; NablaError for lengths that are not sorted, unless `enforceSorted` is false.
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: Tensor | readonly number[],
  { batchFirst = false, enforceSorted = true }: PackOptions = {},
): PackedSequence {
  const op = "packPaddedSequence";
  if (requireTensor(op, input).ndim < 2) throw new ShapeError(`${op}: expected [T, B, ...] or [B, T, ...], got ${formatShape(input.shape)}`);
  const x = batchFirst ? input.transpose(0, 1) : input;
  const [steps, batch] = x.shape as [number, number];
  const numbers = requireLengths(op, lengths, batch, steps);
  if (enforceSorted && numbers.some((length, i) => i > 0 && length > numbers[i - 1]!)) {
    throw new NablaError(`${op}: lengths ${numbers.join(", ")} are not sorted, longest first; pass {enforceSorted: false} to have it done`);
  }
  return new PackedSequence(withoutPadding(x, numbers), numbers);
}

/** Packs what a layer gave for unpacked sequences, [T, B, ...], again. */
export function packAgain(like: PackedSequence, output: Tensor): PackedSequence {
  return like.with(withoutPadding(output, like.lengths));
}

/**
 * Pads packed sequences: the reverse of `packPaddedSequence`.
 * @param options.totalLength how many steps to pad to; the longest sequence's when not given.
 * @returns output [T, B, ...], and the lengths [B].
 */
export function padPackedSequence(
  sequence: PackedSequence,
  { batchFirst = false, paddingValue = 0, totalLength }: PadOptions & { totalLength?: number } = {},
): { output: Tensor; lengths: Tensor } {
  const op = "padPackedSequence";
  if (!(sequence instanceof PackedSequence)) throw new NablaError(`${op}: expected a PackedSequence, as packPaddedSequence gives one`);
  const { data, lengths, batchSizes } = sequence;
  const steps = totalLength ?? batchSizes.length;
  if (!Number.isInteger(steps) || steps < batchSizes.length) {
    throw new ShapeError(`${op}: totalLength is ${totalLength}, and the longest sequence has ${batchSizes.length} steps`);
  }
  const rest = data.shape.slice(1);
  const rows = full([steps * lengths.length, ...rest], paddingValue, { dtype: data.dtype, device: data.device });
  const output = rows.indexCopy(0, placesOf(lengths, data.device), data).reshape([steps, lengths.length, ...rest]);
  return { output: batchFirst ? output.transpose(0, 1) : output, lengths: tensor(Int32Array.from(lengths), { device: data.device }) };
}

function requireList(op: string, sequences: readonly Tensor[]): void {
  if (sequences.length === 0) throw new NablaError(`${op}: there are no sequences`);
  const [first] = sequences;
  sequences.forEach((sequence, i) => {
    if (requireTensor(op, sequence).ndim === 0 || !sameShape(sequence.shape.slice(1), first!.shape.slice(1))) {
      throw new ShapeError(`${op}: sequence 0 has shape ${formatShape(first!.shape)}, sequence ${i} ${formatShape(sequence.shape)}; they may differ in the first size only`);
    }
  });
}

/**
 * Puts sequences [length, ...] into one tensor, padded to the longest.
 * @returns [T, B, ...].
 */
export function padSequence(sequences: readonly Tensor[], { batchFirst = false, paddingValue = 0 }: PadOptions = {}): Tensor {
  requireList("padSequence", sequences);
  const steps = Math.max(...sequences.map(({ shape }) => shape[0]!));
  const padded = sequences.map((sequence) => {
    const missing = steps - sequence.shape[0]!;
    if (missing === 0) return sequence.unsqueeze(1);
    const end = full([missing, ...sequence.shape.slice(1)], paddingValue, { dtype: sequence.dtype, device: sequence.device });
    return cat([sequence, end]).unsqueeze(1);
  });
  const joined = cat(padded, { dim: 1 });
  return batchFirst ? joined.transpose(0, 1) : joined;
}

/** Packs sequences [length, ...]. @param options.enforceSorted as in `packPaddedSequence`. */
export function packSequence(sequences: readonly Tensor[], { enforceSorted = true }: Pick<PackOptions, "enforceSorted"> = {}): PackedSequence {
  const lengths = sequences.map((sequence) => requireTensor("packSequence", sequence).shape[0] ?? 0);
  return packPaddedSequence(padSequence(sequences), lengths, { enforceSorted });
}
