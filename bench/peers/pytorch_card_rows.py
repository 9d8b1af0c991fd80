"""The rows of a card in PyTorch, beside bench/cuda/rows.mjs: pytorch_card_rows.py MANNER DEVICE

MANNER is `eager`, as PyTorch's users write a step, or `graph`: the whole step captured once in a CUDA graph and replayed, as
https://docs.pytorch.org/docs/stable/notes/cuda.html ("CUDA Graphs", whole-network capture) says. DEVICE is `cuda`; with `cpu` the
eager rows run without a card, to be tried out.
"""
import gc
import sys

import torch
from torch.nn import functional

from pytorch_resnet import ResNet18, begin_as_nabla
from serving import labels, numbers, sampled, serve

MANNER, DEVICE = sys.argv[1], sys.argv[2]
GRAPH = MANNER == "graph"

# Steps before a capture: cuBLAS, cuDNN and the optimiser make what they keep.
WARM_UP = 3
DIFFERENT_NUMBERS = 1 << 20


def filled(shape, seed, scale=1.0):
    return torch.from_numpy(numbers(shape, seed, scale)).to(DEVICE)


def parameter(shape, seed, scale):
    return filled(shape, seed, scale).requires_grad_()


def sample(values):
    """About a thousand of them, chosen where they lie."""
    flat = values.detach().reshape(-1)
    return sampled(flat[:: max(1, flat.numel() // 1000)].float().cpu())


def captured(step, state):
    """The step as a graph, or the step itself where steps are eager. `state` are the tensors that it changes: they are afterwards
    what they were before."""
    if not GRAPH:
        return step
    before = [each.detach().clone() for each in state()]
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = step()
    with torch.no_grad():
        for each, value in zip(state(), before + [None] * len(state())):
            each.zero_() if value is None else each.copy_(value)

    def replay():
        graph.replay()
        return result

    return replay


def product(precision):
    def row(size):
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        a, b = filled((size, size), 1), filled((size, size), 2)
        if precision == "bf16":
            a, b = a.bfloat16(), b.bfloat16()
        step = captured(lambda: a @ b, list)
        return step, lambda: sample(step())

    return row


def many(elements):
    different = min(elements, DIFFERENT_NUMBERS)
    return filled((different,), 1, 4).repeat(-(-elements // different))


def chain(elements):
    x = many(elements)
    step = captured(lambda: ((x * 2 + 1).relu() - 0.5) * x, list)
    return step, lambda: sample(step())


def copy(elements):
    source = many(elements)
    target = torch.empty_like(source)
    return lambda: target.copy_(source), lambda: sample(target.copy_(source))


def training(parameters, loss_of, make_optimizer, buffers=()):
    """An ordinary training step; the result is the loss of the first ten."""
    optimizer = make_optimizer(parameters)

    def eager():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss

    def state():
        kept = [value for each in parameters for value in optimizer.state[each].values() if torch.is_tensor(value)]
        return [*parameters, *buffers, *kept]

    step = captured(eager, state)
    return step, lambda: [step().item() for _ in range(10)]


def adam(parameters):
    # A graph needs an optimiser that can be captured; who captures a step takes the fused one.
    return torch.optim.Adam(parameters, lr=0.001, **({"capturable": True, "fused": True} if GRAPH else {}))


def mlp(batch, layers):
    x, y = filled((batch, layers[0]), 1, 2), torch.from_numpy(labels(batch, layers[-1])).to(DEVICE)
    parameters = []
    for i, (inputs, outputs) in enumerate(zip(layers, layers[1:])):
        parameters += [parameter((outputs, inputs), 2 * i + 2, 2 / inputs**0.5), parameter((outputs,), 2 * i + 3, 0.1)]

    def loss():
        value = functional.linear(x, parameters[0], parameters[1])
        for weight, bias in zip(parameters[2::2], parameters[3::2]):
            value = functional.linear(torch.relu(value), weight, bias)
        return functional.cross_entropy(value, y)

    return training(parameters, loss, adam)


def lenet5(batch):
    x, y = filled((batch, 1, 28, 28), 1, 2), torch.from_numpy(labels(batch, 10)).to(DEVICE)
    parameters = []
    for i, shape in enumerate([(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)]):
        inputs = torch.Size(shape[1:]).numel()
        parameters += [parameter(shape, 2 * i + 2, 2 / inputs**0.5), parameter((shape[0],), 2 * i + 3, 0.1)]
    w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = parameters

    def loss():
        first = functional.max_pool2d(torch.relu(functional.conv2d(x, w1, b1, padding=2)), 2)
        second = functional.max_pool2d(torch.relu(functional.conv2d(first, w2, b2)), 2).reshape(batch, 400)
        hidden = torch.relu(functional.linear(torch.relu(functional.linear(second, w3, b3)), w4, b4))
        return functional.cross_entropy(functional.linear(hidden, w5, b5), y)

    return training(parameters, loss, adam)


def lstm_train(steps, batch, inputs, hidden):
    x = filled((steps, batch, inputs), 1, 2)
    lstm = torch.nn.LSTM(inputs, hidden).to(DEVICE)
    with torch.no_grad():
        for seed, weights in enumerate(lstm.parameters(), start=2):
            weights.copy_(filled(tuple(weights.shape), seed, 0.18))
    gradient = filled((steps, batch, hidden), 6, 2)

    def eager():
        lstm.zero_grad()
        output, _ = lstm(x)
        output.backward(gradient)
        return output

    step = captured(eager, list)
    return step, lambda: [value for each in (step(), *(weights.grad for weights in lstm.parameters())) for value in sample(each)]


def rbm_cd1(visible, hidden, batch):
    lr = 0.1
    data = (filled((batch, visible), 1, 1) + 0.5).round()
    weights = filled((visible, hidden), 2, 0.1)
    visible_bias, hidden_bias = filled((visible,), 3, 0.1), filled((hidden,), 4, 0.1)
    torch.manual_seed(1)

    def eager():
        first = torch.sigmoid(data @ weights + hidden_bias)
        dreamt = torch.bernoulli(torch.sigmoid(torch.bernoulli(first) @ weights.t() + visible_bias))
        last = torch.sigmoid(dreamt @ weights + hidden_bias)
        weights.add_((data.t() @ first - dreamt.t() @ last) * (lr / batch))
        visible_bias.add_((data - dreamt).mean(0) * lr)
        hidden_bias.add_((first - last).mean(0) * lr)
        return last

    step = captured(eager, lambda: [weights, visible_bias, hidden_bias])

    def result():
        for _ in range(50):
            step()
        return [weights.abs().mean().item(), weights.square().mean().sqrt().item()]

    return step, result


def resnet(batch, side, width):
    """With channels innermost in memory, which convolutions on tensor cores want."""
    network = begin_as_nabla(ResNet18(width), filled).to(DEVICE, memory_format=torch.channels_last)
    x = filled((batch, 3, side, side), 1, 2).contiguous(memory_format=torch.channels_last)
    y = torch.from_numpy(labels(batch, 10)).to(DEVICE)

    def loss():
        # A weight that was rounded while the graph was captured must not be found again in a replay.
        with torch.autocast(DEVICE, dtype=torch.bfloat16, cache_enabled=not GRAPH):
            return functional.cross_entropy(network(x), y)

    def sgd(parameters):
        return torch.optim.SGD(parameters, lr=0.01, momentum=0.9)

    return training(list(network.parameters()), loss, sgd, list(network.buffers()))


def alone(row):
    """A row whose memory is that of the row before, given back."""

    def prepared(**sizes):
        gc.collect()
        torch.set_float32_matmul_precision("highest")
        if DEVICE == "cuda":
            torch.cuda.empty_cache()
        return row(**sizes)

    return prepared


ROWS = {
    **{f"matmul-{precision}": product(precision) for precision in ("fp32", "tf32", "bf16")},
    "elementwise-chain": chain,
    "mlp-adam": mlp,
    "lenet5-adam": lenet5,
    "lstm-train": lstm_train,
    "rbm-cd1": rbm_cd1,
    "resnet18-bf16": resnet,
    # What the card can do, for the floors.
    "copy": copy,
}

if __name__ == "__main__":
    if DEVICE == "cuda":
        if not torch.cuda.is_available():
            sys.exit("this PyTorch sees no card")
        torch.backends.cudnn.benchmark = True
        version = f"{torch.__version__}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}, on {torch.cuda.get_device_name()}"
        serve(version, {name: alone(row) for name, row in ROWS.items()}, torch.cuda.synchronize)
    else:
        serve(torch.__version__, {name: alone(row) for name, row in ROWS.items()})
