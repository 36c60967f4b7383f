"""Geometry and intensity augmentation of one slice, seeded."""
import numpy as np
import torch
import torch.nn.functional as F

from spine_net import normalise


def warp(image, label, height, width, random, strength=1.0):
    """A turned, scaled window [c, height, width] of slices [c, h, w]; beyond them lies the darkest value."""
    angle = np.deg2rad(random.normal(0, 6) * strength)
    scale = np.exp(random.normal(0, 0.12) * strength)
    stretch = np.exp(random.normal(0, 0.03) * strength)
    h, w = label.shape
    spare_rows, spare_columns = abs(h - height) / 2, abs(w - width) / 2
    centre = h / 2 + random.uniform(-1, 1) * (spare_rows + 8), w / 2 + random.uniform(-1, 1) * (spare_columns + 8)
    c, s = np.cos(angle), np.sin(angle)
    a = np.array([[c / scale / stretch, -s / scale], [s / scale / stretch, c / scale]], np.float32)  # pixels (x, y) -> pixels
    theta = np.zeros((1, 2, 3), np.float32)
    theta[0, :, 0] = a[:, 0] * width / np.array([w, h])
    theta[0, :, 1] = a[:, 1] * height / np.array([w, h])
    theta[0, :, 2] = np.array([centre[1] / w, centre[0] / h]) * 2 - 1
    grid = F.affine_grid(torch.from_numpy(theta), (1, 1, height, width), align_corners=False)
    low = float(image.min())
    x = F.grid_sample(torch.from_numpy(image.astype(np.float32) - low)[None], grid, align_corners=False)[0].numpy() + low
    y = F.grid_sample(torch.from_numpy(label.astype(np.float32))[None, None], grid, mode="nearest", align_corners=False)[0, 0].numpy()
    return x, y.astype(np.int64)


def recolour(x, random, strong):
    """Gamma, inversion, bends of the grey scale, bias, blur and noise of [c, h, w]; `strong` for slices of one sequence only."""
    low, high = np.percentile(x[len(x) // 2], [0.5, 99.5])
    x = np.clip((x - low) / (high - low + 1e-3), 0, 2.5 if random.random() < 0.5 else 1)
    if random.random() < (0.8 if strong else 0.4):
        x = x ** np.exp(random.normal(0, 0.35))
    if strong and random.random() < 0.35:
        # A random smooth curve: the order of tissues changes, as it does between sequences.
        knots = np.concatenate([[0], random.uniform(0, 1, 4), random.uniform(0, 1, 1)])
        x = np.interp(x, np.linspace(0, 1, 6), knots).astype(np.float32)
    if random.random() < (0.15 if strong else 0.06):
        x = x.max() - x
    if random.random() < 0.35:
        rows = np.linspace(-1, 1, x.shape[1], dtype=np.float32)[:, None]
        columns = np.linspace(-1, 1, x.shape[2], dtype=np.float32)[None]
        b = random.normal(0, 0.35, 4)
        x = x * np.exp(b[0] * rows + b[1] * columns + b[2] * rows * columns + b[3] * columns * columns)
    if random.random() < 0.25:
        factor = random.uniform(1.2, 2.2)
        t = torch.from_numpy(np.ascontiguousarray(x, np.float32))[None]
        small = F.interpolate(t, scale_factor=(1 / factor, 1 if random.random() < 0.5 else 1 / factor), mode="area", recompute_scale_factor=True)
        x = F.interpolate(small, size=x.shape[1:], mode="bilinear", align_corners=False)[0].numpy()
    if random.random() < 0.4:
        x = x + random.standard_normal(x.shape).astype(np.float32) * random.uniform(0, 0.07)
    return normalise(x).astype(np.float32)
