"""Writes pytorch.json for division with a remainder: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
draw, record = recorder.draw, recorder.record
dividends = torch.tensor([-3.3, -1.2, 0.4, 2.6], dtype=torch.float64)
functions = {"floorDivide": torch.floor_divide, "remainder": torch.remainder, "fmod": torch.fmod}

for name, function in functions.items():
    gradients = name != "floorDivide"
    for a, b in [((2, 3), (3,)), ((2, 1), (1, 3)), ((0, 3), (1,)), ((), ())]:
        record(f"{name} of {list(a)} and {list(b)}", function, draw(a, 0.1, 0.4), draw(b, 0.5, 0.6), gradients=gradients)
    for sign in [1, -1]:
        record(
            f"{name} of both signs by {sign}", lambda x, y: function(x + dividends, y * sign), draw((4,), 0, 0.01), draw((), 0.99, 1),
            gradients=gradients,
        )
recorder.write()
