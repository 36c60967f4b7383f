"""Training data: drawn slices (memory-mapped shards of `endplate phantom --kind slices`) and SPIDER's labelled slices.

A slice is an image [c, h, w] and its labels [h, w]; with three channels the middle one is the slice, the others lie beside.
"""
import glob
import json
import os

import numpy as np
from PIL import Image


class DrawnSlices:
    """All sets under a folder, each with an index.json. Shards are memory-mapped; nothing is copied until asked for."""

    def __init__(self, folder, channels=1):
        self.images, self.labels, self.places = [], [], []
        for index in sorted(glob.glob(os.path.join(folder, "**", "index.json"), recursive=True)):
            with open(index) as file:
                facts = json.load(file)
            if facts.get("format") != "endplate-slices-1":
                raise SystemExit(f"{index}: not a set of slices")
            shape = (-1, facts["rows"], facts["columns"])
            for shard in facts["shards"]:
                at = os.path.dirname(index)
                names = [shard["images"]]
                if channels == 3:
                    if "neighbours" not in shard:
                        raise SystemExit(f"{index}: drawn without neighbours")
                    names = [shard["neighbours"]["right"], shard["images"], shard["neighbours"]["left"]]
                self.images.append([np.memmap(os.path.join(at, name), np.uint8, "r").reshape(shape) for name in names])
                self.labels.append(np.memmap(os.path.join(at, shard["labels"]), np.uint8, "r").reshape(shape))
                self.places += [(len(self.images) - 1, n) for n in range(shard["count"])]

    def __len__(self):
        return len(self.places)

    def __getitem__(self, n):
        shard, place = self.places[n]
        return np.stack([image[place] for image in self.images[shard]]), np.array(self.labels[shard][place])


# Every third of the 30 SPIDER patients validates, the others may train.
def spider_split(folder):
    patients = sorted({os.path.basename(f).split("_")[0] for f in glob.glob(os.path.join(folder, "p*.png"))})
    return [p for n, p in enumerate(patients) if n % 3 != 1], [p for n, p in enumerate(patients) if n % 3 == 1]


class SpiderSlices:
    """SPIDER slices of the given patients at 1 mm: labels 1 vertebra with posterior elements, 2 disc, 3 canal; the sacrum carries none."""

    SPACING_MM = 0.9375

    def __init__(self, folder, patients):
        self.items, self.numbers = [], []
        for patient in patients:
            for path in sorted(glob.glob(os.path.join(folder, f"{patient}_s*.png"))):
                if path.endswith("_mask.png"):
                    continue
                image = Image.open(path)
                mask = Image.open(path.replace(".png", "_mask.png"))
                size = (round(image.width * self.SPACING_MM), round(image.height * self.SPACING_MM))
                self.items.append((patient, np.array(image.convert("L").resize(size, Image.BILINEAR)), np.array(mask.resize(size, Image.NEAREST))))
                self.numbers.append(int(os.path.basename(path).split("_s")[1][:-4]))
        self.places = {(item[0], number): n for n, (item, number) in enumerate(zip(self.items, self.numbers))}

    def __len__(self):
        return len(self.items)

    def image(self, n, channels=1, offset=4):
        """Slice n as [channels, h, w]; beyond the outermost slice (1 mm apart) the outermost stands in, as in the kernel."""
        if channels == 1:
            return self.items[n][1][None]
        return np.stack([self.items[self.beside(n, step)][1] for step in (-offset, 0, offset)])

    def thick(self, n, reach, classes):
        """Slice n as one of 1 + 2 reach mm would show it: mean image [1, h, w] and the class that holds most of the thickness."""
        near = sorted({self.beside(n, step) for step in range(-reach, reach + 1)})
        near = [m for m in near if self.items[m][1].shape == self.items[n][1].shape]
        image = np.mean([self.items[m][1].astype(np.float32) for m in near], axis=0)
        votes = np.stack([sum((classes[m] == c).astype(np.uint8) for m in near) for c in range(7)])
        # A tie goes to what the middle slice shows.
        votes = votes * 2
        np.put_along_axis(votes, classes[n][None].astype(np.int64), np.take_along_axis(votes, classes[n][None].astype(np.int64), 0) + 1, 0)
        return image[None], votes.argmax(0).astype(np.uint8)

    def beside(self, n, step):
        patient = self.items[n][0]
        for distance in range(abs(step), 0, -1):
            found = self.places.get((patient, self.numbers[n] + int(np.sign(step)) * distance))
            if found is not None:
                return found
        return n


def pad32(image, fill=0.0):
    """[..., h, w] padded at the lower and right edge to multiples of 32."""
    rows, columns = -image.shape[-2] % 32, -image.shape[-1] % 32
    return np.pad(image, [(0, 0)] * (image.ndim - 2) + [(0, rows), (0, columns)], constant_values=fill)
