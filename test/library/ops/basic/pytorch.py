"""Writes pytorch.json for the basic ops: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
draw, record = recorder.draw, recorder.record
plain = (-2, 2)

unary = {
    "neg": (torch.neg, plain), "abs": (torch.abs, plain), "sign": (torch.sign, plain), "exp": (torch.exp, plain),
    "log": (torch.log, (0.2, 3)), "log1p": (torch.log1p, (-0.5, 2)), "expm1": (torch.expm1, plain),
    "sqrt": (torch.sqrt, (0.2, 3)), "rsqrt": (torch.rsqrt, (0.2, 3)), "reciprocal": (torch.reciprocal, (0.5, 2)),
    "square": (torch.square, plain), "sin": (torch.sin, (-3, 3)), "cos": (torch.cos, (-3, 3)), "tanh": (torch.tanh, plain),
    "sigmoid": (torch.sigmoid, (-3, 3)), "relu": (torch.relu, plain), "floor": (torch.floor, (-3, 3)),
    "ceil": (torch.ceil, (-3, 3)), "round": (torch.round, (-3, 3)), "logicalNot": (torch.logical_not, plain),
}
for name, (function, interval) in unary.items():
    for shape in [(2, 3), (0, 3), (1,), ()]:
        record(f"{name} of {list(shape)}", function, draw(shape, *interval), gradients=name != "logicalNot")

binary = {
    "add": (torch.add, plain, plain), "sub": (torch.sub, plain, plain), "mul": (torch.mul, plain, plain),
    "div": (torch.div, plain, (0.5, 2)), "pow": (torch.pow, (0.3, 2), plain), "maximum": (torch.maximum, plain, plain),
    "minimum": (torch.minimum, plain, plain), "eq": (torch.eq, plain, plain), "ne": (torch.ne, plain, plain),
    "lt": (torch.lt, plain, plain), "le": (torch.le, plain, plain), "gt": (torch.gt, plain, plain), "ge": (torch.ge, plain, plain),
    "logicalAnd": (torch.logical_and, plain, plain), "logicalOr": (torch.logical_or, plain, plain),
}
comparisons = {"eq", "ne", "lt", "le", "gt", "ge", "logicalAnd", "logicalOr"}
for name, (function, left, right) in binary.items():
    for a, b in [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((0, 3), (1,)), ((), ())]:
        record(f"{name} of {list(a)} and {list(b)}", function, draw(a, *left), draw(b, *right), gradients=name not in comparisons)

reductions = {
    "sum": torch.sum, "mean": torch.mean, "prod": torch.prod, "amax": torch.amax, "amin": torch.amin, "any": torch.any,
    "all": torch.all, "argmax": torch.argmax, "argmin": torch.argmin,
}
for name, function in reductions.items():
    for shape, dim in [((2, 3, 4), 0), ((2, 3, 4), 1), ((2, 3, 4), -1), ((1, 3), 0)]:
        interval = (0.5, 1.5) if name == "prod" else plain
        with_gradients = name not in {"any", "all", "argmax", "argmin"}
        record(f"{name} of {list(shape)} along {dim}", lambda x: function(x, dim=dim), draw(shape, *interval), gradients=with_gradients)

record("matmul", torch.matmul, (2, 3), (3, 4))
record("clamp", lambda x: x.clamp(-0.5, 0.7), (3, 4))
record("where", lambda x, y: torch.where(torch.tensor([True, False, True]), x, y), (2, 3), (3,))
record("softmax along 0", lambda x: x.softmax(0), (3, 4))
record("softmax along the middle", lambda x: x.softmax(1), (2, 3, 4))
record("softmax of no rows", lambda x: x.softmax(1), (0, 4))
record("logSoftmax along 0", lambda x: x.log_softmax(0), (3, 4))
record("logSoftmax along the last", lambda x: x.log_softmax(-1), (2, 3, 4))
record("crossEntropy", lambda x: F.cross_entropy(x, torch.tensor([2, 0, 3])), (3, 4))
record("indexSelect", lambda x: x.index_select(1, torch.tensor([3, 0, 3])), (3, 4))
record("indexAdd", lambda x, y: x.index_add(0, torch.tensor([2, 2]), y), (3, 4), (2, 4), gradients=False)
record("gather", lambda x: x.gather(1, torch.tensor([[0, 3], [1, 1], [2, 0]])), (3, 4))
record("oneHot", lambda x: F.one_hot(torch.tensor([1, 0, 3]), 4).double() * x.sum(), (2,), gradients=False)
record("copy of a turned view", lambda x: x.t().clone(), (3, 4))
record("fill", lambda x: torch.full((3, 2), 2.5).double() * x, (2,))
record("arange", lambda x: torch.arange(1, 2, 0.25).double() * x, (1,))
record("eye", lambda x: torch.eye(2, 3).double() * x, (1,))

record("prod with one zero", lambda x: (x + torch.tensor([1.5, 0, -2, 3])).prod(), torch.zeros((4,)))
rows = torch.tensor([[0, 2, 0], [1.5, 0, 2], [1, -3, 0.5]])
record("prod of rows with several zeros", lambda x: (x + rows).prod(dim=1), torch.zeros((3, 3)))
blocks = torch.tensor([[[1, 2], [3, 0], [2, 1]], [[0.5, 1], [2, 2], [-1, 3]]])
record("prod of two dimensions and a zero", lambda x: (x + blocks).prod(dim=2).prod(dim=0), torch.zeros((2, 3, 2)))

recorder.write()
