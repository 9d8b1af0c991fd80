"""Writes pytorch.json for activations, their ways back and losses: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
draw, record = recorder.draw, recorder.record
aten = torch.ops.aten

activations = {
    "erf": (torch.erf, (-3, 3)), "gelu": (F.gelu, (-4, 4)), "gelu by tanh": (lambda x: F.gelu(x, approximate="tanh"), (-4, 4)),
    "leakyRelu": (F.leaky_relu, (-2, 2)), "leakyRelu of slope 0.3": (lambda x: F.leaky_relu(x, 0.3), (-2, 2)),
    "elu": (F.elu, (-2, 2)), "elu of alpha 0.7": (lambda x: F.elu(x, 0.7), (-2, 2)), "elu below 0": (lambda x: F.elu(x, 0.7), (-2, -0.1)),
    "softplus": (F.softplus, (-2, 2)), "softplus of beta 2": (lambda x: F.softplus(x, beta=2, threshold=9), (-3, 4)),
    "softplus above its threshold": (lambda x: F.softplus(x, threshold=1), (1.1, 3)), "softsign": (F.softsign, (-2, 2)),
    "softsign above 0": (F.softsign, (0.1, 2)), "hardSigmoid": (F.hardsigmoid, (-4.5, 4.5)), "relu away from 0": (F.relu, (0.1, 2)),
}
for name, (function, interval) in activations.items():
    for shape in [(3, 5), (0, 3), (1,), (), (2, 1, 19)]:
        record(f"{name} of {list(shape)}", function, draw(shape, *interval))

stepped = {"reluBackward", "leakyReluBackward", "hardSigmoidBackward"}
ways_back = {
    "reluBackward": (lambda g, y: aten.threshold_backward(g, y, 0), (0.1, 2)),
    "sigmoidBackward": (aten.sigmoid_backward, (0.05, 0.95)),
    "tanhBackward": (aten.tanh_backward, (-0.9, 0.9)),
    "geluBackward": (aten.gelu_backward, (-3, 3)),
    "leakyReluBackward": (lambda g, x: aten.leaky_relu_backward(g, x, 0.2, False), (-2, -0.1)),
    "eluBackward": (lambda g, x: aten.elu_backward(g, 1, 1, 1, False, x), (-2, -0.1)),
    "softplusBackward": (lambda g, x: aten.softplus_backward(g, x, 2, 20), (-2, 2)),
    "softsignBackward": (lambda g, x: g / (1 + x.abs()) ** 2, (0.1, 2)),
    # PyTorch does not differentiate its own; inside the interval this is what it computes.
    "hardSigmoidBackward": (lambda g, x: g / 6, (-2.5, 2.5)),
}
for name, (function, interval) in ways_back.items():
    for shape in [(3, 5), (0, 2), (17,)]:
        constant = (1,) if name in stepped else ()
        record(f"{name} of {list(shape)}", function, draw(shape), draw(shape, *interval), constant=constant)

for shape in [(3, 5), (1,), (), (7, 40)]:
    for reduction in ["mean", "sum", "none"]:
        record(f"mseLoss of {list(shape)} by {reduction}", lambda x, y: F.mse_loss(x, y, reduction=reduction), shape, shape)
record("mseLoss of a turned view", lambda x, y: F.mse_loss(x.t(), y), (4, 3), (3, 4))
record("mseLoss of nothing, summed", lambda x, y: F.mse_loss(x, y, reduction="sum"), (0, 3), (0, 3))
for rows, classes in [(3, 2), (200, 2), (37, 3), (1, 5), (50, 70)]:
    record(f"crossEntropy of [{rows}, {classes}]", lambda x: F.cross_entropy(x, torch.arange(rows) * 7 % classes), (rows, classes))
for shape, dim in [((200, 3), -1), ((5, 3, 40), 1), ((70, 19), 0), ((3, 70, 2), 1), ((1, 1), 0)]:
    record(f"softmax of {list(shape)} along {dim}", lambda x: x.softmax(dim), shape)
    record(f"logSoftmax of {list(shape)} along {dim}", lambda x: x.log_softmax(dim), shape)
recorder.write()
