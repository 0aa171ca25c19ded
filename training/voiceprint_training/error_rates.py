"""What share of comparisons goes wrong at a threshold: cross-validated, for the calibration file and the node's modes."""

import numpy as np

from .calibration import Calibration, fit, within
from .pieces import Trials

FOLDS = 5
BANDS = ((1.0, 2.5), (2.5, 5.0), (5.0, 10.0), (10.0, 20.0), (20.0, None))
"""Harmonic mean of both speech lengths, seconds; the last one is open."""
THRESHOLDS = np.arange(-10, 12.01, 0.5)
"""Log-likelihood ratios."""
MODE_BAND = (5.0, 10.0)
FALSE_ACCEPTS, FALSE_REJECTS = 1 / 1000, 1 / 500
"""Shares that the two other operating points aim at, in MODE_BAND."""


def in_band(trials: Trials, band: tuple[float, float | None]) -> np.ndarray:
    low, high = band
    return (trials.seconds >= low) & (trials.seconds < (high or np.inf))


def cells(trials: Trials) -> list[np.ndarray]:
    """Places of the pairs of each band and kind."""
    return [np.flatnonzero(in_band(trials, band) & (trials.same == kind)) for band in BANDS for kind in (True, False)]


def chosen(trials: Trials, most: int = 40_000, seed: int = 1) -> np.ndarray:
    """Places of at most `most` pairs of each band and kind, drawn at random: enough for four numbers."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.choice(cell, min(most, len(cell)), replace=False) for cell in cells(trials)])


def fit_trials(trials: Trials, by_length: bool = True) -> Calibration:
    """Every band weighs the same, and in it both kinds of pair."""
    weight = np.zeros(len(trials))
    filled = [cell for cell in cells(trials) if len(cell)]
    for cell in filled:
        weight[cell] = 1 / len(cell) / len(filled)
    seconds = within(trials.seconds).astype(float) if by_length else None
    return fit(trials.cosine.astype(float), trials.same, seconds, weight)


def cross_validated(trials: Trials, learn: Trials, by_length: bool = True) -> np.ndarray:
    """LLR of every pair by a calibration fitted to those pairs of `learn` that have neither of its speakers. -> [pairs]."""
    fold = lambda t: (t.first % FOLDS, t.second % FOLDS)
    llr = np.zeros(len(trials))
    ours, theirs = fold(trials), fold(learn)
    for a in range(FOLDS):
        for b in range(a, FOLDS):
            test = np.flatnonzero((np.minimum(*ours) == a) & (np.maximum(*ours) == b))
            apart = ~np.isin(theirs[0], (a, b)) & ~np.isin(theirs[1], (a, b))
            llr[test] = fit_trials(learn.where(apart), by_length).llr(trials.cosine[test], within(trials.seconds[test]))
    return llr


def rates(target: np.ndarray, other: np.ndarray, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of different-speaker pairs at or above, and of same-speaker pairs below each threshold."""
    miss = np.searchsorted(np.sort(target), thresholds, "left") / len(target)
    alarm = 1 - np.searchsorted(np.sort(other), thresholds, "left") / len(other)
    return alarm, miss


def table(trials: Trials, llr: np.ndarray) -> list[dict]:
    """Error rates per band at THRESHOLDS."""
    rows = []
    for band in BANDS:
        here = in_band(trials, band)
        same = trials.same[here]
        alarm, miss = rates(llr[here][same], llr[here][~same], THRESHOLDS)
        rows.append({
            "shortest_seconds": band[0], "longest_seconds": band[1], "pairs": int(len(same)),
            "same_speaker_pairs": int(same.sum()), "different_speaker_pairs": int((~same).sum()),
            "thresholds": THRESHOLDS.tolist(),
            "false_accept_rate": [float(f"{x:.3g}") for x in alarm],
            "false_reject_rate": [float(f"{x:.3g}") for x in miss],
        })
    return rows


def operating_points(trials: Trials, llr: np.ndarray) -> dict[str, dict]:
    """The node's modes: thresholds to a tenth, and what they mean."""
    here = in_band(trials, MODE_BAND)
    same = trials.same[here]
    target, other = llr[here][same], llr[here][~same]
    strict = float(np.ceil(10 * np.quantile(other, 1 - FALSE_ACCEPTS)) / 10)
    lax = min(-0.1, float(np.floor(10 * np.quantile(target, FALSE_REJECTS)) / 10))
    low, high = MODE_BAND
    where = f"with {low:g}-{high:g} s of speech on both sides (harmonic mean), same microphone and day, no damage"
    return {
        "balanced": {"threshold": 0.0, "meaning": "Both answers were equally likely beforehand and both errors cost the same"},
        "few_false_accepts": {
            "threshold": strict, "meaning": f"About {1 / FALSE_ACCEPTS:,.0f} comparisons of different speakers per false accept, {where}"},
        "few_false_rejects": {
            "threshold": lax, "meaning": f"About {1 / FALSE_REJECTS:,.0f} comparisons of one speaker per false reject, {where}"},
    }
