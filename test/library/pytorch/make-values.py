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

# Where activations have their joints, and where the plain formulas overflow.
joints = torch.tensor([0.0, -0.0, 3.0, -3.0, 20.0, 21.0, -25.0, 100.0, -100.0, 2.5, 0.7, -0.7])
record("cat", lambda x, y: torch.cat([x, y, x]), a, b)
record("cat of parts of several sizes", lambda x, y: torch.cat([x[:, :1], y, torch.zeros(0), x.flip(0)[:, :0]], 1), a, b)
record("cat of transposed", lambda x, y: torch.cat([x.t(), y.t()], -1), a, b)
record("stack", lambda x, y: torch.stack([x, y, x], 1), a, b)
record("stack of scalars", lambda x: torch.stack([x[0, 0], x[2, 1]]), a)
record("split", lambda x: x.split(3, 1)[0] * x.split([1, 3], 1)[1], a)
record("chunk", lambda x: torch.cat(x.chunk(2)[::-1]), a)
record("flip", lambda x: x.flip(0, -1), a)
record("flip of nothing", lambda x: x[:0].flip(0), a)
record("roll", lambda x: x.roll((1, -6), (0, 1)), a)
record("roll of all elements", lambda x: x.t().roll(5), a)
record("repeat", lambda x: x.repeat(2, 1, 3), a)
record("repeat of a transposed tensor, none of it", lambda x: x.t().repeat(2, 0), a)
record("tile", lambda x: x.t().tile(2), a)
record("pad", lambda x: F.pad(x, (1, 2, 0, 1), value=0.5), a)
record("pad that cuts", lambda x: F.pad(x, (-1, 2, 1, -2)), a)
record("tril", lambda x: x.tril(), a)
record("tril of a batch", lambda x: x.reshape(3, 2, 2).mT.tril(-1), a)
record("triu", lambda x: x.triu(1), a)
record("maskedFill", lambda x: x.masked_fill(x > 0.5, -2.0), a)
record("maskedFill with a tensor and a mask that broadcasts", lambda x, y: x.masked_fill(y[:, :1] > 0, y[0, 0]), a, b)
record("diag of a matrix", lambda x: x.diag(1), a)
record("diag of a transposed matrix", lambda x: x.t().diag(-1), a)
record("diag of a vector", lambda x: x[1].diag(-1), a)
record("outer", lambda x, y: torch.outer(x[0], y[:, 0]), a, b)
record("dot", lambda x, y: torch.dot(x[:, 1], y[:, 0]), a, b)
record("bmm", lambda x, y: torch.bmm(x.reshape(2, 3, 2), y.reshape(2, 3, 2).mT), a, b)
record("trace", lambda x: x.trace(), a)
record("norm", lambda x: x.norm(), a)
record("norm along a dimension, of zeros too", lambda x: (x * torch.tensor([[1.0], [0.0], [1.0]])).norm(dim=1, keepdim=True) + 1, a)
record("norm 1", lambda x: x.norm(p=1, dim=0), a)
record("norm Infinity", lambda x: torch.cat([x, -x]).norm(p=float("inf"), dim=0), a)
record("logsumexp", lambda x: (x * 200).logsumexp(1, keepdim=True), a)
record("logsumexp of several dimensions", lambda x: x.reshape(2, 3, 2).logsumexp((0, 2)), a)
record("logsumexp of no elements", lambda x: torch.exp(x[:, :0].logsumexp(1) + 1) + x[:, 0], a)
record("logsumexp of masked scores", lambda x: x.masked_fill(x > 0, -float("inf")).logsumexp(0).exp(), a)
record("leakyRelu", lambda x: F.leaky_relu(x) + 1, joints)
record("leakyRelu with its own slope", lambda x: F.leaky_relu(x, 0.3), a)
record("elu", lambda x: F.elu(x) + 1, joints)
record("elu with its own alpha", lambda x: F.elu(x, 0.7) + 1, joints)
record("softplus", F.softplus, joints)
record("softplus with its own sharpness", lambda x: F.softplus(x, beta=2, threshold=5), joints)
record("softsign", lambda x: F.softsign(x) + 1, joints)
record("hardSigmoid", lambda x: F.hardsigmoid(x) + 1, joints)
record("meshgrid", lambda x, y: torch.stack(torch.meshgrid(x[0], y[:, 0], indexing="ij")), a, b)
record("meshgrid xy", lambda x, y: torch.stack(torch.meshgrid(x[0], y[:, 0], x[0, :2], indexing="xy")), a, b)

questioned = torch.tensor([0.0, 1.0, -1.0, float("inf"), -float("inf"), float("nan"), 1e38])
for name, function in {"isnan": torch.isnan, "isinf": torch.isinf, "isfinite": torch.isfinite}.items():
    cases[name] = {"inputs": [], "result": numbers(function(questioned))}

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
