"""Learning rates (and momenta) of two parameter groups over 50 steps of PyTorch's schedules.

Run: python schedules-pytorch.py (writes schedules.json beside itself)
"""

import json
import math
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as s

warnings.simplefilter("ignore")


def chained(o):
    first, second = s.LinearLR(o, start_factor=0.1, total_iters=8), s.ExponentialLR(o, 0.9)

    class Both:
        def step(self):
            first.step()
            second.step()

    return Both()


def sequence(o):
    return s.SequentialLR(
        o, [s.LinearLR(o, start_factor=0.05, total_iters=6), s.CosineAnnealingLR(o, 20, 0.001), s.StepLR(o, 7)], [6, 30]
    )


RUNS = {
    "StepLR": lambda o: s.StepLR(o, 7, 0.5),
    "MultiStepLR": lambda o: s.MultiStepLR(o, [3, 20, 20, 41], 0.3),
    "ExponentialLR": lambda o: s.ExponentialLR(o, 0.93),
    "PolynomialLR": lambda o: s.PolynomialLR(o, 30, 2.5),
    "PolynomialLR default": lambda o: s.PolynomialLR(o),
    "LinearLR": lambda o: s.LinearLR(o, 0.2, 0.9, 17),
    "LinearLR default": lambda o: s.LinearLR(o),
    "CosineAnnealingLR": lambda o: s.CosineAnnealingLR(o, 49),
    "CosineAnnealingLR there and back": lambda o: s.CosineAnnealingLR(o, 11, 0.003),
    "LambdaLR": lambda o: s.LambdaLR(o, [lambda t: 1 / (1 + t), lambda t: math.cos(t)]),
    "OneCycleLR": lambda o: s.OneCycleLR(o, 0.5, total_steps=50),
    "OneCycleLR linear": lambda o: s.OneCycleLR(
        o, [0.5, 0.1], epochs=5, steps_per_epoch=11, pct_start=0.4, anneal_strategy="linear", div_factor=10, final_div_factor=100
    ),
    "OneCycleLR three phases": lambda o: s.OneCycleLR(
        o, 0.5, total_steps=60, three_phase=True, base_momentum=0.7, max_momentum=[0.9, 0.8]
    ),
    "OneCycleLR without momentum": lambda o: s.OneCycleLR(o, 0.5, total_steps=50, cycle_momentum=False),
    "SequentialLR": sequence,
    "chained": chained,
}
METRICS = [math.sin(t * 0.37) * 0.2 + max(0.3, 1 - t * 0.06) + (0.1 if t % 5 == 0 else 0) for t in range(50)]
PLATEAUS = {
    "ReduceLROnPlateau": {"patience": 2, "factor": 0.5},
    "ReduceLROnPlateau max": {"mode": "max", "patience": 3, "cooldown": 2, "min_lr": [0.001, 0.005]},
    "ReduceLROnPlateau absolute": {"threshold": 0.05, "threshold_mode": "abs", "patience": 1, "factor": 0.7, "eps": 1e-3},
    "ReduceLROnPlateau max absolute": {"mode": "max", "threshold": 0.01, "threshold_mode": "abs", "patience": 0, "factor": 0.9},
}


def optimizer(kind):
    groups = [{"params": [torch.zeros(1, requires_grad=True)]}, {"params": [torch.zeros(1, requires_grad=True)], "lr": 0.02}]
    return torch.optim.SGD(groups, lr=0.1, momentum=0.9) if kind == "SGD" else torch.optim.Adam(groups, lr=0.1)


def rates(optimizer):
    return [[g["lr"], g["momentum"] if "momentum" in g else g["betas"][0]] for g in optimizer.param_groups]


results = {}
for name, make in RUNS.items():
    for kind in ["SGD", "Adam"]:
        o = optimizer(kind)
        schedule = make(o)
        rows = [rates(o)]
        for _ in range(50):
            o.step()
            schedule.step()
            rows.append(rates(o))
        results[f"{name}, {kind}"] = rows
for name, options in PLATEAUS.items():
    o = optimizer("SGD")
    schedule = s.ReduceLROnPlateau(o, **options)
    rows = [rates(o)]
    for metric in METRICS:
        schedule.step(metric)
        rows.append(rates(o))
    results[f"{name}, SGD"] = rows

stored = {"torch": torch.__version__, "metrics": METRICS, "results": results}
pathlib.Path(__file__).with_name("schedules.json").write_text(json.dumps(stored) + "\n")
