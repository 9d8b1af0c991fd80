"""Writes pytorch.json: PyTorch's layers with their weights, on inputs, with results and all gradients, in float64.

Run: python pytorch.py, with a Python that has torch 2.13.0. Numbers are rounded to float32's first, so that both of our types
can be given the same ones.
"""

import itertools
import json
import pathlib

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(0)
cases = {}


def draw(*shape):
    return (torch.rand(shape) * 4 - 2).double()


def stored(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().double().flatten().tolist()}


def state_of(module):
    return {name: stored(tensor) for name, tensor in module.state_dict().items()}


def record(name, module, *inputs, run=None, evaluate=False):
    """Loss is the sum of the squares of all results; integer inputs get no gradient."""
    assert name not in cases, name
    module = module.float().double()
    module.zero_grad()
    if evaluate:
        module.eval()
    before = state_of(module)
    leaves = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    results = run(module, *leaves) if run else module(*leaves)
    results = list(results) if isinstance(results, (tuple, list)) else [results]
    sum(r.square().sum() for r in results).backward()
    cases[name] = {
        "state": before,
        "stateAfter": state_of(module),
        "inputs": [stored(x) for x in leaves],
        "results": [stored(r) for r in results],
        "inputGradients": [None if x.grad is None else stored(x.grad) for x in leaves],
        "gradients": {name: stored(p.grad) for name, p in module.named_parameters() if p.grad is not None},
    }


record("Linear", nn.Linear(4, 3), draw(2, 5, 4))
record("Linear without bias", nn.Linear(4, 3, bias=False), draw(6, 4))
record("Bilinear", nn.Bilinear(3, 4, 2), draw(2, 5, 3), draw(2, 5, 4))
record("Bilinear without bias", nn.Bilinear(3, 4, 2, bias=False), draw(5, 3), draw(5, 4))
record("Identity", nn.Identity(), draw(2, 3))
record("Conv1d", nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2), draw(2, 4, 9))
record(
    "Conv1d causal", nn.Conv1d(3, 2, 3, dilation=2), draw(2, 3, 8),
    run=lambda layer, x: layer(nn.functional.pad(x, (4, 0))),
)
record("Conv2d", nn.Conv2d(3, 4, 3, padding=1), draw(2, 3, 5, 6))
record("Conv2d with options", nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False), draw(2, 4, 7, 6))
record("ConvTranspose2d", nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), draw(2, 4, 4, 3))
record("MaxPool2d", nn.MaxPool2d(3, stride=2, padding=1), draw(2, 3, 7, 6))
record("MaxPool1d", nn.MaxPool1d(2), draw(2, 3, 7))
record("AvgPool2d", nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False, ceil_mode=True), draw(2, 3, 7, 6))
record("AvgPool1d", nn.AvgPool1d(3, stride=1), draw(2, 3, 7))
record("AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d((2, 3)), draw(2, 3, 5, 7))
for evaluate in (False, True):
    mode = "evaluating" if evaluate else "training"
    for layer, name, x in (
        (nn.BatchNorm1d(3), "BatchNorm1d", draw(5, 3)),
        (nn.BatchNorm1d(3, momentum=0.3, eps=1e-3), "BatchNorm1d of sequences", draw(2, 3, 4)),
        (nn.BatchNorm2d(3), "BatchNorm2d", draw(2, 3, 4, 2)),
        (nn.BatchNorm2d(3, momentum=None, affine=False), "BatchNorm2d cumulative", draw(2, 3, 4, 2)),
        (nn.BatchNorm2d(3, track_running_stats=False), "BatchNorm2d without statistics", draw(2, 3, 4, 2)),
    ):
        for buffer_name, tensor in layer.named_buffers():
            if buffer_name.startswith("running"):
                tensor.uniform_(0.5, 2)
        for parameter in layer.parameters():
            nn.init.uniform_(parameter, -1, 1)
        record(f"{name}, {mode}", layer, x, evaluate=evaluate)
layer_norm = nn.LayerNorm([3, 4])
for parameter in layer_norm.parameters():
    nn.init.uniform_(parameter, -1, 1)
record("LayerNorm", layer_norm, draw(2, 5, 3, 4))
record("LayerNorm without shift", nn.LayerNorm(4, bias=False, eps=1e-2), draw(2, 5, 4))
record("LocalResponseNorm", nn.LocalResponseNorm(3, alpha=0.1, beta=0.5, k=2), draw(2, 5, 3, 2))
record("Dropout, evaluating", nn.Dropout(0.7), draw(2, 3), evaluate=True)
record("Dropout2d, evaluating", nn.Dropout2d(0.7), draw(2, 3, 2, 2), evaluate=True)
record("Embedding", nn.Embedding(7, 3, padding_idx=2), torch.tensor([[0, 2, 6], [6, 1, 2]]))
record("Flatten", nn.Flatten(), draw(2, 3, 4))
record("Flatten within", nn.Flatten(1, 2), draw(2, 3, 4, 2))
record("Unflatten", nn.Unflatten(1, (3, -1)), draw(2, 12, 2))
record("Upsample", nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), draw(2, 3, 3, 2))
record("ZeroPad2d", nn.ZeroPad2d((1, 2, 0, 3)), draw(2, 3, 3, 2))
for name, layer in {
    "ReLU": nn.ReLU(), "LeakyReLU": nn.LeakyReLU(0.2), "ELU": nn.ELU(0.7), "GELU": nn.GELU(), "GELU by tanh": nn.GELU(approximate="tanh"),
    "Tanh": nn.Tanh(), "Sigmoid": nn.Sigmoid(), "Softmax": nn.Softmax(1), "LogSoftmax": nn.LogSoftmax(-1),
    "Softplus": nn.Softplus(2, 3), "Softsign": nn.Softsign(), "Hardsigmoid": nn.Hardsigmoid(),
}.items():
    record(name, layer, draw(3, 4) * 2)
record("Sequential", nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Sequential(nn.Linear(5, 3), nn.ReLU())), draw(6, 4))

LENGTHS = [4, 1, 3]


def sequences(layer, x, *first):
    """Packed, so that rows have lengths of their own; then unpacked again."""
    first = None if not first else first if isinstance(layer, nn.LSTM) else first[0]
    x = pack_padded_sequence(x, LENGTHS, batch_first=layer.batch_first, enforce_sorted=False)
    output, last = layer(x, first)
    output, _ = pad_packed_sequence(output, batch_first=layer.batch_first)
    return [output, *(last if isinstance(last, tuple) else (last,))]


def whole(layer, x):
    output, last = layer(x)
    return [output, *(last if isinstance(last, tuple) else (last,))]


for kind, make in {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}.items():
    for levels in (1, 2, 3):
        for both in (False, True):
            directions = 2 if both else 1
            name = f"{kind} of {levels}{', both ways' if both else ''}"
            states = [draw(levels * directions, 3, 2) for _ in range(2 if kind == "LSTM" else 1)]
            record(f"{name}, with lengths", make(3, 2, levels, bidirectional=both), draw(4, 3, 3), *states, run=sequences)
            record(f"{name}, batch first", make(3, 2, levels, bidirectional=both, batch_first=True), draw(3, 4, 3), run=whole)
record("RNN of 1 with relu and without bias", nn.RNN(3, 2, 1, nonlinearity="relu", bias=False), draw(4, 3, 3), run=whole)
record("RNNCell", nn.RNNCell(3, 2), draw(4, 3), draw(4, 2))
record("RNNCell with relu", nn.RNNCell(3, 2, nonlinearity="relu"), draw(4, 3), draw(4, 2))
record("GRUCell", nn.GRUCell(3, 2), draw(4, 3), draw(4, 2))
record("LSTMCell", nn.LSTMCell(3, 2), draw(4, 3), draw(4, 2), draw(4, 2), run=lambda cell, x, h, c: cell(x, (h, c)))

for name, layer in {
    "SELU": nn.SELU(), "SiLU": nn.SiLU(), "Mish": nn.Mish(), "Hardtanh": nn.Hardtanh(-0.5, 1.5), "ReLU6": nn.ReLU6(), "PReLU": nn.PReLU(),
    "PReLU of channels": nn.PReLU(5, init=0.1), "LogSigmoid": nn.LogSigmoid(), "Softmin": nn.Softmin(1),
}.items():
    # With the bends.
    record(name, layer, torch.cat([draw(4, 4) * 4, torch.tensor([[-0.5], [1.5], [0.0], [6.0]]).double()], 1))
record("LogSigmoid far out", nn.LogSigmoid(), torch.tensor([-800.0, -50.0, -25.0, -19.0, 0.0, 19.0, 25.0, 50.0, 800.0]).double())
record("GLU", nn.GLU(), draw(4, 6) * 2)
record("GLU of rows", nn.GLU(0), draw(4, 6) * 2)

record("AdaptiveAvgPool1d", nn.AdaptiveAvgPool1d(3), draw(2, 3, 7))
record("AdaptiveMaxPool2d", nn.AdaptiveMaxPool2d((2, 3)), draw(2, 3, 5, 7))

# Attention.
query, key, value = draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 2)
seen = torch.tensor([[1, 0, 1, 1, 0], [1, 1, 1, 1, 1], [0, 0, 1, 1, 0]]).bool()
added = torch.tensor([[0.5, -1, 0, 2, 0], [0, 0, 1, 0, 0], [0, -3, 0, 0, 0.25]]).double()
for name, options in {
    "": {}, " with a mask": {"attn_mask": seen}, " with numbers": {"attn_mask": added}, ", causal": {"is_causal": True}, " with a scale": {"scale": 0.3},
}.items():
    run = lambda _, q, k, v: nn.functional.scaled_dot_product_attention(q, k, v, **options)
    record("scaledDotProductAttention" + name, nn.Identity(), query, key, value, run=run)
padding = torch.tensor([[0, 0, 0, 1, 1], [0, 0, 0, 0, 0]]).bool()
record("MultiheadAttention", nn.MultiheadAttention(4, 2), draw(3, 2, 4), draw(5, 2, 4), draw(5, 2, 4))
record(
    "MultiheadAttention of other sizes", nn.MultiheadAttention(4, 2, kdim=3, vdim=5, batch_first=True), draw(2, 3, 4), draw(2, 5, 3), draw(2, 5, 5),
    run=lambda layer, q, k, v: layer(q, k, v, key_padding_mask=padding),
)
record(
    "MultiheadAttention with two masks", nn.MultiheadAttention(4, 2, bias=False), draw(3, 2, 4), draw(5, 2, 4), draw(5, 2, 4),
    run=lambda layer, q, k, v: layer(q, k, v, key_padding_mask=padding, attn_mask=~seen, average_attn_weights=False),
)
record(
    "MultiheadAttention with numbers for each head", nn.MultiheadAttention(4, 2, batch_first=True), draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 4),
    run=lambda layer, q, k, v: layer(q, k, v, attn_mask=torch.stack([added, added * 2, -added, added]), need_weights=False)[0],
)
causal = torch.triu(torch.ones(4, 4), 1).bool()
record(
    "MultiheadAttention, causal", nn.MultiheadAttention(4, 2, batch_first=True), draw(2, 4, 4),
    run=lambda layer, x: layer(x, x, x, attn_mask=causal),
)


class Attention(nn.Module):
    """The attention of translation before transformers: additive scores, or Luong's general or plain dot products."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        if kind == "additive":
            self.query_layer = nn.Linear(3, 6, bias=False)
            self.key_layer = nn.Linear(4, 6, bias=False)
            self.score_layer = nn.Linear(6, 1, bias=False)
        elif kind == "general":
            self.key_layer = nn.Linear(4, 3, bias=False)

    def forward(self, query, keys, values, mask):
        if self.kind == "additive":
            scores = self.score_layer(torch.tanh(self.query_layer(query)[:, :, None] + self.key_layer(keys)[:, None])).squeeze(-1)
        else:
            scores = torch.einsum("blq,bsq->bls", query, self.key_layer(keys) if self.kind == "general" else keys)
        weights = scores.masked_fill(~mask[:, None], -torch.inf).softmax(-1)
        return weights @ values, weights


mask = ~padding
for kind, width in {"additive": 3, "general": 3, "dot": 4}.items():
    layer = Attention(kind)
    record(f"{kind} attention", layer, draw(2, 3, width), draw(2, 5, 4), draw(2, 5, 2), run=lambda layer, q, k, v: layer(q, k, v, mask))
    record(
        f"{kind} attention of one query", layer, draw(2, width), draw(2, 5, 4),
        run=lambda layer, q, k: [each.squeeze(1) for each in layer(q[:, None], k, k, torch.ones(2, 5).bool())],
    )

# Losses; where the target is not to be differentiated it is detached.
def against(target):
    return lambda loss, x: loss(x, target)


for name, loss in {
    "MSELoss": nn.MSELoss(), "MSELoss, sums": nn.MSELoss(reduction="sum"), "L1Loss": nn.L1Loss(), "HuberLoss": nn.HuberLoss(delta=0.5),
    "SmoothL1Loss": nn.SmoothL1Loss(beta=0.5), "SmoothL1Loss of each": nn.SmoothL1Loss(reduction="none"),
}.items():
    record(name, loss, draw(3, 4), draw(3, 4))
record("MSLELoss", nn.Identity(), draw(3, 4).abs(), draw(3, 4).abs(), run=lambda _, x, y: (x.log1p() - y.log1p()).square().mean())
record("MAPELoss", nn.Identity(), draw(3, 4), draw(3, 4), run=lambda _, x, y: 100 * ((x - y).abs() / y.abs()).mean())
likely, labels01 = (draw(3, 4).sigmoid()).float().double(), (draw(3, 4) > 0).double()
factors = torch.tensor([0.5, 2, 1, 0.25]).double()
record("BCELoss", nn.BCELoss(weight=factors), likely, labels01, run=lambda loss, x, y: loss(x, y.detach()))
record("BCEWithLogitsLoss", nn.BCEWithLogitsLoss(weight=factors, pos_weight=factors + 1), draw(3, 4), labels01, run=lambda loss, x, y: loss(x, y.detach()))
kinds4 = torch.tensor([3, 0, 2, 2, 1])
record("CrossEntropyLoss", nn.CrossEntropyLoss(), draw(5, 4), kinds4)
record("CrossEntropyLoss with options", nn.CrossEntropyLoss(weight=factors, label_smoothing=0.2, ignore_index=1), draw(5, 4), kinds4)
record("NLLLoss", nn.NLLLoss(weight=factors, reduction="sum"), draw(5, 4).log_softmax(1).float().double(), kinds4)
record("KLDivLoss", nn.KLDivLoss(reduction="batchmean"), draw(3, 4).log_softmax(1).float().double(), draw(3, 4).softmax(1).float().double())
signs = torch.tensor([1.0, -1, 1, -1, -1]).double()
record("HingeLoss", nn.Identity(), draw(5), signs, run=lambda _, x, y: (1 - x * y.detach()).relu().mean())
record("SquaredHingeLoss", nn.Identity(), draw(5), signs, run=lambda _, x, y: (1 - x * y.detach()).relu().square().mean())
record("ExponentialLoss", nn.Identity(), draw(5), signs, run=lambda _, x, y: (-x * y.detach()).exp().mean())
record("CosineEmbeddingLoss", nn.CosineEmbeddingLoss(margin=0.25), draw(5, 3), draw(5, 3), signs, run=lambda loss, a, b, y: loss(a, b, y.detach()))
record("TripletMarginLoss", nn.TripletMarginLoss(margin=2, swap=True), draw(5, 3), draw(5, 3), draw(5, 3))
record(
    "CTCLoss", nn.CTCLoss(blank=3), draw(5, 3, 4), run=lambda loss, x: loss(x.log_softmax(2), torch.tensor([[0, 1], [1, 0], [2, 0]]), (5, 4, 3), (2, 1, 2)),
)


class Chain(nn.Module):
    """A linear chain's negative log-likelihood, by going through all sequences of labels."""

    def __init__(self, labels):
        super().__init__()
        self.start_transitions = nn.Parameter(torch.rand(labels))
        self.end_transitions = nn.Parameter(torch.rand(labels))
        self.transitions = nn.Parameter(torch.rand(labels, labels))

    def score(self, emissions, path):
        score = self.start_transitions[path[0]] + self.end_transitions[path[-1]]
        score = score + sum(emissions[t, label] for t, label in enumerate(path))
        return score + sum(self.transitions[one, other] for one, other in zip(path, path[1:]))

    def forward(self, emissions, tags, lengths):
        losses = []
        for row, length in enumerate(lengths):
            scores = [self.score(emissions[:, row], path) for path in itertools.product(range(emissions.shape[2]), repeat=length)]
            losses.append(torch.stack(scores).logsumexp(0) - self.score(emissions[:, row], tags[:length, row].tolist()))
        return torch.stack(losses).mean()


tags = torch.tensor([[0, 2, 1], [1, 0, 0], [2, 0, 1], [2, 0, 0]])
record("CRF", Chain(3), draw(4, 3, 3), tags, run=lambda chain, x, y: chain(x, y, LENGTHS))

# Packing.
padded = draw(4, 3, 2)
pack = pack_padded_sequence(padded, LENGTHS, enforce_sorted=False)
packing = {
    "padded": stored(padded), "lengths": LENGTHS, "data": stored(pack.data), "batchSizes": pack.batch_sizes.tolist(),
    "sortedIndices": pack.sorted_indices.tolist(), "again": stored(pad_packed_sequence(pack, padding_value=-1.0, total_length=5)[0]),
}


def ten_steps(net, forward, dtypes=(torch.float32, torch.float64)):
    """Losses and last weights of ten steps of momentum, in both types from the same start."""
    start = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    found = {"start": {name: stored(tensor) for name, tensor in start.items()}}
    for dtype in dtypes:
        net.to(dtype)
        net.load_state_dict(start)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
        losses = []
        for i in range(10):
            optimizer.zero_grad()
            loss = forward(net, i, dtype)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        found[str(dtype).removeprefix("torch.")] = {"losses": losses, "state": state_of(net)}
    return found


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3), nn.Tanh(), nn.Flatten()
        )
        self.classifier = nn.Linear(24, 3)

    def forward(self, x):
        return self.classifier(self.features(x))


images, labels = draw(10, 6, 1, 8, 8), torch.randint(0, 3, (10, 6))
training = {
    "convolutional": {
        "images": stored(images), "labels": labels.tolist(),
        **ten_steps(Net(), lambda net, i, dtype: nn.functional.cross_entropy(net(images[i].to(dtype)), labels[i])),
    },
}


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(12, 6, padding_idx=0)
        self.memory = nn.LSTM(6, 4, 2, bidirectional=True, batch_first=True)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.output = nn.Linear(8, 3)

    def forward(self, words):
        lengths = (words != 0).sum(1)
        states = pack_padded_sequence(self.words(words), lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.memory(states)[0], batch_first=True, total_length=words.shape[1])
        seen, _ = self.attention(states, states, states, key_padding_mask=words == 0)
        return self.output(self.norm(states + seen).mean(1))


words, kinds = torch.randint(1, 12, (10, 4, 5)), torch.randint(0, 3, (10, 4))
for row, length in enumerate((5, 2, 4, 1)):
    words[:, row, length:] = 0
training["recurrent"] = {
    "words": words.tolist(), "labels": kinds.tolist(),
    **ten_steps(Reader(), lambda net, i, dtype: nn.functional.cross_entropy(net(words[i]), kinds[i])),
}

lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items())
text = f'{{"torch": "{torch.__version__}", "training": {json.dumps(training)}, "packing": {json.dumps(packing)}, "cases": {{\n{lines}\n}}}}\n'
pathlib.Path(__file__).with_name("pytorch.json").write_text(text)
