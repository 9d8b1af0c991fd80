"""What PyTorch computes for the cases of Fourier transforms."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "checks"))
import torch
from recording import Recorder

recorder = Recorder(__file__, seed=13)
record = recorder.record
F = torch.fft


def parts(z):
    return z.real, z.imag


def both(function, **options):
    return lambda x, y: parts(function(torch.complex(x, y), **options))


def inverse(**options):
    return lambda x, y: F.irfft(torch.complex(x, y), **options)


def half(**options):
    return lambda x: parts(F.rfft(x, **options))


for n in (1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 17, 34):
    record(f"fft of {n}", both(F.fft), (2, n), (2, n))
    record(f"ifft of {n}", both(F.ifft), (n,), (n,))
    record(f"rfft of {n}", half(), (2, n))
    record(f"irfft to {n}", inverse(n=n), (2, n // 2 + 1), (2, n // 2 + 1))
record("fft of real numbers", lambda x: parts(F.fft(x)), (6,))
record("fft cut to 4", both(F.fft, n=4), (6,), (6,))
record("fft filled to 9", both(F.fft, n=9), (6,), (6,))
record("rfft cut to 5", half(n=5), (8,))
record("rfft filled to 11", half(n=11), (8,))
record("irfft cut to 4", inverse(n=4), (6,), (6,))
record("irfft filled to 16", inverse(n=16), (6,), (6,))
record("irfft without n", inverse(), (5,), (5,))
record("fft along the first dimension", both(F.fft, dim=0), (6, 2), (6, 2))
record("rfft along the middle", half(dim=1), (2, 5, 3))
for norm in ("ortho", "forward"):
    record(f"fft, norm {norm}", both(F.fft, norm=norm), (6,), (6,))
    record(f"ifft, norm {norm}", both(F.ifft, norm=norm), (6,), (6,))
    record(f"rfft, norm {norm}", half(norm=norm), (6,))
    record(f"irfft, norm {norm}", inverse(norm=norm), (4,), (4,))
recorder.write()
