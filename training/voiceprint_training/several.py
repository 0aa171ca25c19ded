"""One speaker or more in a channel? Measured on made-up channels: the recordings of one or two speakers in random order.

The statistic: the LLR of every pair of the channel's windows (window length as speech length on both sides); the channel
has several speakers if more than SHARE of the pairs lie below a threshold. One odd window among 8 or more cannot reach
that alone: it is in at most a quarter of the pairs.
"""

from dataclasses import dataclass

import numpy as np

from .calibration import Calibration, within
from .conditions import Damage
from .corpus import RATE, Corpus, Utterance
from .windows import WINDOW, Embed, embed_windows

SHARE = 0.25
FEWEST_WINDOWS = 5
HIGHEST_THRESHOLD = 0.0
"""LLR; lowered where more than FALSE_ALARMS of single speakers would lie below."""
FALSE_ALARMS = 0.01
SECOND_SPEAKER = (0.2, 0.3, 0.5)
"""The second speaker's share of the speech."""

Speakers = dict[str, list[Utterance]]


def pair_llrs(windows: np.ndarray, seconds: float, calibration: Calibration) -> np.ndarray:
    """LLRs of all pairs of windows. Unit-length [windows, d], mean length of a window -> [pairs]."""
    one, other = np.triu_indices(len(windows), 1)
    return calibration.llr((windows @ windows.T)[one, other], float(within(seconds)))


def level(llrs: np.ndarray) -> float:
    """More than SHARE of the pairs lie below t exactly if this value is below t."""
    return float(np.sort(llrs)[int(SHARE * len(llrs))])


def turns(corpus: Corpus, utterances: list[Utterance], seconds: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Random recordings of a speaker, `seconds` in all; the last one is cut."""
    found, need = [], int(seconds * RATE)
    for place in rng.permutation(len(utterances)):
        found.append(corpus.wave(utterances[place])[:need])
        need -= len(found[-1])
        if need <= 0:
            break
    return found


def channel(corpus: Corpus, speakers: Speakers, seconds: float, second: float, rng: np.random.Generator) -> np.ndarray:
    """Speech of two random speakers taking turns; `second` is the second one's share, 0 for one speaker only. [samples]."""
    one, other = rng.choice(sorted(speakers), 2, replace=False)
    parts = turns(corpus, speakers[one], seconds * (1 - second), rng)
    if second:
        parts += turns(corpus, speakers[other], seconds * second, rng)
    return np.concatenate([parts[i] for i in rng.permutation(len(parts))])


@dataclass(frozen=True)
class Case:
    """Channels alike: what they are made of, and their levels."""

    name: str
    seconds: float
    single: np.ndarray
    mixed: dict[float, np.ndarray]
    """By the second speaker's share."""

    def as_dict(self, threshold: float) -> dict:
        below = lambda levels: round(float((levels < threshold).mean()), 3)
        return {"speakers": self.name, "seconds": self.seconds, "channels": len(self.single), "false_alarms": below(self.single),
                "found": {f"{share:g}": below(levels) for share, levels in self.mixed.items()}}


def examine_case(
    embed: Embed, calibration: Calibration, corpus: Corpus, speakers: Speakers, name: str, seconds: float, damage: Damage,
    count: int = 120,
) -> Case:
    """`count` single-speaker channels, half as many for each share."""
    levels = {}
    for second in (0.0, *SECOND_SPEAKER):
        rows = []
        for number in range(count // 2 if second else count):
            rng = np.random.default_rng([11, int(100 * second), number])
            wave = damage(channel(corpus, speakers, seconds, second, rng), rng)
            windows = embed_windows(embed, wave)
            rows.append(level(pair_llrs(windows, len(wave) / RATE / len(windows), calibration)))
        levels[second] = np.array(rows)
    return Case(name, seconds, levels.pop(0.0), levels)


def threshold_for(cases: list[Case]) -> float:
    """HIGHEST_THRESHOLD, or the tenth below which FALSE_ALARMS of these single speakers lie."""
    singles = np.concatenate([case.single for case in cases])
    return min(HIGHEST_THRESHOLD, float(np.floor(10 * np.quantile(singles, FALSE_ALARMS)) / 10))


def examine(
    embed: Embed, calibration: Calibration, corpus: Corpus, damages: dict[str, Damage], held: Speakers | None = None,
) -> dict:
    """The threshold from the tuning speakers, and how it does on them and on held-out readers -> for the calibration file."""
    dev = corpus.development()
    run = lambda speakers, title, seconds, damage: examine_case(
        embed, calibration, corpus, speakers, f"{title}, {damage}", seconds, damages[damage])
    tuning = [run(dev, "dev", 45.0, name) for name in ("clean", "8 kHz mu-law", "noise 10 dB")]
    threshold = threshold_for(tuning)
    checks = [run(dev, "dev", 20.0, "clean")]
    if held:
        checks += [run(held, "lsdev held out", 45.0, name) for name in ("clean", "8 kHz mu-law")]
    return {
        "rule": "Windows as above, at least fewest_windows of them. LLR of every pair of windows with the mean window length "
                "as speech length; several speakers if more than share_of_pairs of the pairs lie below llr_below",
        "llr_below": threshold, "share_of_pairs": SHARE, "fewest_windows": FEWEST_WINDOWS, "window_seconds": WINDOW,
        "measured": [case.as_dict(threshold) for case in tuning + checks],
    }
