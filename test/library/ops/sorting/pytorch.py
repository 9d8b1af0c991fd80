"""Writes pytorch.json for sorting and running sums: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
draw, record = recorder.draw, recorder.record


def apart(x):
    return x + (torch.arange(x.numel()).reshape(x.shape) * 7).remainder(11)


for shape in [(2, 5), (3, 4, 2), (1, 1), (0, 3), (7,)]:
    for dim in sorted({0, len(shape) - 1}):
        name = f"{list(shape)} along {dim}"
        record(f"sort of {name}", lambda x: torch.sort(apart(x), dim=dim, stable=True), shape)
        record(f"descending sort of {name}", lambda x: torch.sort(x, dim=dim, stable=True, descending=True), shape)
        k = min(2, shape[dim])
        for largest in [True, False]:
            record(f"{k} {'largest' if largest else 'smallest'} of {name}", lambda x: torch.topk(x, k, dim, largest), shape)
        record(f"cumsum of {name}", lambda x: x.cumsum(dim), shape)
        record(f"cumsum from the end of {name}", lambda x: x.flip(dim).cumsum(dim).flip(dim), shape)
        record(f"cumprod of {name}", lambda x: x.cumprod(dim), draw(shape, 0.5, 1.5))
        record(f"cummax of {name}", lambda x: x.cummax(dim), shape)
        record(f"cummin of {name}", lambda x: x.cummin(dim), shape)

record("sort of a scalar", lambda x: torch.sort(x), ())
record("second smallest", lambda x: torch.kthvalue(x, 2), (3, 5))
record("median of all", lambda x: x.median(), (3, 4))
record("median along a dimension", lambda x: x.median(0, keepdim=True), (4, 3))
one = torch.tensor([1.5, -0.5, 0, 2, 3]).double()
several = torch.tensor([[0, 1.5], [2, 0], [0, -0.5], [3, 0]]).double()
record("cumprod with one zero", lambda x: (x + one).cumprod(0), draw((5,), 0, 0))
record("cumprod with several zeros in a matrix", lambda x: (x + several).cumprod(0), draw((4, 2), 0, 0))
values = torch.tensor([-1, 0, 0.5, 1]).double()
whole = torch.tensor([-1.0, 0, 1]).double()
record(
    "places among sorted elements",
    lambda x: [torch.searchsorted(values, x), torch.searchsorted(whole, x.round(), right=True)],
    (3, 2), constant=(0,), gradients=False,
)
record("places among sorted rows", lambda x, y: torch.searchsorted(x.sort()[0], y), (2, 5), (2, 3), constant=(0, 1), gradients=False)
for shape in [(4, 5), (0, 2), (3, 1, 2), ()]:
    record(f"nonzero of {list(shape)}", lambda x: (x > 0).nonzero(), shape, constant=(0,), gradients=False)
recorder.write()
