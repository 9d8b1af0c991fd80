/**
 * Sound as pictures of its frequencies: windows, the short-time Fourier transform, spectrograms, mel filter banks, cepstral
 * coefficients (MFCC; S. Davis, P. Mermelstein, "Comparison of parametric representations for monosyllabic word recognition",
 * 1980) and the mu-law of telephony (ITU-T G.711) by which WaveNet hears. Names and defaults are those of `torch.stft` and
 * `torchaudio`. Everything but the mu-law is differentiable.
 */
import { rfft } from "../fft/index.ts";
import type { ComplexTensor } from "../tensor/complex.ts";
import { tensor } from "../tensor/creation.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The shapes of windows. */
export type WindowName = "hann" | "hamming" | "rectangular";

/**
 * A window of the given length, periodic as `torch.hann_window` makes it: its next number would be its first.
 * @returns float32 [length].
 */
export function audioWindow(name: WindowName, length: number): Tensor {
  requireCount("audioWindow", "length", length);
  const weights: Record<WindowName, readonly [number, number]> = { hann: [0.5, 0.5], hamming: [0.54, 0.46], rectangular: [1, 0] };
  if (!Object.hasOwn(weights, name)) throw new NablaError(`audioWindow: there is no window ${JSON.stringify(name)}; known are ${Object.keys(weights).join(", ")}`);
  const [level, swing] = weights[name];
  return tensor(Float32Array.from({ length }, (_, i) => level - swing * Math.cos((2 * Math.PI * i) / length)));
}

/** Options of {@link stft}. */
export interface StftOptions {
  /** Points of each transform. Default 400. */
  nFft?: number;
  /** Points of the window, which stands in the middle of each transform's points. Default: `nFft`. */
  winLength?: number;
  /** Points from one window to the next. Default: half of `winLength`. */
  hopLength?: number;
  /** Default "hann". */
  window?: WindowName;
  /** Whether the first window's middle is the first sample; the sound is mirrored at both ends then. Default true. */
  center?: boolean;
}

/**
 * The short-time Fourier transform of real sound.
 * @param signal float [..., samples].
 * @returns a complex pair [..., nFft / 2 + 1, windows], not normalised.
 * @throws ShapeError when the sound is too short for one window.
 */
export function stft(signal: Tensor, options: StftOptions = {}): ComplexTensor {
  requireTensor("stft", signal);
  const { nFft = 400, winLength = nFft, hopLength = Math.max(1, Math.floor(winLength / 2)), window = "hann", center = true } = options;
  for (const [name, value] of Object.entries({ nFft, winLength, hopLength })) requireCount("stft", name, value);
  if (winLength > nFft) throw new NablaError(`stft: a window of ${winLength} points does not fit in a transform of ${nFft}; make nFft at least winLength`);
  if (signal.ndim === 0) throw new ShapeError("stft: the signal needs a dimension of samples, but is a scalar");
  const samples = signal.shape.at(-1)!;
  const half = center ? Math.floor(nFft / 2) : 0;
  const windows = 1 + Math.floor((samples + 2 * half - nFft) / hopLength);
  if (windows < 1 || samples <= half) throw new ShapeError(`stft: ${samples} samples are too few for a transform of ${nFft} points${center ? " with mirrored ends" : ""}`);
  // Which sample each point of each window is: mirrored at the ends, the last one not twice.
  const positions = Int32Array.from({ length: windows * nFft }, (_, i) => {
    const at = Math.floor(i / nFft) * hopLength + (i % nFft) - half;
    return at < 0 ? -at : at >= samples ? 2 * (samples - 1) - at : at;
  });
  const left = Math.floor((nFft - winLength) / 2);
  const weights = audioWindow(window, winLength).pad([left, nFft - winLength - left]).to(signal.dtype);
  const cut = signal.indexSelect(-1, tensor(positions)).reshape([...signal.shape.slice(0, -1), windows, nFft]);
  const { real, imaginary } = rfft(cut.mul(weights));
  return { real: real.transpose(-1, -2), imaginary: imaginary.transpose(-1, -2) };
}

/** Options of {@link spectrogram}. */
export interface SpectrogramOptions extends StftOptions {
  /** 2 for power, 1 for magnitude. Default 2. */
  power?: 1 | 2;
}

/** How strong each frequency is at each time: [..., nFft / 2 + 1, windows]. */
export function spectrogram(signal: Tensor, options: SpectrogramOptions = {}): Tensor {
  const { power = 2, ...rest } = options;
  if (power !== 1 && power !== 2) throw new NablaError(`spectrogram: power is ${String(power)}; it must be 1 (magnitude) or 2 (power)`);
  const { real, imaginary } = stft(signal, rest);
  const squared = real.square().add(imaginary.square());
  return power === 2 ? squared : squared.sqrt();
}

/** Options of {@link melFilterBank}. */
export interface MelOptions {
  /** How many filters. Default 128. */
  nMels?: number;
  /** The lowest frequency in hertz. Default 0. */
  fMin?: number;
  /** The highest frequency in hertz. Default: half the sample rate. */
  fMax?: number;
  /**
   * How mels follow hertz: "htk", 2595 log10(1 + f / 700) (O'Shaughnessy 1987), or "slaney", straight below 1000 Hz and
   * logarithmic above (M. Slaney, "Auditory Toolbox", 1998). Default "htk".
   */
  melScale?: "htk" | "slaney";
  /** "slaney" divides each filter by its width in hertz. Default: not. */
  norm?: "slaney";
}

/**
 * Triangular filters, evenly wide in mels.
 * @param sampleRate frames a second.
 * @returns float32 [nFft / 2 + 1, nMels], to be multiplied with a spectrogram's frequencies.
 */
export function melFilterBank(sampleRate: number, nFft: number, options: MelOptions = {}): Tensor {
  const { nMels = 128, fMin = 0, fMax = sampleRate / 2, melScale = "htk", norm } = options;
  requireCount("melFilterBank", "nMels", nMels);
  requireCount("melFilterBank", "nFft", nFft);
  if (!(fMin >= 0 && fMin < fMax && fMax <= sampleRate / 2)) throw new NablaError(`melFilterBank: frequencies from ${fMin} to ${fMax} Hz; they must rise from at least 0 to at most half the sample rate, ${sampleRate / 2}`);
  if (melScale !== "htk" && melScale !== "slaney") throw new NablaError(`melFilterBank: melScale is ${JSON.stringify(melScale)}; known are "htk" and "slaney"`);
  if (norm !== undefined && norm !== "slaney") throw new NablaError(`melFilterBank: norm is ${JSON.stringify(norm)}; known is "slaney"`);
  const scale = MEL_SCALES[melScale];
  const [lowest, highest] = [scale.mel(fMin), scale.mel(fMax)];
  const corners = Array.from({ length: nMels + 2 }, (_, i) => scale.hertz(lowest + ((highest - lowest) * i) / (nMels + 1)));
  const frequencies = Math.floor(nFft / 2) + 1;
  const weights = new Float32Array(frequencies * nMels);
  for (let bin = 0; bin < frequencies; bin++) {
    const hertz = (bin * (sampleRate / 2)) / (frequencies - 1 || 1);
    for (let filter = 0; filter < nMels; filter++) {
      const [left, top, right] = corners.slice(filter, filter + 3) as [number, number, number];
      const height = Math.max(0, Math.min((hertz - left) / (top - left), (right - hertz) / (right - top)));
      weights[bin * nMels + filter] = norm === "slaney" ? (height * 2) / (right - left) : height;
    }
  }
  return tensor(weights, { shape: [frequencies, nMels] });
}

const SLANEY = { slope: 200 / 3, bend: 1000, step: Math.log(6.4) / 27 } as const;
const MEL_SCALES = {
  htk: { mel: (hertz: number) => 2595 * Math.log10(1 + hertz / 700), hertz: (mel: number) => 700 * (10 ** (mel / 2595) - 1) },
  slaney: {
    mel: (hertz: number) => (hertz < SLANEY.bend ? hertz / SLANEY.slope : SLANEY.bend / SLANEY.slope + Math.log(hertz / SLANEY.bend) / SLANEY.step),
    hertz: (mel: number) => (mel < SLANEY.bend / SLANEY.slope ? mel * SLANEY.slope : SLANEY.bend * Math.exp(SLANEY.step * (mel - SLANEY.bend / SLANEY.slope))),
  },
} as const;

/** Options of {@link melSpectrogram}. */
export interface MelSpectrogramOptions extends SpectrogramOptions, MelOptions {}

/** How strong each mel filter's part of the sound is at each time: [..., nMels, windows]. */
export function melSpectrogram(signal: Tensor, sampleRate: number, options: MelSpectrogramOptions = {}): Tensor {
  const bank = melFilterBank(sampleRate, options.nFft ?? 400, options).to(signal.dtype);
  return spectrogram(signal, options).transpose(-1, -2).matmul(bank).transpose(-1, -2);
}

/**
 * Power in decibels, 10 log10(x), not below 1e-10 and not more than `topDb` below the loudest of all.
 * @param options.topDb default 80; Infinity for no such limit.
 */
export function powerToDecibels(power: Tensor, options: { topDb?: number } = {}): Tensor {
  const { topDb = 80 } = options;
  const decibels = power.clamp({ min: 1e-10 }).log().mul(10 / Math.LN10);
  return Number.isFinite(topDb) ? decibels.maximum(decibels.max().sub(topDb)) : decibels;
}

/** Options of {@link mfcc}. */
export interface MfccOptions extends Omit<MelSpectrogramOptions, "power"> {
  /** How many coefficients. Default 40. */
  nMfcc?: number;
  /** The logarithm of the power instead of decibels cut 80 below the loudest. Default false. */
  logMels?: boolean;
}

/**
 * Cepstral coefficients: the cosine transform (type II, orthonormal) of the mel spectrogram in decibels.
 * @returns [..., nMfcc, windows].
 */
export function mfcc(signal: Tensor, sampleRate: number, options: MfccOptions = {}): Tensor {
  const { nMfcc = 40, logMels = false, ...rest } = options;
  const { nMels = 128 } = rest;
  requireCount("mfcc", "nMfcc", nMfcc);
  if (nMfcc > nMels) throw new NablaError(`mfcc: ${nMfcc} coefficients of ${nMels} mel filters; there cannot be more of them than filters`);
  const mels = melSpectrogram(signal, sampleRate, rest);
  const loudness = logMels ? mels.add(1e-6).log() : powerToDecibels(mels);
  const cosines = Float32Array.from({ length: nMels * nMfcc }, (_, i) => {
    const [filter, coefficient] = [Math.floor(i / nMfcc), i % nMfcc];
    return Math.cos((Math.PI / nMels) * (filter + 0.5) * coefficient) * Math.sqrt((coefficient === 0 ? 1 : 2) / nMels);
  });
  return loudness.transpose(-1, -2).matmul(tensor(cosines, { shape: [nMels, nMfcc] }).to(signal.dtype)).transpose(-1, -2);
}

/**
 * Sound between -1 and 1 as whole numbers 0 to `channels` - 1, finer where it is quiet: sign(x) ln(1 + mu |x|) / ln(1 + mu).
 * @returns int32, of the signal's shape.
 */
export function muLawEncode(signal: Tensor, channels = 256): Tensor {
  const mu = requireCount("muLawEncode", "channels", channels) - 1;
  const pressed = signal.sign().mul(signal.abs().mul(mu).log1p()).div(Math.log1p(mu));
  return pressed.add(1).mul(mu / 2).add(0.5).floor().clamp({ min: 0, max: mu }).to("int32");
}

/** The inverse of `muLawEncode`, up to its rounding: float32. */
export function muLawDecode(codes: Tensor, channels = 256): Tensor {
  const mu = requireCount("muLawDecode", "channels", channels) - 1;
  const pressed = codes.to("float32").mul(2 / mu).sub(1);
  return pressed.sign().mul(pressed.abs().mul(Math.log1p(mu)).expm1()).div(mu);
}

function requireCount(op: string, name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${op}: ${name} must be a whole number from 1, but is ${value}`);
}
