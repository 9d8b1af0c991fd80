"""ResNet-18 for small pictures in PyTorch, layer for layer Nabla's `nn.models.ResNet18` (He et al. 2016)."""
import torch
from torch import nn


class Block(nn.Module):
    """Two 3 x 3 convolutions beside a way past them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        same = inputs == outputs and stride == 1
        self.downsample = None if same else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        past = x if self.downsample is None else self.downsample(x)
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + past)


class ResNet18(nn.Module):
    def __init__(self, width):
        super().__init__()
        first, second, third, fourth = (round(channels * width) for channels in (64, 128, 256, 512))
        self.conv1 = nn.Conv2d(3, first, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.layer1 = nn.Sequential(Block(first, first, 1), Block(first, first, 1))
        self.layer2 = nn.Sequential(Block(first, second, 2), Block(second, second, 1))
        self.layer3 = nn.Sequential(Block(second, third, 2), Block(third, third, 1))
        self.layer4 = nn.Sequential(Block(third, fourth, 2), Block(fourth, fourth, 1))
        self.fc = nn.Linear(fourth, 10)

    def forward(self, x):
        maps = self.layer4(self.layer3(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x)))))))
        return self.fc(maps.mean((2, 3)))


def begin_as_nabla(network, filled):
    """The weights of bench/cuda/residual-network.mjs."""
    with torch.no_grad():
        for seed, (name, parameter) in enumerate(network.named_parameters(), start=2):
            inputs = parameter.shape[1:].numel()
            scale = 0.1 if name == "fc.bias" else (24 / inputs) ** 0.5 if parameter.ndim > 1 else None
            if scale is not None:
                parameter.copy_(filled(tuple(parameter.shape), seed, scale))
    return network
