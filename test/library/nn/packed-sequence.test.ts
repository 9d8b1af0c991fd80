/**
 * Sequences of different lengths without padding: PyTorch's layout, there and back, and through recurrent layers.
 */
import { describe, expect, test } from "vitest";
import { inspect } from "node:util";
import { nn, ones, randn, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { restored, stored } from "./stored.ts";

const { packing } = stored;
const padded = restored(packing.padded, "float64");

describe("packing", () => {
  test("has PyTorch's layout", () => {
    const packed = nn.packPaddedSequence(padded, packing.lengths, { enforceSorted: false });
    expect([...packed.data.data()]).toEqual(packing.data.values);
    expect(packed.batchSizes).toEqual(packing.batchSizes);
    expect(packed.sortedIndices).toEqual(packing.sortedIndices);
    expect(inspect(packed)).toBe("PackedSequence(lengths: [4, 1, 3], data: [8, 2])");
  });

  test("goes back, padded as wanted", () => {
    const packed = nn.packPaddedSequence(padded.transpose(0, 1), tensor(Int32Array.from(packing.lengths)), { enforceSorted: false, batchFirst: true });
    const { output, lengths } = nn.padPackedSequence(packed, { paddingValue: -1, totalLength: 5 });
    expect([...output.data()]).toEqual(packing.again.values);
    expect(lengths.toArray()).toEqual(packing.lengths);
    expect(nn.padPackedSequence(packed, { batchFirst: true }).output.shape).toEqual([3, 4, 2]);
  });

  test("lets gradients through to the steps that count", () => {
    const x = ones([3, 2, 1]).requiresGrad_();
    nn.packPaddedSequence(x, [3, 1]).data.sum().backward();
    expect(x.grad!.reshape([3, 2]).toArray()).toEqual([[1, 1], [1, 0], [1, 0]]);
  });

  test("lists of sequences are padded and packed alike", () => {
    const sequences = [tensor([1, 2, 3]), tensor([4]), tensor([5, 6])];
    expect(nn.padSequence(sequences, { batchFirst: true, paddingValue: 9 }).toArray()).toEqual([[1, 2, 3], [4, 9, 9], [5, 6, 9]]);
    const packed = nn.packSequence(sequences, { enforceSorted: false });
    expect(packed.data.toArray()).toEqual([1, 5, 4, 2, 6, 3]);
    expect(packed.with(packed.data.mul(2)).lengths).toEqual([3, 1, 2]);
  });

  test.each([
    [() => nn.packPaddedSequence(padded, [1, 2, 3]), "lengths 1, 2, 3 are not sorted, longest first; pass {enforceSorted: false}"],
    [() => nn.packPaddedSequence(padded, [4, 3]), "there are 2 lengths for a batch of 3"],
    [() => nn.packPaddedSequence(padded, [4, 3, 0]), "length 0 of row 2 is not a whole number from 1 to 4"],
    [() => nn.packPaddedSequence(padded, [5, 3, 1]), "length 5 of row 0 is not a whole number from 1 to 4"],
    [() => nn.packPaddedSequence(ones([3]), [1]), "expected [T, B, ...] or [B, T, ...], got [3]"],
    [() => nn.padPackedSequence(padded as never), "expected a PackedSequence"],
    [() => nn.padPackedSequence(nn.packSequence([ones([3])]), { totalLength: 2 }), "totalLength is 2, and the longest sequence has 3 steps"],
    [() => nn.padSequence([]), "there are no sequences"],
    [() => nn.padSequence([ones([2, 3]), ones([2, 4])]), "sequence 0 has shape [2, 3], sequence 1 [2, 4]"],
    [() => nn.packSequence([ones([3])]).with(ones([4])), "lengths 3 need data of shape [3, ...], got [4]"],
    [() => new nn.GRU(3, 2).forward(nn.packSequence([ones([3, 4])])), "GRU(3, 2) expects packed steps [..., 3], got [3, 4]"],
    [() => new nn.GRU(3, 2).forward(nn.packSequence([ones([3, 3])]), { lengths: [3] }), "packed sequences have their lengths; pass no others"],
  ])("%#: %s", (run, message) => {
    expect(run).toThrow(message);
  });
});

describe.each([false, true])("a recurrent layer takes and gives packed sequences (batchFirst: %s)", (batchFirst) => {
  test.each(["RNN", "LSTM", "GRU"] as const)("%s", (kind) => {
    const layer = new nn[kind](2, 3, { numLayers: 2, bidirectional: true, batchFirst });
    const x = randn(batchFirst ? [3, 4, 2] : [4, 3, 2]);
    const lengths = [2, 4, 1];
    const plain = layer.forward(x, { lengths }) as nn.SequenceResult & { cN?: Tensor };
    const packed = layer.forward(nn.packPaddedSequence(x, lengths, { batchFirst, enforceSorted: false })) as nn.SequenceResult<nn.PackedSequence> & { cN?: Tensor };
    expect(packed.output.lengths).toEqual(lengths);
    expect(nn.padPackedSequence(packed.output, { batchFirst }).output.toArray()).toEqual(plain.output.toArray());
    expect(packed.hN.toArray()).toEqual(plain.hN.toArray());
    expect(packed.cN?.toArray()).toEqual(plain.cN?.toArray());
  });
});
