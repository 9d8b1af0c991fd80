"""Writes pytorch.json for the losses of sequences: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
record = recorder.record

targets = torch.tensor([[1, 2, 2], [2, 3, 0]])
record("ctcLoss of each sequence", lambda x: F.ctc_loss(x.log_softmax(2), targets, (6, 5), (3, 2), reduction="none"), (6, 2, 4))
record(
    "ctcLoss with the last class as blank, joined targets, mean",
    lambda x: F.ctc_loss(x.log_softmax(2), torch.tensor([0, 1, 1, 2, 0]), (5, 4, 3), (2, 1, 2), blank=3),
    (5, 3, 4),
)
record(
    "ctcLoss of an empty target and an impossible one",
    lambda x: F.ctc_loss(x.log_softmax(2), torch.tensor([[1, 1], [1, 1]]), (3, 2), (0, 2), reduction="sum", zero_infinity=True),
    (3, 2, 3),
)

recorder.write()
