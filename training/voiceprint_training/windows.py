"""Speech to embedding as the node does it: cut into windows, embed each, average.

Speech is cut into round(seconds / WINDOW) windows of equal length, at least one; so up to 1.5 WINDOW is one window. The
voiceprint is the unit-length mean of their unit-length embeddings.
"""

from collections.abc import Callable

import numpy as np

from .corpus import RATE

WINDOW = 4.0
"""Seconds; measured in results.md, section 6."""

Embed = Callable[[list[np.ndarray]], np.ndarray]
"""float32 [samples] each -> unit-length [pieces, d]."""


def equal_spans(samples: int, window: float = WINDOW) -> list[tuple[int, int]]:
    """First and last-plus-one sample of each window."""
    count = max(1, int(samples / (window * RATE) + 0.5))
    edges = [samples * i // count for i in range(count + 1)]
    return list(zip(edges[:-1], edges[1:]))


def unit(x: np.ndarray) -> np.ndarray:
    """Scaled to length one along the last axis."""
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def embed_windows(embed: Embed, wave: np.ndarray, window: float = WINDOW) -> np.ndarray:
    """The embeddings of a piece's windows. [samples] -> [windows, d]."""
    return embed([wave[start:end] for start, end in equal_spans(len(wave), window)])


def embed_speech(embed: Embed, waves: list[np.ndarray], window: float = WINDOW) -> np.ndarray:
    """One averaged embedding per piece. float32 [samples] each -> unit-length [pieces, d]."""
    return np.stack([unit(embed_windows(embed, wave, window).mean(0)) for wave in waves])
