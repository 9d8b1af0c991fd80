/** Sound: files that other programs wrote, spectra and cepstra against PyTorch's and SciPy's numbers, damaged files refused by the byte. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { audioWindow, melFilterBank, melSpectrogram, mfcc, muLawDecode, muLawEncode, parseWav, powerToDecibels, readWav, spectrogram, stft, writeWav } from "../../../src/data/index.ts";
import type { MelOptions, StftOptions } from "../../../src/data/index.ts";
import { FileFormatError, NablaError, ShapeError, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import recorded from "./recorded-audio.json" with { type: "json" };

const sound = tensor(recorded.sound);
function expectClose(made: Tensor, expected: readonly number[], tolerance: number): void {
  const values = made.contiguous().data();
  expect(values.length).toBe(expected.length);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(values[i])) / (1 + Math.abs(value))), 0);
  expect(worst).toBeLessThan(tolerance);
}

describe("a sound's frequencies", () => {
  it.each(recorded.spectra)("in windows of $winLength of $nFft points ($window, center $center) are torch.stft's", ({ shape, real, imaginary, ...options }) => {
    const made = stft(sound, options as StftOptions);
    expect(made.real.shape).toEqual(shape);
    expectClose(made.real, real, 2e-5);
    expectClose(made.imaginary, imaginary, 2e-5);
    const power = spectrogram(sound, options as StftOptions);
    expectClose(power, real.map((value, i) => value ** 2 + imaginary[i]! ** 2), 5e-5);
    expectClose(spectrogram(sound, { ...options as StftOptions, power: 1 }).square(), [...power.contiguous().data()], 1e-5);
  });

  it.each(recorded.banks)("are gathered by $nMels mel filters ($melScale)", ({ nFft, values, ...options }) => {
    expectClose(melFilterBank(recorded.sampleRate, nFft, options as MelOptions), values, 1e-6);
  });

  it("become cepstral coefficients", () => {
    const { shape, values, ...options } = recorded.mfcc;
    const made = mfcc(sound, recorded.sampleRate, options);
    expect(made.shape).toEqual(shape);
    expectClose(made, values, 1e-4);
  });

  it("keep several channels apart", () => {
    const both = tensor([recorded.sound, recorded.sound.map((value) => -value / 2)]);
    const mels = melSpectrogram(both, recorded.sampleRate, { nFft: 64, nMels: 10 });
    expect(mels.shape).toEqual([2, 10, 1 + Math.floor(1200 / 32)]);
    expectClose(mels.at(1).mul(4), [...mels.at(0).contiguous().data()], 1e-5);
  });

  it("in decibels lie within 80 of the loudest", () => {
    expectClose(powerToDecibels(tensor([1, 0.1, 0])), [0, -10, -80], 1e-6);
    expectClose(powerToDecibels(tensor([1, 0]), { topDb: Infinity }), [0, -100], 1e-6);
  });

  it("of a window are weighed by it", () => {
    expectClose(audioWindow("hann", 4), [0, 0.5, 1, 0.5], 1e-7);
    expectClose(audioWindow("hamming", 2), [0.08, 1], 1e-7);
    expect(audioWindow("rectangular", 2).toArray()).toEqual([1, 1]);
  });

  it("are refused where they cannot be", () => {
    expect(() => stft(tensor([1, 2]), { nFft: 8 })).toThrow(ShapeError);
    expect(() => stft(sound, { nFft: 8, winLength: 16 })).toThrow(/does not fit in a transform of 8/);
    expect(() => stft(sound, { hopLength: 0 })).toThrow(RangeError);
    expect(() => spectrogram(sound, { power: 3 as never })).toThrow(NablaError);
    expect(() => melFilterBank(8000, 64, { fMax: 5000 })).toThrow(/at most half the sample rate, 4000/);
    expect(() => mfcc(sound, 8000, { nMels: 10, nMfcc: 11 })).toThrow(/cannot be more of them than filters/);
    expect(() => audioWindow("kaiser" as never, 3)).toThrow(/known are hann, hamming, rectangular/);
  });
});

it("the mu-law is finer where it is quiet, and goes back", () => {
  const { levels, codes } = recorded.muLaw;
  const encoded = muLawEncode(tensor(levels));
  expect([encoded.toArray(), encoded.dtype]).toEqual([codes, "int32"]);
  const back = muLawDecode(encoded).data();
  levels.forEach((level, i) => expect(Math.abs(back[i]! - level)).toBeLessThan(0.001 + 0.02 * Math.abs(level)));
});

describe("a WAV file", () => {
  it.each(recorded.files)("of $kind samples is read as it was written elsewhere", ({ bytes, samples }) => {
    const made = parseWav(Buffer.from(bytes, "base64"));
    expect([made.sampleRate, made.samples.shape, made.samples.dtype]).toEqual([recorded.sampleRate, [2, 7], "float32"]);
    expectClose(made.samples, samples, 1e-7);
  });

  it("that was written is read again within half a step, cut at -1 and 1", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "nabla-wav-"));
    const file = path.join(folder, "a.wav");
    writeWav(file, { samples: tensor([[0.1, -2, 2], [0, 0.5, -0.5]]), sampleRate: 44_100 });
    const { samples, sampleRate } = readWav(file);
    expect(sampleRate).toBe(44_100);
    expectClose(samples, [0.1, -1, 1 - 2 ** -15, 0, 0.5, -0.5], 2 ** -16);
    rmSync(folder, { recursive: true });
    expect(() => writeWav(file, { samples: tensor(1), sampleRate: 8000 })).toThrow(ShapeError);
    expect(() => writeWav(file, { samples: tensor([1]), sampleRate: 0.5 })).toThrow(NablaError);
  });

  const whole = Buffer.from(recorded.files[1]!.bytes, "base64");
  it("cut off anywhere is refused with the byte", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseWav(whole.subarray(0, length), "a.wav")).toThrow(FileFormatError);
      expect(() => parseWav(whole.subarray(0, length), "a.wav")).toThrow(new RegExp(`a\\.wav, byte ${length}: cut off`));
    }
  });

  const changed = (place: number, value: number): Buffer => {
    const copy = Buffer.from(whole);
    copy.writeUInt16LE(value, place);
    return copy;
  };
  it.each<[string, Buffer, RegExp]>([
    ["another beginning", changed(0, 0), /byte 0: not a WAV file/],
    ["an encoding that is not read", changed(20, 85), /byte 20: samples of 16 bits in encoding 85 are not read/],
    ["12-bit samples", changed(34, 12), /byte 20: samples of 12 bits/],
    ["no channels", changed(22, 0), /byte 22: 0 channels/],
    ["frames of another length", changed(32, 5), /byte 32: a frame of 2 channels of 16 bits has 4 bytes, but the file says 5/],
    ["half a frame", changed(40, 26), /byte 68: the last frame is cut off: it has 2 of 4 bytes/],
    ["samples before their format", changed(12, 0x7878), /byte 36: the samples come before/],
  ])("with %s is refused with the byte", (_, bytes, message) => {
    expect(() => parseWav(bytes)).toThrow(message);
  });

  it("with a sample that is no number is refused with the byte", () => {
    const floats = Buffer.from(recorded.files[4]!.bytes, "base64");
    floats.writeFloatLE(NaN, floats.length - 4);
    expect(() => parseWav(floats)).toThrow(new RegExp(`byte ${floats.length - 4}: the sample NaN is not a number`));
  });
});
