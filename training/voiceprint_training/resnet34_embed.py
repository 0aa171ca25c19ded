"""Many recordings through the ResNet34 network in torch, quickly."""

from collections.abc import Callable
from contextlib import nullcontext
from itertools import groupby

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .kaldi import KaldiFbank
from .resnet34 import ResNet34, statistics

BLOCK, BATCH = 64, 8
"""Frames by whose multiples recordings are of like length; recordings at a time."""
Embed = Callable[[list[np.ndarray]], np.ndarray]
"""float32 [samples] each -> unit-length [recordings, dim]."""


def padded(feats: list[Tensor], multiple: int = BLOCK) -> tuple[Tensor, Tensor]:
    """Recordings' frames [frames, mels] each -> (one batch, zeros behind, of a multiple of `multiple` frames; rows that count [batch, rows])."""
    longest = max(len(f) for f in feats)
    batch = torch.zeros(len(feats), -(-longest // multiple) * multiple, feats[0].shape[1])
    counts = torch.zeros(len(feats), batch.shape[1] // 8)
    for place, f in enumerate(feats):
        batch[place, : len(f)] = f
        counts[place, : -(-len(f) // 8)] = 1
    return batch, counts


def embedder(network: ResNet34, quick: bool) -> Embed:
    """Recordings float32 [samples] each -> unit-length [recordings, dim]. Those of like length go through together, zeros behind
    (which changes the last rows a little): convolution libraries prepare anew for every size."""
    fbank = KaldiFbank()

    @torch.no_grad()
    def embed(waves: list[np.ndarray]) -> np.ndarray:
        feats = [fbank(torch.from_numpy(wave)[None])[0] for wave in waves]
        order = sorted(range(len(feats)), key=lambda place: len(feats[place]))
        found = torch.zeros(len(feats), network.shape.dim)
        for _, group in groupby(order, key=lambda place: -(-len(feats[place]) // BLOCK)):
            places = list(group)
            for start in range(0, len(places), BATCH):
                some = places[start : start + BATCH]
                batch, counts = padded([feats[place] for place in some])
                with torch.autocast("cpu", torch.bfloat16) if quick else nullcontext():
                    features = network.trunk(batch)
                found[some] = F.normalize(network.head(statistics(features.float(), counts)), dim=1)
        return found.numpy()

    return embed
