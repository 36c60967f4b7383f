"""Writes models/spine-seg/{model.onnx,bundle.json} from a checkpoint and checks the file against the network.

  /usr/bin/python3 training/export.py --model training/work/tuned/model.pt --spider --version 0.2.0
"""
import argparse
import hashlib
import json
import os
import warnings

import onnx
import torch

from spine_net import CLASSES, WithSoftmax, load_net

SPIDER = "van der Graaf et al. 2024, Lumbar spine segmentation in MR images: a dataset and a public benchmark, Sci Data 11:264 (SPIDER, CC BY 4.0)"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", required=True)
    p.add_argument("--out", default="models/spine-seg")
    p.add_argument("--version", default="0.1.0")
    p.add_argument("--offset", type=float, default=4, help="distance of the neighbours of a network of three channels, mm")
    p.add_argument("--spider", action="store_true", help="SPIDER's training patients were used: attribute them")
    a = p.parse_args()
    net = load_net(a.model)
    wrapped = WithSoftmax(net.eval()).eval()
    os.makedirs(a.out, exist_ok=True)
    path = os.path.join(a.out, "model.onnx")
    axes = {0: "n", 2: "h", 3: "w"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(wrapped, torch.randn(1, net.channels, 64, 96), path, input_names=["slices"], output_names=["probabilities"],
                          dynamic_axes={"slices": axes, "probabilities": axes}, opset_version=13)
    model = onnx.load(path)
    onnx.checker.check_model(model)
    with open(path, "rb") as file:
        content = file.read()
    bundle = {
        "name": "spine-seg",
        "version": a.version,
        "licence": "Apache-2.0",
        "attribution": f"Procedural phantoms of Endplate; {SPIDER}" if a.spider else "Procedural phantoms of Endplate; no patient image",
        "file": "model.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        "input": {"name": "slices", "channels": net.channels, "channelOffsetMm": a.offset if net.channels == 3 else 0, "spacingMm": 1, "multipleOf": 32,
                  "normalisation": "zscore-per-slice", "orientation": "rows superior to inferior, columns anterior to posterior"},
        "output": {"name": "probabilities", "activation": "softmax"},
        "classes": CLASSES,
        "training": {"data": ["endplate phantom slices"] + (["SPIDER, 20 of 30 patients"] if a.spider else []),
                     "parameters": sum(q.numel() for q in net.parameters()), "card": "MODEL_CARD.md"},
    }
    with open(os.path.join(a.out, "bundle.json"), "w") as file:
        json.dump(bundle, file, indent=2)
        file.write("\n")
    # Sample for a check by any runtime: an input and what the network answered.
    torch.manual_seed(0)
    x = torch.randn(1, net.channels, 96, 64)
    with torch.no_grad():
        answer = wrapped(x).numpy()
    folder = os.path.dirname(a.model)
    x.numpy().tofile(os.path.join(folder, "check-input.bin"))
    answer.tofile(os.path.join(folder, "check-output.bin"))
    print(f"{path}: {len(content) / 1e6:.2f} MB, sha256 {bundle['sha256']}")


if __name__ == "__main__":
    main()
