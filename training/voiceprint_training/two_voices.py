"""One speaker or several in a channel, from the windows of one pass of the trunk: what the ResNet34's calibration file says of it.

    python -m voiceprint_training.two_voices --graphs FOLDER        # compares windows and rules
Channels are made as in several.py: recordings of one or two speakers in random order, of 6 to 30 s.

The rule: the windows' vectors are split in two as a 2-means on the sphere does it, from the two windows that are least alike. If two people
speak, the two halves are two voices: their means' cosine is low for how much speech is in them. The statistic is a sum of terms
(see `terms.py`) of that cosine, of log_length (harmonic mean of both halves' speech) and of the smaller half's share; several
speakers where it is above 0.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .conditions import damages
from .corpus import RATE, Corpus, Noise
from .paths import MODELS_DIR, work_dir
from .resnet34_speech import Embedder
from .several import channel
from .terms import Llr, fit
from .trial_speech import CORPORA, speakers_of
from .windows import unit

SECONDS = (6.0, 10.0, 16.0, 30.0)
SHARES = (0.5, 0.3)
"""The second speaker's."""
WINDOWS = (1.5, 2.0, 3.0, 4.0)
SINGLES, MIXED = 40, 20
"""Channels of each length: of one speaker, and of two by share."""
CONDITION = {"dev": ("clean", "8 kHz mu-law"), "msc": ("clean", "8 kHz mu-law"), "wuw": ("clean",)}
"""In turn."""
FALSE_ALARMS = 0.02


@dataclass(frozen=True)
class Channel:
    corpus: str
    seconds: float
    second: float
    """Share of the second speaker; 0 for one speaker."""
    windows: dict[float, np.ndarray]
    """Unit length [windows, d], by the seconds of a window."""


def halves(windows: np.ndarray, rounds: int = 10) -> np.ndarray:
    """Which windows belong to the second half. Unit length [n, d], n >= 2 -> bool [n]."""
    cosines = windows @ windows.T
    a, b = np.unravel_index(cosines.argmin(), cosines.shape)
    one, other = windows[min(a, b)], windows[max(a, b)]
    found = windows @ other > windows @ one
    for _ in range(rounds):
        if found.all() or not found.any():
            break
        one, other = unit(windows[~found].sum(0)), unit(windows[found].sum(0))
        now = windows @ other > windows @ one
        if (now == found).all():
            break
        found = now
    return found


def factors_of(windows: np.ndarray, seconds: float) -> dict[str, float]:
    """Of one channel; `seconds` of speech in all."""
    second = halves(windows)
    count, share = len(windows), second.mean()
    if share in (0.0, 1.0):
        return {"cosine": 1.0, "log_length": np.log(seconds / 2), "share": 0.5, "within": 1.0}
    one, other = windows[~second].mean(0), windows[second].mean(0)
    lengths = seconds * (1 - share), seconds * share
    return {
        "cosine": float(unit(one) @ unit(other)), "log_length": float(np.log(2 / (1 / lengths[0] + 1 / lengths[1]))),
        "share": float(min(share, 1 - share)), "within": float(np.linalg.norm(one) * (1 - share) + np.linalg.norm(other) * share),
    }


def channels(embedder: Embedder, corpus: Corpus, noise: Noise, name: str) -> list[Channel]:
    speakers, known = speakers_of(corpus, name), damages(corpus, noise)
    found = []
    for seconds in SECONDS:
        for second in (0.0, *SHARES):
            for number in range(MIXED if second else SINGLES):
                rng = np.random.default_rng([29, CORPORA.index(name), int(seconds), int(100 * second), number])
                wave = np.zeros(0, np.float32)
                while len(wave) < 0.95 * seconds * RATE:  # some speakers have too little
                    wave = channel(corpus, speakers, seconds, second, rng)
                wave = known[CONDITION[name][number % len(CONDITION[name])]](wave, rng)
                found.append(Channel(name, len(wave) / RATE, second, {w: embedder.windows(wave, w) for w in WINDOWS}))
        print(f"{name} {seconds:g} s", flush=True)
    return found


RULES: dict[str, tuple] = {
    "cosine": ((), ("cosine",)),
    "cosine, length": ((), ("cosine",), ("log_length",)),
    "cosine x length": ((), ("cosine",), ("log_length",), ("cosine", "log_length")),
    "cosine, length, share": ((), ("cosine",), ("log_length",), ("share",)),
    "cosine, within, length": ((), ("cosine",), ("log_length",), ("within",)),
}


def table_of(all_channels: list[Channel], window: float) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    rows = [factors_of(c.windows[window], c.seconds) for c in all_channels]
    factors = {k: np.array([row[k] for row in rows]) for k in rows[0]}
    return factors, np.array([c.second > 0 for c in all_channels]), np.array([c.corpus for c in all_channels])


def weights_of(several: np.ndarray, corpus: np.ndarray) -> np.ndarray:
    weight = np.zeros(len(several))
    for name in np.unique(corpus):
        for kind in (True, False):
            here = (corpus == name) & (several == kind)
            weight[here] = 1 / here.sum()
    return weight


def at_false_alarms(rule: Llr, values: np.ndarray, several: np.ndarray, share: float = FALSE_ALARMS) -> Llr:
    """The rule moved so that `share` of single speakers lie above 0."""
    shift = float(np.quantile(values[~several], 1 - share))
    return Llr(rule.terms, tuple(w - shift if not t else w for t, w in zip(rule.terms, rule.weights)))


def fitted(factors, several, corpus, terms) -> Llr:
    rule = fit(factors, several, weights_of(several, corpus), terms, 1e-3)
    return at_false_alarms(rule, rule.of(factors), several)


def left_out(factors, several, corpus, terms) -> np.ndarray:
    """Each corpus by a rule fitted to the others."""
    values = np.zeros(len(several))
    for name in np.unique(corpus):
        there = corpus != name
        rule = fitted({k: v[there] for k, v in factors.items()}, several[there], corpus[there], terms)
        values[~there] = rule.of({k: v[~there] for k, v in factors.items()})
    return values


def shares(all_channels: list[Channel], above: np.ndarray) -> list[dict]:
    """How many were called several, by corpus and length."""
    rows = []
    for name in CORPORA:
        for seconds in SECONDS:
            mine = [(c, a) for c, a in zip(all_channels, above) if c.corpus == name and abs(c.seconds - seconds) < 0.06 * seconds]
            if not mine:
                continue
            by = lambda second: round(float(np.mean([a for c, a in mine if c.second == second])), 3)
            rows.append({"speakers": name, "seconds": seconds, "channels": sum(c.second == 0 for c, _ in mine), "false_alarms": by(0.0),
                         "found": {f"{second:g}": by(second) for second in SHARES}})
    return rows


def compare(all_channels: list[Channel]) -> None:
    print("| window s | rule | false alarms | found 50 % | found 30 % | at 6 s: false, 50 %, 30 % | at 10 s | at 30 s |\n|" + "---|" * 8)
    for window in WINDOWS:
        factors, several, corpus = table_of(all_channels, window)
        for title, terms in RULES.items():
            above = left_out(factors, several, corpus, terms) > 0
            part = lambda seconds, second: np.mean([a for c, a in zip(all_channels, above)
                                                    if c.second == second and (seconds is None or abs(c.seconds - seconds) < 0.06 * seconds)])
            cells = [" / ".join(f"{100 * part(s, second):.0f}" for second in (0.0, *SHARES)) for s in (6.0, 10.0, 30.0)]
            print(f"| {window:g} | {title} | {100 * part(None, 0.0):.1f} | {100 * part(None, 0.5):.0f} | {100 * part(None, 0.3):.0f} | " + " | ".join(cells) + " |", flush=True)


WINDOW = 3.0
RULE = "cosine, length, share"
"""Chosen by `compare`."""
FEWEST_WINDOWS = 2
SHORTEST = 16.0
"""Seconds; with less speech, a channel in which no second voice is found may still have one."""
TUNED_ON = "dev"
"""Whose labels can be trusted: in wuw and msc some names stand for several people, and one person's recordings are of several days."""
ALONE = ("ls100",)
"""Corpora whose recordings are long enough to be a channel of one speaker as they are, and without long pauses: those the node leaves out first."""


def alone(embedder: Embedder, corpus: Corpus, most: int = 120) -> list[Channel]:
    """Single recordings of 6 s and more: one speaker, one microphone, one day."""
    found = []
    for name in ALONE:
        chosen = [u for utterances in corpus.of(name).values() for u in utterances if u.samples >= SECONDS[0] * RATE]
        step = max(1, len(chosen) // most)
        for utterance in chosen[::step][:most]:
            wave = corpus.wave(utterance)
            found.append(Channel(name, len(wave) / RATE, 0.0, {WINDOW: embedder.windows(wave, WINDOW)}))
    return found


def tuned(all_channels: list[Channel], terms: tuple) -> Llr:
    factors, several, corpus = table_of([c for c in all_channels if c.corpus == TUNED_ON], WINDOW)
    rule = fit(factors, several, weights_of(several, corpus), terms, 1e-3)
    return at_false_alarms(rule, rule.of(factors), several, 0.01)


def examine(all_channels: list[Channel], single: list[Channel]) -> dict:
    """The rule for the calibration file, and how it does."""
    rule = tuned(all_channels, RULES[RULE])
    above = lambda cs: rule.of(table_of(cs, WINDOW)[0]) > 0
    recordings = [
        {"speakers": f"{name}, single recordings", "seconds": round(float(np.median([c.seconds for c in own])), 1), "channels": len(own),
         "false_alarms": round(float(above(own).mean()), 3)}
        for name in ALONE if (own := [c for c in single if c.corpus == name])
    ]
    return {
        "rule": "Windows of about window_seconds, equal shares of the speech, from one pass of the trunk, at least fewest_windows of them; split in two by 2-means "
                "on the sphere from the two that are least alike. Several speakers where the sum of the terms is above 0 (cosine: of both halves' means; "
                "log_length: ln of the harmonic mean of both halves' seconds; share: the smaller half's). Otherwise one speaker, from shortest_seconds of speech on",
        "terms": rule.as_list(), "window_seconds": WINDOW, "fewest_windows": FEWEST_WINDOWS, "shortest_seconds": SHORTEST,
        "tuned_on": f"{TUNED_ON}, 1 % false alarms",
        "measured": shares(all_channels, above(all_channels)) + recordings,
    }


def all_of(embedder: Embedder, corpus: Corpus, noise: Noise) -> list[Channel]:
    return [one for name in CORPORA for one in channels(embedder, corpus, noise, name)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=Path, default=MODELS_DIR)
    options = parser.parse_args()
    torch.set_num_threads(1)
    compare(all_of(Embedder(options.graphs), Corpus(work_dir()), Noise.load(work_dir())))


if __name__ == "__main__":
    main()
