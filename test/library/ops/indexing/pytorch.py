"""Writes pytorch.json for choosing and placing by positions: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
draw, record = recorder.draw, recorder.record
rows = torch.tensor([[0, 2], [1, -1]])
columns = torch.tensor([[3, 0], [1, 1]])
index = torch.tensor([[0, 2, 1], [1, 1, 0]])
pairs = torch.tensor([[0, 2], [3, 1]])
flags = torch.tensor([[True, False, True], [False, True, False]])
flat = torch.tensor

record("rows by a list", lambda x: x[[2, 0, 2, -1]], (3, 4))
record("elements by rows and columns", lambda x: x[rows.flatten(), columns.flatten()], (3, 4))
record("elements by rows and columns that broadcast", lambda x: x[flat([[2], [0]]), flat([1, 3, 1])], (3, 4))
record("columns by a matrix", lambda x: x[:, columns], (2, 4, 3))
record("two side by side after a range", lambda x: x[1::2, rows, columns], (4, 3, 4))
record("two with a range between", lambda x: x[rows, :, columns], (3, 2, 4))
record("two with a new dimension between", lambda x: x[rows, None, columns], (3, 4))
record("a position between two lists", lambda x: x[flat([0, 2]), 1, flat([3, 0])], (3, 2, 4))
record("a list after an ellipsis", lambda x: x[..., flat([3, 1])], (2, 3, 4))
record("an empty list", lambda x: x[torch.zeros(0, dtype=torch.int64)], (3, 4))
record("rows by a mask", lambda x: x[flat([True, False, True])], (3, 4))
record("elements by a mask and a list", lambda x: x[flat([[True, False, True], [False, False, True]]), flat([3, 0, 1])], (2, 3, 4))
record("elements above 0", lambda x: x[x > 0], (3, 4))
record("elements where a broadcast mask is true", lambda x: x.masked_select(flat([True, False, True, True])), (3, 1))
record("elements by their number", lambda x: x.take(flat([[11, 0], [5, -1]])), (3, 4))

record("scatter", lambda x, y: x.scatter(1, pairs, y), (2, 4), (2, 2))
record("scatter of a part of a larger source", lambda x, y: x.scatter(0, flat([[2, 0]]), y[:1, :2]), (3, 4), (3, 3))
record("scatter of a number", lambda x: x.scatter(1, flat([[0, 2], [3, 3]]), 1.5), (2, 4))
record("scatter with sums", lambda x, y: x.scatter_add(1, index, y), (2, 4), (2, 3))
record("scatterAdd along the first dimension", lambda x, y: x.scatter_add(0, index, y), (3, 3), (2, 3))
record("indexAdd with repeated positions", lambda x, y: x.index_add(1, flat([2, 0, 2, 1]), y), (2, 3), (2, 4))
record("indexCopy", lambda x, y: x.index_copy(1, flat([2, 0]), y), (2, 3, 2), (2, 2, 2))
record("indexFill with a scalar", lambda x, y: x.index_fill(1, flat([2, 0]), y), (2, 3), ())
record("indexPut", lambda x, y: x.index_put((flat([0, 2, -2]), flat([1, 3, 0])), y), (3, 4), (3,))
record(
    "indexPut with repeated positions, accumulated",
    lambda x, y: x.index_put((flat([0, 2, 0, 0]),), y, accumulate=True), (3, 2), (4, 2),
)
record("indexPut by a mask", lambda x, y: x.index_put((x > 0,), y), (2, 3), ())


def on_copy(change):
    def run(x, *others):
        copy = x * 1.5
        change(copy, *others)
        return copy * copy

    return run


def assign(place):
    return on_copy(lambda x, y=2: x.__setitem__(place, y))


record("set a row", assign(1), (3, 4), (4,))
record("set a range", assign((slice(None), slice(1, None, 2))), (3, 4), ())
record("set by lists", assign((flat([0, 2]), flat([3, 1]))), (3, 4), (2,))
record("set columns of a range", assign((slice(1, 3), flat([3, 1]))), (4, 4), (2, 2))
record("set by a mask", assign(flags), (2, 3), ())
record("set a number by lists with a range between", assign((flat([0, 2]), slice(None), flat([1, 3]))), (3, 2, 4))
record("change a view of a view", on_copy(lambda x, y: x.t()[1:3, 0].mul_(y)), (3, 4), (2,))
record("change one view twice", on_copy(lambda x, y: x[0].add_(y).mul_(2)), (3, 4), (4,))
record("change a view, then the whole", on_copy(lambda x, y: (x[0].add_(y), x.mul_(y))), (3, 4), (4,))


def fill_rows(x, y):
    rows_of = torch.zeros(2, 4).double()
    rows_of[0] = x * y
    rows_of[1] = rows_of[0].clone() * y
    return rows_of


record("fill a tensor without history row by row", fill_rows, (4,), (4,))
record("add_", on_copy(lambda x, y: x.add_(y)), (2, 3), (3,))
record("sub_", on_copy(lambda x, y: x.sub_(y)), (2, 3), (3,))
record("mul_", on_copy(lambda x, y: x.mul_(y)), (2, 3), (3,))
record("div_", on_copy(lambda x, y: x.div_(y)), (2, 3), draw((3,), 0.5, 2))
record("pow_", on_copy(lambda x, y: x.pow_(y)), draw((2, 3), 0.5, 2), (3,))
record("exp_", on_copy(lambda x: x.exp_()), (2, 3))
record("log_", on_copy(lambda x: x.log_()), draw((3,), 0.5, 2))
record("clamp_ and relu_", on_copy(lambda x: x.clamp_(max=1).relu_()), (3, 4))
record("maskedFill_", on_copy(lambda x, y: x.masked_fill_(flat([True, False, True]), y)), (2, 3), ())
record("fill_ of a part", on_copy(lambda x: x[0].fill_(2)), (2, 3))
record("scatter_", on_copy(lambda x, y: x.scatter_(1, pairs, y)), (2, 4), (2, 2))
record("indexAdd_ and indexFill_", on_copy(lambda x, y: x.index_add_(0, flat([1, 1]), y).index_fill_(0, flat([0]), 3)), (3, 2), (2, 2))
record("indexCopy_ of a view", on_copy(lambda x, y: x.t().index_copy_(0, flat([1]), y)), (3, 2), (1, 3))
recorder.write()
