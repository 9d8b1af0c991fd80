/**
 * Sound in WAV files (Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991, and
 * "Multiple channel audio data and WAVE files", 2001): whole numbers of 8, 16, 24 and 32 bits and floats of 32 and 64 bits,
 * any number of channels. Samples are scaled as `torchaudio.load` does: whole numbers to [-1, 1), floats as they are.
 */
import { FileFormatError } from "../serialization/file-format-error.ts";
import { readWholeFile, writeWholeFile } from "../serialization/whole-file.ts";
import { tensor } from "../tensor/creation.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A piece of sound. */
export interface Sound {
  /** float32 [channels, frames], between -1 and 1. */
  readonly samples: Tensor;
  /** Frames a second. */
  readonly sampleRate: number;
}

const INTEGER = 1;
const FLOAT = 3;
/** The true format stands in the extension. */
const EXTENSIBLE = 0xfffe;

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/**
 * Reads a WAV file.
 * @throws FileAccessError when it cannot be read.
 * @throws FileFormatError naming the byte where it is cut off, damaged or of a kind that is not read.
 *
 * @example
 * const { samples, sampleRate } = readWav("speech.wav");
 */
export function readWav(path: string): Sound {
  return parseWav(readWholeFile("readWav", path), path);
}

/**
 * The sound in the bytes of a WAV file.
 * @param file what to call it in an error.
 * @throws FileFormatError naming the byte where it is cut off, damaged or of a kind that is not read.
 */
export function parseWav(bytes: Uint8Array, file = "these bytes"): Sound {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number): string => buffer.toString("latin1", at, at + 4);
  if (buffer.length < 12) throw new FileFormatError(file, buffer.length, "cut off: a WAV file begins with 12 bytes");
  if (name(0) !== "RIFF" || name(8) !== "WAVE") throw new FileFormatError(file, 0, "not a WAV file: it must begin with RIFF, its length, and WAVE");
  let format: Format | undefined;
  for (let at = 12; at + 8 <= buffer.length; ) {
    const size = buffer.readUInt32LE(at + 4);
    const start = at + 8;
    if (start + size > buffer.length) {
      throw new FileFormatError(file, buffer.length, `cut off: the chunk ${JSON.stringify(name(at))} at byte ${at} has ${size} bytes, but the file ends after ${buffer.length - start} of them`);
    }
    if (name(at) === "fmt ") format = readFormat(buffer, start, size, file);
    if (name(at) === "data") {
      if (format === undefined) throw new FileFormatError(file, at, "the samples come before the chunk that says what they are");
      return { samples: readSamples(buffer, start, size, format, file), sampleRate: format.sampleRate };
    }
    // Chunks begin at even bytes.
    at = start + size + (size % 2);
  }
  throw new FileFormatError(file, buffer.length, "cut off: there is no chunk with samples");
}

function readFormat(buffer: Buffer, start: number, size: number, file: string): Format {
  if (size < 16) throw new FileFormatError(file, start, `the chunk "fmt " has ${size} bytes; it needs 16`);
  const given = buffer.readUInt16LE(start);
  if (given === EXTENSIBLE && size < 40) throw new FileFormatError(file, start, `the chunk "fmt " has ${size} bytes; its extended kind needs 40`);
  const encoding = given === EXTENSIBLE ? buffer.readUInt16LE(start + 24) : given;
  const [channels, sampleRate] = [buffer.readUInt16LE(start + 2), buffer.readUInt32LE(start + 4)];
  const [frameBytes, bits] = [buffer.readUInt16LE(start + 12), buffer.readUInt16LE(start + 14)];
  const known = (encoding === INTEGER && [8, 16, 24, 32].includes(bits)) || (encoding === FLOAT && [32, 64].includes(bits));
  if (!known) throw new FileFormatError(file, start, `samples of ${bits} bits in encoding ${encoding} are not read; convert them to 16-bit PCM (encoding 1)`);
  if (channels === 0 || sampleRate === 0) throw new FileFormatError(file, start + 2, `${channels} channels at ${sampleRate} frames a second; there must be at least one of each`);
  if (frameBytes !== (channels * bits) / 8) throw new FileFormatError(file, start + 12, `a frame of ${channels} channels of ${bits} bits has ${(channels * bits) / 8} bytes, but the file says ${frameBytes}`);
  return { encoding, channels, sampleRate, bits };
}

function readSamples(buffer: Buffer, start: number, size: number, { encoding, channels, bits }: Format, file: string): Tensor {
  const width = bits / 8;
  const frames = Math.floor(size / (channels * width));
  const whole = frames * channels * width;
  if (whole !== size) throw new FileFormatError(file, start + whole, `the last frame is cut off: it has ${size - whole} of ${channels * width} bytes`);
  const read: (at: number) => number = encoding === FLOAT
    ? (bits === 32 ? (at) => buffer.readFloatLE(at) : (at) => buffer.readDoubleLE(at))
    : bits === 8 ? (at) => (buffer[at]! - 128) / 128 : (at) => buffer.readIntLE(at, width) / 2 ** (bits - 1);
  const samples = new Float32Array(channels * frames);
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const at = start + (frame * channels + channel) * width;
      const value = read(at);
      if (!Number.isFinite(value)) throw new FileFormatError(file, at, `the sample ${value} is not a number`);
      samples[channel * frames + frame] = value;
    }
  }
  return tensor(samples, { shape: [channels, frames] });
}

/**
 * Writes sound as a WAV file of 16-bit whole numbers; what is beyond -1 or 1 is cut there.
 * @param sound samples [channels, frames] or [frames].
 * @throws ShapeError when the samples have another shape; NablaError when the rate is not a whole number of frames a second.
 * @throws FileAccessError when the file cannot be written.
 */
export function writeWav(path: string, { samples, sampleRate }: Sound): void {
  requireTensor("writeWav", samples);
  if (samples.ndim < 1 || samples.ndim > 2) throw new ShapeError(`writeWav: samples have the shape [channels, frames] or [frames], but these have [${samples.shape.join(", ")}]`);
  if (!Number.isSafeInteger(sampleRate) || sampleRate < 1 || sampleRate > 0xffffffff) throw new NablaError(`writeWav: sampleRate must be a whole number of frames a second, but is ${sampleRate}`);
  const [channels, frames] = samples.ndim === 1 ? [1, samples.shape[0]!] : (samples.shape as [number, number]);
  const values = samples.data();
  const header = Buffer.alloc(44);
  const size = channels * frames * 2;
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + size, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(INTEGER, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(size, 40);
  const content = Buffer.alloc(size);
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const scaled = Math.round(Number(values[channel * frames + frame]) * 2 ** 15);
      content.writeInt16LE(Math.min(2 ** 15 - 1, Math.max(-(2 ** 15), scaled)), (frame * channels + channel) * 2);
    }
  }
  writeWholeFile("writeWav", path, [header, content]);
}
