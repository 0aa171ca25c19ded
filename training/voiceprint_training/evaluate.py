"""Measure a finished ONNX graph: errors by condition and length, by voice pitch and on same-text pairs; fit its calibration.

    python -m voiceprint_training.evaluate --model voiceprint-small-v2
writes models/<id>.calibration.json, and <work>/reports/<id>.json + .md (the tables of the model card).
All figures are of the shipped file itself. Intervals: 95 %, bootstrap over speakers.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import metrics
from .calibration import Calibration, fit, joint_seconds
from .conditions import damaged, damages, pitch
from .corpus import RATE, Corpus, Noise, Utterance
from .export import embedder
from .paths import MODELS_DIR, work_dir
from .pieces import joined
from .tuning import Tuned, options_of, tune, write
from .watch import gather
from .windows import embed_speech


@dataclass(frozen=True)
class Row:
    """One line of a table: shares (0..1) and bits; intervals as (low, high)."""

    name: str
    speakers: int
    recordings: int
    eer: float
    eer_interval: tuple[float, float]
    min_dcf: float
    min_cllr: float
    min_cllr_interval: tuple[float, float]
    cllr: float | None = None
    """With the shipped calibration. On dev it was fitted to these very speakers; `cross_validated` holds the fair figure."""

    def line(self) -> str:
        eer = f"{100 * self.eer:.2f} ({100 * self.eer_interval[0]:.2f}–{100 * self.eer_interval[1]:.2f})"
        bits = f"{self.min_cllr:.3f} ({self.min_cllr_interval[0]:.3f}–{self.min_cllr_interval[1]:.3f})"
        cllr = "–" if self.cllr is None else f"{self.cllr:.3f}"
        return f"| {self.name} | {self.speakers} | {self.recordings} | {eer} | {self.min_dcf:.3f} | {cllr} | {bits} |"


HEADER = ("| condition | speakers | recordings | EER % (95 % interval) | minDCF 0.01 | Cllr | minCllr (95 % interval) |\n"
          "|---|---|---|---|---|---|---|")


@dataclass
class Examiner:
    """Embeds with one graph as the node does, and scores; keeps the calibration."""

    model: bytes
    corpus: Corpus
    noise: Noise
    calibration: Calibration | None = None
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self):
        self.embed_window = embedder(self.model)

    def embed(self, waves: list[np.ndarray]) -> np.ndarray:
        """float32 [samples] each, cut into windows where long -> unit-length [recordings, d]."""
        return embed_speech(self.embed_window, waves)

    def row(self, name: str, pairs: metrics.Pairs, recordings: int, seconds: np.ndarray | None = None) -> Row:
        """Measure pairs; `seconds` is the joint speech length per pair, for Cllr."""
        target, other = pairs.split()
        cost = None
        if self.calibration is not None and seconds is not None:
            llr = self.calibration.llr(pairs.scores, seconds)
            cost = metrics.cllr(llr[pairs.same], llr[~pairs.same])
        row = Row(
            name, len(np.unique(pairs.first)), recordings,
            metrics.equal_error_rate(target, other), metrics.bootstrap(pairs, metrics.equal_error_rate),
            metrics.min_dcf(target, other), metrics.min_cllr(target, other),
            metrics.bootstrap(pairs, metrics.min_cllr, rounds=40, most=40_000), cost,
        )
        self.rows.append(row)
        print(row.line(), flush=True)
        return row


def pair_seconds(seconds: np.ndarray, ordered: bool = False) -> np.ndarray:
    """Joint length of every pair in the order of metrics.all_pairs (`ordered`: with probes). [recordings] -> [pairs]."""
    count = len(seconds)
    i, j = np.nonzero(~np.eye(count, dtype=bool)) if ordered else np.triu_indices(count, 1)
    return joint_seconds(seconds[i], seconds[j])


def full_length(corpus: Corpus, speakers: dict[str, list[Utterance]]) -> tuple[list[np.ndarray], np.ndarray]:
    chosen, numbers = gather(speakers, 1000)
    return [corpus.wave(u) for u in chosen], numbers


def cross_validated_full(examiner: Examiner, pairs: metrics.Pairs, seconds: np.ndarray) -> dict:
    """Cllr beside minCllr on full recordings, fitted on one half of the speakers and measured on the other, both ways."""
    costs = []
    for fold in (0, 1):
        learn = (pairs.first % 2 != fold) & (pairs.second % 2 != fold)
        test = (pairs.first % 2 == fold) & (pairs.second % 2 == fold)
        fitted = fit(pairs.scores[learn], pairs.same[learn])
        llr, same = fitted.llr(pairs.scores[test], seconds[test]), pairs.same[test]
        costs.append([metrics.cllr(llr[same], llr[~same]), metrics.min_cllr(llr[same], llr[~same])])
    cost, least = np.mean(costs, 0)
    return {"cllr": float(cost), "min_cllr": float(least), "ratio": float(cost / least)}


def by_condition(examiner: Examiner, title: str, speakers: dict[str, list[Utterance]], most: int) -> None:
    """Enrolment undamaged, probe damaged; every pair of different recordings."""
    chosen, numbers = gather(speakers, most)
    seconds = np.array([u.samples / RATE for u in chosen])
    clean = examiner.embed([examiner.corpus.wave(u) for u in chosen])
    for name, damage in damages(examiner.corpus, examiner.noise).items():
        if name == "clean":
            examiner.row(f"{title}, full, undamaged", metrics.all_pairs(clean, numbers), len(chosen), pair_seconds(seconds))
            continue
        probes = examiner.embed(damaged(examiner.corpus, chosen, damage))
        pairs = metrics.all_pairs(clean, numbers, probes)
        examiner.row(f"{title}, {name}", pairs, len(chosen), pair_seconds(seconds, True))
        if name in ("8 kHz mu-law", "telephone band"):
            both = metrics.all_pairs(probes, numbers)
            examiner.row(f"{title}, {name}, both sides", both, len(chosen), pair_seconds(seconds))


def by_length(examiner: Examiner, title: str, speakers: dict[str, list[Utterance]], lengths=(2.0, 5.0, 10.0, 30.0)) -> None:
    for length in lengths:
        pieces = joined(examiner.corpus, speakers, length)
        pairs = metrics.all_pairs(examiner.embed([p.wave for p in pieces]), np.array([p.speaker for p in pieces]))
        examiner.row(f"{title}, {length:g} s", pairs, len(pieces), np.full(len(pairs.scores), joint_seconds(length, length)))


def by_pitch(examiner: Examiner, speakers: dict[str, list[Utterance]]) -> None:
    """Speakers in three equal groups by median pitch; pairs within a group only. The nearest the data has to age and sex."""
    names = sorted(speakers)
    heights = [np.nanmedian([pitch(examiner.corpus.wave(u, 4.0)) for u in speakers[n][:6]]) for n in names]
    for part, name in zip(np.array_split(np.argsort(heights), 3), ("low", "middle", "high")):
        chosen = {names[i]: speakers[names[i]] for i in part}
        waves, numbers = full_length(examiner.corpus, chosen)
        low, high = min(heights[i] for i in part), max(heights[i] for i in part)
        seconds = pair_seconds(np.array([len(w) / RATE for w in waves]))
        pairs = metrics.all_pairs(examiner.embed(waves), numbers)
        examiner.row(f"dev, {name} voices ({low:.0f}–{high:.0f} Hz)", pairs, len(waves), seconds)


def same_text(examiner: Examiner, speakers: dict[str, list[Utterance]], clusters: dict[int, int], title: str) -> None:
    """One-word recordings. Hard: partners say different words (clusters), impostors the same one."""
    chosen, numbers = gather(speakers, 60, 0.4)
    words = np.array([clusters.get(u.number, -1 - i) for i, u in enumerate(chosen)])
    pairs = metrics.all_pairs(examiner.embed([examiner.corpus.wave(u) for u in chosen]), numbers)
    i, j = np.triu_indices(len(chosen), 1)
    alike = words[i] == words[j]
    examiner.row(f"{title}, any words", pairs, len(chosen))
    keep = pairs.same != alike
    hard = metrics.Pairs(pairs.scores[keep], pairs.same[keep], pairs.first[keep], pairs.second[keep])
    examiner.row(f"{title}, impostors with the same word, partners with another", hard, len(chosen))


def other_corpus(examiner: Examiner, title: str, speakers: dict[str, list[Utterance]], least: float) -> None:
    """Recordings of `least` seconds or more of a corpus that was not trained on at all: another channel, other languages."""
    chosen, numbers = gather(speakers, 30, least)
    pairs = metrics.all_pairs(examiner.embed([examiner.corpus.wave(u) for u in chosen]), numbers)
    name = f"{title}, {'any length' if least < 1 else f'{least:g} s or more'}"
    examiner.row(name, pairs, len(chosen), pair_seconds(np.array([u.samples / RATE for u in chosen])))


def examine(examiner: Examiner, clusters: dict[int, int], options: argparse.Namespace) -> dict:
    """All rows; returns the facts beside them."""
    dev = examiner.corpus.development()
    waves, numbers = full_length(examiner.corpus, dev)
    seconds = pair_seconds(np.array([len(w) / RATE for w in waves]))
    full = cross_validated_full(examiner, metrics.all_pairs(examiner.embed(waves), numbers), seconds)
    print(HEADER)
    by_condition(examiner, "dev", dev, 1000)
    by_length(examiner, "dev", dev)
    by_pitch(examiner, dev)
    if not options.share_alike:
        for corpus, title in (("wuw", "wuw, real telephone calls"), ("msc", "msc, Malayalam sentences")):
            for least in (0.5, 2.0, 4.0):
                other_corpus(examiner, title, examiner.corpus.of(corpus), least)
    if options.hold_out == "yes":
        held_out = examiner.corpus.held_out
        by_condition(examiner, "lsdev held out", held_out("lsdev"), 60)
        by_length(examiner, "lsdev held out", held_out("lsdev"))
        for name in ("gsc", "dsp20", "arabic"):
            same_text(examiner, held_out(name), clusters, f"{name} held out")
    return {"dev_full_cross_validated": full}


def report(examiner: Examiner, facts: dict, identity: str) -> None:
    digest = hashlib.sha256(examiner.model).hexdigest()
    reports = work_dir() / "reports"
    reports.mkdir(exist_ok=True)
    rows = [vars(row) for row in examiner.rows]
    (reports / f"{identity}.json").write_text(json.dumps({"sha256": digest, "facts": facts, "rows": rows}, indent=1))
    (reports / f"{identity}.md").write_text("\n".join([HEADER, *(row.line() for row in examiner.rows)]) + "\n")


def tuned_facts(tuned: Tuned) -> dict:
    return {"calibration": tuned.facts, "operating_points": tuned.operating_points, "several_speakers": tuned.several_speakers}


def main() -> None:
    options = options_of(__doc__)
    folder = work_dir()
    model = (MODELS_DIR / f"{options.model}.onnx").read_bytes()
    clusters = {int(k): v for k, v in json.loads((folder / "words.json").read_text()).items()}
    examiner = Examiner(model, Corpus(folder), Noise.load(folder))
    tuned = tune(examiner.embed_window, examiner.corpus, examiner.noise, options.hold_out == "yes")
    write(tuned, options.model, model)
    examiner.calibration = tuned.calibration
    facts = tuned_facts(tuned) | examine(examiner, clusters, options)
    report(examiner, facts, options.model)
    print(json.dumps(facts, indent=1))


if __name__ == "__main__":
    main()
