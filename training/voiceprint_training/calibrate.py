"""The calibration file of the ResNet34: from cosine, cohort, length, band and noise to log-likelihood ratios.

    python -m voiceprint_training.calibrate --graphs FOLDER            # about 15 min of one core, seconds when repeated
    python -m voiceprint_training.calibrate --graphs FOLDER --compare  # sets of terms side by side, nothing written
writes models/<id>.calibration.json (and needs models/<id>.cohort.bin, see cohort.py). Fitted on three corpora; every figure is of
pairs of a corpus whose ratio comes from a fit to the two others.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import error_rates, metrics, two_voices
from .calibration import harmonic
from .cohort import BANDS as COHORT_BANDS, read
from .corpus import Corpus, Noise
from .paths import MODELS_DIR, work_dir
from .resnet34_speech import Embedder, Voice
from .terms import HIGHEST_SNR, LONGEST, LOWEST_SNR, SHORTEST, Factors, Llr, Term, fit
from .trial_speech import CORPORA, trials_of
from .tuning import text

NEAREST = 100
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
    "both, length, band offsets, noise offset": PLAIN + LENGTH + NORMALIZED + BAND[:2] + NOISE[:1],
    "both, length, band offsets, noise": PLAIN + LENGTH + NORMALIZED + BAND[:2] + NOISE,
    "both, length, noise offset": PLAIN + LENGTH + NORMALIZED + NOISE[:1],
    "both, length, band, noise": PLAIN + LENGTH + NORMALIZED + BAND + NOISE,
    "cosine, length, band, noise": PLAIN + LENGTH + BAND + NOISE,
    "s-norm, length, band, noise": ((), ("log_length",)) + NORMALIZED + BAND[:2] + NOISE[:1],
}
WITHOUT_COHORT, WITH_COHORT = "cosine, length", "both, length, band offsets"
"""The calibration is the mean of a fit to each. A population whose voices are alike in ways that the cohort's are not shifts normalised scores, so that the
fit with the cohort, though it separates best, is over- or underconfident on a population that it has not seen; half of it is not (results.md)."""
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


def cohort_statistics(vectors: np.ndarray, cohort: dict[str, np.ndarray], nearest: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each one's cosines with the `nearest` of the cohort, by band. [n, d] -> [n, 2], [n, 2]."""
    tops = [np.sort(vectors @ cohort[band].T, 1)[:, -nearest:] for band in COHORT_BANDS]
    return np.stack([top.mean(1) for top in tops], 1), np.stack([top.std(1) for top in tops], 1)


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
    mean, deviation = cohort_statistics(voices.vectors, cohort, nearest)
    other = voices.narrow.astype(int)  # each side beside the cohort of the other side's band
    narrow = voices.narrow[i].astype(int) + voices.narrow[j]
    seconds = harmonic(voices.seconds[i], voices.seconds[j])
    factors = {
        "cosine": cosine,
        "normalized_cosine": ((cosine - mean[i, other[j]]) / deviation[i, other[j]] + (cosine - mean[j, other[i]]) / deviation[j, other[i]]) / 2,
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


def chosen_fit(lessons: list[tuple[Pairs, np.ndarray]]) -> Llr:
    """The mean of the fit without and the fit with the cohort."""
    plain, rich = (fitted(lessons, SETS[name]) for name in (WITHOUT_COHORT, WITH_COHORT))
    terms = tuple(dict.fromkeys(plain.terms + rich.terms))
    weight = lambda llr, term: dict(zip(llr.terms, llr.weights)).get(term, 0.0)
    return Llr(terms, tuple((weight(plain, term) + weight(rich, term)) / 2 for term in terms))


def chosen_left_out(by_corpus: dict[str, Pairs]) -> dict[str, np.ndarray]:
    """LLRs of each corpus's pairs by `chosen_fit` to the others."""
    lessons = {name: lesson(pairs) for name, pairs in by_corpus.items()}
    return {name: chosen_fit([one for other, one in lessons.items() if other != name]).of(pairs.factors) for name, pairs in by_corpus.items()}


def left_out(by_corpus: dict[str, Pairs], terms: tuple[Term, ...]) -> dict[str, np.ndarray]:
    """LLRs of each corpus's pairs by a fit to the others."""
    lessons = {name: lesson(pairs) for name, pairs in by_corpus.items()}
    return {
        name: fitted([one for other, one in lessons.items() if other != name], terms).of(pairs.factors)
        for name, pairs in by_corpus.items()
    }


def costs(llr: np.ndarray, same: np.ndarray) -> dict[str, float]:
    target, other = llr[same], llr[~same]
    if len(target) > 15_000:
        target = np.random.default_rng(1).choice(target, 15_000, replace=False)
    if len(other) > 60_000:
        other = np.random.default_rng(1).choice(other, 60_000, replace=False)
    found = {"eer": metrics.equal_error_rate(target, other), "min_dcf": metrics.min_dcf(target, other),
             "cllr": metrics.cllr(target, other), "min_cllr": metrics.min_cllr(target, other)}
    return {name: round(float(value), 4) for name, value in found.items()}


LENGTHS = ((0.0, 2.0), (2.0, 4.0), (4.0, 10.0), (10.0, None))
"""Seconds (harmonic mean) of the tables for people."""
LEAST_PAIRS = 40
"""Of one speaker; with fewer, nothing is said."""
FALSE_ACCEPTS, FALSE_REJECTS = 1 / 1000, 1 / 50
"""What the two other operating points aim at, mean over corpora and bands, with MODE_SECONDS of speech and more."""
MODE_SECONDS = 4.0


def in_length(pairs: Pairs, span: tuple[float, float | None]) -> np.ndarray:
    return (pairs.seconds >= span[0]) & (pairs.seconds < (span[1] or np.inf))


def rates_of(by_corpus: dict[str, Pairs], llrs: dict[str, np.ndarray], band: int, span, thresholds: np.ndarray):
    """Mean over the corpora of their shares at each threshold -> (false accepts, false rejects, corpora, pairs of either kind)."""
    found, counts = [], np.zeros(2, int)
    names = []
    for name, pairs in by_corpus.items():
        here = in_length(pairs, span) & (pairs.band == band)
        same = pairs.same[here]
        if same.sum() < LEAST_PAIRS or (~same).sum() < 1000:
            continue
        llr = llrs[name][here]
        found.append(error_rates.rates(llr[same], llr[~same], thresholds))
        counts += (same.sum(), (~same).sum())
        names.append(name)
    if not found:
        return None
    accepts, rejects = (np.mean([f[k] for f in found], 0) for k in (0, 1))
    return accepts, rejects, names, counts


def error_table(by_corpus: dict[str, Pairs], llrs: dict[str, np.ndarray]) -> list[dict]:
    """For the calibration file."""
    rows = []
    for band, title in enumerate(BAND_NAMES):
        for span in error_rates.BANDS:
            rates = rates_of(by_corpus, llrs, band, span, error_rates.THRESHOLDS)
            if rates is None:
                continue
            accepts, rejects, names, counts = rates
            rows.append({
                "band": title, "shortest_seconds": span[0], "longest_seconds": span[1], "corpora": " ".join(names),
                "same_speaker_pairs": int(counts[0]), "different_speaker_pairs": int(counts[1]),
                "thresholds": error_rates.THRESHOLDS.tolist(),
                "false_accept_rate": [float(f"{x:.3g}") for x in accepts], "false_reject_rate": [float(f"{x:.3g}") for x in rejects],
            })
    return rows


def operating_points(by_corpus: dict[str, Pairs], llrs: dict[str, np.ndarray]) -> dict[str, dict]:
    """Thresholds to a tenth at which the mean over all corpora and bands reaches what is aimed at."""
    thresholds = np.round(np.arange(-12, 14, 0.1), 1)
    cells = [rates_of({name: pairs}, llrs, band, (MODE_SECONDS, None), thresholds) for name, pairs in by_corpus.items() for band in range(3)]
    accepts, rejects = (np.mean([c[k] for c in cells if c is not None], 0) for k in (0, 1))
    strict = max(0.1, float(thresholds[np.argmax(accepts <= FALSE_ACCEPTS)]))
    lax = min(-0.1, float(thresholds[len(thresholds) - 1 - np.argmax(rejects[::-1] <= FALSE_REJECTS)]))
    where = f"with {MODE_SECONDS:g} s of speech and more, mean over three corpora and both bands, each by a fit to the two other corpora"
    return {
        "balanced": {"threshold": 0.0, "meaning": "Both answers were equally likely beforehand and both errors cost the same"},
        "few_false_accepts": {"threshold": strict, "meaning": f"About {1 / FALSE_ACCEPTS:,.0f} comparisons of different speakers per false accept, {where}"},
        "few_false_rejects": {"threshold": lax, "meaning": f"About {1 / FALSE_REJECTS:,.0f} comparisons of one speaker per false reject, {where}"},
    }


def measured(by_corpus: dict[str, Pairs], llrs: dict[str, np.ndarray], points: dict[str, dict]) -> list[dict]:
    """What each corpus shows, by band and length, at every operating point."""
    rows = []
    for name, pairs in by_corpus.items():
        for band, title in enumerate(BAND_NAMES):
            for span in LENGTHS:
                here = in_length(pairs, span) & (pairs.band == band)
                same, llr = pairs.same[here], llrs[name][here]
                if same.sum() < LEAST_PAIRS or (~same).sum() < 1000:
                    continue
                errors = {
                    point: {"false_accepts": float(f"{(llr[~same] >= one['threshold']).mean():.3g}"),
                            "false_rejects": float(f"{(llr[same] < one['threshold']).mean():.3g}")}
                    for point, one in points.items()
                }
                rows.append({"corpus": name, "band": title, "seconds": f"{span[0]:g}-{span[1]:g}" if span[1] else f"from {span[0]:g}",
                             "same_speaker_pairs": int(same.sum()), "different_speaker_pairs": int((~same).sum()), **costs(llr, same), **errors})
    return rows


def markdown(rows: list[dict]) -> str:
    """The same for people; errors in percent, strangers accepted / own voice rejected."""
    lines = ["| corpus | band | seconds | same | different | EER % | minDCF | Cllr | minCllr | Balanced | Few False Accepts | Few False Rejects |", "|---" * 12 + "|"]
    for row in rows:
        errors = [f"{100 * row[p]['false_accepts']:.2f} / {100 * row[p]['false_rejects']:.2f}" for p in ("balanced", "few_false_accepts", "few_false_rejects")]
        lines.append(f"| {row['corpus']} | {row['band']} | {row['seconds']} | {row['same_speaker_pairs']} | {row['different_speaker_pairs']} | "
                     f"{100 * row['eer']:.2f} | {row['min_dcf']:.3f} | {row['cllr']:.3f} | {row['min_cllr']:.3f} | " + " | ".join(errors) + " |")
    return "\n".join(lines)


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


def unknowns(all_voices: list[Voices], cohort: dict[str, np.ndarray], nearest: int) -> dict[str, float]:
    """What stands for what a voiceprint does not say: the median."""
    sides = [cohort_statistics(v.vectors, cohort, nearest) for v in all_voices]
    median = lambda arrays: round(float(np.median(np.concatenate(arrays))), 4)
    return {"snr": round(float(np.median(np.concatenate([v.snr for v in all_voices]))), 1),
            "cohort_mean": median([m[:, 0] for m, _ in sides]), "cohort_deviation": median([d[:, 0] for _, d in sides])}


def content(model: str, folder: Path, by_corpus: dict[str, Pairs], all_voices: list[Voices], cohort, nearest: int, several: dict | None) -> dict:
    """The calibration file."""
    llrs = chosen_left_out(by_corpus)
    final = chosen_fit([lesson(pairs) for pairs in by_corpus.values()])
    points = operating_points(by_corpus, llrs)
    own = {name: final.of(pairs.factors) for name, pairs in by_corpus.items()}
    sums = [hashlib.sha256((folder / f"{model}.{part}.onnx").read_bytes()).hexdigest() for part in ("trunk", "head")]
    return {
        "model": model, "model_sha256": sums,
        "llr": {"terms": final.as_list()},
        "formula": "llr = the sum over the terms of weight times the product of the factors; natural logarithm. cosine: of both vectors. "
                   "normalized_cosine: mean over both sides of (cosine - mean) / deviation of that side's cosines to the nearest of the cohort of "
                   "its own band. log_length: ln of the harmonic mean of both speech lengths in seconds. both_narrow, bands_differ: 1 where both "
                   "sides, or one, came through a telephone. snr: the lower of both sides' signal-to-noise ratios, dB. Lengths and ratios are "
                   "kept within the bounds below",
        "shortest_seconds": SHORTEST, "longest_seconds": LONGEST, "snr": {"lowest": LOWEST_SNR, "highest": HIGHEST_SNR},
        "unknown": unknowns(all_voices, cohort, nearest), "cohort": {"nearest": nearest},
        "covers": {"shortest_seconds": SHORTEST, "lowest_snr": LOWEST_SNR, "bands": list(BAND_NAMES)},
        "fitted_on": "dev (speechocean762), wuw (telephone calls) and msc (Malayalam) alike: full recordings and pieces of 1.5 to 40 s, all lengths "
                     "alike, undamaged, through a telephone line, noise of 20 and 10 dB, or through a codec (GSM, Speex, Opus, MP3); pairs within a corpus",
        "windows": {"rule": "All the speech goes through the trunk at once and is pooled at once"},
        "operating_points": points,
        "error_rates_meaning": "Shares by LLR threshold: false_accept_rate of different-speaker pairs at or above it, false_reject_rate of same-speaker "
                               "pairs below it; by band and by the harmonic mean of both speech lengths. Mean over the corpora named, each judged by a fit to "
                               "the two others, damage as in the fit. Expect more errors across years, languages and rooms.",
        "error_rates": error_table(by_corpus, llrs),
        **({"several_speakers": several} if several else {}),
        "measured": {"each_corpus_by_a_fit_to_the_others": measured(by_corpus, llrs, points),
                     "each_corpus_by_this_fit_to_all": measured(by_corpus, own, points)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=Path, default=MODELS_DIR)
    parser.add_argument("--model", default="voiceprint-resnet34-v1")
    parser.add_argument("--nearest", type=int, default=NEAREST)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--several", choices=("yes", "no"), default="yes", help="no: leave out the rule for several speakers")
    parser.add_argument("--corpora", default=",".join(CORPORA))
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus, noise = Corpus(work_dir()), Noise.load(work_dir())
    embedder = Embedder(options.graphs, identity=options.model)
    cohort = read((MODELS_DIR / f"{options.model}.cohort.bin").read_bytes())
    all_voices = [voices_of(embedder, corpus, noise, name) for name in options.corpora.split(",")]
    by_corpus = {voices.corpus: pairs_of(voices, cohort, options.nearest) for voices in all_voices}
    if options.compare:
        return compare(by_corpus)
    several = None
    if options.several == "yes":
        several = two_voices.examine(two_voices.all_of(embedder, corpus, noise), two_voices.alone(embedder, corpus))
    found = content(options.model, options.graphs, by_corpus, all_voices, cohort, options.nearest, several)
    (MODELS_DIR / f"{options.model}.calibration.json").write_text(text(found))
    print(json.dumps({"operating_points": found["operating_points"], "terms": found["llr"], "several_speakers": several}, indent=1))
    for title, rows in found["measured"].items():
        print(f"\n{title}\n\n{markdown(rows)}")


if __name__ == "__main__":
    main()
