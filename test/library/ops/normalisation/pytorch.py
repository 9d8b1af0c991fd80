"""Writes pytorch.json for normalisation, embeddings and similarity: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
draw, record = recorder.draw, recorder.record

record("batchNorm of vectors", lambda x: F.batch_norm(x, None, None, training=True), (5, 3))
record(
    "batchNorm of images",
    lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, training=True, eps=1e-3),
    (2, 3, 4, 5),
    (3,),
    (3,),
)
record("batchNorm of many rows", lambda x: F.batch_norm(x, None, None, training=True), (33, 18, 1))


def tracking(x):
    mean, variance = torch.tensor([0.5, -1]).double(), torch.tensor([1.0, 4]).double()
    return F.batch_norm(x, mean, variance, training=True, momentum=0.3), mean, variance


record("batchNorm moves the running statistics", tracking, (4, 2, 3), gradients=False)
# F.batch_norm refuses gradients of the running statistics; written out it is this.
record(
    "batchNorm by running statistics",
    lambda x, mean, variance, weight, bias: (x - mean[:, None]) / (variance[:, None] + 1e-5).sqrt() * weight[:, None] + bias[:, None],
    (2, 3, 4),
    (3,),
    draw((3,), 0.5, 2),
    (3,),
    (3,),
)
record("layerNorm of rows", lambda x, weight, bias: F.layer_norm(x, (21,), weight, bias), (2, 3, 21), (21,), (21,))
record("layerNorm of planes", lambda x: F.layer_norm(x, (4, 5)), (3, 4, 5))
record("layerNorm of no rows", lambda x: F.layer_norm(x, (4,)), (0, 4))
record("layerNorm of single values", lambda x: F.layer_norm(x, (1,)) + x, (3, 1))
record("localResponseNorm", lambda x: F.local_response_norm(x, 3, alpha=0.4, beta=0.6, k=2), (2, 5, 3, 2))
record("localResponseNorm of an even size", lambda x: F.local_response_norm(x, 4), (1, 6, 4))
record("embedding", lambda table: F.embedding(torch.tensor([[2, 0], [1, 2]]), table), (3, 4))
record("cosineSimilarity", F.cosine_similarity, (3, 4), (3, 4))
record("cosineSimilarity along the first, broadcast", lambda a, b: F.cosine_similarity(a, b, dim=0), (4, 3), (4, 1))

recorder.write()
