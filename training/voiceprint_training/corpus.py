"""The decoded speech in memory: who said what where, and cutting pieces out of it."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 16000
WORD_CORPORA = ("gsc", "gsc1", "dsp20", "arabic")
SHARE_ALIKE = ("wuw", "msc")
HELD_OUT = {"lsdev": 8, "gsc": 16, "dsp20": 4, "arabic": 3, "wuw": 25, "msc": 20}
"""Training speakers kept for measuring, per corpus; see the README. `--hold-out no` trains on them too."""
NOT_ONE_SPEAKER = ("wuw-unknown",)
"""Names that stand for several people: 291 calls of whoever gave no name."""


@dataclass(frozen=True)
class Utterance:
    corpus: str
    speaker: str
    offset: int
    samples: int
    number: int
    """Position in index.json; word clusters refer to it."""


class Corpus:
    """All recordings of the working folder, as one int16 array mapped from disk.

    `coded` is the same speech after low-rate codecs, sample for sample in the same place (see codecs.py); the plain
    speech stands in for it until it has been made.
    """

    def __init__(self, folder: Path):
        self.audio = np.memmap(folder / "audio.i16", np.int16, "r")
        coded = folder / "audio.coded.i16"
        self.coded = np.memmap(coded, np.int16, "r") if coded.is_file() else self.audio
        rows = json.loads((folder / "index.json").read_text())["utterances"]
        self.splits: dict[str, dict[str, list[Utterance]]] = defaultdict(lambda: defaultdict(list))
        for number, (split, corpus, speaker, offset, samples) in enumerate(rows):
            if speaker in NOT_ONE_SPEAKER:
                continue
            self.splits[split][speaker].append(Utterance(corpus, speaker, offset, samples, number))

    def wave(self, utterance: Utterance, longest: float = 30.0) -> np.ndarray:
        """The first `longest` seconds as float32 [samples] in -1..1."""
        samples = min(utterance.samples, int(longest * RATE))
        return self.audio[utterance.offset : utterance.offset + samples].astype(np.float32) / 32768

    def development(self) -> dict[str, list[Utterance]]:
        """The tuning speakers: never trained on."""
        return dict(self.splits["dev"])

    def of(self, corpus: str) -> dict[str, list[Utterance]]:
        """All training speakers of one corpus, by name."""
        return {speaker: utterances for speaker, utterances in sorted(self.splits["train"].items()) if utterances[0].corpus == corpus}

    def training(self, share_alike: bool = False, hold_out: bool = True) -> dict[str, list[Utterance]]:
        """Speaker -> recordings to train on."""
        held = set(self.held_out()) if hold_out else set()
        return {
            speaker: utterances
            for speaker, utterances in sorted(self.splits["train"].items())
            if speaker not in held and (share_alike or utterances[0].corpus not in SHARE_ALIKE)
        }

    def held_out(self, only: str | None = None) -> dict[str, list[Utterance]]:
        """The speakers of HELD_OUT (`only` of one corpus): evenly spread over its sorted names, those with 8 or more recordings."""
        chosen = {}
        for corpus, count in HELD_OUT.items():
            if only not in (None, corpus):
                continue
            speakers = [(name, utterances) for name, utterances in self.of(corpus).items() if len(utterances) >= 8]
            places = np.linspace(0, len(speakers) - 1, min(count, len(speakers))).round().astype(int)
            chosen.update(speakers[place] for place in places)
        return chosen


@dataclass(frozen=True)
class Noise:
    """Background noise clips float32 [clips, samples], zero-padded cyclically to one length, unit RMS; rooms [count, samples]."""

    clips: np.ndarray
    rooms: np.ndarray

    @staticmethod
    def load(folder: Path) -> "Noise":
        audio = np.fromfile(folder / "noise.i16", np.int16).astype(np.float32) / 32768
        spans = json.loads((folder / "noise.json").read_text())
        clips = [np.resize(audio[o : o + n], RATE) for o, n in spans]
        clips = [c / c.std() for c in clips if c.std() > 1e-4]
        return Noise(np.stack(clips), np.load(folder / "rooms.npy"))
