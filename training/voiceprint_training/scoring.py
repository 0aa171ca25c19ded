"""Ways of scoring beyond the plain cosine, measured before any is shipped.

    python -m voiceprint_training.scoring --model voiceprint-small-v2      # 8 min on one core
compares the cosine with the adaptive symmetric normalisation against a cohort of training speakers, on the tuning
speakers and the held-out clean readers, full recordings and pieces of 5 s. Calibrated as shipped: fitted on undamaged
tuning speakers, with length terms where lengths differ (for the tuning speakers themselves: on the other half of them).
"""

import argparse

import numpy as np

from . import metrics
from .calibration import Calibration, fit, joint_seconds
from .conditions import telephone_8k
from .corpus import RATE, Corpus, Utterance
from .export import embedder
from .paths import MODELS_DIR, work_dir
from .pieces import Piece, joined, thinned, whole
from .watch import gather
from .windows import Embed, embed_speech, unit

NEAREST = 50
"""Cohort members that count."""


def speaker_means(embed: Embed, corpus: Corpus, speakers: dict[str, list[Utterance]], most: int = 4) -> np.ndarray:
    """One unit-length mean embedding per speaker, from up to `most` recordings of up to 6 s. [speakers, d]."""
    chosen, numbers = gather(speakers, most)
    embeddings = embed([corpus.wave(u, 6.0) for u in chosen])
    return unit(np.stack([embeddings[numbers == n].mean(0) for n in np.unique(numbers)]))


def cohort_statistics(embeddings: np.ndarray, cohort: np.ndarray, nearest: int = NEAREST) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each embedding's cosines with its `nearest` cohort members. [n, d], [c, d] -> [n], [n]."""
    top = np.sort(embeddings @ cohort.T, axis=1)[:, -nearest:]
    return top.mean(1), top.std(1)


def normalised(scores: np.ndarray, first: tuple, second: tuple) -> np.ndarray:
    """Symmetric normalisation of a score matrix [n, m] by both sides' cohort statistics."""
    one = (scores - first[0][:, None]) / first[1][:, None]
    two = (scores - second[0][None]) / second[1][None]
    return (one + two) / 2


def compare(one: np.ndarray, two: np.ndarray, cohort: np.ndarray) -> dict[str, np.ndarray]:
    """Score matrices [n, n] by method."""
    cosine = one @ two.T
    sides = [cohort_statistics(e, cohort) for e in (one, two)]
    return {"cosine": cosine, f"s-norm {NEAREST} of {len(cohort)}": normalised(cosine, *sides)}


class Trials:
    """Every pair of two different pieces in a score matrix."""

    def __init__(self, pieces: list[Piece]):
        speaker = np.array([p.speaker for p in pieces])
        seconds = np.array([p.seconds for p in pieces])
        self.i, self.j = np.nonzero(~np.eye(len(pieces), dtype=bool))
        self.same = speaker[self.i] == speaker[self.j]
        self.seconds = joint_seconds(seconds[self.i], seconds[self.j])
        self.halves = speaker[self.i] % 2, speaker[self.j] % 2

    def fit(self, scores: np.ndarray, keep: np.ndarray | None = None) -> Calibration:
        keep = np.ones(len(self.i), bool) if keep is None else keep
        values, seconds = scores[self.i, self.j][keep], self.seconds[keep]
        return fit(values, self.same[keep], seconds if np.ptp(seconds) > 0.1 else None)

    def cross_fitted_cost(self, scores: np.ndarray, learnt: np.ndarray) -> float:
        """Cllr of `scores` by calibrations fitted to `learnt` (scores of the same pieces) on the other half of the speakers."""
        values, costs = scores[self.i, self.j], []
        for half in (0, 1):
            here, there = ((self.halves[0] == h) & (self.halves[1] == h) for h in (half, 1 - half))
            llr = self.fit(learnt, there).llr(values[here], self.seconds[here])
            costs.append(metrics.cllr(llr[self.same[here]], llr[~self.same[here]]))
        return float(np.mean(costs))

    def cost(self, scores: np.ndarray, calibration: Calibration) -> float:
        llr = calibration.llr(scores[self.i, self.j], self.seconds)
        return metrics.cllr(llr[self.same], llr[~self.same])

    def figures(self, scores: np.ndarray, cost: float) -> str:
        target, other = scores[self.i, self.j][self.same], scores[self.i, self.j][~self.same]
        return f"{100 * metrics.equal_error_rate(target, other):.2f} | {cost:.3f} | {metrics.min_cllr(target, other):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="id of a model in models/")
    parser.add_argument("--most", type=int, default=10, help="pieces per speaker")
    parser.add_argument("--cohort", type=int, default=1000, help="training speakers in the cohort, evenly spread")
    options = parser.parse_args()
    corpus = Corpus(work_dir())
    embed = embedder((MODELS_DIR / f"{options.model}.onnx").read_bytes())
    means = speaker_means(embed, corpus, corpus.training())
    cohort = means[np.unique(np.linspace(0, len(means) - 1, min(options.cohort, len(means))).round().astype(int))]
    print("| speech | method | EER % | Cllr | minCllr |\n|---|---|---|---|---|")
    for length in (None, 5.0):
        shipped: dict[str, Calibration] = {}
        for title, speakers in (("dev", corpus.development()), ("lsdev", corpus.held_out("lsdev"))):
            pieces = thinned(joined(corpus, speakers, length) if length else whole(corpus, speakers), options.most)
            trials = Trials(pieces)
            waves = [p.wave for p in pieces]
            clean = embed_speech(embed, waves)
            phone = embed_speech(embed, [telephone_8k(w, np.random.default_rng(7)) for w in waves])
            learnt = compare(clean, clean, cohort)
            for condition, one, two in (("clean", clean, clean), ("clean/8 kHz", clean, phone), ("8 kHz", phone, phone)):
                for method, scores in compare(one, two, cohort).items():
                    if title == "dev":
                        shipped.setdefault(method, trials.fit(scores))
                        cost = trials.cross_fitted_cost(scores, learnt[method])
                    else:
                        cost = trials.cost(scores, shipped[method])
                    name = f"{title}, {f'{length:g} s' if length else 'full'}, {condition}"
                    print(f"| {name} | {method} | {trials.figures(scores, cost)} |", flush=True)


if __name__ == "__main__":
    main()
