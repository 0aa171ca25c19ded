"""Pieces of a speaker's speech, and all pairs of them that share no recording."""

from dataclasses import dataclass

import numpy as np

from .calibration import harmonic
from .corpus import RATE, Corpus, Utterance


@dataclass(frozen=True)
class Piece:
    """Some of a speaker's recordings joined end to end, perhaps cut."""

    speaker: int
    """Place of the speaker among the sorted names."""
    first: int
    last: int
    """Places of its first and last recording among the speaker's."""
    wave: np.ndarray

    @property
    def seconds(self) -> float:
        return len(self.wave) / RATE


def whole(corpus: Corpus, speakers: dict[str, list[Utterance]], least: float = 0.5) -> list[Piece]:
    """Every recording of at least `least` seconds as it is (at most 30 s of it)."""
    return [
        Piece(number, place, place, corpus.wave(utterance))
        for number, name in enumerate(sorted(speakers))
        for place, utterance in enumerate(speakers[name])
        if utterance.samples >= least * RATE
    ]


def joined(corpus: Corpus, speakers: dict[str, list[Utterance]], seconds: float) -> list[Piece]:
    """Pieces of exactly `seconds`: recordings joined as needed and cut, none used twice. Who has too little gives none."""
    need, found = int(seconds * RATE), []
    for number, name in enumerate(sorted(speakers)):
        held: list[np.ndarray] = []
        start = 0
        for place, utterance in enumerate(speakers[name]):
            if not held:
                start = place
            held.append(corpus.wave(utterance))
            if sum(map(len, held)) >= need:
                found.append(Piece(number, start, place, np.concatenate(held)[:need]))
                held = []
    return found


def thinned(pieces: list[Piece], most: int) -> list[Piece]:
    """At most `most` pieces per speaker, evenly spread."""
    kept = []
    for speaker in sorted({p.speaker for p in pieces}):
        own = [p for p in pieces if p.speaker == speaker]
        kept += [own[i] for i in np.unique(np.linspace(0, len(own) - 1, min(most, len(own))).round().astype(int))]
    return kept


@dataclass(frozen=True)
class Trials:
    """Pairs of pieces; every array is [pairs]."""

    cosine: np.ndarray
    same: np.ndarray
    seconds: np.ndarray
    """Harmonic mean of both lengths, as it is (not kept within the calibration's bounds)."""
    first: np.ndarray
    second: np.ndarray
    """Speakers of both sides."""

    def where(self, keep: np.ndarray) -> "Trials":
        return Trials(*(a[keep] for a in (self.cosine, self.same, self.seconds, self.first, self.second)))

    def __len__(self) -> int:
        return len(self.cosine)


def trials(pieces: list[Piece], embeddings: np.ndarray, probes: np.ndarray | None = None) -> Trials:
    """All pairs of pieces except those that share a recording. `embeddings` unit length [pieces, d].

    With `probes` (the same pieces under another condition) a pair is one piece's embedding and another piece's probe.
    """
    speaker, first, last = (np.array([getattr(p, k) for p in pieces], np.int32) for k in ("speaker", "first", "last"))
    seconds = np.array([p.seconds for p in pieces], np.float32)
    scores = (embeddings @ (embeddings if probes is None else probes).T).astype(np.float32)
    places = np.triu_indices(len(pieces), 1) if probes is None else np.nonzero(~np.eye(len(pieces), dtype=bool))
    i, j = (x.astype(np.int32) for x in places)
    apart = (speaker[i] != speaker[j]) | (last[i] < first[j]) | (last[j] < first[i])
    i, j = i[apart], j[apart]
    return Trials(scores[i, j], speaker[i] == speaker[j], harmonic(seconds[i], seconds[j]), speaker[i], speaker[j])


def together(sets: list[Trials]) -> Trials:
    """One list of all pairs."""
    return Trials(*(np.concatenate([getattr(t, name) for t in sets]) for name in Trials.__dataclass_fields__))
