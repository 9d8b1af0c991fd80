"""
Writes pytorch.json: two small models as PyTorch's exporter writes them, with an input and its result. Run with torch and onnx
installed: python pytorch.py > pytorch.json
"""
import base64
import io
import json
import sys

import torch
from torch import nn

torch.manual_seed(0)


class Sequences(nn.Module):
    """Words through recurrent layers of two kinds."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 5)
        self.lstm = nn.LSTM(5, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(8, 4, batch_first=True)
        self.norm = nn.LayerNorm(4)
        self.output = nn.Linear(4, 3)

    def forward(self, words):
        hidden, _ = self.lstm(self.embedding(words))
        hidden, _ = self.gru(hidden)
        return nn.functional.gelu(self.output(self.norm(hidden)).mean(1))


pictures = nn.Sequential(
    nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(), nn.Linear(4 * 4 * 4, 5),
    nn.LogSoftmax(-1),
)
with torch.no_grad():
    pictures[1].running_mean += 0.3
    pictures[1].running_var *= 1.7

stored = {"torch": torch.__version__, "models": {}}
for name, model, example in [
    ("pictures", pictures, torch.rand(1, 1, 8, 8)),
    ("sequences", Sequences(), torch.randint(0, 9, (1, 7))),
]:
    model.eval()
    file = io.BytesIO()
    torch.onnx.export(
        model, (example,), file, opset_version=17, dynamo=False, input_names=["x"], output_names=["y"],
        dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
    )
    x = torch.cat([example, example.flip(-1), example.roll(1, -1)])
    stored["models"][name] = {
        "file": base64.b64encode(file.getvalue()).decode(),
        "x": x.flatten().tolist(),
        "shape": list(x.shape),
        "y": model(x).flatten().tolist(),
    }
json.dump(stored, sys.stdout)
