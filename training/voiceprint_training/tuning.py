"""The calibration file of a model: cosine to LLR, the node's thresholds and expected error rates, from the tuning speakers.

    python -m voiceprint_training.tuning --model voiceprint-small-v2      # 8 min on one core, 13 beside a training
writes models/<id>.calibration.json. `evaluate` does the same on its way.
"""

import argparse
import hashlib
import json
import re
from dataclasses import dataclass

import numpy as np

from . import error_rates, metrics, several
from .calibration import LONGEST, SHORTEST, Calibration
from .conditions import damages
from .corpus import Corpus, Noise
from .export import embedder
from .paths import MODELS_DIR, work_dir
from .pieces import Piece, Trials, joined, thinned, together, trials, whole
from .windows import WINDOW, Embed, embed_speech

LENGTHS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 45.0)
"""Seconds of the pieces beside the full recordings; every one is compared with every other."""
MOST_WHOLE, MOST_JOINED = 16, 10
"""Pieces per speaker that error rates are measured on: full recordings, and of each length."""
FIT_WHOLE, FIT_JOINED = 6, 4
"""And those that the calibration is fitted to, in every condition."""
CONDITIONS = (("clean", "clean"), ("clean", "8 kHz mu-law"), ("8 kHz mu-law", "8 kHz mu-law"),
              ("clean", "noise 10 dB"), ("noise 10 dB", "noise 10 dB"))
"""What the two sides of a pair have gone through when fitting; each weighs the same. A trade: a little worse
on clean speech, with more false accepts at LLR 0, for much less wrong ratios between conditions (results.md, section 6)."""


@dataclass(frozen=True)
class Tuned:
    calibration: Calibration
    error_rates: list[dict]
    operating_points: dict[str, dict]
    several_speakers: dict
    facts: dict


def pool(corpus: Corpus, most_whole: int = MOST_WHOLE, most_joined: int = MOST_JOINED) -> list[Piece]:
    """The tuning speakers' pieces of all lengths."""
    speakers = corpus.development()
    found = thinned(whole(corpus, speakers), most_whole)
    for seconds in LENGTHS:
        found += thinned(joined(corpus, speakers, seconds), most_joined)
    return found


def lessons(embed: Embed, corpus: Corpus, noise: Noise) -> dict[str, Trials]:
    """Pairs to fit to, by condition."""
    pieces, known = pool(corpus, FIT_WHOLE, FIT_JOINED), damages(corpus, noise)
    made = {
        name: embed_speech(embed, [known[name](p.wave, np.random.default_rng([13, i])) for i, p in enumerate(pieces)])
        for name in {name for pair in CONDITIONS for name in pair}
    }
    found = {}
    for one, other in CONDITIONS:
        pairs = trials(pieces, made[one], None if one == other else made[other])
        found[f"{one} / {other}"] = pairs.where(error_rates.chosen(pairs, 20_000))
    return found


def costs(pairs: Trials, llr: np.ndarray) -> dict[str, float]:
    """EER (share), Cllr and minCllr (bits)."""
    target, other = llr[pairs.same], llr[~pairs.same]
    found = {"eer": metrics.equal_error_rate(target, other), "cllr": metrics.cllr(target, other),
             "min_cllr": metrics.min_cllr(target, other)}
    return {name: round(value, 4) for name, value in found.items()}


def by_band(pairs: Trials, llr: np.ndarray) -> dict[str, dict]:
    """Costs in each band; of very many pairs a random part."""
    kept = error_rates.chosen(pairs, 100_000)
    pairs, llr = pairs.where(kept), llr[kept]
    found = {}
    for band in error_rates.BANDS:
        here = error_rates.in_band(pairs, band)
        name = f"{band[0]:g}-{band[1]:g} s" if band[1] else f"from {band[0]:g} s"
        found[name] = costs(pairs.where(here), llr[here])
    return found


def by_condition(learn: dict[str, Trials], kept: bool) -> dict[str, dict]:
    """Costs in each condition, all lengths alike."""
    everything = together(list(learn.values()))
    return {name: costs(pairs, error_rates.cross_validated(pairs, everything, kept)) for name, pairs in learn.items()}


def tune(embed: Embed, corpus: Corpus, noise: Noise, held_out: bool = True) -> Tuned:
    """Fit with and without terms in the speech length; keep what has the lower Cllr on speakers not fitted on."""
    by_name = lessons(embed, corpus, noise)
    learn = together(list(by_name.values()))
    pieces = pool(corpus)
    pairs = trials(pieces, embed_speech(embed, [p.wave for p in pieces]))
    tried = {by_length: error_rates.cross_validated(pairs, learn, by_length) for by_length in (False, True)}
    compared = {by_length: by_band(pairs, llr) for by_length, llr in tried.items()}
    kept = min(compared, key=lambda by_length: sum(band["cllr"] for band in compared[by_length].values()))
    facts = {
        "kept": "with length" if kept else "plain", "cross_validated": compared[kept], "cross_validated_without_length": compared[False],
        "cross_validated_by_condition": by_condition(by_name, kept),
        "pairs": len(pairs), "pieces": len(pieces), "speakers": len(np.unique(pairs.first)),
    }
    calibration = error_rates.fit_trials(learn, kept)
    return Tuned(
        calibration, error_rates.table(pairs, tried[kept]), error_rates.operating_points(pairs, tried[kept]),
        several.examine(embed, calibration, corpus, damages(corpus, noise), corpus.held_out("lsdev") if held_out else None), facts,
    )


def as_json(tuned: Tuned, identity: str, model: bytes) -> dict:
    return {
        "model": identity, "model_sha256": hashlib.sha256(model).hexdigest(),
        "llr": tuned.calibration.as_dict(),
        "shortest_seconds": SHORTEST, "longest_seconds": LONGEST,
        "formula": "llr = (slope + slope_by_length * L) * cosine + offset + offset_by_length * L; "
                   f"L = ln(harmonic mean of both speech lengths in seconds, kept within {SHORTEST:g}..{LONGEST:g}); natural logarithm",
        "fitted_on": f"dev-so762, 60 speakers, full recordings and pieces of {LENGTHS[0]:g}-{LENGTHS[-1]:g} s, every length against every other, "
                     "all lengths weighing alike; undamaged, 8 kHz mu-law and noise of 10 dB, on one side or both; windows as below",
        "windows": {"seconds": WINDOW, "rule": "round(speech seconds / seconds) windows of equal length, at least 1; mean of their unit-length embeddings, scaled to length one"},
        "operating_points": tuned.operating_points,
        "error_rates_meaning": "Shares by LLR threshold: false_accept_rate of different-speaker pairs at or above it, false_reject_rate of "
                               "same-speaker pairs below it. Bands of the harmonic mean of both speech lengths. Each pair's LLR comes from "
                               "a calibration that saw neither of its speakers (5 folds of 60 speakers). Same microphone and day on both "
                               "sides, no damage: expect more errors across microphones, days, noise and languages.",
        "error_rates": tuned.error_rates,
        "several_speakers": tuned.several_speakers,
        "measured": tuned.facts,
    }


def text(content: dict) -> str:
    """Indented JSON with each list of numbers on one line."""
    flat = lambda match: "[" + re.sub(r"\s+", " ", match.group(1)).strip() + "]"
    return re.sub(r"\[([-+\d.eE,\s]+)\]", flat, json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def write(tuned: Tuned, identity: str, model: bytes) -> None:
    (MODELS_DIR / f"{identity}.calibration.json").write_text(text(as_json(tuned, identity, model)))


def options_of(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="id of a model in models/")
    parser.add_argument("--hold-out", choices=("yes", "no"), default="yes", help="no: the model was trained on those speakers, too")
    parser.add_argument("--share-alike", action="store_true", help="the model was trained on the CC BY-SA speakers, too")
    return parser.parse_args()


def main() -> None:
    options = options_of(__doc__)
    model = (MODELS_DIR / f"{options.model}.onnx").read_bytes()
    tuned = tune(embedder(model), Corpus(work_dir()), Noise.load(work_dir()), options.hold_out == "yes")
    write(tuned, options.model, model)
    print(json.dumps([tuned.facts, tuned.several_speakers, tuned.operating_points], indent=1), tuned.calibration, sep="\n")


if __name__ == "__main__":
    main()
