"""Writes pytorch.json for the recurrent layers: run it with a Python that has torch 2.13.0."""

import pathlib
import sys

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "checks"))
from recording import Recorder  # noqa: E402

recorder = Recorder(__file__)

LAYERS = {
    "lstm": (4, torch.nn.LSTM, {}), "gru": (3, torch.nn.GRU, {}), "rnn": (1, torch.nn.RNN, {}),
    "relu": (1, torch.nn.RNN, {"nonlinearity": "relu"}),
}


def turned(x, lengths):
    """Each row's steps that count, in the opposite order."""
    steps, rows = torch.arange(x.shape[0])[:, None], torch.tensor(lengths)[None, :]
    return x.gather(0, torch.where(steps < rows, rows - 1 - steps, steps)[:, :, None].expand(x.shape))


def layer(kind, x, weight_ih, weight_hh, bias_ih=None, bias_hh=None, *first, reverse=False, lengths=None):
    """PyTorch's own layer on given weights; with lengths, on packed sequences."""
    _, module, options = LAYERS[kind]
    made = module(weight_ih.shape[1], weight_hh.shape[1], bias=bias_ih is not None, **options).double()
    weights = {"weight_ih_l0": weight_ih, "weight_hh_l0": weight_hh}
    if bias_ih is not None:
        weights.update(bias_ih_l0=bias_ih, bias_hh_l0=bias_hh)
    states = tuple(state[None] for state in first)
    states = None if not states else states if kind == "lstm" else states[0]
    counted = lengths or [x.shape[0]] * x.shape[1]
    if reverse:
        x = turned(x, counted)
    if lengths is not None:
        x = pack_padded_sequence(x, lengths, enforce_sorted=False)
    output, last = torch.func.functional_call(made, weights, (x, states))
    if lengths is not None:
        output, _ = pad_packed_sequence(output)
    if reverse:
        output = turned(output, counted)
    return [output, *(state[0] for state in (last if kind == "lstm" else (last,)))]


def with_peepholes(x, weight_ih, weight_hh, *rest, reverse=False, lengths=None):
    """Gers and Schmidhuber's LSTM, which PyTorch lacks, written in its ops."""
    bias_ih, bias_hh, h, c, (to_input, to_forget, to_output) = rest
    outputs = [None] * x.shape[0]
    for t in reversed(range(x.shape[0])) if reverse else range(x.shape[0]):
        i, f, g, o = (x[t] @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh).chunk(4, 1)
        i, f = (i + to_input * c).sigmoid(), (f + to_forget * c).sigmoid()
        next_c = f * c + i * g.tanh()
        next_h = (o + to_output * next_c).sigmoid() * next_c.tanh()
        counts = torch.tensor([t < n for n in lengths])[:, None] if lengths else torch.ones(h.shape, dtype=torch.bool)
        outputs[t] = torch.where(counts, next_h, 0.0)
        h, c = torch.where(counts, next_h, h), torch.where(counts, next_c, c)
    return [torch.stack(outputs), h, c]


def record(kind, text, sizes, bare=False, peephole=False, **arguments):
    steps, batch, inputs, hidden = sizes
    rows = LAYERS[kind][0] * hidden
    shapes = [(steps, batch, inputs), (rows, inputs), (rows, hidden)]
    if not bare:
        shapes += [(rows,), (rows,), (batch, hidden)] + ([(batch, hidden)] if kind == "lstm" else [])
    if peephole:
        shapes.append((3, hidden))
    name = ("rnn" if kind == "relu" else kind) + text
    run = with_peepholes if peephole else lambda *operands, **keywords: layer(kind, *operands, **keywords)
    recorder.record(name, lambda *operands: run(*operands, **arguments), *(recorder.draw(shape, -1, 1) for shape in shapes))


for kind in ("lstm", "gru", "rnn"):
    record(kind, "", (3, 2, 3, 4))
    record(kind, " without biases and first states", (3, 2, 3, 4), bare=True)
    record(kind, " of one step", (1, 2, 3, 2))
    record(kind, " of one row", (3, 1, 2, 3))
    record(kind, " of one input and one unit", (2, 2, 1, 1))
    record(kind, " of no rows", (2, 0, 3, 2))
    record(kind, " backwards", (3, 2, 2, 3), reverse=True)
    record(kind, " with lengths", (4, 3, 2, 3), lengths=[2, 4, 1])
    record(kind, " with lengths, backwards", (4, 3, 2, 3), lengths=[2, 4, 1], reverse=True)
    record(kind, " of many rows and units", (2, 17, 2, 17))
record("lstm", " with peepholes", (3, 2, 3, 4), peephole=True)
record("lstm", " with peepholes and lengths, backwards", (4, 3, 2, 3), peephole=True, lengths=[2, 4, 1], reverse=True)
record("relu", " with relu", (3, 2, 3, 4))
record("relu", " with relu and lengths", (4, 3, 2, 3), lengths=[2, 4, 1])

recorder.write()
