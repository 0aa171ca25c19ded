"""Made conversations with the truth of who speaks when, to measure speaker diarization on.

    python -m voiceprint_training.conversations --out FOLDER [--seed 1]
writes NAME.wav (16 kHz mono, 16 bit) and NAME.rttm for each row of SETS. The voices are recordings of the working folder (prepare.py).
Turns are cut from one recording each; truth is where the clean recording is loud, pauses of 0.3 s and more left out.
"""

import argparse
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve

from .conditions import telephone_8k
from .corpus import RATE, Corpus
from .paths import work_dir
from .rooms import random_room

FRAME = RATE // 100
"""Samples per frame of the truth: 10 ms."""
SHORTEST_PAUSE = 0.3


@dataclass(frozen=True)
class Set:
    name: str
    corpora: tuple[str, ...]
    speakers: tuple[int, ...]
    """Of each conversation, how many people talk."""
    turns: tuple[float, float]
    """Seconds, shortest and longest."""
    overlap: float = 0.0
    """Share of the turns that begin before the one before is over."""
    telephone: bool = False
    room: bool = False
    seconds: float = 100.0


SETS = (
    Set("read", ("lsdev", "dev"), (2, 3, 4, 6), (0.5, 15)),
    Set("overlap", ("lsdev", "dev"), (2, 3, 4, 6), (0.5, 15), overlap=0.4),
    Set("room", ("lsdev",), (2, 3, 4), (1, 10), overlap=0.3, room=True),
    Set("telephone", ("lsdev", "dev"), (2, 2, 2), (0.7, 10), overlap=0.25, telephone=True),
    Set("calls", ("wuw",), (2, 2, 3), (0.7, 4)),
    Set("short", ("lsdev",), (2, 4), (0.5, 2), overlap=0.2, seconds=80),
    Set("malayalam", ("msc",), (2, 3, 4), (0.7, 8), overlap=0.15, seconds=90),
    Set("one", ("lsdev",), (1, 1), (2, 12), seconds=60),
)


def voices(corpus: Corpus, names: tuple[str, ...]) -> dict[str, list]:
    """Recordings by speaker."""
    found = {}
    for name in names:
        found |= corpus.development() if name == "dev" else corpus.of(name)
    return {speaker: spoken for speaker, spoken in found.items() if sum(u.samples for u in spoken) > 20 * RATE}


def loud_stretches(samples: np.ndarray) -> list[tuple[float, float]]:
    """Where speech is, seconds: frames within 27 dB of the loud ones, short pauses closed."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    power = 10 * np.log10((frames**2).mean(1) + 1e-10)
    loud = power > np.quantile(power, 0.95) - 27
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(np.int8), [0]]))) / 100
    stretches: list[list[float]] = []
    for start, end in edges.reshape(-1, 2):
        if stretches and start - stretches[-1][1] < SHORTEST_PAUSE:
            stretches[-1][1] = end
        elif end - start >= 0.05:
            stretches.append([start, end])
    return [(start, end) for start, end in stretches]


def turn(random: np.random.Generator, corpus: Corpus, spoken: list, seconds: float) -> np.ndarray:
    """A stretch of one recording, or as much as there is; silence at both ends cut off."""
    utterance = spoken[random.integers(len(spoken))]
    whole = corpus.wave(utterance)
    length = min(len(whole), int(seconds * RATE))
    start = random.integers(len(whole) - length + 1)
    piece = whole[start : start + length].copy()
    stretches = loud_stretches(piece)
    if not stretches:
        return piece[:0]
    piece = piece[int(stretches[0][0] * RATE) : int(stretches[-1][1] * RATE)]
    fade = np.linspace(0, 1, min(160, len(piece)))
    piece[: len(fade)] *= fade
    piece[len(piece) - len(fade) :] *= fade[::-1]
    return piece


def conversation(random: np.random.Generator, corpus: Corpus, kind: Set, people: int) -> tuple[np.ndarray, list[tuple[float, float, str]]]:
    """Samples, and who speaks when in seconds."""
    found = voices(corpus, kind.corpora)
    names = random.choice(sorted(found), people, replace=False)
    levels = {name: 10 ** (-random.uniform(0, 6) / 20) for name in names}
    rooms = {name: random_room(random, (0.25, 0.4)) if kind.room else None for name in names}
    tracks = {name: np.zeros(int((kind.seconds + 20) * RATE), np.float32) for name in names}
    truth, end, before = [], 0.3, None
    while end < kind.seconds:
        name = names[random.integers(people)]
        if people > 1 and name == before:
            continue
        low, high = np.log(kind.turns)
        piece = levels[name] * turn(random, corpus, found[name], float(np.exp(random.uniform(low, high))))
        if not len(piece):
            continue
        start = end + random.exponential(0.35)
        if before is not None and random.random() < kind.overlap:
            start = max(0.1, end - random.uniform(0.2, min(1.5, 0.5 * len(piece) / RATE + 0.2)))
        at = int(start * RATE)
        tracks[name][at : at + len(piece)] += piece
        truth += [(at / RATE + a, at / RATE + b, str(name)) for a, b in loud_stretches(piece)]
        end, before = max(end, start + len(piece) / RATE), name
    for name in names:
        if kind.room:
            tracks[name] = fftconvolve(tracks[name], rooms[name])[: len(tracks[name])].astype(np.float32)
        if kind.telephone:
            level = np.abs(tracks[name]).max()
            tracks[name] = level / 0.5 * telephone_8k(tracks[name], random)
    mixed = sum(tracks.values())[: int((end + 0.5) * RATE)]
    if kind.room:
        speech = np.sqrt((mixed**2).mean())
        mixed = mixed + speech * 10 ** (-15 / 20) * random.standard_normal(len(mixed))
    return (0.5 * mixed / np.abs(mixed).max()).astype(np.float32), sorted(truth)


def write(folder: Path, name: str, samples: np.ndarray, truth: list[tuple[float, float, str]]) -> None:
    with wave.open(str(folder / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    lines = [f"SPEAKER {name} 1 {start:.3f} {end - start:.3f} <NA> <NA> {who} <NA> <NA>" for start, end, who in truth]
    (folder / f"{name}.rttm").write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    corpus, random = Corpus(work_dir()), np.random.default_rng(options.seed)
    for kind in SETS:
        for number, people in enumerate(kind.speakers):
            samples, truth = conversation(random, corpus, kind, people)
            write(options.out, f"{kind.name}-{people}-{number + 1}", samples, truth)


if __name__ == "__main__":
    main()
