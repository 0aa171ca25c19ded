"""The calibration file of the ResNet34: from cosine, cohort, length, band and noise to log-likelihood ratios.

    python -m voiceprint_training.calibrate --graphs FOLDER            # about 15 min of one core, seconds when repeated
    python -m voiceprint_training.calibrate --graphs FOLDER --compare  # sets of terms side by side, nothing written
writes models/<id>.calibration.json (and needs models/<id>.cohort.bin, see cohort.py). Fitted on three corpora; every figure is of
pairs of a corpus whose ratio comes from a fit to the two others.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import error_rates, metrics
from .calibration import harmonic
from .cohort import BANDS as COHORT_BANDS, read
from .corpus import Corpus, Noise
from .paths import MODELS_DIR, work_dir
from .resnet34_speech import Embedder, Voice
from .terms import HIGHEST_SNR, LONGEST, LOWEST_SNR, SHORTEST, Factors, Llr, Term, fit
from .trial_speech import CORPORA, trials_of
from .tuning import text

NEAREST = 200
PLAIN: tuple[Term, ...] = ((), ("cosine",))
LENGTH: tuple[Term, ...] = (("log_length",), ("cosine", "log_length"))
NORMALIZED: tuple[Term, ...] = (("normalized_cosine",), ("normalized_cosine", "log_length"))
BAND: tuple[Term, ...] = (("both_narrow",), ("bands_differ",), ("cosine", "both_narrow"), ("cosine", "bands_differ"))
NOISE: tuple[Term, ...] = (("snr",), ("cosine", "snr"))
SETS: dict[str, tuple[Term, ...]] = {
    "cosine": PLAIN,
    "cosine, length": PLAIN + LENGTH,
    "s-norm": ((), ("normalized_cosine",)),
    "s-norm, length": ((), ("log_length",)) + NORMALIZED,
    "both, length": PLAIN + LENGTH + NORMALIZED,
    "both, length, band": PLAIN + LENGTH + NORMALIZED + BAND,
    "both, length, band offsets": PLAIN + LENGTH + NORMALIZED + BAND[:2],
    "both, length, noise": PLAIN + LENGTH + NORMALIZED + NOISE,
    "both, length, band offsets, noise": PLAIN + LENGTH + NORMALIZED + BAND[:2] + NOISE,
    "both, length, noise offset": PLAIN + LENGTH + NORMALIZED + NOISE[:1],
    "both, length, band, noise": PLAIN + LENGTH + NORMALIZED + BAND + NOISE,
    "cosine, length, band, noise": PLAIN + LENGTH + BAND + NOISE,
    "s-norm, length, band, noise": ((), ("log_length",)) + NORMALIZED + BAND[:2] + NOISE[:1],
}
CHOSEN = "both, length, band offsets, noise"
BAND_NAMES = ("wide", "narrow", "mixed")
MOST = 15_000
"""Pairs of a corpus, length and kind that are fitted to."""


@dataclass(frozen=True)
class Voices:
    """What was made of the trials of a corpus; every array is [voices]."""

    corpus: str
    vectors: np.ndarray
    speaker: np.ndarray
    first: np.ndarray
    last: np.ndarray
    seconds: np.ndarray
    narrow: np.ndarray
    snr: np.ndarray
    whole: np.ndarray
    condition: np.ndarray


def voices_of(embedder: Embedder, corpus: Corpus, noise: Noise, name: str, **which) -> Voices:
    trials = trials_of(corpus, noise, name, **which)
    made: list[Voice] = [embedder.voice(trial.wave) for trial in trials]
    pieces = [trial.piece for trial in trials]
    return Voices(
        name, np.stack([v.vector for v in made]), *(np.array([getattr(p, k) for p in pieces]) for k in ("speaker", "first", "last")),
        np.array([v.seconds for v in made]), np.array([v.narrow for v in made]), np.array([v.snr for v in made]),
        np.array([t.is_whole for t in trials]), np.array([t.condition for t in trials]),
    )


def cohort_statistics(vectors: np.ndarray, narrow: np.ndarray, cohort: dict[str, np.ndarray], nearest: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each one's cosines with the `nearest` of the cohort of its own band. [n, d], [n] -> [n], [n]."""
    mean, deviation = np.zeros(len(vectors)), np.zeros(len(vectors))
    for band, here in zip(COHORT_BANDS, (~narrow, narrow)):
        if here.any():
            top = np.sort(vectors[here] @ cohort[band].T, 1)[:, -nearest:]
            mean[here], deviation[here] = top.mean(1), top.std(1)
    return mean, deviation


@dataclass(frozen=True)
class Pairs:
    """Pairs of one corpus; every array is [pairs]."""

    corpus: str
    factors: Factors
    same: np.ndarray
    seconds: np.ndarray
    """Harmonic mean of both lengths, as it is."""
    band: np.ndarray
    """Place in BAND_NAMES."""
    whole: np.ndarray
    """Both sides are full recordings."""
    clean: np.ndarray
    """Both sides undamaged."""

    def where(self, keep: np.ndarray) -> "Pairs":
        arrays = (getattr(self, k)[keep] for k in ("same", "seconds", "band", "whole", "clean"))
        return Pairs(self.corpus, {k: v[keep] for k, v in self.factors.items()}, *arrays)


def pairs_of(voices: Voices, cohort: dict[str, np.ndarray], nearest: int = NEAREST) -> Pairs:
    """All pairs of a corpus but those that share a recording."""
    i, j = np.triu_indices(len(voices.vectors), 1)
    same = voices.speaker[i] == voices.speaker[j]
    apart = ~same | (voices.last[i] < voices.first[j]) | (voices.last[j] < voices.first[i])
    i, j, same = i[apart], j[apart], same[apart]
    cosine = (voices.vectors @ voices.vectors.T)[i, j].astype(float)
    mean, deviation = cohort_statistics(voices.vectors, voices.narrow, cohort, nearest)
    narrow = voices.narrow[i].astype(int) + voices.narrow[j]
    seconds = harmonic(voices.seconds[i], voices.seconds[j])
    factors = {
        "cosine": cosine,
        "normalized_cosine": ((cosine - mean[i]) / deviation[i] + (cosine - mean[j]) / deviation[j]) / 2,
        "log_length": np.log(np.clip(seconds, SHORTEST, LONGEST)),
        "both_narrow": (narrow == 2).astype(float), "bands_differ": (narrow == 1).astype(float),
        "snr": np.clip(np.minimum(voices.snr[i], voices.snr[j]), LOWEST_SNR, HIGHEST_SNR),
    }
    clean = voices.condition == "clean"
    return Pairs(voices.corpus, factors, same, seconds, np.array([0, 2, 1])[narrow], voices.whole[i] & voices.whole[j], clean[i] & clean[j])


def lesson(pairs: Pairs, most: int = MOST) -> tuple[Pairs, np.ndarray]:
    """At most `most` pairs of each length and kind, and weights by which lengths count alike, and in each both kinds."""
    rng = np.random.default_rng(1)
    kept, weights = [], []
    for low, high in error_rates.BANDS:
        here = (pairs.seconds >= low) & (pairs.seconds < (high or np.inf))
        for kind in (True, False):
            cell = np.flatnonzero(here & (pairs.same == kind))
            if len(cell) > most:
                cell = rng.choice(cell, most, replace=False)
            if len(cell):
                kept.append(cell)
                weights.append(np.full(len(cell), 1 / len(cell)))
    return pairs.where(np.concatenate(kept)), np.concatenate(weights)


def fitted(lessons: list[tuple[Pairs, np.ndarray]], terms: tuple[Term, ...]) -> Llr:
    """All corpora count alike."""
    factors = {k: np.concatenate([p.factors[k] for p, _ in lessons]) for k in lessons[0][0].factors}
    same = np.concatenate([p.same for p, _ in lessons])
    weight = np.concatenate([w / w.sum() for _, w in lessons])
    for kind in (True, False):
        weight[same == kind] /= weight[same == kind].sum()
    return fit(factors, same, weight, terms)


def left_out(by_corpus: dict[str, Pairs], terms: tuple[Term, ...]) -> dict[str, np.ndarray]:
    """LLRs of each corpus's pairs by a fit to the others."""
    lessons = {name: lesson(pairs) for name, pairs in by_corpus.items()}
    return {
        name: fitted([one for other, one in lessons.items() if other != name], terms).of(pairs.factors)
        for name, pairs in by_corpus.items()
    }


def costs(llr: np.ndarray, same: np.ndarray) -> dict[str, float]:
    target, other = llr[same], llr[~same]
    if len(target) > 60_000:
        target = np.random.default_rng(1).choice(target, 60_000, replace=False)
    if len(other) > 200_000:
        other = np.random.default_rng(1).choice(other, 200_000, replace=False)
    found = {"eer": metrics.equal_error_rate(target, other), "min_dcf": metrics.min_dcf(target, other),
             "cllr": metrics.cllr(target, other), "min_cllr": metrics.min_cllr(target, other)}
    return {name: round(float(value), 4) for name, value in found.items()}


LENGTHS = ((0.0, 2.0), (2.0, 4.0), (4.0, 10.0), (10.0, None))


def in_length(pairs: Pairs, span: tuple[float, float | None]) -> np.ndarray:
    return (pairs.seconds >= span[0]) & (pairs.seconds < (span[1] or np.inf))


def compare(by_corpus: dict[str, Pairs]) -> None:
    """Cllr of every set of terms, each corpus judged by a fit to the two others; all lengths alike, and full recordings alone."""
    print("| terms | " + " | ".join(f"{name} {what}" for name in by_corpus for what in ("EER %", "Cllr", "minCllr")) + " | mean Cllr |")
    print("|---" * (3 * len(by_corpus) + 2) + "|")
    for title, terms in SETS.items():
        llrs = left_out(by_corpus, terms)
        cells, total = [], []
        for name, pairs in by_corpus.items():
            part, weight = lesson(pairs, 8000)
            by_length = []
            for span in error_rates.BANDS:
                here = in_length(pairs, span)
                if pairs.same[here].sum() >= 50:
                    by_length.append(costs(llrs[name][here], pairs.same[here]))
            mean = {k: np.mean([c[k] for c in by_length]) for k in ("eer", "cllr", "min_cllr")}
            cells += [f"{100 * mean['eer']:.2f}", f"{mean['cllr']:.3f}", f"{mean['min_cllr']:.3f}"]
            total.append(mean["cllr"])
        print(f"| {title} | " + " | ".join(cells) + f" | {np.mean(total):.4f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=Path, default=MODELS_DIR)
    parser.add_argument("--model", default="voiceprint-resnet34-v1")
    parser.add_argument("--nearest", type=int, default=NEAREST)
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus, noise = Corpus(work_dir()), Noise.load(work_dir())
    embedder = Embedder(options.graphs)
    cohort = read((MODELS_DIR / f"{options.model}.cohort.bin").read_bytes())
    by_corpus = {name: pairs_of(voices_of(embedder, corpus, noise, name), cohort, options.nearest) for name in CORPORA}
    if options.compare:
        compare(by_corpus)


if __name__ == "__main__":
    main()
