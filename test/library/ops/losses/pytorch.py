"""Writes pytorch.json for losses: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
record = recorder.record

labels = torch.tensor([2, 0, 3, 1, 2])
places = torch.tensor([0, 2, 1, 1, 2, 0, 0, 2]).reshape(2, 2, 2)
weights = torch.tensor([0.5, 2, 1, 0.25], dtype=torch.float64)


def between(low, high, shape=(3, 4)):
    return recorder.draw(shape, low, high)


record("l1Loss", F.l1_loss, (3, 4), (3, 4))
record("l1Loss of nothing", lambda x, y: F.l1_loss(x, y, reduction="sum"), (0, 4), (0, 4))
record("mseLoss of each", lambda x, y: F.mse_loss(x, y, reduction="none"), (3, 4), (3, 4))
record("huberLoss", lambda x, y: F.huber_loss(x, y, delta=0.7, reduction="none"), (3, 4), (3, 4))
record("smoothL1Loss", lambda x, y: F.smooth_l1_loss(x, y, beta=1.3), (3, 4), (3, 4))
record("smoothL1Loss with beta 0", lambda x, y: F.smooth_l1_loss(x, y, beta=0), (3, 4), (3, 4))
record("msleLoss", lambda x, y: F.mse_loss(x.log1p(), y.log1p()), between(0.2, 3), between(0.2, 3))
record("mapeLoss", lambda x, y: 100 * ((x - y) / y).abs().mean(), between(0.2, 3), between(0.2, 3))

record("binaryCrossEntropy", F.binary_cross_entropy, between(0.05, 0.95), between(0.05, 0.95))
record(
    "binaryCrossEntropy weighted",
    lambda p, t: F.binary_cross_entropy(p, t, weight=weights, reduction="sum"),
    between(0.05, 0.95), between(0.05, 0.95), constant=[1],
)
record(
    "binaryCrossEntropy of certain predictions",
    lambda x: F.binary_cross_entropy(x * 0 + torch.tensor([1.0, 0.0]), torch.zeros(2).double(), reduction="none"),
    (2,), gradients=False,
)
record("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, (3, 4), between(0.05, 0.95))
record(
    "binaryCrossEntropyWithLogits of large scores",
    lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    between(-90, 90), between(0.05, 0.95), constant=[1],
)
record(
    "binaryCrossEntropyWithLogits weighted",
    lambda x, t: F.binary_cross_entropy_with_logits(
        x, t, weight=torch.tensor([1, 2, 0.5, 1]).double(), pos_weight=weights, reduction="none"
    ),
    (3, 4), between(0.05, 0.95), constant=[1],
)

record("nllLoss", lambda x: F.nll_loss(x.log_softmax(1), labels), (5, 4))
record(
    "nllLoss weighted, one label ignored", lambda x: F.nll_loss(x.log_softmax(1), labels, weight=weights, ignore_index=2), (5, 4)
)
record("nllLoss of places", lambda x: F.nll_loss(x.log_softmax(1), places, reduction="none"), (2, 3, 2, 2))
record("crossEntropy of places", lambda x: F.cross_entropy(x, places), (2, 3, 2, 2))
record("crossEntropy of places, each", lambda x: F.cross_entropy(x, places, reduction="none", ignore_index=1), (2, 3, 2, 2))
record("crossEntropy of one", lambda x: F.cross_entropy(x, torch.tensor(3)), (4,))
record("crossEntropy weighted", lambda x: F.cross_entropy(x, labels, weight=weights), (5, 4))
record(
    "crossEntropy weighted, smoothed, one label ignored",
    lambda x: F.cross_entropy(x, labels, weight=weights, label_smoothing=0.2, ignore_index=0),
    (5, 4),
)
record("crossEntropy smoothed, summed", lambda x: F.cross_entropy(x, places, label_smoothing=0.3, reduction="sum"), (2, 3, 2, 2))
record(
    "crossEntropy against probabilities, weighted and smoothed",
    lambda x, t: F.cross_entropy(x, t.softmax(1), weight=weights, label_smoothing=0.1),
    (5, 4), (5, 4),
)
record(
    "crossEntropy against probabilities at places",
    lambda x, t: F.cross_entropy(x, t.softmax(1), weight=torch.tensor([1, 2, 0.5]).double()),
    (2, 3, 2), (2, 3, 2),
)

record("klDiv, batchmean", lambda x, t: F.kl_div(x.log_softmax(1), t.softmax(1), reduction="batchmean"), (3, 4), (3, 4))
record(
    "klDiv of logarithms", lambda x, t: F.kl_div(x.log_softmax(1), t.log_softmax(1), reduction="sum", log_target=True), (3, 4), (3, 4)
)
record(
    "klDiv against what is impossible",
    lambda x: F.kl_div(x.log_softmax(0), torch.tensor([0, 0.5, 0.5, 0]).double(), reduction="none"),
    (4,),
)

signs = torch.tensor([1, -1, -1, 1])
record(
    "cosineEmbeddingLoss", lambda a, b: F.cosine_embedding_loss(a, b, signs, margin=0.1, reduction="none"), (4, 3), (4, 3)
)
record(
    "tripletMarginLoss", lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=1.5, reduction="none"), (4, 3), (4, 3), (4, 3)
)
record(
    "tripletMarginLoss, swapped, by absolute values",
    lambda a, p, n: F.triplet_margin_loss(a, p, n, p=1, swap=True),
    (4, 3), (4, 3), (4, 3),
)

recorder.write()
