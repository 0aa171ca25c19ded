"""How well scores separate same-speaker from different-speaker pairs.

Scores are plain arrays: `target` of same-speaker pairs, `other` of different-speaker pairs. Higher means more alike.
EER and costs are shares (0..1), Cllr is in bits.
"""

from dataclasses import dataclass

import numpy as np


def error_curve(target: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(miss rate, false-alarm rate) at every threshold between the sorted scores, from rejecting none to rejecting all."""
    scores = np.concatenate([target, other])
    is_target = np.concatenate([np.ones(len(target), bool), np.zeros(len(other), bool)])
    order = np.argsort(scores, kind="stable")
    rejected = is_target[order]
    miss = np.concatenate([[0], np.cumsum(rejected)]) / len(target)
    alarm = 1 - np.concatenate([[0], np.cumsum(~rejected)]) / len(other)
    last_of_ties = np.append(np.diff(scores[order]) > 0, True)
    keep = np.concatenate([[True], last_of_ties])
    return miss[keep], alarm[keep]


def equal_error_rate(target: np.ndarray, other: np.ndarray) -> float:
    """Where miss and false-alarm rate cross, interpolated between the two nearest thresholds."""
    miss, alarm = error_curve(target, other)
    after = int(np.argmax(miss >= alarm))
    if after == 0:
        return float(miss[0])
    d0, d1 = alarm[after - 1] - miss[after - 1], miss[after] - alarm[after]
    share = d0 / (d0 + d1) if d0 + d1 > 0 else 0.0
    return float(miss[after - 1] + share * (miss[after] - miss[after - 1]))


def min_dcf(target: np.ndarray, other: np.ndarray, prior: float = 0.01) -> float:
    """Least detection cost over thresholds, both errors costing 1, relative to always giving the better constant answer."""
    miss, alarm = error_curve(target, other)
    return float((prior * miss + (1 - prior) * alarm).min() / min(prior, 1 - prior))


def cllr(target: np.ndarray, other: np.ndarray) -> float:
    """Cost of log-likelihood ratios (natural log) in bits: 0 perfect, 1 as good as knowing nothing."""
    return float((np.logaddexp(0, -target).mean() + np.logaddexp(0, other).mean()) / (2 * np.log(2)))


def pool_adjacent(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted least-squares fit that never decreases (pool adjacent violators). [n], [n] -> [n]."""
    means, sizes, counts = [], [], []
    for value, weight in zip(values, weights):
        mean, size, count = float(value), float(weight), 1
        while means and means[-1] >= mean:
            before, other = means.pop(), sizes.pop()
            mean = (before * other + mean * size) / (other + size)
            size += other
            count += counts.pop()
        means.append(mean)
        sizes.append(size)
        counts.append(count)
    return np.repeat(means, counts)


def min_cllr(target: np.ndarray, other: np.ndarray) -> float:
    """Cllr after the best possible monotonic recalibration: what separation alone allows."""
    scores = np.concatenate([target, other])
    values, place = np.unique(scores, return_inverse=True)
    share = np.concatenate([np.full(len(target), 1 / len(target)), np.zeros(len(other))])
    weight = np.concatenate([np.full(len(target), 1 / len(target)), np.full(len(other), 1 / len(other))])
    mass = np.bincount(place, weight, len(values))
    posterior = pool_adjacent(np.bincount(place, share, len(values)) / mass, mass)[place]
    with np.errstate(divide="ignore"):
        llr = np.log(posterior) - np.log1p(-posterior)
    return cllr(llr[: len(target)], llr[len(target) :])


@dataclass(frozen=True)
class Pairs:
    """All pairs of two sets of embeddings (or of one with itself), remembering who is in each."""

    scores: np.ndarray
    same: np.ndarray
    first: np.ndarray
    second: np.ndarray
    """Speaker numbers of the two sides, [pairs]."""

    def split(self) -> tuple[np.ndarray, np.ndarray]:
        return self.scores[self.same], self.scores[~self.same]


def all_pairs(embeddings: np.ndarray, speakers: np.ndarray, probes: np.ndarray | None = None) -> Pairs:
    """Cosines of every pair of recordings. Embeddings are unit length [n, d], `speakers` numbers [n].

    With `probes` (the same recordings under another condition) each pair is an enrolled recording and another
    recording's probe; a recording never meets itself.
    """
    scores = embeddings @ (embeddings if probes is None else probes).T
    i, j = np.triu_indices(len(embeddings), 1) if probes is None else np.nonzero(~np.eye(len(embeddings), dtype=bool))
    return Pairs(scores[i, j], speakers[i] == speakers[j], speakers[i], speakers[j])


def bootstrap(pairs: Pairs, measure, rounds: int = 100, seed: int = 1, most: int = 100_000) -> tuple[float, float]:
    """95 % interval of measure(target, other) when the speakers had been others: speakers drawn with replacement.

    A pair counts as often as the product of its speakers' draws (a same-speaker pair as often as its speaker's).
    Very long lists are thinned at random to `most` pairs of either kind first.
    """
    rng = np.random.default_rng(seed)
    keep = np.arange(len(pairs.scores))
    if len(keep) > most:
        kinds = [np.flatnonzero(pairs.same), np.flatnonzero(~pairs.same)]
        keep = np.concatenate([rng.choice(k, min(most, len(k)), replace=False) for k in kinds])
    scores, same, first, second = (a[keep] for a in (pairs.scores, pairs.same, pairs.first, pairs.second))
    people = np.unique(np.concatenate([first, second]))
    first, second = np.searchsorted(people, first), np.searchsorted(people, second)
    found = []
    for _ in range(rounds):
        draws = np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people))
        times = np.where(same, draws[first], draws[first] * draws[second])
        resampled = np.repeat(np.arange(len(scores)), times)
        is_same = same[resampled]
        if is_same.any() and not is_same.all():
            found.append(measure(scores[resampled][is_same], scores[resampled][~is_same]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
