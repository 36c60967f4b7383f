"""The network: a small 2-D U-Net, contrast-agnostic, one slice in, six class scores out."""
import torch
import torch.nn.functional as F
from torch import nn

CLASSES = ["background", "vertebral-body", "disc", "sacrum", "canal", "posterior-elements"]
WIDTHS = (16, 32, 48, 96, 128, 144)


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.01, True),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.01, True),
    )


class SpineNet(nn.Module):
    """Input [n, 1, h, w] with h and w multiples of 32, z-normalised per slice; output logits [n, 6, h, w]."""

    def __init__(self, widths=WIDTHS, channels=1, classes=len(CLASSES)):
        super().__init__()
        self.down, self.up, self.narrow = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        previous = channels
        for width in widths:
            self.down.append(block(previous, width))
            previous = width
        for width in widths[-2::-1]:
            self.narrow.append(nn.Conv2d(previous, width, 1))
            self.up.append(block(2 * width, width))
            previous = width
        self.head = nn.Conv2d(previous, classes, 1)

    def forward(self, x):
        kept = []
        for n, layer in enumerate(self.down):
            x = layer(x)
            if n < len(self.down) - 1:
                kept.append(x)
                x = F.max_pool2d(x, 2)
        for narrow, layer in zip(self.narrow, self.up):
            x = F.interpolate(narrow(x), scale_factor=2.0, mode="nearest")
            x = layer(torch.cat([x, kept.pop()], 1))
        return self.head(x)


class WithSoftmax(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, slices):
        return self.net(slices).softmax(1)


def normalise(x):
    """Mean 0 and standard deviation 1 over each slice of [n, h, w]."""
    return (x - x.mean((1, 2), keepdims=True)) / (x.std((1, 2), keepdims=True) + 1e-3)
