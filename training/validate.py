"""Dice of a network on drawn slices and on SPIDER's validation patients (whole slices, no post-processing).

  /usr/bin/python3 training/validate.py --model training/work/drawn/model.pt --spider DIR
"""
import argparse
import json

import numpy as np
import torch

from slices import SpiderSlices, pad32, spider_split
from spine_net import CLASSES, SpineNet, normalise


def predict(net, image):
    """Classes [h, w] of one slice [h, w] at 1 mm."""
    x = normalise(image[None].astype(np.float32))[0]
    padded = pad32(x, float(x.min()))
    with torch.no_grad():
        scores = net(torch.from_numpy(padded)[None, None])[0]
    return scores.argmax(0).numpy()[: image.shape[0], : image.shape[1]]


def validate_drawn(net, slices):
    both, either = np.zeros(6), np.zeros(6)
    for image, label in slices:
        found = predict(net, image)
        for c in range(6):
            both[c] += ((found == c) & (label == c)).sum()
            either[c] += (found == c).sum() + (label == c).sum()
    return {name: round(float(2 * both[c] / max(1, either[c])), 4) for c, name in enumerate(CLASSES) if c}


def validate_spider(net, items):
    """Dice per patient over all its slices for vertebra (bodies and posterior elements together), disc and canal."""
    sums = {}
    for patient, image, mask in items:
        found = predict(net, image)
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
    a = p.parse_args()
    net = SpineNet()
    net.load_state_dict(torch.load(a.model))
    print(json.dumps(validate_spider(net.eval(), SpiderSlices(a.spider, spider_split(a.spider)[1]).items), indent=1))
