"""From cosine to log-likelihood ratio.

LLR = slope * cosine + offset, where slope and offset may change with the logarithm of the speech length:
    L = ln(seconds),  seconds = harmonic mean of the two sides' speech lengths, kept within 1..30
    LLR = (slope + slope_by_length * L) * cosine + offset + offset_by_length * L
Natural logarithm; a positive LLR speaks for the same speaker.
"""

from dataclasses import asdict, dataclass

import numpy as np

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds; what lies beyond the lengths that the fit has seen is treated as the nearest of these."""


def within(seconds: np.ndarray) -> np.ndarray:
    """Speech lengths kept within SHORTEST..LONGEST."""
    return np.clip(seconds, SHORTEST, LONGEST)


def harmonic(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Harmonic mean of two speech lengths in seconds."""
    return 2 / (1 / np.maximum(first, 1e-3) + 1 / np.maximum(second, 1e-3))


def joint_seconds(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Harmonic mean of two speech lengths in seconds, kept within SHORTEST..LONGEST."""
    return within(harmonic(first, second))


@dataclass(frozen=True)
class Calibration:
    slope: float
    offset: float
    slope_by_length: float = 0.0
    offset_by_length: float = 0.0

    def llr(self, cosine: np.ndarray, seconds: np.ndarray | float) -> np.ndarray:
        length = np.log(seconds)
        return (self.slope + self.slope_by_length * length) * cosine + self.offset + self.offset_by_length * length

    def as_dict(self) -> dict[str, float]:
        return {key: round(value, 5) for key, value in asdict(self).items()}


def fit(
    cosine: np.ndarray, same: np.ndarray, seconds: np.ndarray | None = None, weight: np.ndarray | None = None, rounds: int = 60,
) -> Calibration:
    """Logistic regression by Newton's method. [pairs] each.

    `seconds` None: no length terms. `weight` None: both kinds of pair weigh half, each pair of a kind the same.
    """
    columns = [cosine, np.ones_like(cosine)]
    if seconds is not None:
        columns += [np.log(seconds) * cosine, np.log(seconds)]
    x = np.stack(columns, 1)
    if weight is None:
        weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    theta = np.zeros(x.shape[1])
    ridge = 1e-8 * np.eye(len(theta))
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ theta, -40, 40)))
        gradient = x.T @ (weight * (p - same)) + ridge @ theta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        move = np.linalg.solve(hessian, gradient)
        theta = theta - np.clip(move, -10, 10)
        if np.abs(move).max() < 1e-8:
            break
    return Calibration(*(float(t) for t in theta))
