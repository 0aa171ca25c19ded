"""A quick look at how a network does, cheap enough to take during training."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .corpus import Corpus, Utterance
from .features import Fbank
from .metrics import all_pairs, equal_error_rate


@torch.no_grad()
def embed(network: nn.Module, waves: list[np.ndarray], device: torch.device) -> np.ndarray:
    """Recordings float32 [samples] each, one by one -> unit-length embeddings [recordings, d]."""
    fbank, rows = Fbank().to(device), []
    was_training = network.training
    network.eval()
    for wave in waves:
        features = fbank(torch.from_numpy(wave).to(device)[None])
        rows.append(F.normalize(network(features), dim=1)[0].cpu().numpy())
    network.train(was_training)
    return np.stack(rows)


def gather(speakers: dict[str, list[Utterance]], most: int, least_seconds: float = 0.5) -> tuple[list[Utterance], np.ndarray]:
    """Up to `most` recordings per speaker, evenly spread -> (recordings, speaker numbers [recordings])."""
    chosen, numbers = [], []
    for number, name in enumerate(sorted(speakers)):
        usable = [u for u in speakers[name] if u.samples >= least_seconds * 16000]
        places = np.unique(np.linspace(0, len(usable) - 1, min(most, len(usable))).round().astype(int)) if usable else []
        chosen += [usable[p] for p in places]
        numbers += [number] * len(places)
    return chosen, np.array(numbers)


def quick_error(network: nn.Module, corpus: Corpus, device: torch.device) -> dict[str, float]:
    """EER in percent on the tuning speakers (10 recordings each) and on held-out speakers: readers, words, callers, another language."""
    sets = {"dev": (corpus.development(), 10), "lsdev": (corpus.held_out("lsdev"), 20)}
    sets |= {name: (corpus.held_out(name), 12) for name in ("gsc", "wuw", "msc")}
    errors = {}
    for name, (speakers, most) in sets.items():
        chosen, numbers = gather(speakers, most)
        embeddings = embed(network, [corpus.wave(u, 10.0) for u in chosen], device)
        errors[name] = round(100 * equal_error_rate(*all_pairs(embeddings, numbers).split()), 2)
    return errors
