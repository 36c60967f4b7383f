"""Averages the weights of two checkpoints of one network (Wortsman et al. 2022, ICML, "robust fine-tuning").

A network that was fine-tuned for long on one sequence loses breadth; the mean with the weights that it started from keeps most
of both.

  /usr/bin/python3 training/average.py --models training/work/tuned2/model.pt training/work/longer/model.pt --out training/work/mean.pt
"""
import argparse

import torch


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--models", nargs=2, required=True)
    p.add_argument("--second", type=float, default=0.5, help="share of the second")
    p.add_argument("--out", required=True)
    a = p.parse_args()
    first, second = (torch.load(path) for path in a.models)
    if first.keys() != second.keys():
        raise SystemExit("checkpoints of two networks")
    mean = {name: first[name] * (1 - a.second) + second[name] * a.second if first[name].dtype.is_floating_point else second[name] for name in first}
    torch.save(mean, a.out)


if __name__ == "__main__":
    main()
