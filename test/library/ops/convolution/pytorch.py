"""Writes pytorch.json for convolutions and windows: run it with a Python that has torch 2.13.0."""

import json
import pathlib
import sys

import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)
calls = json.loads(pathlib.Path(__file__).with_name("calls.json").read_text())


def pythonic(options):
    renamed = {"outputPadding": "output_padding"}
    return {renamed.get(name, name): tuple(v) if isinstance(v, list) else v for name, v in options.items()}


def conv1d(x, weight, bias=None, causal=False, **options):
    if causal:
        x = F.pad(x, (options.get("dilation", 1) * (weight.shape[2] - 1), 0))
    return F.conv1d(x, weight, bias, **options)


def outputs(op, call):
    weight = call["weight"]
    return weight[1] * call["options"].get("groups", 1) if op == "convTranspose2d" else weight[0]


for op, function in (("conv2d", F.conv2d), ("conv1d", conv1d), ("convTranspose2d", F.conv_transpose2d)):
    for call in calls[op]:
        shapes = [call["input"], call["weight"]] + ([[outputs(op, call)]] if call.get("bias") else [])
        options = pythonic(call["options"])
        recorder.record(f"{op}, {call['name']}", lambda *x: function(*x, **options), *shapes)

for call in calls["unfold"]:
    recorder.record(f"unfold, {call['name']}", lambda x: F.unfold(x, call["kernelSize"], **call["options"]), call["input"])
for call in calls["fold"]:
    sizes = call["outputSize"], call["kernelSize"]
    recorder.record(f"fold, {call['name']}", lambda x: F.fold(x, *sizes, **call["options"]), call["input"])

recorder.write()
