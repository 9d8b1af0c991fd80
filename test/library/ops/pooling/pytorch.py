"""Writes pytorch.json for pooling and resampling: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
record = recorder.record

record("maxPool2d of 2", lambda x: F.max_pool2d(x, 2), (2, 3, 6, 8))
record("maxPool2d of 2, twice differentiated", lambda x: F.max_pool2d(x.square(), 2), (1, 2, 4, 4))
record(
    "maxPool2d with indices",
    lambda x: F.max_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 0), return_indices=True),
    (2, 7, 5),
)
record(
    "maxPool2d with dilation and ceilMode",
    lambda x: F.max_pool2d(x, 3, stride=2, dilation=2, padding=1, ceil_mode=True),
    (1, 1, 8, 7),
)
record("maxPool2d of no images", lambda x: F.max_pool2d(x, 2), (0, 2, 4, 4))
record("maxPool2d of odd planes", lambda x: F.max_pool2d(x, 2), (2, 1, 5, 7))
record("maxPool1d", lambda x: F.max_pool1d(x, 3, stride=2, padding=1), (2, 3, 9))
record("adaptiveMaxPool2d", lambda x: F.adaptive_max_pool2d(x, (3, 2)), (2, 2, 7, 5))


def unpool(x):
    output, indices = F.max_pool2d(x, 2, return_indices=True)
    return F.max_unpool2d(output * 2, indices, 2)


record("maxUnpool2d", unpool, (2, 2, 4, 6))
record("avgPool2d of 2", lambda x: F.avg_pool2d(x, 2), (2, 3, 4, 6))
record("avgPool2d with padding", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1), (2, 5, 7))
record(
    "avgPool2d that does not count padding",
    lambda x: F.avg_pool2d(x, (3, 2), stride=(2, 3), padding=1, ceil_mode=True, count_include_pad=False),
    (1, 1, 6, 6),
)
record("avgPool2d with ceilMode", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True), (1, 2, 6, 5))
record("avgPool2d with its own divisor", lambda x: F.avg_pool2d(x, 2, divisor_override=3), (1, 1, 4, 4))
record("avgPool1d", lambda x: F.avg_pool1d(x, 4, stride=2, padding=2, ceil_mode=True), (2, 3, 9))
record("adaptiveAvgPool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 4)), (2, 2, 7, 5))
record("adaptiveAvgPool1d", lambda x: F.adaptive_avg_pool1d(x, 3), (2, 3, 7))

record("interpolate nearest", lambda x: F.interpolate(x, size=(5, 6)), (2, 1, 3, 4))
record("interpolate nearest by a factor", lambda x: F.interpolate(x, scale_factor=1.7), (1, 2, 3, 3))
record("interpolate bilinear", lambda x: F.interpolate(x, size=(6, 7), mode="bilinear"), (2, 1, 3, 4))
record(
    "interpolate bilinear, smaller, corners aligned",
    lambda x: F.interpolate(x, size=(3, 2), mode="bilinear", align_corners=True),
    (1, 2, 6, 5),
)
record("interpolate bilinear by a factor", lambda x: F.interpolate(x, scale_factor=(2.5, 1.3), mode="bilinear"), (1, 1, 3, 3))
record("interpolate bicubic", lambda x: F.interpolate(x, size=(7, 9), mode="bicubic"), (1, 1, 4, 5))
record(
    "interpolate that keeps a direction",
    lambda x: F.interpolate(x, scale_factor=(2, 1.2), mode="bicubic"),
    (1, 1, 3, 4),
)
record("interpolate linear", lambda x: F.interpolate(x, size=8, mode="linear"), (1, 2, 5))

recorder.write()
