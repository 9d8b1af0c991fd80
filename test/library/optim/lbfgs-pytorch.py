"""Steps of PyTorch's L-BFGS on smooth losses, and averages of the weights that SGD passes through.

Run: python lbfgs-pytorch.py (writes lbfgs.json and weight-average.json beside itself)
"""

import json
import pathlib

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

generator = torch.Generator().manual_seed(11)


def draw(*shape):
    return torch.rand(shape, generator=generator, dtype=torch.float64).float() * 2 - 1


def flat(tensor):
    return tensor.detach().double().flatten().tolist()


X, Y = draw(12, 3), draw(12, 2)
NETWORK = [draw(3, 4), draw(4), draw(4, 2), draw(2)]
VALLEY = [torch.tensor([-1.2]), torch.tensor([1.0])]


def network(w1, b1, w2, b2):
    return ((((X.to(w1.dtype) @ w1 + b1).tanh() @ w2 + b2) - Y.to(w1.dtype)) ** 2).mean()


def valley(x, y):
    return ((1 - x) ** 2 + 100 * (y - x**2) ** 2).sum()


def bowl(x, y):
    return (x * x * 3 + y * y * 0.25 + x * y * 0.1).sum()


def convex(w1, b1, w2, b2):
    scores = X.to(w1.dtype) @ w1 + b1
    targets = (scores.detach() * 0 + torch.arange(4, dtype=w1.dtype) % 2)
    ridge = sum((p**2).sum() for p in (w1, b1, w2, b2))
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, targets, reduction="sum") + 0.1 * ridge


# name: loss, starts, options, steps. The losses that are not convex take small differences of float32 elsewhere in ten steps.
RUNS = {
    "network, line search": (network, NETWORK, {"max_iter": 4, "line_search_fn": "strong_wolfe"}, 10),
    "network, line search, history of 2": (network, NETWORK, {"max_iter": 3, "history_size": 2, "lr": 0.5, "line_search_fn": "strong_wolfe"}, 10),
    "network, no line search": (network, NETWORK, {"max_iter": 2, "lr": 0.3}, 10),
    "valley, line search": (valley, VALLEY, {"max_iter": 4, "line_search_fn": "strong_wolfe"}, 10),
    "valley, few evaluations": (valley, VALLEY, {"max_iter": 20, "max_eval": 3, "line_search_fn": "strong_wolfe"}, 10),
    "valley, a first step far too long": (valley, VALLEY, {"max_iter": 2, "lr": 300, "line_search_fn": "strong_wolfe"}, 10),
    "valley, a first step far too short": (valley, VALLEY, {"max_iter": 2, "lr": 1e-6, "line_search_fn": "strong_wolfe"}, 10),
    "bowl, to the bottom": (bowl, VALLEY, {"line_search_fn": "strong_wolfe"}, 10),
    "convex, line search": (convex, NETWORK, {"max_iter": 1, "max_eval": 8, "line_search_fn": "strong_wolfe"}, 10),
    "convex, no line search": (convex, NETWORK, {"max_iter": 2, "lr": 0.7, "history_size": 3}, 10),
}
runs = {}
for name, (loss, starts, options, steps) in RUNS.items():
    runs[name] = {"steps": steps}
    for dtype in (torch.float32, torch.float64) if loss in (bowl, convex) else (torch.float64,):
        parameters = [start.to(dtype, copy=True).requires_grad_() for start in starts]
        optimizer = torch.optim.LBFGS(parameters, **options)
        evaluations = 0

        def closure():
            global evaluations
            evaluations += 1
            optimizer.zero_grad()
            value = loss(*parameters)
            value.backward()
            return value

        losses = [optimizer.step(closure).item() for _ in range(steps)]
        runs[name][str(dtype).removeprefix("torch.")] = {
            "losses": losses, "evaluations": evaluations, "parameters": [flat(parameter) for parameter in parameters],
        }

here = pathlib.Path(__file__).parent
stored = {"torch": torch.__version__, "x": flat(X), "y": flat(Y), "network": [flat(p) for p in NETWORK], "runs": runs}
(here / "lbfgs.json").write_text(json.dumps(stored) + "\n")

averages = {}
for name, make in {
    "mean": lambda model: AveragedModel(model),
    "exponential": lambda model: AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.7)),
}.items():
    averages[name] = {}
    for dtype in (torch.float32, torch.float64):
        model = torch.nn.Linear(3, 2, dtype=dtype)
        with torch.no_grad():
            model.weight.copy_(NETWORK[0][:, :2].T)
            model.bias.copy_(NETWORK[3])
        averaged = make(model)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(10):
            optimizer.zero_grad()
            ((model(X.to(dtype)) - Y.to(dtype)) ** 2).mean().backward()
            optimizer.step()
            averaged.update_parameters(model)
        averages[name][str(dtype).removeprefix("torch.")] = [flat(parameter) for parameter in averaged.module.parameters()]
stored = {
    "torch": torch.__version__, "x": flat(X), "y": flat(Y),
    "weight": flat(NETWORK[0][:, :2].T), "bias": flat(NETWORK[3]), "averages": averages,
}
(here / "weight-average.json").write_text(json.dumps(stored) + "\n")
