"""Speech to voiceprint as the node does it with ResNet34: one pass of the trunk over all the speech, pooled at once.

The features are centred over the whole speech; a part of it is a choice of trunk rows (80 ms each). What was computed
is kept in the working folder by the graphs' checksum and the sound's own, so that a run that is repeated takes seconds.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch

from . import speech_measures
from .export import session
from .kaldi import KaldiFbank
from .paths import work_dir
from .resnet34 import ResNet34, fill
from .windows import unit

RATE = 16000
ROW = 0.08
"""Seconds of a row of the trunk's features."""
LEAST = int(0.5 * RATE)
"""Samples; less speech is repeated up to that, as the engine does."""
DIM = 256


@dataclass(frozen=True)
class Voice:
    """A voiceprint and what was measured beside it."""

    vector: np.ndarray
    """Unit length [256]."""
    seconds: float
    high_band: float
    """dB, see speech_measures."""
    snr: float

    @property
    def narrow(self) -> bool:
        return bool(speech_measures.is_narrow(self.high_band))


def repeated(wave: np.ndarray) -> np.ndarray:
    return np.resize(wave, LEAST) if 0 < len(wave) < LEAST else wave


def pooled(rows: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Mean and deviation over rows. [rows, d], [rows] -> [2 d]; see resnet34_export."""
    w = np.ones(len(rows), np.float32) if weights is None else weights.astype(np.float32)
    total = w.sum()
    mean = (w @ rows) / total
    variance = (w @ np.square(rows - mean)) / max(total - 1, 1e-3)
    return np.concatenate([mean, np.sqrt(variance + 1e-7)])


class Embedder:
    """Both graphs of a folder, with a memory on disk.

    `exact` runs the graphs as the node does, 20 x real time on one core here. Otherwise the convolutions compute in bfloat16,
    which on processors with such units takes a third of the time and leaves a cosine of 0.9998 with the exact vector.
    """

    def __init__(self, folder: Path, exact: bool = False, identity: str = "voiceprint-resnet34-v1"):
        trunk, head = ((folder / f"{identity}.{part}.onnx").read_bytes() for part in ("trunk", "head"))
        self.checksum, self.exact = hashlib.sha256(trunk + head).hexdigest(), exact
        self.trunk, self.head, self.fbank = session(trunk), session(head), KaldiFbank()
        self.network = None
        if not exact:
            graphs = [onnx.load_from_string(data).graph for data in (trunk, head)]
            self.network = fill(ResNet34(), graphs).to(memory_format=torch.channels_last)
        self.memory = sqlite3.connect(work_dir() / f"voices-{self.checksum[:12]}{'' if exact else '-bf16'}.sqlite", timeout=60)
        self.memory.execute("create table if not exists voices (key text primary key, value blob)")

    def rows(self, wave: np.ndarray) -> np.ndarray:
        """float32 [samples] -> trunk features [rows, 2560], centred over the whole wave."""
        with torch.no_grad():
            frames = self.fbank(torch.from_numpy(np.ascontiguousarray(repeated(wave), np.float32))[None]).numpy()
        return self.rows_of_frames(frames)

    def rows_of_frames(self, frames: np.ndarray) -> np.ndarray:
        """Centred log-mels [1, frames, 80] -> [rows, 2560]."""
        if self.network is None:
            return self.trunk.run(None, {"feats": frames})[0]
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            return self.network.trunk(torch.from_numpy(frames))[0].float().numpy()

    def vectors(self, statistics: list[np.ndarray]) -> np.ndarray:
        """[2 d] each -> unit length [n, 256]."""
        return unit(self.head.run(None, {"statistics": np.stack(statistics)})[0])

    def _kept(self, key: str, compute) -> np.ndarray:
        found = self.memory.execute("select value from voices where key = ?", (key,)).fetchone()
        if found:
            return np.frombuffer(found[0], np.float32)
        value = np.ascontiguousarray(compute(), np.float32)
        self.memory.execute("insert or replace into voices values (?, ?)", (key, value.tobytes()))
        self.memory.commit()
        return value

    def voice(self, wave: np.ndarray) -> Voice:
        vector = self._kept("whole " + _mark(wave), lambda: self.vectors([pooled(self.rows(wave))])[0])
        return Voice(vector, len(wave) / RATE, speech_measures.high_band_level(wave), speech_measures.snr(wave))

    def windows(self, wave: np.ndarray, seconds: float, hop: float | None = None) -> np.ndarray:
        """Windows of a channel, pooled from one pass of the trunk -> unit length [windows, 256]. Without `hop` equal shares."""
        count = len(wave) / RATE
        spans = window_spans(count, seconds, hop)
        key = f"windows {seconds:g} {hop or 0:g} {_mark(wave)}"

        def compute() -> np.ndarray:
            rows = self._rows_of(wave)
            edges = [(int(round(a / ROW)), max(int(round(b / ROW)), int(round(a / ROW)) + 2)) for a, b in spans]
            return self.vectors([pooled(rows[a:b]) for a, b in edges])

        return self._kept(key, compute).reshape(-1, DIM)

    _last: tuple[str, np.ndarray] | None = None

    def _rows_of(self, wave: np.ndarray) -> np.ndarray:
        mark = _mark(wave)
        if self._last is None or self._last[0] != mark:
            self._last = (mark, self.rows(wave))
        return self._last[1]


def window_spans(length: float, seconds: float, hop: float | None) -> list[tuple[float, float]]:
    """First and last second of each window."""
    if hop is None:
        count = max(1, int(length / seconds + 0.5))
        return [(i * length / count, (i + 1) * length / count) for i in range(count)]
    count = max(1, 1 + int((length - seconds) / hop + 1e-6))
    return [(i * hop, min(length, i * hop + seconds)) for i in range(count)]


def _mark(wave: np.ndarray) -> str:
    return hashlib.sha1(np.ascontiguousarray(wave, np.float32).tobytes()).hexdigest()
