"""The rows of the benchmark in PyTorch, as its users write them: pytorch_rows.py THREADS"""
import math
import sys

import torch
from torch.nn import functional

from convolution_rows import convolution_rows
import pytorch_sequences
from serving import labels, moments, numbers, sampled, serve

MILLION = 1_000_000


def product(size):
    def row():
        a, b = (torch.from_numpy(numbers((size, size), seed)) for seed in (1, 2))
        return lambda: a @ b, lambda: sampled(a @ b)

    return row


def elementwise(function):
    def row():
        x = torch.from_numpy(numbers((MILLION,), 1, 8))
        return lambda: function(x), lambda: sampled(function(x))

    return row


def normal():
    torch.manual_seed(1)
    return lambda: torch.randn(MILLION), lambda: moments(torch.randn(MILLION))


def add_chain():
    start, y = torch.from_numpy(numbers((4,), 1)), torch.from_numpy(numbers((4,), 2))

    def step():
        x = start
        for _ in range(100):
            x = x + y
        return x

    return step, lambda: sampled(step())


def training(parameters, loss_of, lr, kind=torch.optim.SGD):
    """An ordinary training step; the result is the loss of the first ten."""
    optimizer = kind(parameters, lr=lr)

    def step():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [step().item() for _ in range(10)]


def parameter(shape, seed, scale):
    return torch.from_numpy(numbers(shape, seed, scale)).requires_grad_()


def linear_regression():
    x, y = torch.from_numpy(numbers((100, 2), 1, 4)), torch.from_numpy(numbers((100, 1), 2, 4))
    weight, bias = parameter((1, 2), 3, 0.1), parameter((1,), 4, 0.1)
    return training([weight, bias], lambda: functional.mse_loss(functional.linear(x, weight, bias), y), 0.03)


def two_layers(batch, sizes, activation, lr, kind=torch.optim.SGD):
    def row():
        inputs, hidden, classes = sizes
        x, y = torch.from_numpy(numbers((batch, inputs), 1, 2)), torch.from_numpy(labels(batch, classes))
        w1, b1 = parameter((hidden, inputs), 2, 2 / inputs**0.5), parameter((hidden,), 3, 0.1)
        w2, b2 = parameter((classes, hidden), 4, 2 / hidden**0.5), parameter((classes,), 5, 0.1)

        def loss():
            scores = functional.linear(activation(functional.linear(x, w1, b1)), w2, b2)
            return functional.cross_entropy(scores, y)

        return training([w1, b1, w2, b2], loss, lr, kind)

    return row


def lenet5(batch):
    def row():
        x, y = torch.from_numpy(numbers((batch, 1, 28, 28), 1, 2)), torch.from_numpy(labels(batch, 10))
        parameters = []
        for i, shape in enumerate([(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)]):
            inputs = math.prod(shape[1:])
            parameters += [parameter(shape, 2 * i + 2, 2 / inputs**0.5), parameter((shape[0],), 2 * i + 3, 0.1)]
        w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = parameters

        def loss():
            first = functional.max_pool2d(torch.relu(functional.conv2d(x, w1, b1, padding=2)), 2)
            second = functional.max_pool2d(torch.relu(functional.conv2d(first, w2, b2)), 2).reshape(batch, 400)
            hidden = torch.relu(functional.linear(torch.relu(functional.linear(second, w3, b3)), w4, b4))
            return functional.cross_entropy(functional.linear(hidden, w5, b5), y)

        return training(parameters, loss, 0.001, torch.optim.Adam)

    return row


def chain():
    x = torch.from_numpy(numbers((1 << 24,), 1, 4))

    def step():
        return ((x * 2 + 1).relu() - 0.5) * x

    return step, lambda: sampled(step())


ROWS = {
    **{f"sgemm-{size}": product(size) for size in (64, 128, 256, 512, 1024, 2048)},
    **convolution_rows(torch.contiguous_format),
    "mlp-sgd-eager": two_layers(64, (784, 128, 10), torch.relu, 0.1),
    "linear-regression": linear_regression,
    "mlp-2-3-2": two_layers(200, (2, 3, 2), torch.tanh, 0.1),
    "mlp-sgd": two_layers(64, (784, 128, 10), torch.relu, 0.1),
    "mlp-adam": two_layers(64, (784, 128, 10), torch.relu, 0.001, torch.optim.Adam),
    "lenet5-adam-64": lenet5(64),
    "lenet5-adam-128": lenet5(128),
    "linear-regression-compiled": linear_regression,
    "mlp-2-3-2-compiled": two_layers(200, (2, 3, 2), torch.tanh, 0.1),
    "elementwise-chain-16m": chain,
    "add-chain": add_chain,
    "tanh-1m": elementwise(torch.tanh),
    "sigmoid-1m": elementwise(torch.sigmoid),
    "exp-1m": elementwise(torch.exp),
    "normal-1m": normal,
    **pytorch_sequences.ROWS,
}

if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    serve(torch.__version__, ROWS)
