"""Trains the spine network. Seeded, resumable; every trial is a folder of training/work with its log and checkpoint.

  /usr/bin/python3 training/train.py --slices training/work --out training/work/drawn --steps 700
  /usr/bin/python3 training/train.py --slices training/work --spider DIR --start training/work/drawn/model.pt --out training/work/tuned --steps 400 --rate 8e-4
"""
import argparse
import copy
import json
import os
import time

# Threads that wait for each other by spinning cost twice the processor time where cores are shared.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch

from augment import recolour, warp
from losses import EVEN, SACRUM, UNEVEN, drawn_loss, spider_labels, spider_loss
from slices import DrawnSlices, SpiderSlices, spider_split
from spine_net import SpineNet, load_net
from validate import predict, validate_drawn, validate_spider

# One window per step: (height, width, slices). Sizes vary so that no field of view is special.
WINDOWS = [(192, 192, 8), (224, 224, 6), (256, 192, 6), (256, 256, 5), (320, 256, 4), (320, 320, 3)]


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--slices", required=True, help="folder with sets of drawn slices")
    p.add_argument("--spider", help="folder of SPIDER slices; its training patients are then used too")
    p.add_argument("--spider-share", type=float, default=0.4, help="share of a batch that comes from SPIDER")
    p.add_argument("--thick-share", type=float, default=0.5, help="share of the SPIDER slices that are averaged to 3 or 5 mm")
    p.add_argument("--sacrum-from", help="weights whose answer says where SPIDER's slices show the sacrum")
    p.add_argument("--spider-validation", help="folder of SPIDER slices to validate on; default: that of --spider")
    p.add_argument("--out", required=True)
    p.add_argument("--start", help="weights to start from")
    p.add_argument("--channels", type=int, choices=(1, 3), default=1, help="3: the slices beside go in as well")
    p.add_argument("--context", action="store_true", help="a dilated block in the deepest layer")
    p.add_argument("--steps", type=int, default=700)
    p.add_argument("--rate", type=float, default=2.5e-3)
    p.add_argument("--even", action="store_true", help="give every class the same weight")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--every", type=int, default=100, help="steps between validations")
    return p.parse_args()


class SpiderClasses:
    """Classes of SPIDER's slices; with a teacher, what it takes for sacrum outside the labels is sacrum. Made when first asked for.

    Without one a network forgets the sacrum: SPIDER carries no label for it, so nothing there speaks against background.
    """

    def __init__(self, slices, teacher=None):
        self.slices, self.teacher, self.known = slices, teacher, {}

    def __getitem__(self, n):
        if n not in self.known:
            _, image, mask = self.slices.items[n]
            classes = spider_labels(mask)
            if self.teacher:
                classes[(mask == 0) & (predict(self.teacher, image[None]) == SACRUM)] = SACRUM
            self.known[n] = classes
        return self.known[n]


def batch(random, drawn, spider, a):
    height, width, count = WINDOWS[random.integers(len(WINDOWS))]
    real = round(count * a.spider_share) if spider else 0
    images, labels = [], []
    for n in range(count):
        if n < count - real:
            image, label = drawn[random.integers(len(drawn))]
        else:
            slices, classes = spider
            place = random.integers(len(slices))
            if a.channels == 1 and random.random() < a.thick_share:
                image, label = slices.thick(place, int(random.integers(1, 3)), classes)
            else:
                image, label = slices.image(place, a.channels, int(random.integers(3, 6))), classes[place]
        x, y = warp(image, label, height, width, random, 1.0 if n < count - real else 1.3)
        if a.channels == 3 and random.random() < 0.5:
            x = x[::-1]  # left and right of the spine look alike
        images.append(recolour(x, random, strong=n >= count - real))
        labels.append(y)
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(labels)), count - real


def main():
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    os.makedirs(a.out, exist_ok=True)
    net = load_net(a.start, a.channels, a.context) if a.start else SpineNet(channels=a.channels, context=a.context)
    net = net.to(memory_format=torch.channels_last)
    mean = copy.deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), a.rate, weight_decay=1e-3)
    step, running = 0, None
    state_file = os.path.join(a.out, "state.pt")
    if os.path.exists(state_file):
        state = torch.load(state_file)
        net.load_state_dict(state["net"]), mean.load_state_dict(state["mean"]), optimiser.load_state_dict(state["optimiser"])
        step, running = state["step"], state["running"]
        print(f"resumed at step {step}", flush=True)
    drawn = DrawnSlices(a.slices, a.channels)
    held = [drawn[n] for n in range(0, 240, 10)]
    training = [n for n in range(len(drawn)) if n >= 240]
    pool = [drawn.places[n] for n in training]
    drawn.places = pool
    spider, checked = None, None
    if a.spider:
        slices = SpiderSlices(a.spider, spider_split(a.spider)[0])
        spider = slices, SpiderClasses(slices, load_net(a.sacrum_from).eval() if a.sacrum_from else None)
    folder = a.spider_validation or a.spider
    if folder:
        checked = SpiderSlices(folder, spider_split(folder)[1])
    print(f"{len(drawn)} drawn slices, {len(spider[0]) if spider else 0} SPIDER slices, {sum(p.numel() for p in net.parameters())} parameters", flush=True)
    weights = EVEN if a.even else UNEVEN
    began = time.time()
    while step < a.steps:
        # Everything random depends on seed and step, so a resumed run sees what an unbroken one would have seen.
        random = np.random.default_rng([a.seed, step])
        rate = a.rate * min(1, (step + 1) / 40) * (0.5 * (1 + np.cos(np.pi * step / a.steps))) + 1e-5
        for group in optimiser.param_groups:
            group["lr"] = rate
        x, y, split = batch(random, drawn, spider, a)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(x.to(memory_format=torch.channels_last))
        logits = logits.float()
        loss = 0
        if split > 0:
            loss = loss + drawn_loss(logits[:split], y[:split], weights) * split / len(x)
        if split < len(x):
            loss = loss + spider_loss(logits[split:], y[split:], weights) * (len(x) - split) / len(x)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        step += 1
        average(mean, net, min(0.99, step / (step + 10)))
        running = loss.item() if running is None else 0.97 * running + 0.03 * loss.item()
        if step % 25 == 0:
            print(f"step {step} loss {running:.3f} {(time.time() - began):.0f} s", flush=True)
        if step % a.every == 0 or step == a.steps:
            report = {"step": step, "loss": round(running, 4), "drawn": validate_drawn(mean, held)}
            if checked:
                report["spider"] = validate_spider(mean, checked, every=5)["mean"]
            print(json.dumps(report), flush=True)
            with open(os.path.join(a.out, "curve.jsonl"), "a") as file:
                file.write(json.dumps(report) + "\n")
        if step % 25 == 0 or step == a.steps:
            torch.save(mean.state_dict(), os.path.join(a.out, "model.pt"))
            torch.save({"net": net.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "running": running}, state_file + ".new")
            os.replace(state_file + ".new", state_file)


def average(mean, net, keep):
    """Moving average of the weights and of the batch statistics."""
    with torch.no_grad():
        for a, b in zip(mean.state_dict().values(), net.state_dict().values()):
            if a.dtype.is_floating_point:
                a.mul_(keep).add_(b, alpha=1 - keep)
            else:
                a.copy_(b)


if __name__ == "__main__":
    main()
