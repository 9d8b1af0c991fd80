"""Ten steps of PyTorch's optimisers on several parameters, one of which has a gradient only in every second step.

Run: python pytorch.py (writes pytorch.json beside itself)
"""

import json
import pathlib

import torch

SHAPES = [[], [3], [0, 4], [5, 7], [1], [2, 3, 4], [33], [1, 1], [6], [2, 2]]
RUNS = {
    "SGD": (torch.optim.SGD, {"lr": 0.1}),
    "SGD momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.2, "weight_decay": 0.01}),
    "SGD nesterov": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    "Adam": (torch.optim.Adam, {"lr": 0.01}),
    "Adam decay": (torch.optim.Adam, {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}),
    "Adam amsgrad": (torch.optim.Adam, {"lr": 0.02, "betas": (0.5, 0.6), "amsgrad": True}),
    "AdamW": (torch.optim.AdamW, {"lr": 0.01}),
    "AdamW amsgrad": (torch.optim.AdamW, {"lr": 0.03, "weight_decay": 0.2, "betas": (0.5, 0.6), "amsgrad": True}),
    "Adagrad": (torch.optim.Adagrad, {}),
    "Adagrad decay": (
        torch.optim.Adagrad,
        {"lr": 0.1, "lr_decay": 0.05, "weight_decay": 0.1, "initial_accumulator_value": 0.2, "eps": 1e-6},
    ),
    "Adadelta": (torch.optim.Adadelta, {}),
    "Adadelta decay": (torch.optim.Adadelta, {"lr": 0.5, "rho": 0.7, "eps": 1e-3, "weight_decay": 0.1}),
    "RMSprop": (torch.optim.RMSprop, {}),
    "RMSprop momentum": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.8, "momentum": 0.7, "weight_decay": 0.1}),
    "RMSprop centered": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "momentum": 0.5, "centered": True, "eps": 1e-3}),
    "Adamax": (torch.optim.Adamax, {}),
    "Adamax decay": (torch.optim.Adamax, {"lr": 0.05, "betas": (0.7, 0.8), "eps": 1e-3, "weight_decay": 0.1}),
    "NAdam": (torch.optim.NAdam, {}),
    "NAdam decay": (torch.optim.NAdam, {"lr": 0.03, "betas": (0.6, 0.8), "weight_decay": 0.1, "momentum_decay": 0.02}),
    "NAdam decoupled": (torch.optim.NAdam, {"lr": 0.03, "weight_decay": 0.2, "decoupled_weight_decay": True}),
}
# Parameter groups: which parameters, and what they say for themselves.
GROUPS = {
    "SGD groups": (torch.optim.SGD, [([0, 1, 2, 3], {}), ([4, 5, 6], {"lr": 0.01, "momentum": 0.5}), ([7, 8, 9], {"momentum": 0})],
                   {"lr": 0.1, "momentum": 0.9}),
    "RMSprop groups": (torch.optim.RMSprop, [([3, 1], {"lr": 0.1}), ([0, 2, 4, 5, 6, 7, 8, 9], {"alpha": 0.5})], {"lr": 0.01}),
}


def flat(tensor):
    return tensor.detach().double().flatten().tolist()


generator = torch.Generator().manual_seed(7)
starts = [torch.rand(shape, generator=generator, dtype=torch.float64).float() * 2 - 1 for shape in SHAPES]
gradients = [
    [torch.rand(shape, generator=generator, dtype=torch.float64).float() * 2 - 1 for shape in SHAPES] for _ in range(10)
]


def groups(parameters, parts):
    return [{"params": [parameters[i] for i in which], **own} for which, own in parts]


RUNS = {name: (make, lambda p: p, options) for name, (make, options) in RUNS.items()} | {
    name: (make, lambda p, parts=parts: groups(p, parts), options) for name, (make, parts, options) in GROUPS.items()
}
results = {}
for name, (make, arrange, options) in RUNS.items():
    results[name] = {}
    for dtype in (torch.float32, torch.float64):
        # NAdam's product of momenta is a scalar of the default type.
        torch.set_default_dtype(dtype)
        parameters = [start.to(dtype, copy=True).requires_grad_() for start in starts]
        optimizer = make(arrange(parameters), **options)
        for step, row in enumerate(gradients):
            optimizer.zero_grad()
            for i, gradient in enumerate(row):
                if i != 5 or step % 2 == 0:
                    parameters[i].grad = gradient.to(dtype)
            optimizer.step()
        results[name][str(dtype).removeprefix("torch.")] = [flat(parameter) for parameter in parameters]

stored = {
    "torch": torch.__version__,
    "shapes": SHAPES,
    "starts": [flat(start) for start in starts],
    "gradients": [[flat(gradient) for gradient in row] for row in gradients],
    "results": results,
}
pathlib.Path(__file__).with_name("pytorch.json").write_text(json.dumps(stored) + "\n")
