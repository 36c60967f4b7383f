"""Training data: drawn slices (memory-mapped shards of `endplate phantom --kind slices`) and SPIDER's labelled slices."""
import glob
import json
import os

import numpy as np
from PIL import Image


class DrawnSlices:
    """All sets under a folder, each with an index.json. Shards are memory-mapped; nothing is copied until asked for."""

    def __init__(self, folder):
        self.images, self.labels, self.places = [], [], []
        for index in sorted(glob.glob(os.path.join(folder, "**", "index.json"), recursive=True)):
            with open(index) as file:
                facts = json.load(file)
            if facts.get("format") != "endplate-slices-1":
                raise SystemExit(f"{index}: not a set of slices")
            shape = (-1, facts["rows"], facts["columns"])
            for shard in facts["shards"]:
                at = os.path.dirname(index)
                self.images.append(np.memmap(os.path.join(at, shard["images"]), np.uint8, "r").reshape(shape))
                self.labels.append(np.memmap(os.path.join(at, shard["labels"]), np.uint8, "r").reshape(shape))
                self.places += [(len(self.images) - 1, n) for n in range(shard["count"])]

    def __len__(self):
        return len(self.places)

    def __getitem__(self, n):
        shard, place = self.places[n]
        return np.array(self.images[shard][place]), np.array(self.labels[shard][place])


# Every third of the 30 SPIDER patients validates, the others may train.
def spider_split(folder):
    patients = sorted({os.path.basename(f).split("_")[0] for f in glob.glob(os.path.join(folder, "p*.png"))})
    return [p for n, p in enumerate(patients) if n % 3 != 1], [p for n, p in enumerate(patients) if n % 3 == 1]


class SpiderSlices:
    """SPIDER slices of the given patients at 1 mm: labels 1 vertebra with posterior elements, 2 disc, 3 canal; the sacrum carries none."""

    SPACING_MM = 0.9375

    def __init__(self, folder, patients):
        self.items = []
        for patient in patients:
            for path in sorted(glob.glob(os.path.join(folder, f"{patient}_s*.png"))):
                if path.endswith("_mask.png"):
                    continue
                image = Image.open(path)
                mask = Image.open(path.replace(".png", "_mask.png"))
                size = (round(image.width * self.SPACING_MM), round(image.height * self.SPACING_MM))
                self.items.append((patient, np.array(image.convert("L").resize(size, Image.BILINEAR)), np.array(mask.resize(size, Image.NEAREST))))

    def __len__(self):
        return len(self.items)


def cut(image, label, height, width, random, fill=0):
    """A random window of the given size; places outside the picture are `fill` and background."""
    out, out_label = np.full((height, width), fill, image.dtype), np.zeros((height, width), label.dtype)
    spare_rows, spare_columns = image.shape[0] - height, image.shape[1] - width
    top = random.integers(min(0, spare_rows), max(0, spare_rows) + 1)
    left = random.integers(min(0, spare_columns), max(0, spare_columns) + 1)
    source = slice(max(0, top), min(image.shape[0], top + height)), slice(max(0, left), min(image.shape[1], left + width))
    target = slice(source[0].start - top, source[0].stop - top), slice(source[1].start - left, source[1].stop - left)
    out[target], out_label[target] = image[source], label[source]
    return out, out_label


def pad32(image, fill=0.0):
    """[h, w] padded at the lower and right edge to multiples of 32."""
    rows, columns = -image.shape[0] % 32, -image.shape[1] % 32
    return np.pad(image, ((0, rows), (0, columns)), constant_values=fill)
