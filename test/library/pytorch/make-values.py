"""Writes values.json: what PyTorch 2.13.0 computes for the cases that values.test.ts computes with Nabla.

    pip install torch==2.13.0 && python test/library/pytorch/make-values.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)
cases = {}


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().double().flatten().tolist()}


def record(name, function, *inputs):
    """Stores inputs, the result, and each input's gradient of the sum of the result's squares."""
    leaves = [value.clone().requires_grad_() for value in inputs]
    result = function(*leaves)
    result.double().square().sum().backward()
    cases[name] = {
        "inputs": [numbers(leaf) for leaf in leaves],
        "result": numbers(result),
        "gradients": [numbers(leaf.grad) for leaf in leaves],
    }


a, b = torch.randn(3, 4), torch.randn(3, 4)
positive = torch.rand(3, 4) + 0.5
record("add broadcast", lambda x, y: x + y, a, torch.randn(4))
record("sub", lambda x, y: x - y, a, b)
record("mul broadcast", lambda x, y: x * y, a, torch.randn(3, 1))
record("div", lambda x, y: x / y, a, positive)
record("pow", lambda x, y: x**y, positive, b)
record("maximum", torch.maximum, a, b)
record("exp", torch.exp, a)
record("log", torch.log, positive)
record("sqrt", torch.sqrt, positive)
record("rsqrt", torch.rsqrt, positive)
record("tanh", torch.tanh, a)
record("sigmoid", torch.sigmoid, a)
record("relu", torch.relu, a)
record("log1p", torch.log1p, positive)
record("expm1", torch.expm1, a)
record("sin", torch.sin, a)
record("clamp", lambda x: x.clamp(-0.5, 0.5), a)
record("sum", lambda x: x.sum(1), a)
record("mean", lambda x: x.mean((0, 1)), a)
record("prod", lambda x: x.prod(1), positive)
record("amax", lambda x: x.amax(1), a)
record("var", lambda x: x.var(1), a)
record("std", lambda x: x.std(), a)
record("matmul", torch.matmul, torch.randn(5, 3), torch.randn(3, 4))
record("matmul batched", torch.matmul, torch.randn(2, 1, 3, 4), torch.randn(5, 4, 2))
record("matmul vector", torch.matmul, torch.randn(4), torch.randn(4, 3))
record("softmax", lambda x: x.softmax(-1), a)
record("logSoftmax", lambda x: x.log_softmax(0), a)
record("mseLoss", F.mse_loss, a, b)
record("crossEntropy", lambda x: F.cross_entropy(x, torch.tensor([2, 0, 3])), a)
record("crossEntropy of probabilities", lambda x: F.cross_entropy(x, torch.full((3, 4), 0.25)), a)
record("indexSelect", lambda x: x.index_select(0, torch.tensor([2, 0, 2])), a)
record("gather", lambda x: x.gather(1, torch.tensor([[0, 3], [1, 1], [2, 0]])), a)
record("where", lambda x, y: torch.where(x > 0, x, y), a, b)
record("slice", lambda x: x[1:, ::2], a)
record("permute", lambda x: x.permute(1, 0).reshape(2, 6), a)

for name, options in {
    "plain": {"lr": 0.1},
    "momentum": {"lr": 0.1, "momentum": 0.9},
    "nesterov": {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01},
    "dampening": {"lr": 0.05, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1},
}.items():
    weight = a.clone().requires_grad_()
    optimizer = torch.optim.SGD([weight], **options)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = (weight * b - 1).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    cases[f"SGD {name}"] = {"inputs": [numbers(a), numbers(b)], "result": numbers(weight), "losses": losses}

torch.set_printoptions(linewidth=100)
cases["printed"] = {
    "small": str(torch.tensor([[1.0, 2.0], [3.5, -4.25]])),
    "whole": str(torch.tensor([[1.0, 2.0], [3.0, -40.0]])),
    "long": str(torch.arange(2000).reshape(40, 50).float()),
    "scalar": str(torch.tensor(1.5)),
    "bool": str(torch.tensor([True, False])),
    "scientific": str(torch.tensor([1e-6, 1.0])),
}

path = pathlib.Path(__file__).with_name("values.json")
path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, indent=1) + "\n")
