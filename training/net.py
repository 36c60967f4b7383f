"""The spine network: a U-Net of 1.5 M parameters on single sagittal slices at 1 mm."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def block(i, o):
    layers = []
    for a in (i, o):
        layers += [nn.Conv2d(a, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.LeakyReLU(.01, True)]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """[n, cin, h, w] -> logits [n, classes, h, w]; h and w are multiples of 32."""

    def __init__(self, ch=(12, 24, 48, 96, 128, 128), n=6, cin=1):
        super().__init__()
        self.d, self.u, self.r = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        p = cin
        for c in ch:
            self.d.append(block(p, c))
            p = c
        for c in ch[-2::-1]:
            self.r.append(nn.Conv2d(p, c, 1))
            self.u.append(block(2 * c, c))
            p = c
        self.o = nn.Conv2d(p, n, 1)

    def forward(self, x):
        skips = []
        for i, b in enumerate(self.d):
            x = b(x)
            if i < len(self.d) - 1:
                skips.append(x)
                x = F.max_pool2d(x, 2)
        for r, b in zip(self.r, self.u):
            x = F.interpolate(r(x), scale_factor=2.0, mode='nearest')
            x = b(torch.cat([x, skips.pop()], 1))
        return self.o(x)
