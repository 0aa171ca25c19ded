"""Log-likelihood ratios as a sum of terms, each a weight times a product of factors; and fitting the weights.

Factors of a pair, as `voiceprints/scoring.ts` finds them:
    cosine              of both vectors
    normalized_cosine   mean of both sides' (cosine - mean) / deviation of their cosines to the nearest of the cohort
    log_length          ln of the harmonic mean of both speech lengths, kept within SHORTEST..LONGEST
    both_narrow         1 where both sides came through a telephone
    bands_differ        1 where one did
    snr                 the lower of both signal-to-noise ratios, dB, kept within LOWEST_SNR..HIGHEST_SNR
"""

from dataclasses import dataclass

import numpy as np

SHORTEST, LONGEST = 1.0, 40.0
LOWEST_SNR, HIGHEST_SNR = 5.0, 40.0

Term = tuple[str, ...]
Factors = dict[str, np.ndarray]


def product(factors: Factors, term: Term) -> np.ndarray:
    """[pairs]"""
    value = np.ones(len(factors["cosine"]))
    for name in term:
        value = value * factors[name]
    return value


@dataclass(frozen=True)
class Llr:
    terms: tuple[Term, ...]
    weights: tuple[float, ...]

    def of(self, factors: Factors) -> np.ndarray:
        return sum(weight * product(factors, term) for term, weight in zip(self.terms, self.weights))

    def as_list(self) -> list[dict]:
        return [{"of": list(term), "weight": round(weight, 5)} for term, weight in zip(self.terms, self.weights)]


def fit(factors: Factors, same: np.ndarray, weight: np.ndarray, terms: tuple[Term, ...], ridge: float = 1e-4, rounds: int = 50) -> Llr:
    """Logistic regression by Newton's method; columns are scaled so that the ridge holds all terms alike, but not the constant.

    `weight` [pairs] should give both kinds of pair the same sum, so that the ratio needs no prior.
    """
    x = np.stack([product(factors, term) for term in terms], 1)
    scale = np.array([1.0 if not term else x[:, i].std() or 1.0 for i, term in enumerate(terms)])
    x = x / scale
    weight = weight / weight.sum()
    hold = ridge * np.diag([0.0 if not term else 1.0 for term in terms]) + 1e-10 * np.eye(len(terms))
    theta = np.zeros(len(terms))
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ theta, -40, 40)))
        gradient = x.T @ (weight * (p - same)) + hold @ theta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + hold
        move = np.clip(np.linalg.solve(hessian, gradient), -5, 5)
        theta = theta - move
        if np.abs(move).max() < 1e-8:
            break
    return Llr(terms, tuple(float(value) for value in theta / scale))
