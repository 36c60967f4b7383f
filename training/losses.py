"""Losses on full labels (drawn slices) and on SPIDER's partial ones."""
import numpy as np
import torch
import torch.nn.functional as F

BACKGROUND, BODY, DISC, SACRUM, CANAL, POSTERIOR = range(6)
# SPIDER does not tell bodies from posterior elements nor background from sacrum; what it leaves open is summed, unless a
# teacher says where the sacrum is.
VERTEBRA = 6
# Rare classes weigh more while a network is new; later the weights are even, or it paints over the thin dark bands
# between marrow and disc, where a wrong "background" would cost less than a wrong "disc".
UNEVEN = torch.tensor([0.4, 1.0, 1.6, 2.0, 1.2, 1.5])
EVEN = torch.ones(6)


def spider_labels(mask):
    """SPIDER mask [h, w] to classes: a vertebra in front of the canal of the same row is a body, behind it posterior."""
    out = np.zeros(mask.shape, np.uint8)
    out[mask == 2] = DISC
    out[mask == 3] = CANAL
    out[mask == 1] = VERTEBRA
    columns = np.arange(mask.shape[1])[None, :]
    canal = mask == 3
    seen = canal.sum(1) >= 3
    first = np.where(seen, canal.argmax(1), -1)[:, None]
    last = np.where(seen, mask.shape[1] - 1 - canal[:, ::-1].argmax(1), -1)[:, None]
    vertebra = (mask == 1) & seen[:, None]
    out[vertebra & (columns < first)] = BODY
    out[vertebra & (columns > last)] = POSTERIOR
    return out


def dice_loss(p, target, classes):
    total = 0
    for c in classes:
        q, t = p[:, c], (target == c).float()
        total = total + 1 - (2 * (q * t).sum() + 10) / (q.sum() + t.sum() + 10)
    return total / len(classes)


def drawn_loss(logits, target, weights=UNEVEN):
    p = logits.softmax(1)
    return F.cross_entropy(logits, target, weight=weights) + dice_loss(p, target, range(1, 6))


def spider_loss(logits, target, weights=UNEVEN):
    logp = logits.log_softmax(1)
    outside = torch.logsumexp(logp[:, [BACKGROUND, SACRUM]], 1)
    vertebra = torch.logsumexp(logp[:, [BODY, POSTERIOR]], 1)
    scores = torch.stack([outside, logp[:, BODY], logp[:, DISC], logp[:, CANAL], logp[:, POSTERIOR], vertebra, logp[:, SACRUM]], 1)
    place = torch.tensor([0, 1, 2, 6, 3, 4, 5])[target]
    each = torch.stack([weights[BACKGROUND], weights[BODY], weights[DISC], weights[CANAL], weights[POSTERIOR], weights[BODY], weights[SACRUM]])[place]
    entropy = -(scores.gather(1, place[:, None])[:, 0] * each).sum() / each.sum()
    p = logp.exp()
    merged = torch.stack([p[:, BODY] + p[:, POSTERIOR], p[:, DISC], p[:, CANAL]], 1)
    truth = torch.where((target == BODY) | (target == POSTERIOR) | (target == VERTEBRA), 0, torch.where(target == DISC, 1, torch.where(target == CANAL, 2, 3)))
    return entropy + dice_loss(merged, truth, range(3))
