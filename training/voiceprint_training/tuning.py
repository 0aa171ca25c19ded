"""The calibration file of a model: cosine to LLR, the node's thresholds and expected error rates, from the tuning speakers.

    python -m voiceprint_training.tuning --model voiceprint-small-v1      # 2 min on one core
writes models/<id>.calibration.json. `evaluate` does the same on its way.
"""

import argparse
import hashlib
import json
import re
from dataclasses import dataclass

import numpy as np

from . import error_rates, metrics
from .calibration import LONGEST, SHORTEST, Calibration
from .corpus import Corpus
from .export import session
from .paths import MODELS_DIR, work_dir
from .pieces import Piece, Trials, joined, thinned, trials, whole
from .windows import Embed, embed_speech

LENGTHS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
"""Seconds of the pieces beside the full recordings; every one is compared with every other."""
MOST_WHOLE, MOST_JOINED = 16, 10
"""Pieces per speaker: full recordings, and of each length."""


@dataclass(frozen=True)
class Tuned:
    calibration: Calibration
    error_rates: list[dict]
    operating_points: dict[str, dict]
    facts: dict


def pool(corpus: Corpus) -> list[Piece]:
    """The tuning speakers' pieces of all lengths."""
    speakers = corpus.development()
    found = thinned(whole(corpus, speakers), MOST_WHOLE)
    for seconds in LENGTHS:
        found += thinned(joined(corpus, speakers, seconds), MOST_JOINED)
    return found


def costs(trials_: Trials, llr: np.ndarray) -> dict[str, float]:
    """EER (share), Cllr and minCllr (bits) of cross-validated LLRs; at most 400,000 different-speaker pairs."""
    keep = error_rates.chosen(trials_, 400_000)
    scores, same = llr[keep], trials_.same[keep]
    target, other = scores[same], scores[~same]
    found = {"eer": metrics.equal_error_rate(target, other), "cllr": metrics.cllr(target, other),
             "min_cllr": metrics.min_cllr(target, other)}
    return {name: round(value, 4) for name, value in found.items()}


def by_band(trials_: Trials, llr: np.ndarray) -> dict[str, dict]:
    found = {}
    for band in error_rates.BANDS:
        here = error_rates.in_band(trials_, band)
        name = f"{band[0]:g}-{band[1]:g} s" if band[1] else f"from {band[0]:g} s"
        found[name] = costs(trials_.where(here), llr[here])
    return found


def tune(embed: Embed, corpus: Corpus) -> Tuned:
    """Fit with and without terms in the speech length; keep what has the lower Cllr on speakers not fitted on."""
    pieces = pool(corpus)
    pairs = trials(pieces, embed_speech(embed, [p.wave for p in pieces]))
    tried = {name: error_rates.cross_validated(pairs, by_length) for name, by_length in (("plain", False), ("with length", True))}
    compared = {name: costs(pairs, llr) for name, llr in tried.items()}
    kept = min(compared, key=lambda name: compared[name]["cllr"])
    llr = tried[kept]
    facts = {
        "kept": kept, "cross_validated": compared, "cross_validated_by_band": by_band(pairs, llr),
        "pairs": len(pairs), "pieces": len(pieces), "speakers": len(np.unique(pairs.first)),
    }
    calibration = error_rates.fit_trials(error_rates.for_fit(pairs), kept == "with length")
    return Tuned(calibration, error_rates.table(pairs, llr), error_rates.operating_points(pairs, llr), facts)


def as_json(tuned: Tuned, identity: str, model: bytes) -> dict:
    return {
        "model": identity, "model_sha256": hashlib.sha256(model).hexdigest(),
        "llr": tuned.calibration.as_dict(),
        "shortest_seconds": SHORTEST, "longest_seconds": LONGEST,
        "formula": "llr = (slope + slope_by_length * L) * cosine + offset + offset_by_length * L; "
                   f"L = ln(harmonic mean of both speech lengths in seconds, kept within {SHORTEST:g}..{LONGEST:g}); natural logarithm",
        "fitted_on": f"dev-so762, 60 speakers, full recordings and pieces of {LENGTHS[0]:g}-{LENGTHS[-1]:g} s, every length against every other",
        "operating_points": tuned.operating_points,
        "error_rates_meaning": "Shares by LLR threshold: false_accept_rate of different-speaker pairs at or above it, false_reject_rate of "
                               "same-speaker pairs below it. Bands of the harmonic mean of both speech lengths. Each pair's LLR comes from "
                               "a calibration that saw neither of its speakers (5 folds of 60 speakers). Same microphone and day on both "
                               "sides, no damage: expect more errors across microphones, days, noise and languages.",
        "error_rates": tuned.error_rates,
        "measured": tuned.facts,
    }


def text(content: dict) -> str:
    """Indented JSON with each list of numbers on one line."""
    flat = lambda match: "[" + re.sub(r"\s+", " ", match.group(1)).strip() + "]"
    return re.sub(r"\[([-+\d.eE,\s]+)\]", flat, json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def write(tuned: Tuned, identity: str, model: bytes) -> None:
    (MODELS_DIR / f"{identity}.calibration.json").write_text(text(as_json(tuned, identity, model)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="id of a model in models/")
    identity = parser.parse_args().model
    model = (MODELS_DIR / f"{identity}.onnx").read_bytes()
    run = session(model)
    embed = lambda waves: np.concatenate([run.run(None, {"waveform": w[None]})[0] for w in waves])
    tuned = tune(embed, Corpus(work_dir()))
    write(tuned, identity, model)
    print(json.dumps(tuned.facts, indent=1), tuned.calibration, tuned.operating_points, sep="\n")


if __name__ == "__main__":
    main()
