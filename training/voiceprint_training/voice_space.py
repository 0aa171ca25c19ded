"""What of a short piece of talk is its speaker, and what is chance: two covariances, for clustering the pieces of a recording.

    python -m voiceprint_training.voice_space --graphs FOLDER [--model voiceprint-resnet34-v1]
writes models/<id>.voice-space.json: half-precision numbers, little endian, in Base64:
    mean [d]; axes [a, d], on which a piece's distance from its speaker has variance 1; between [a], the speakers' variance there.

Pieces of 0.7 to 2 s, as the engine cuts turns, of speakers of free and attribution corpora with sentences, as they sound through a
good microphone, through a telephone and in a room. Within one such condition only, as the speakers of one recording are: what
sets conditions apart is taken off first. Not lsdev, wuw, msc and dev: conversations to measure on are made of them. dev is
of the same corpus as so762, however (other speakers): on dev, figures flatter.
"""

import argparse
import base64
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import eigh
from scipy.signal import fftconvolve

from .conditions import telephone_8k
from .corpus import RATE, Corpus
from .paths import MODELS_DIR, work_dir
from .resnet34_speech import Embedder
from .rooms import random_room

PIECES = {"so762": 5, "ls100": 3, "coswara": 3}
"""Per speaker and condition, by corpus."""
CONDITIONS = ("clean", "tel", "room")
SHORTEST, LONGEST = 0.7, 2.0
AXES = 128
SHRINK = 0.3
"""Share of the covariance within speakers that is taken as the same in all directions."""


@dataclass(frozen=True)
class Piece:
    corpus: str
    speaker: str
    condition: str
    wave: np.ndarray


def heard(random: np.random.Generator, wave: np.ndarray, start: int, length: int, condition: str, room: np.ndarray) -> np.ndarray:
    """A stretch of a recording as it sounds in a condition; float32 [length], its peak at 0.3."""
    piece = wave[start : start + length].copy()
    if condition == "tel":
        piece = telephone_8k(piece * (0.5 / max(0.05, np.abs(piece).max())), random)
    if condition == "room":
        before = wave[max(0, start - 4000) : start + length]
        piece = fftconvolve(before, room)[: len(before)][-length:]
        piece = 0.4 * piece / max(1e-6, np.abs(piece).max())
        piece = piece + np.sqrt((piece**2).mean()) * 10 ** (-18 / 20) * random.standard_normal(len(piece))
    return (0.3 * piece / max(0.02, np.abs(piece).max())).astype(np.float32)


def pieces(corpus: Corpus, seed: int = 7) -> list[Piece]:
    random, found = np.random.default_rng(seed), []
    everyone = [(name, speaker, spoken) for name in PIECES for speaker, spoken in corpus.of(name).items()]
    for place in random.permutation(len(everyone)):
        name, speaker, spoken = everyone[place]
        room = random_room(random, (0.25, 0.4))
        for condition in CONDITIONS if name != "coswara" else CONDITIONS[:2]:
            for _ in range(PIECES[name]):
                wave = corpus.wave(spoken[random.integers(len(spoken))])
                length = int(random.uniform(SHORTEST, LONGEST) * RATE)
                if len(wave) < int(SHORTEST * RATE):
                    continue
                length = min(length, len(wave))
                start = random.integers(len(wave) - length + 1)
                if np.sqrt((wave[start : start + length] ** 2).mean()) < 0.02:
                    continue
                found.append(Piece(name, speaker, condition, heard(random, wave, start, length, condition, room)))
    return found


def voice_space(vectors: np.ndarray, speakers: np.ndarray, conditions: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, axes and variances of the speakers, see above. float [pieces, d] of unit length; who says each, and how it sounds."""
    mean, centred = vectors.mean(0), vectors.copy()
    for condition in np.unique(conditions):
        centred[conditions == condition] -= centred[conditions == condition].mean(0)
    groups = [centred[(speakers == speaker) & (conditions == condition)] for speaker, condition in sorted(set(zip(speakers, conditions)))]
    groups = [group for group in groups if len(group) > 1]
    within = sum((group - group.mean(0)).T @ (group - group.mean(0)) for group in groups) / sum(len(group) - 1 for group in groups)
    # Means of few pieces differ by chance as well.
    between = np.cov(np.array([group.mean(0) for group in groups]).T) - within * np.mean([1 / len(group) for group in groups])
    within = (1 - SHRINK) * within + SHRINK * np.trace(within) / len(within) * np.eye(len(within))
    variances, directions = eigh(between, within)
    best = np.argsort(-variances)[:AXES]
    return {"mean": mean, "axes": directions[:, best].T, "between": np.maximum(variances[best], 1e-3)}


def written(model: str, space: dict[str, np.ndarray]) -> str:
    numbers = {name: base64.b64encode(np.ascontiguousarray(values).astype("<f2").tobytes()).decode() for name, values in space.items()}
    return json.dumps({"model": model, **numbers}, indent="\t") + "\n"


def vectors_of(embedder: Embedder, found: list[Piece], kept: Path) -> np.ndarray:
    """Of each piece; those of a run before are taken."""
    if not kept.is_file():
        np.save(kept, np.stack([embedder.voice(piece.wave).vector for piece in found]))
    return np.load(kept).astype(float)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=Path, default=MODELS_DIR)
    parser.add_argument("--model", default="voiceprint-resnet34-v1")
    options = parser.parse_args()
    found = pieces(Corpus(work_dir()))
    vectors = vectors_of(Embedder(options.graphs, exact=True, identity=options.model), found, work_dir() / f"{options.model}.pieces.npy")
    if len(vectors) != len(found):
        raise SystemExit("The vectors kept are of other pieces; remove them")
    space = voice_space(vectors, np.array([piece.speaker for piece in found]), np.array([piece.condition for piece in found]))
    (MODELS_DIR / f"{options.model}.voice-space.json").write_text(written(options.model, space))


if __name__ == "__main__":
    main()
