"""What PyTorch computes for the cases of einsum and cov. The equations are read from cases.ts, so that they stand once."""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "checks"))
import torch
from recording import Recorder

recorder = Recorder(__file__, seed=12)
text = pathlib.Path(__file__).with_name("cases.ts").read_text()
for line in re.findall(r'^  (\["[^"]*->.*\]|\["[^"]*", \[.*\]),$', text, re.M):
    equation, *shapes = json.loads(line)
    name = f"{equation} of {' '.join('[' + ' '.join(map(str, shape)) + ']' for shape in shapes)}"
    recorder.record(name, lambda *operands: torch.einsum(equation, *operands), *shapes)
recorder.record("cov", torch.cov, (3, 5))
recorder.record("cov of one variable", torch.cov, (6,))
recorder.record("cov without correction", lambda x: torch.cov(x, correction=0), (2, 4))
recorder.record("cov of columns", lambda x: torch.cov(x.mT), (4, 2))
recorder.record("corrcoef", torch.corrcoef, (3, 5))
recorder.write()
