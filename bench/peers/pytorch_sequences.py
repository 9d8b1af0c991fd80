"""Recurrent networks and a restricted Boltzmann machine in PyTorch, beside bench/rows/sequences.mjs."""
import torch
from torch.nn import functional

from serving import labels, numbers, sampled


def filled(shape, seed, scale):
    return torch.from_numpy(numbers(shape, seed, scale))


def parameter(shape, seed, scale):
    return torch.nn.Parameter(filled(shape, seed, scale))


def lstm_train():
    steps, batch, inputs, hidden = 50, 32, 64, 128
    x = filled((steps, batch, inputs), 1, 2)
    lstm = torch.nn.LSTM(inputs, hidden)
    for seed, weights in enumerate(lstm.parameters(), start=2):
        weights.data = filled(tuple(weights.shape), seed, 0.18)
    gradient = filled((steps, batch, hidden), 6, 2)

    def step():
        lstm.zero_grad()
        output, _ = lstm(x)
        output.backward(gradient)
        return output

    def result():
        output = step()
        return [value for each in (output, *(weights.grad for weights in lstm.parameters())) for value in sampled(each.detach())]

    return step, result


def char_rnn():
    steps, symbols, hidden = 25, 95, 100
    x = functional.one_hot(torch.from_numpy(labels(steps, symbols)), symbols).float().reshape(steps, 1, symbols)
    y = torch.from_numpy(labels(steps + 1, symbols)[1:])
    rnn = torch.nn.RNN(symbols, hidden)
    for seed, weights in enumerate(rnn.parameters(), start=2):
        weights.data = filled(tuple(weights.shape), seed, 0.2)
    weight_out, bias_out = parameter((symbols, hidden), 6, 0.2), parameter((symbols,), 7, 0.2)
    optimizer = torch.optim.SGD([*rnn.parameters(), weight_out, bias_out], lr=0.1)

    def step():
        optimizer.zero_grad()
        output, _ = rnn(x)
        loss = functional.cross_entropy(functional.linear(output.reshape(steps, hidden), weight_out, bias_out), y)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [step().item() for _ in range(10)]


def rbm_cd1():
    visible, hidden, batch, lr = 784, 128, 64, 0.1
    data = (filled((batch, visible), 1, 1) + 0.5).round()
    weights = filled((visible, hidden), 2, 0.1)
    visible_bias, hidden_bias = filled((visible,), 3, 0.1), filled((hidden,), 4, 0.1)
    torch.manual_seed(1)

    def step():
        first = torch.sigmoid(data @ weights + hidden_bias)
        dreamt = torch.bernoulli(torch.sigmoid(torch.bernoulli(first) @ weights.t() + visible_bias))
        last = torch.sigmoid(dreamt @ weights + hidden_bias)
        weights.add_((data.t() @ first - dreamt.t() @ last) * (lr / batch))
        visible_bias.add_((data - dreamt).mean(0) * lr)
        hidden_bias.add_((first - last).mean(0) * lr)
        return last

    def result():
        for _ in range(50):
            step()
        return [weights.abs().mean().item(), weights.square().mean().sqrt().item()]

    return step, result


ROWS = {"lstm-train": lstm_train, "char-rnn": char_rnn, "rbm-cd1": rbm_cd1}
