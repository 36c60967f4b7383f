"""A checkpoint to train on from, read back from a shipped model.onnx whose training weights are not at hand.

The export folds each batch normalisation into its convolution. Here the convolution keeps the folded weights; mean and
variance of its output over drawn slices become the layer's statistics, and scale and shift are set so that the network
answers as the file does. Training then goes on with the batch statistics that it would have had.

  /usr/bin/python3 training/from_onnx.py --model models/spine-seg/model.onnx --slices training/work --out training/work/shipped.pt
"""
import argparse

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from augment import recolour, warp
from slices import DrawnSlices
from spine_net import SpineNet, WithSoftmax


def folded_weights(path):
    """Weights and biases of the file's convolutions in the order in which they run: [(weight, bias)]."""
    graph = onnx.load(path).graph
    values = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    return [(values[node.input[1]], values[node.input[2]]) for node in graph.node if node.op_type == "Conv"]


def layers_in_order(net):
    """Convolutions as they run, each with its batch normalisation or None."""
    for stage in net.down:
        yield from pairs(stage)
    for narrow, stage in zip(net.narrow, net.up):
        yield narrow, None
        yield from pairs(stage)
    yield net.head, None


def pairs(stage):
    parts = list(stage)
    return [(part, parts[n + 1]) for n, part in enumerate(parts) if isinstance(part, nn.Conv2d)]


def load_folded(net, folded):
    """Puts the folded weights in; every normalisation becomes a mere shift."""
    layers = list(layers_in_order(net))
    if len(layers) != len(folded):
        raise SystemExit(f"{len(folded)} convolutions in the file, {len(layers)} in the network")
    with torch.no_grad():
        for (conv, norm), (weight, bias) in zip(layers, folded):
            if conv.weight.shape != weight.shape:
                raise SystemExit(f"a convolution of {weight.shape} where the network has {tuple(conv.weight.shape)}")
            conv.weight.copy_(torch.from_numpy(weight.copy()))
            (conv if norm is None else norm).bias.copy_(torch.from_numpy(bias.copy()))
            if norm is not None:
                norm.running_mean.zero_(), norm.running_var.fill_(1 - norm.eps), norm.weight.fill_(1)
    return [(conv, norm) for conv, norm in layers if norm is not None]


def measure(net, layers, batches):
    """Mean and variance per channel of the output of each convolution over the batches."""
    sums = {norm: torch.zeros(3, norm.num_features, dtype=torch.float64) for _, norm in layers}

    def keep(norm):
        def hook(_, inputs):
            x = inputs[0].double()
            sums[norm] += torch.stack([x.sum((0, 2, 3)), (x * x).sum((0, 2, 3)), torch.full((norm.num_features,), x[:, 0].numel(), dtype=torch.float64)])
        return hook

    hooks = [norm.register_forward_pre_hook(keep(norm)) for _, norm in layers]
    with torch.no_grad():
        for x in batches:
            net(x)
    for hook in hooks:
        hook.remove()
    return {norm: (s[0] / s[2], s[1] / s[2] - (s[0] / s[2]) ** 2) for norm, s in sums.items()}


def give_statistics(statistics):
    """Statistics, scale and shift of every normalisation such that its function stays what it was."""
    with torch.no_grad():
        for norm, (mean, variance) in statistics.items():
            norm.running_mean.copy_(mean), norm.running_var.copy_(variance)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.add_(mean)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", default="models/spine-seg/model.onnx")
    p.add_argument("--slices", required=True, help="folder with sets of drawn slices")
    p.add_argument("--count", type=int, default=240, help="windows to measure over")
    p.add_argument("--out", required=True)
    a = p.parse_args()
    net = SpineNet().eval()
    layers = load_folded(net, folded_weights(a.model))
    drawn, random = DrawnSlices(a.slices), np.random.default_rng(1)
    windows = []
    for _ in range(a.count):
        image, label = drawn[random.integers(len(drawn))]
        windows.append(recolour(warp(image, label, 224, 224, random)[0], random, strong=False))
    batches = [torch.from_numpy(np.stack(windows[n:n + 8])) for n in range(0, len(windows), 8)]
    with torch.no_grad():
        before = WithSoftmax(net)(batches[0])
        give_statistics(measure(net, layers, batches))
        apart = (WithSoftmax(net)(batches[0]) - before).abs().max().item()
    if apart > 1e-3:
        raise SystemExit(f"answers moved by {apart:.1e}")
    torch.save(net.state_dict(), a.out)
    print(f"{a.out}: {len(layers)} normalisations measured over {len(windows)} windows, answers moved by {apart:.1e}")


if __name__ == "__main__":
    main()
