"""Fine-tunes the spine network on drawn slices plus SPIDER slices (set-valued labels), split by patient.

usage: fine_tune.py --drawn POOL_DIR --spider DIR --start STATE.pt --out STATE.pt --seconds N [--seed 0]

SPIDER (van der Graaf et al. 2024, Sci Data 11:264, CC BY 4.0) labels vertebra with posterior elements, disc and canal;
the sacrum is not labelled consistently. So a SPIDER pixel names a set of our classes, and the loss is
-log(sum of p over that set): 0 -> {background, sacrum}, 1 -> {body, posterior, sacrum}, 2 -> {disc}, 3 -> {canal}.
"""
import argparse, glob, json, os, time
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from net import UNet

SETS = torch.tensor([[1, 0, 0, 1, 0, 0], [0, 1, 0, 1, 0, 1], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]], dtype=torch.float32)
SIZE = 256


def spider(folder):
    """-> {patient: (images [n,256,256] uint8, labels [n,256,256] uint8)} resampled from 0.9375 to 1 mm, centre crop or pad."""
    cases = {}
    for mask_path in sorted(glob.glob(os.path.join(folder, '*_mask.png'))):
        image_path = mask_path.replace('_mask.png', '.png')
        patient = os.path.basename(image_path).split('_')[0]
        image, mask = Image.open(image_path).convert('L'), Image.open(mask_path)
        size = (round(image.width * 0.9375), round(image.height * 0.9375))
        image = np.array(image.resize(size, Image.BILINEAR))
        mask = np.array(mask.resize(size, Image.NEAREST))
        x, y = fit(image), fit(mask)
        cases.setdefault(patient, ([], []))
        cases[patient][0].append(x)
        cases[patient][1].append(y)
    return {p: (np.stack(x), np.stack(y)) for p, (x, y) in cases.items()}


def fit(a):
    out = np.zeros((SIZE, SIZE), a.dtype)
    h, w = min(SIZE, a.shape[0]), min(SIZE, a.shape[1])
    sy, sx, dy, dx = (a.shape[0] - h) // 2, (a.shape[1] - w) // 2, (SIZE - h) // 2, (SIZE - w) // 2
    out[dy:dy + h, dx:dx + w] = a[sy:sy + h, sx:sx + w]
    return out


def zscore(x):
    return (x - x.mean((1, 2), keepdims=True)) / (x.std((1, 2), keepdims=True) + 1e-3)


def augment(x, y, rng):
    x = x.astype(np.float32) / 255
    for i in range(len(x)):
        a = x[i]
        if rng.random() < .08:
            a = a.max() - a
        if rng.random() < .5:
            a = np.clip(a, 0, None) ** np.exp(rng.normal(0, .35))
        if rng.random() < .4:
            a = a + rng.normal(size=a.shape) * rng.uniform(0, .08)
        dy, dx = rng.integers(-24, 25, 2)
        x[i] = np.roll(a, (dy, dx), (0, 1))
        y[i] = np.roll(y[i], (dy, dx), (0, 1))
    return zscore(x), y


def drawn_loss(logits, y, weight):
    p = logits.softmax(1)
    one_hot = F.one_hot(y, 6).permute(0, 3, 1, 2).float()
    inter = (p * one_hot).sum((0, 2, 3))
    dice = 1 - ((2 * inter + 1) / (p.sum((0, 2, 3)) + one_hot.sum((0, 2, 3)) + 1))[1:].mean()
    return F.cross_entropy(logits, y, weight=weight) + dice


def spider_loss(logits, y):
    p = logits.softmax(1)
    allowed = SETS[y].permute(0, 3, 1, 2)
    nll = -((p * allowed).sum(1).clamp_min(1e-6)).log().mean()
    merged = torch.stack([p[:, 1] + p[:, 5], p[:, 2], p[:, 4]], 1)
    target = torch.stack([y == 1, y == 2, y == 3], 1).float()
    sacrum_free = 1 - ((y == 1) * p.detach()[:, 3]).unsqueeze(1)
    inter = (merged * target * sacrum_free).sum((0, 2, 3))
    dice = 1 - ((2 * inter + 1) / ((merged * sacrum_free).sum((0, 2, 3)) + (target * sacrum_free).sum((0, 2, 3)) + 1)).mean()
    return nll + dice


def validate(model, cases):
    """Per-class Dice over the validation patients: vertebra (body + posterior + sacrum inside), disc, canal."""
    model.eval()
    rows = []
    with torch.no_grad():
        for x, y in cases.values():
            pred = np.concatenate([model(torch.from_numpy(zscore(x[j:j + 8].astype(np.float32) / 255))[:, None]).argmax(1).numpy() for j in range(0, len(x), 8)])
            merged = np.choose(pred, [0, 1, 2, 0, 3, 1])
            merged[(pred == 3) & (y == 1)] = 1
            rows.append([2 * ((merged == c) & (y == c)).sum() / ((merged == c).sum() + (y == c).sum() + 1) for c in (1, 2, 3)])
    model.train()
    return np.mean(rows, 0)


def main():
    a = argparse.ArgumentParser()
    for name in ('drawn', 'spider', 'start', 'out'):
        a.add_argument('--' + name, required=True)
    a.add_argument('--seconds', type=float, required=True)
    a.add_argument('--seed', type=int, default=0)
    a.add_argument('--threads', type=int, default=2)
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    pools = [np.load(f) for f in sorted(glob.glob(os.path.join(a.drawn, '*.npz')))]
    X, Y = np.concatenate([p['x'] for p in pools]), np.concatenate([p['y'] for p in pools])
    cases = spider(a.spider)
    patients = sorted(cases)
    valid = {p: cases[p] for p in patients[2::3]}
    train = [cases[p] for p in patients if p not in valid]
    SX, SY = np.concatenate([c[0] for c in train]), np.concatenate([c[1] for c in train])
    print(json.dumps(dict(drawn=len(X), spider_train=len(SX), spider_valid_patients=len(valid))), flush=True)
    model = UNet()
    model.load_state_dict(torch.load(a.start))
    weight = torch.tensor([.4, 1, 1.6, 1, 1, 1.])
    optimiser = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=1e-4)
    print('start', validate(model, valid).round(3).tolist(), flush=True)
    start, step = time.time(), 0
    while time.time() - start < a.seconds:
        fraction = (time.time() - start) / a.seconds
        for g in optimiser.param_groups:
            g['lr'] = 1e-3 * min(1, step / 50) * .5 * (1 + np.cos(np.pi * fraction)) + 1e-5
        i, j = rng.integers(0, len(X), 4), rng.integers(0, len(SX), 4)
        dx, dy = augment(X[i], Y[i].copy(), rng)
        sx, sy = augment(SX[j], SY[j].copy(), rng)
        logits = model(torch.from_numpy(np.concatenate([dx, sx]).astype(np.float32))[:, None])
        loss = drawn_loss(logits[:4], torch.from_numpy(dy).long(), weight) + spider_loss(logits[4:], torch.from_numpy(sy).long())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 50 == 0:
            print(step, int(time.time() - start), round(loss.item(), 3), validate(model, valid).round(3).tolist(), flush=True)
            torch.save(model.state_dict(), a.out)
    print('end', step, validate(model, valid).round(3).tolist(), flush=True)
    torch.save(model.state_dict(), a.out)


if __name__ == '__main__':
    main()
