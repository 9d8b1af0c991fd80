"""Stores what PyTorch computes for a family of cases, as pytorch.ts reads it.

A family's pytorch.py puts this folder on its path, makes a `Recorder(__file__)`, calls `record` once a case and ends with
`write()`. Run it with a Python that has torch 2.13.0.
"""

import json
import math
import pathlib

import torch


def stored(tensor):
    def number(value):
        if isinstance(value, float) and not math.isfinite(value):
            return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
        return value

    return {"shape": list(tensor.shape), "values": [number(v) for v in tensor.detach().double().flatten().tolist()]}


class Recorder:
    def __init__(self, script, seed=0):
        self.path = pathlib.Path(script).with_name("pytorch.json")
        self.cases = {}
        torch.manual_seed(seed)

    def draw(self, shape, low=-2.0, high=2.0):
        """Numbers that float32 holds exactly, as float64: both of our types can be given the same ones."""
        return (torch.rand(shape) * (high - low) + low).double()

    def record(self, name, function, *inputs, constant=(), gradients=True):
        """Stores inputs, results, and each input's gradient of the sum of all floating results' squares.

        `inputs` are tensors, or shapes to draw. `constant` lists positions of inputs that get no gradient.
        """
        assert name not in self.cases, name
        values = [x.double() if torch.is_tensor(x) else self.draw(x) for x in inputs]
        leaves = [x.clone() if i in constant else x.clone().requires_grad_() for i, x in enumerate(values)]
        results = function(*leaves)
        results = list(results) if isinstance(results, (tuple, list)) else [results]
        if gradients:
            sum(r.square().sum() for r in results if r.requires_grad).backward()
        self.cases[name] = {
            "inputs": [stored(leaf) for leaf in leaves],
            "results": [stored(result) for result in results],
            "gradients": [None if leaf.grad is None else stored(leaf.grad) for leaf in leaves],
        }

    def write(self):
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in self.cases.items())
        self.path.write_text(f'{{"torch": "{torch.__version__}", "cases": {{\n{lines}\n}}}}\n')
