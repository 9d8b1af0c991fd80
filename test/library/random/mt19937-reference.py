"""Prints what NumPy's legacy stream gives, for the test of random.MT19937.

Run it with any NumPy (the stream is frozen, NEP 19):
    python mt19937-reference.py > mt19937-reference.json
Doubles are printed by repr, which reads back to the same bits.
"""
import json

import numpy

R = numpy.random.RandomState


def plain(value):
    return value.tolist() if hasattr(value, "tolist") else value


cases = {}
for name, seed in {"0": 0, "234": 234, "4294967295": 2**32 - 1, "[1,2,3]": [1, 2, 3],
                   "[7]": [7], "700 words": list(range(700))}.items():
    g = R(seed)
    cases[name] = {
        "seed": seed,
        "randomSample": plain(g.random_sample(5)),
        "uniform": plain(g.uniform(-3, 7.5, (3, 4))),
        "randintSmall": plain(g.randint(10, size=20)),
        "randintOffset": plain(g.randint(-5, 1000, size=20)),
        "randintOne": plain(g.randint(3, 4, size=3)),
        "randint32": plain(g.randint(0, 2**32, size=5)),
        "randintWide": plain(g.randint(-(2**40), 2**50, size=20)),
        "randn": plain(g.randn(7)),
        "normalAfterSpare": plain(g.normal(3, 0.5, 4)),
        "permutation": plain(g.permutation(30)),
        "choice": plain(g.choice(12, 10)),
        "choiceOne": plain(g.choice(12)),
        "choiceP": plain(g.choice(4, 15, p=[0.1, 0.2, 0.3, 0.4])),
        "choiceWithout": plain(g.choice(20, 8, replace=False)),
        "choiceWithoutP": plain(g.choice(6, 4, replace=False, p=[0.05, 0.05, 0.1, 0.5, 0.2, 0.1])),
        "bernoulli": plain(g.binomial(1, 0.3, 40)),
        "bernoulliHigh": plain(g.binomial(1, 0.8, 40)),
        "binomial": plain(g.binomial(25, 0.4, 40)),
        "afterAll": plain(g.random_sample(3)),
    }
g = R(99)
many = g.random_sample(100_000)
normals = R(99).randn(100_000)
print(json.dumps({
    "numpy": numpy.__version__,
    "cases": cases,
    "manyLast": plain(many[-3:]),
    "normals": plain(normals[:2000]),
    "normalsLast": plain(normals[-3:]),
}))
