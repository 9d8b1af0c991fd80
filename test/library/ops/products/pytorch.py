"""Writes pytorch.json for products: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
record = recorder.record

pairs = [
    ((3,), (3,)), ((0,), (0,)), ((1,), (1,)),
    ((3,), (3, 4)), ((4, 3), (3,)), ((0, 3), (3,)), ((3, 0), (0,)), ((0,), (0, 3)),
    ((2, 3), (3, 4)), ((1, 3), (3, 1)), ((2, 1), (1, 3)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((2, 3), (3, 0)),
    ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)), ((0, 2, 3), (3, 4)), ((0, 2, 3), (1, 3, 4)),
    ((2, 1, 2, 3), (3, 3, 2)), ((3, 2, 3), (2, 1, 3, 2)), ((2, 1, 2, 3), (1, 3, 3, 2)), ((2, 2, 0, 3), (2, 1, 3, 2)),
]
for a, b in pairs:
    record(f"matmul of {list(a)} and {list(b)}", torch.matmul, a, b)

layers = [
    ((4, 3), (2, 3)), ((3,), (2, 3)), ((2, 4, 3), (5, 3)), ((2, 1, 2, 3), (1, 3)), ((0, 3), (2, 3)), ((2, 0, 3), (2, 3)),
    ((4, 0), (2, 0)), ((4, 3), (0, 3)), ((1, 1), (1, 1)),
]
for x, weight in layers:
    record(f"linear of {list(x)} with {list(weight)} and a bias", F.linear, x, weight, (weight[0],))
    record(f"linear of {list(x)} with {list(weight)}", F.linear, x, weight)

record("linear with one output", F.linear, (4, 3), (3,))
record("linear of turned operands", lambda x, w, b: F.linear(x.permute(1, 2, 0), w.t(), b), (3, 2, 4), (3, 5), (5,))
record("matmul of turned operands", lambda a, b: a.t().matmul(b.mT), (3, 4), (5, 2, 3))
record("matmul of expanded operands", lambda a, b: a.expand(4, 3).matmul(b.expand(3, 5)), (1, 3), (3, 1))
record("matmul of an expanded batch", lambda a, b: a.expand(4, 2, 3).matmul(b), (1, 2, 3), (4, 3, 2))
record("matmul with itself", lambda a: a.matmul(a), (3, 3))
record("mm", torch.mm, (2, 3), (3, 4))
record("mv", torch.mv, (2, 3), (3,))
record("bmm", torch.bmm, (5, 2, 3), (5, 3, 4))
record("addmm", torch.addmm, (2, 4), (2, 3), (3, 4))
record("addmm with factors", lambda m, a, b: torch.addmm(m, a, b, beta=0.5, alpha=-2), (4,), (2, 3), (3, 4))
record("baddbmm", lambda m, a, b: torch.baddbmm(m, a, b, beta=3), (2, 4), (5, 2, 3), (5, 3, 4))
nan = torch.full((4,), float("nan"), dtype=torch.float64)
record("addmm that does not look at NaN", lambda a, b: torch.addmm(nan, a, b, beta=0), (2, 3), (3, 4))

recorder.write()
