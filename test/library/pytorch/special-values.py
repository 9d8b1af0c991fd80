"""Writes special-values.json: what PyTorch makes of zeros, infinities, NaN and ties. Run it with a Python that has torch 2.13.0."""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

inf, nan = math.inf, math.nan
special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 3.0, 1e-300, 800.0, -800.0, inf, -inf, nan]
lines = {
    "ordinary": [1, 2, -3], "zeros": [0, 0, 0], "equal": [2, 2, 1], "one zero": [0, 2, 3], "huge": [1000, 1001, 999],
    "a NaN": [1, nan, 2], "infinities": [inf, 1, inf], "minus infinities": [-inf, -inf, -inf],
    "one minus infinity": [-inf, 1, 2], "both infinities": [inf, -inf, 0],
}
weights = torch.tensor([1, 2, 3])

unary = {
    "neg": torch.neg, "abs": torch.abs, "sign": torch.sign, "exp": torch.exp, "log": torch.log, "log1p": torch.log1p,
    "expm1": torch.expm1, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "reciprocal": torch.reciprocal, "square": torch.square,
    "sin": torch.sin, "cos": torch.cos, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "floor": torch.floor,
    "ceil": torch.ceil, "round": torch.round, "erf": torch.erf, "gelu": F.gelu, "leakyRelu": F.leaky_relu, "elu": F.elu,
    "softplus": F.softplus, "softsign": F.softsign, "hardSigmoid": F.hardsigmoid,
}
binary = {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow, "maximum": torch.maximum,
    "minimum": torch.minimum, "remainder": torch.remainder, "fmod": torch.fmod,
}
folds = {
    "sum": lambda x: x.sum(), "mean": lambda x: x.mean(), "prod": lambda x: x.prod(), "amax": lambda x: x.amax(0),
    "amin": lambda x: x.amin(0), "std": lambda x: x.std(), "var": lambda x: x.var(), "logsumexp": lambda x: x.logsumexp(0),
    "norm": lambda x: x.norm(), "norm of 1": lambda x: x.norm(p=1), "norm of 3": lambda x: x.norm(p=3),
    "norm of 0.5": lambda x: x.norm(p=0.5), "norm of -1": lambda x: x.norm(p=-1), "largest norm": lambda x: x.norm(p=inf),
    "smallest norm": lambda x: x.norm(p=-inf), "softmax": lambda x: (x.softmax(0) * weights).sum(),
    "logSoftmax": lambda x: (x.log_softmax(0) * weights).sum(), "cumsum": lambda x: x.cumsum(0).sum(),
    "cumprod": lambda x: x.cumprod(0).sum(), "cummax": lambda x: x.cummax(0).values.sum(),
    "sort": lambda x: (x.sort(stable=True).values * weights).sum(), "clamp": lambda x: x.clamp(0, 1).sum(),
}


def stored(tensor):
    def number(value):
        return value if math.isfinite(value) else "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"

    return [number(value) for value in tensor.detach().double().flatten().tolist()]


def record(function, *inputs):
    leaves = [x.clone().requires_grad_() for x in inputs]
    result = function(*leaves)
    result.sum().backward()
    return {"result": stored(result), "gradients": [stored(leaf.grad) for leaf in leaves]}


x = torch.tensor(special).double()
left, right = x.repeat_interleave(len(special)), x.repeat(len(special))
vectors = {name: torch.tensor(line).double() for name, line in lines.items()}
everything = {
    "torch": torch.__version__,
    "special": stored(x),
    "lines": {name: stored(vector) for name, vector in vectors.items()},
    "unary": {name: record(function, x) for name, function in unary.items()},
    "binary": {name: record(function, left, right) for name, function in binary.items()},
    "folds": {name: {line: record(function, vector) for line, vector in vectors.items()} for name, function in folds.items()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(everything) + "\n")
