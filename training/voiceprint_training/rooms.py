"""Shoebox rooms by the image-source method: for measuring, so that the test's rooms are not made the way the training's are."""

import math

import numpy as np

RATE = 16000
SOUND = 343.0
"""Speed of sound, m/s."""


def shoebox(size: np.ndarray, source: np.ndarray, ear: np.ndarray, rt60: float, seconds: float = 0.6) -> np.ndarray:
    """The response from source to ear (metres, [3] each) in a room of `size` [3]. float32 [samples], direct sound first, unit energy.

    All walls absorb alike, by Sabine's formula for `rt60` seconds. Fractional delays are spread over two samples.
    """
    volume = size.prod()
    surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[2] * size[0])
    reflection = math.sqrt(max(0.0, 1 - min(0.99, 0.161 * volume / (surface * rt60))))
    reach = np.ceil(seconds * SOUND / (2 * size)).astype(int)
    grid = np.stack(np.meshgrid(*(np.arange(-r, r + 1) for r in reach), indexing="ij"), -1).reshape(-1, 1, 3)
    mirror = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"), -1).reshape(1, -1, 3)
    image = (1 - 2 * mirror) * source + 2 * grid * size
    bounces = (np.abs(2 * grid - mirror)).sum(-1).ravel()
    distance = np.sqrt(((image - ear) ** 2).sum(-1)).ravel()
    delay = (distance - distance.min()) / SOUND * RATE
    gain = reflection**bounces / distance
    keep = (delay < seconds * RATE - 1) & (gain > gain.max() * 1e-4)
    whole, share = np.divmod(delay[keep], 1.0)
    response = np.zeros(int(seconds * RATE))
    np.add.at(response, whole.astype(int), gain[keep] * (1 - share))
    np.add.at(response, whole.astype(int) + 1, gain[keep] * share)
    return (response / np.sqrt((response**2).sum())).astype(np.float32)


def random_room(rng: np.random.Generator, rt60: tuple[float, float] = (0.3, 0.7)) -> np.ndarray:
    """A room of 3-8 x 3-6 x 2.4-3.5 m with the speaker 1-3 m away."""
    size = rng.uniform((3, 3, 2.4), (8, 6, 3.5))
    ear = rng.uniform(0.5, size - 0.5)
    for _ in range(100):
        source = rng.uniform(0.5, size - 0.5)
        if 1.0 <= np.linalg.norm(source - ear) <= 3.0:
            break
    return shoebox(size, source, ear, rng.uniform(*rt60))
