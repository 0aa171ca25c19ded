"""How long windows should be, and how much speech is enough: the two tables behind WINDOW and the node's maximum.

    python -m voiceprint_training.windowing --model voiceprint-small-v2      # about 15 min on one core (estimate; never run in full)
Each figure: EER in percent, minCllr in bits. The same pairs in all rows of a table, so rows differ by less than the
pairs' chance does.
"""

import argparse

import numpy as np

from . import metrics
from .corpus import RATE, Corpus, Utterance
from .export import embedder
from .paths import MODELS_DIR, work_dir
from .pieces import Piece, joined, thinned, whole
from .several import Speakers
from .windows import Embed, embed_speech

WINDOWS = (2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 30.0)
ENROLMENT = 30.0
AMOUNTS = (2, 3, 5, 8, 12, 20, 30, 45, 60, 90, 120)


def figures(cosine: np.ndarray, same: np.ndarray) -> str:
    target, other = cosine[same], cosine[~same]
    return f"{100 * metrics.equal_error_rate(target, other):.2f} / {metrics.min_cllr(target, other):.4f}"


def apart(enrolled: list[Piece], tests: list[Piece]) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs share no recording (and are not a piece with itself), and which are of one speaker. [enrolled, tests] each."""
    column = lambda key: np.array([getattr(p, key) for p in enrolled])[:, None]
    row = lambda key: np.array([getattr(p, key) for p in tests])[None]
    same = column("speaker") == row("speaker")
    return ~same | (column("last") < row("first")) | (row("last") < column("first")), same


def window_rows(embed: Embed, corpus: Corpus, speakers: Speakers, most: int) -> list[str]:
    """30 s against full recordings, 5 s and 30 s; 10 s against 10 s, 14 s against 14 s. Both sides by the same rule."""
    enrolled = thinned(joined(corpus, speakers, ENROLMENT), most)
    tests = [thinned(whole(corpus, speakers), 16), thinned(joined(corpus, speakers, 5.0), 12), enrolled]
    alike = [thinned(joined(corpus, speakers, seconds), 12) for seconds in (10.0, 14.0)]
    rows = []
    for window in WINDOWS:
        here = embed_speech(embed, [p.wave for p in enrolled], window)
        found = []
        for pieces in tests:
            there = here if pieces is enrolled else embed_speech(embed, [p.wave for p in pieces], window)
            keep, same = apart(enrolled, pieces)
            found.append(figures((here @ there.T)[keep], same[keep]))
        for pieces in alike:
            here = embed_speech(embed, [p.wave for p in pieces], window)
            keep, same = apart(pieces, pieces)
            found.append(figures((here @ here.T)[keep], same[keep]))
        rows.append(f"| {window:g} s | {' | '.join(found)} |")
        print(rows[-1], flush=True)
    return rows


def split(utterances: list[Utterance], seconds: float, order: np.ndarray) -> tuple[list[Utterance], list[Utterance]]:
    """The first recordings of `order` that hold `seconds`, and the others; none of either if there are too few."""
    total = np.cumsum([utterances[i].samples / RATE for i in order])
    if total[-1] < seconds:
        return [], []
    count = int(np.argmax(total >= seconds)) + 1
    return [utterances[i] for i in order[:count]], [utterances[i] for i in order[count:]]


def amount_rows(embed: Embed, corpus: Corpus, speakers: Speakers, most: float, rounds: int = 2) -> list[str]:
    """Enrolments of growing length from random recordings against all others' full recordings (20 at most)."""
    enrolments, tests, owners, sources, test_owners, test_sources = [], [], [], [], [], []
    for number, name in enumerate(sorted(speakers)):
        for turn in range(rounds):
            order = np.random.default_rng([number, turn]).permutation(len(speakers[name]))
            inside, outside = split(speakers[name], most, order)
            if len(outside) < 2:
                continue
            enrolments.append(np.concatenate([corpus.wave(u) for u in inside]))
            owners.append(number)
            sources.append(turn)
            tests += [corpus.wave(u) for u in outside[:20]]
            test_owners += [number] * len(outside[:20])
            test_sources += [turn] * len(outside[:20])
    # An enrolment meets the tests of its own round only: other rounds' tests may be among its recordings.
    keep = np.array(sources)[:, None] == np.array(test_sources)[None]
    same = np.array(owners)[:, None] == np.array(test_owners)[None]
    there = embed_speech(embed, tests)
    rows = []
    for seconds in (a for a in AMOUNTS if a <= most):
        here = embed_speech(embed, [wave[: int(seconds * RATE)] for wave in enrolments])
        rows.append(f"| {seconds} s | {len(enrolments)} | {figures((here @ there.T)[keep], same[keep])} |")
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="id of a model in models/")
    embed = embedder((MODELS_DIR / f"{parser.parse_args().model}.onnx").read_bytes())
    corpus = Corpus(work_dir())
    sets = {"dev": corpus.development(), "lsdev held out": corpus.held_out("lsdev")}
    for title, speakers in sets.items():
        print(f"\n{title}\n| windows of about | 30 s / recordings | 30 s / 5 s | 30 s / 30 s | 10 s / 10 s | 14 s / 14 s |\n|---|---|---|---|---|---|")
        window_rows(embed, corpus, speakers, 6)
    for title, most in (("dev", 45), ("dev", 60), ("lsdev held out", 120)):
        print(f"\n{title}, up to {most} s\n| enrolled | enrolments | EER / minCllr |\n|---|---|---|")
        amount_rows(embed, corpus, sets[title], most)


if __name__ == "__main__":
    main()
