"""The convolutions of the benchmark in PyTorch, for one order of channels in memory."""
import torch
from torch.nn import functional

from serving import numbers, sampled

SMALL = (64, 32, 26, 64)
LARGE = (32, 64, 32, 64)


def convolution_rows(memory_format):
    """The rows with images, weights and gradients in this torch.memory_format."""

    def filled(shape, seed):
        return torch.from_numpy(numbers(shape, seed)).contiguous(memory_format=memory_format)

    def operands(batch, channels, size, outputs):
        left = size - 2
        return (
            filled((batch, channels, size, size), 1),
            filled((outputs, channels, 3, 3), 2),
            filled((batch, outputs, left, left), 3),
        )

    def forward(sizes):
        def row():
            image, weight, _ = operands(*sizes)

            def step():
                with torch.no_grad():
                    return functional.conv2d(image, weight)

            return step, lambda: sampled(step())

        return row

    def training(sizes):
        def row():
            image, weight, gradient = operands(*sizes)
            image.requires_grad_()
            weight.requires_grad_()

            def step():
                image.grad = weight.grad = None
                functional.conv2d(image, weight).backward(gradient)
                return image.grad, weight.grad

            def parts(each):
                values = sampled(each)
                largest = max(abs(value) for value in values)
                return [value / largest for value in values]

            return step, lambda: [value for each in step() for value in parts(each)]

        return row

    return {
        "conv-forward-64x32x26": forward(SMALL),
        "conv-forward-32x64x32": forward(LARGE),
        "conv-train-64x32x26": training(SMALL),
        "conv-train-32x64x32": training(LARGE),
        "conv-first-layer": forward((64, 1, 28, 32)),
    }
