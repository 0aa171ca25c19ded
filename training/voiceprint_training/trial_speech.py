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
from .conditions import Damage, damages
from .corpus import Corpus, Noise, Utterance
from .pieces import Piece, joined, thinned, whole

CORPORA = ("dev", "wuw", "msc")
LENGTHS = {1.5: 2, 3.0: 2, 5.0: 2, 10.0: 2, 20.0: 1, 40.0: 1}
"""Seconds of the pieces, and how many of each a speaker gives at most."""
WHOLE = 4
"""Full recordings of each speaker."""
CODECS = ("gsm full rate 13 kbit/s", "speex narrow 8 kbit/s", "opus 9 kbit/s narrow", "opus 12 kbit/s wide", "mp3 16 kbit/s")
SHARES = {
    "dev": {"clean": 0.4, "8 kHz mu-law": 0.25, "noise 20 dB": 0.1, "noise 10 dB": 0.1, "codec": 0.15},
    "msc": {"clean": 0.4, "8 kHz mu-law": 0.25, "noise 20 dB": 0.1, "noise 10 dB": 0.1, "codec": 0.15},
    "wuw": {"clean": 0.6, "noise 20 dB": 0.1, "noise 10 dB": 0.1, "codec": 0.2},
}
"""What the pieces of each corpus have gone through; wuw is telephone as it is."""


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


def coded(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    codec = CODECS[rng.integers(len(CODECS))]
    loud = wave / max(1.0, float(np.abs(wave).max()))
    with tempfile.TemporaryDirectory() as folder:
        return through(codec, np.round(loud * 32767).astype(np.int16), Path(folder)).astype(np.float32) / 32768


def pieces_of(corpus: Corpus, name: str, lengths: dict[float, int] = LENGTHS, most_whole: int = WHOLE) -> list[tuple[Piece, bool]]:
    speakers = speakers_of(corpus, name)
    found = [(piece, True) for piece in thinned(whole(corpus, speakers), most_whole)] if most_whole else []
    for seconds, count in lengths.items():
        found += [(piece, False) for piece in thinned(joined(corpus, speakers, seconds), count)]
    return found


def trials_of(corpus: Corpus, noise: Noise, name: str, shares: dict[str, float] | None = None, **which) -> list[Trial]:
    """All trials of a corpus."""
    shares = SHARES[name] if shares is None else shares
    known: dict[str, Damage] = {**damages(corpus, noise), "codec": coded}
    made = []
    for number, (piece, is_whole) in enumerate(pieces_of(corpus, name, **which)):
        rng = np.random.default_rng([17, CORPORA.index(name), number])
        condition = str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))
        made.append(Trial(name, piece, condition, is_whole, known[condition](piece.wave, rng)))
    return made
