"""Gradients clipped by PyTorch, by norm and by value.

Run: python gradient-clipping-pytorch.py (writes gradient-clipping.json beside itself)
"""

import json
import pathlib

import torch

generator = torch.Generator().manual_seed(5)
SHAPES = [[3, 4], [], [7]]
gradients = [torch.rand(shape, generator=generator, dtype=torch.float64).float() * 6 - 3 for shape in SHAPES]
CASES = {
    "a norm of 2": {"max_norm": 2.0},
    "a norm of 1000": {"max_norm": 1000.0},
    "a sum of 3": {"max_norm": 3.0, "norm_type": 1},
    "a largest element of 0.5": {"max_norm": 0.5, "norm_type": float("inf")},
    "a value of 0.7": {"clip_value": 0.7},
}


def flat(tensor):
    return tensor.detach().double().flatten().tolist()


results = {}
for name, options in CASES.items():
    results[name] = {}
    for dtype in (torch.float32, torch.float64):
        parameters = [torch.zeros(shape, dtype=dtype, requires_grad=True) for shape in SHAPES]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient.to(dtype, copy=True)
        parameters.append(torch.zeros(2, dtype=dtype, requires_grad=True))
        if "clip_value" in options:
            torch.nn.utils.clip_grad_value_(parameters, **options)
            norm = None
        else:
            norm = torch.nn.utils.clip_grad_norm_(parameters, **options).item()
        results[name][str(dtype).removeprefix("torch.")] = {"norm": norm, "gradients": [flat(p.grad) for p in parameters[:-1]]}

stored = {"torch": torch.__version__, "shapes": SHAPES, "gradients": [flat(g) for g in gradients], "results": results}
pathlib.Path(__file__).with_name("gradient-clipping.json").write_text(json.dumps(stored) + "\n")
