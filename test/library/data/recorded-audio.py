"""Writes recorded-audio.json: spectra and cepstra of a short sound, from PyTorch and SciPy.

The short-time transform is torch.stft's; mel scales and triangular filters are written out here from the formulas of
O'Shaughnessy (htk) and of Slaney's Auditory Toolbox in double precision, the cosine transform is scipy.fft.dct's, and the
mu-law ITU-T G.711's. The files are written by scipy.io.wavfile, and those of 8 and 24 bits by Python's wave.

Run with a Python that has torch and scipy: python recorded-audio.py
"""
import base64, io, json, pathlib, wave
import numpy as np
import scipy.fft
import scipy.io.wavfile
import torch

rate = 8000
time = np.arange(1200) / rate
sound = 0.5 * np.sin(2 * np.pi * 440 * time) + 0.3 * np.sin(2 * np.pi * (600 + 2000 * time) * time) + 0.01 * np.sin(2 * np.pi * 3333 * time)


def mel_of(hertz, scale):
    if scale == "htk":
        return 2595 * np.log10(1 + hertz / 700)
    return np.where(hertz < 1000, 3 * hertz / 200, 15 + 27 * np.log(np.maximum(hertz, 1e-9) / 1000) / np.log(6.4))


def hertz_of(mel, scale):
    if scale == "htk":
        return 700 * (10 ** (mel / 2595) - 1)
    return np.where(mel < 15, 200 * mel / 3, 1000 * np.exp(np.log(6.4) * (mel - 15) / 27))


def filters(n_fft, n_mels, low, high, scale, norm):
    bins = np.linspace(0, rate / 2, n_fft // 2 + 1)
    corners = hertz_of(np.linspace(mel_of(np.float64(low), scale), mel_of(np.float64(high), scale), n_mels + 2), scale)
    bank = np.stack([np.interp(bins, corners[i:i + 3], [0, 1, 0], left=0, right=0) for i in range(n_mels)], axis=1)
    return bank * (2 / (corners[2:] - corners[:-2])) if norm else bank


def power(n_fft, hop, win, window, center):
    made = {"hann": torch.hann_window, "hamming": torch.hamming_window}[window](win, dtype=torch.float64)
    return torch.stft(torch.tensor(sound), n_fft, hop, win, made, center=center, return_complex=True)


def floats(values):
    return [float(f"{x:.9g}") for x in np.asarray(values, dtype=np.float64).ravel()]


spectra = []
for n_fft, hop, win, window, center in [(64, 400, 64, "hann", True), (128, 500, 100, "hamming", True), (63, 300, 63, "hann", False), (100, 370, 51, "hann", True)]:
    made = power(n_fft, hop, win, window, center).numpy()
    spectra.append({"nFft": n_fft, "hopLength": hop, "winLength": win, "window": window, "center": center, "shape": list(made.shape),
                    "real": floats(made.real), "imaginary": floats(made.imag)})
banks = [{"nFft": 64, "nMels": n, "fMin": low, "fMax": high, "melScale": scale, **({"norm": "slaney"} if norm else {}),
          "values": floats(filters(64, n, low, high, scale, norm))}
         for n, low, high, scale, norm in [(10, 0, 4000, "htk", False), (8, 50, 3500, "slaney", True), (6, 0, 4000, "slaney", False)]]
loud = np.abs(power(256, 200, 256, "hann", True).numpy()) ** 2
mels = filters(256, 20, 0, 4000, "htk", False).T @ loud
decibels = 10 * np.log10(np.maximum(mels, 1e-10))
decibels = np.maximum(decibels, decibels.max() - 80)
coefficients = scipy.fft.dct(decibels, type=2, axis=0, norm="ortho")[:13]
levels = np.array([-1, -0.5, -0.01, 0, 0.003, 0.25, 1])
codes = np.floor((np.sign(levels) * np.log1p(255 * np.abs(levels)) / np.log1p(255) + 1) / 2 * 255 + 0.5)

stereo = np.stack([sound[:7], -sound[:7] / 2], axis=1)


def written(values):
    out = io.BytesIO()
    scipy.io.wavfile.write(out, rate, values)
    return base64.b64encode(out.getvalue()).decode()


def by_wave(raw, width):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, width, rate, 0, "NONE", ""))
        file.writeframes(raw)
    return base64.b64encode(out.getvalue()).decode()


scaled = lambda bits: np.round(stereo * (2 ** (bits - 1) - 1)).astype(np.int64)
in24 = b"".join(int(x).to_bytes(3, "little", signed=True) for x in scaled(24).ravel())
files = [
    {"kind": "8-bit", "bytes": by_wave((scaled(8) + 128).astype(np.uint8).tobytes(), 1), "samples": floats(scaled(8).T / 2 ** 7)},
    {"kind": "16-bit", "bytes": written(scaled(16).astype(np.int16)), "samples": floats(scaled(16).T / 2 ** 15)},
    {"kind": "24-bit", "bytes": by_wave(in24, 3), "samples": floats(scaled(24).T / 2 ** 23)},
    {"kind": "32-bit", "bytes": written(scaled(32).astype(np.int32)), "samples": floats(scaled(32).T / 2 ** 31)},
    {"kind": "32-bit float", "bytes": written(stereo.astype(np.float32)), "samples": floats(stereo.T)},
    {"kind": "64-bit float", "bytes": written(stereo), "samples": floats(stereo.T)},
]
pathlib.Path(__file__).with_name("recorded-audio.json").write_text(json.dumps({
    "sampleRate": rate, "sound": floats(sound), "spectra": spectra, "banks": banks,
    "mfcc": {"nFft": 256, "hopLength": 200, "nMels": 20, "nMfcc": 13, "shape": list(coefficients.shape), "values": floats(coefficients)},
    "muLaw": {"levels": floats(levels), "codes": [int(c) for c in codes]}, "files": files}) + "\n")
