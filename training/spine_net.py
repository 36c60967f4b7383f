"""The network: a small 2-D U-Net, contrast-agnostic, one slice (or three neighbours) in, six class scores out."""
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


class Context(nn.Module):
    """What lies further away, added to the deepest layer; answers nothing until trained."""

    def __init__(self, width):
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=2, dilation=2, bias=False), nn.BatchNorm2d(width), nn.LeakyReLU(0.01, True))
        self.add = nn.Conv2d(width, width, 1)
        nn.init.zeros_(self.add.weight), nn.init.zeros_(self.add.bias)

    def forward(self, x):
        return x + self.add(self.look(x))


class SpineNet(nn.Module):
    """Input [n, c, h, w] with h and w multiples of 32, each slice z-normalised; output logits [n, 6, h, w]."""

    def __init__(self, widths=WIDTHS, channels=1, classes=len(CLASSES), context=False):
        super().__init__()
        self.channels = channels
        self.down, self.up, self.narrow = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        previous = channels
        for width in widths:
            self.down.append(block(previous, width))
            previous = width
        self.context = Context(previous) if context else None
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
        if self.context is not None:
            x = self.context(x)
        for narrow, layer in zip(self.narrow, self.up):
            x = F.interpolate(narrow(x), scale_factor=2.0, mode="nearest")
            x = layer(torch.cat([x, kept.pop()], 1))
        return self.head(x)


def load_net(path, channels=None, context=None):
    """The network of a checkpoint; with other channels or a context it starts as the same function as the checkpoint."""
    state = torch.load(path)
    first = "down.0.0.weight"
    known = state[first].shape[1]
    channels = channels or known
    deep = "context.add.weight" in state
    net = SpineNet(channels=channels, context=deep if context is None else context)
    if channels != known:
        wide = torch.zeros(state[first].shape[0], channels, 3, 3)
        wide[:, channels // 2] = state[first][:, known // 2]
        state[first] = wide
    missing, unknown = net.load_state_dict(state, strict=False)
    if unknown or any(not name.startswith("context.") for name in missing):
        raise SystemExit(f"{path}: not a checkpoint of this network")
    return net


class WithSoftmax(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, slices):
        return self.net(slices).softmax(1)


def normalise(x):
    """Mean 0 and standard deviation 1 over each slice of [n, h, w]."""
    return (x - x.mean((1, 2), keepdims=True)) / (x.std((1, 2), keepdims=True) + 1e-3)
