"""Dice of a network on drawn slices and on SPIDER's validation patients (whole slices).

  /usr/bin/python3 training/validate.py --model training/work/drawn/model.pt --spider DIR [--average shift|scale|mirror] [--connected]
"""
import argparse
import json

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

from slices import SpiderSlices, pad32, spider_split
from spine_net import CLASSES, load_net, normalise

# What a network is shown besides the slice itself, and how its answer comes back.
MIRROR = [(lambda x: x.flip(2), lambda p: p.flip(2))]
SHIFT = [(lambda x, n=n: x.roll((n, n), (2, 3)), lambda p, n=n: p.roll((-n, -n), (2, 3))) for n in (5, 11, -8)]


def scaled(x, factor):
    size = [round(n * factor / 32) * 32 for n in x.shape[2:]]
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


def views(x, average):
    size = x.shape[2:]
    if average == "scale":
        back = lambda p: F.interpolate(p, size=size, mode="bilinear", align_corners=False)
        return [(lambda x, f=f: scaled(x, f), back) for f in (0.9, 1.1)]
    return {"mirror": MIRROR, "shift": SHIFT}.get(average, [])


def predict(net, image, average=None):
    """Classes [h, w] of one slice [c, h, w] at 1 mm."""
    x = normalise(image.astype(np.float32))
    padded = torch.from_numpy(np.stack([pad32(layer, float(layer.min())) for layer in x])[None])
    with torch.no_grad():
        p = net(padded).softmax(1)
        for there, back in views(padded, average):
            p = p + back(net(there(padded)).softmax(1))
    return p[0].argmax(0).numpy()[: image.shape[1], : image.shape[2]]


def connected(found):
    """Keeps the largest connected piece of the spine in a slice; gaps of 3 mm do not part it."""
    spine = ndimage.binary_dilation(found > 0, iterations=2)
    pieces, count = ndimage.label(spine)
    if count < 2:
        return found
    sizes = ndimage.sum(found > 0, pieces, range(1, count + 1))
    return np.where(pieces == 1 + int(np.argmax(sizes)), found, 0)


def validate_drawn(net, slices):
    both, either = np.zeros(6), np.zeros(6)
    for image, label in slices:
        found = predict(net, image)
        for c in range(6):
            both[c] += ((found == c) & (label == c)).sum()
            either[c] += (found == c).sum() + (label == c).sum()
    return {name: round(float(2 * both[c] / max(1, either[c])), 4) for c, name in enumerate(CLASSES) if c}


def validate_spider(net, slices, every=1, average=None, whole=False):
    """Dice per patient over all its slices for vertebra (bodies and posterior elements together), disc and canal."""
    sums = {}
    for n in range(0, len(slices), every):
        patient, _, mask = slices.items[n]
        found = predict(net, slices.image(n, net.channels), average)
        if whole:
            found = connected(found)
        pairs = {"vertebra": ((found == 1) | (found == 5), mask == 1), "disc": (found == 2, mask == 2), "canal": (found == 4, mask == 3)}
        for name, (a, b) in pairs.items():
            entry = sums.setdefault(patient, {}).setdefault(name, [0, 0])
            entry[0] += int((a & b).sum())
            entry[1] += int(a.sum() + b.sum())
    patients = {p: {n: round(2 * v[0] / max(1, v[1]), 4) for n, v in s.items()} for p, s in sums.items()}
    mean = {n: round(float(np.mean([s[n] for s in patients.values()])), 4) for n in ("vertebra", "disc", "canal")}
    worst = {n: min(s[n] for s in patients.values()) for n in mean}
    return {"mean": mean, "worst": worst, "patients": patients}


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", required=True)
    p.add_argument("--spider", required=True)
    p.add_argument("--average", choices=("mirror", "shift", "scale"), help="test-time averaging")
    p.add_argument("--connected", action="store_true", help="keep the largest connected spine of a slice")
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    net = load_net(a.model).eval()
    items = SpiderSlices(a.spider, spider_split(a.spider)[1])
    print(json.dumps(validate_spider(net, items, average=a.average, whole=a.connected), indent=1))
