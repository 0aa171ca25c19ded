"""The speech that a calibration is fitted to: pieces of three corpora, undamaged and damaged, of 1 to 40 s.

dev (speechocean762: read English, own microphones), wuw (real telephone calls, English) and msc (Malayalam, own
microphones). None of them may be in a model's training. Every piece has gone through one condition, drawn by its number
alone: pairs of pieces then meet in all combinations, and each piece costs one pass through the model.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .codecs import through
from .conditions import Damage, damages, telephone_line
from .corpus import RATE, Corpus, Noise, Utterance
from .pieces import Piece, joined, thinned, whole

CORPORA = ("dev", "wuw", "msc")
LENGTHS = {1.5: 2, 3.0: 2, 5.0: 2, 10.0: 2, 20.0: 1, 40.0: 1}
"""Seconds of the pieces, and how many of each a speaker gives at most."""
WHOLE = 4
"""Full recordings of each speaker."""
CODEC = "codec"
CODECS = ("gsm full rate 13 kbit/s", "speex narrow 8 kbit/s", "opus 9 kbit/s narrow", "opus 12 kbit/s wide", "mp3 16 kbit/s")
SHARES = {
    "dev": {"clean": 0.4, "telephone line": 0.25, "noise 20 dB": 0.1, "noise 10 dB": 0.1, "codec": 0.15},
    "msc": {"clean": 0.4, "telephone line": 0.25, "noise 20 dB": 0.1, "noise 10 dB": 0.1, "codec": 0.15},
    "wuw": {"clean": 0.6, "noise 20 dB": 0.1, "noise 10 dB": 0.1, "codec": 0.2},
}
"""What the pieces of each corpus have gone through; wuw is telephone as it is, so noise goes through the telephone too."""


@dataclass(frozen=True)
class Trial:
    """A piece after its damage."""

    corpus: str
    piece: Piece
    condition: str
    is_whole: bool
    """A full recording as it is, not a piece of a chosen length."""
    wave: np.ndarray


def speakers_of(corpus: Corpus, name: str) -> dict[str, list[Utterance]]:
    return corpus.development() if name == "dev" else corpus.of(name)


def through_telephone(damage: Damage) -> Damage:
    return lambda wave, rng: telephone_line(damage(wave, rng), rng)


def through_codecs(waves: list[np.ndarray]) -> list[np.ndarray]:
    """Each wave through one of CODECS in turn; those of a codec in one stream, as a process for each would take minutes."""
    found: list[np.ndarray] = [np.zeros(0, np.float32)] * len(waves)
    gap = np.zeros(RATE // 4, np.float32)
    for number, codec in enumerate(CODECS):
        mine = range(number, len(waves), len(CODECS))
        if not len(mine):
            continue
        stream = np.concatenate([np.concatenate([waves[i] / max(1.0, float(np.abs(waves[i]).max())), gap]) for i in mine])
        with tempfile.TemporaryDirectory() as folder:
            back = through(codec, np.round(stream * 32767).astype(np.int16), Path(folder)).astype(np.float32) / 32768
        start = 0
        for i in mine:
            found[i] = back[start : start + len(waves[i])]
            start += len(waves[i]) + len(gap)
    return found


def pieces_of(corpus: Corpus, name: str, lengths: dict[float, int] = LENGTHS, most_whole: int = WHOLE) -> list[tuple[Piece, bool]]:
    speakers = speakers_of(corpus, name)
    found = [(piece, True) for piece in thinned(whole(corpus, speakers), most_whole)] if most_whole else []
    for seconds, count in lengths.items():
        found += [(piece, False) for piece in thinned(joined(corpus, speakers, seconds), count)]
    return found


def trials_of(corpus: Corpus, noise: Noise, name: str, shares: dict[str, float] | None = None, **which) -> list[Trial]:
    """All trials of a corpus."""
    shares = SHARES[name] if shares is None else shares
    known: dict[str, Damage] = damages(corpus, noise)
    if name == "wuw":
        for title in ("noise 20 dB", "noise 10 dB"):
            known[title] = through_telephone(known[title])
    pieces = pieces_of(corpus, name, **which)
    rngs = [np.random.default_rng([17, CORPORA.index(name), number]) for number in range(len(pieces))]
    weights = np.array(list(shares.values())) / sum(shares.values())
    conditions = [str(rng.choice(list(shares), p=weights)) for rng in rngs]
    waves = [piece.wave if c == CODEC else known[c](piece.wave, rng) for (piece, _), c, rng in zip(pieces, conditions, rngs)]
    coded = [i for i, condition in enumerate(conditions) if condition == CODEC]
    for i, wave in zip(coded, through_codecs([waves[i] for i in coded])):
        waves[i] = wave
    return [Trial(name, piece, condition, is_whole, wave) for (piece, is_whole), condition, wave in zip(pieces, conditions, waves)]
