"""The cohort of a model: one voiceprint per training speaker, wide and telephone band, for the normalisation of scores.

    python -m voiceprint_training.cohort --graphs FOLDER [--model voiceprint-resnet34-v1]
writes models/<id>.cohort.bin: see `written` for what is in it, byte by byte.

Speakers of free and attribution corpora, those with sentences rather than single words; not those that calibrate or judge.
"""

import argparse
import struct
import zlib
from pathlib import Path

import numpy as np

from .conditions import telephone_line
from .corpus import RATE, Corpus, Utterance
from .paths import MODELS_DIR, work_dir
from .resnet34_speech import Embedder

CORPORA = ("ls100", "lsdev", "coswara", "dsp20", "arabic")
"""Not so762: dev is of the same corpus, and a cohort that fits what it is judged on better than what is met in use misleads the fit."""
SECONDS = 8.0
"""Speech per speaker at most: recordings evenly spread over the speaker's, joined."""
BANDS = ("wide", "narrow")
MAGIC, VERSION = b"N8VC", 1


def speech_of(corpus: Corpus, utterances: list[Utterance], seconds: float = SECONDS) -> np.ndarray:
    """`seconds` of a speaker from recordings far apart. float32 [samples]."""
    need, parts = int(seconds * RATE), []
    for place in np.unique(np.linspace(0, len(utterances) - 1, min(len(utterances), 8)).round().astype(int)):
        parts.append(corpus.wave(utterances[place], seconds / min(len(utterances), 3)))
        need -= len(parts[-1])
        if need <= 0:
            break
    return np.concatenate(parts)[: int(seconds * RATE)]


def speakers_of(corpus: Corpus) -> dict[str, list[Utterance]]:
    """Who is in the cohort."""
    return {name: utterances for name, utterances in corpus.training().items() if utterances[0].corpus in CORPORA}


def cohort(embedder: Embedder, corpus: Corpus) -> dict[str, np.ndarray]:
    """By band: unit length [speakers, 256]."""
    waves = [speech_of(corpus, utterances) for utterances in speakers_of(corpus).values()]
    lines = [telephone_line(wave, np.random.default_rng([7, number])) for number, wave in enumerate(waves)]
    return {band: np.stack([embedder.voice(wave).vector for wave in heard]) for band, heard in zip(BANDS, (waves, lines))}


def written(model: str, bands: dict[str, np.ndarray]) -> bytes:
    """The file, little endian.

    0  4 bytes   N8VC
    4  uint8     version, 1
    5  uint8     bytes of the model's ID, m
    6  uint16    numbers per vector, d
    8  uint32    vectors of the wide band, a
    12 uint32    vectors of the telephone band, b
    16 m bytes   the model's ID in UTF-8
    then (a + b) x d float16, unit length each, and a CRC-32 (uint32) of all bytes before it.
    """
    name = model.encode()
    wide, narrow = (bands[band].astype("<f2") for band in BANDS)
    head = struct.pack("<4sBBHII", MAGIC, VERSION, len(name), wide.shape[1], len(wide), len(narrow))
    body = head + name + wide.tobytes() + narrow.tobytes()
    return body + struct.pack("<I", zlib.crc32(body))


def read(data: bytes) -> dict[str, np.ndarray]:
    """The same again: by band unit length [speakers, d], in half precision."""
    magic, version, length, dim, wide, narrow = struct.unpack_from("<4sBBHII", data)
    if magic != MAGIC or version != VERSION or zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        raise ValueError("No sound cohort")
    vectors = np.frombuffer(data[16 + length : -4], "<f2").astype(np.float32).reshape(wide + narrow, dim)
    return dict(zip(BANDS, (vectors[:wide], vectors[wide:])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=Path, default=MODELS_DIR, help="the folder with trunk and head")
    parser.add_argument("--model", default="voiceprint-resnet34-v1")
    options = parser.parse_args()
    bands = cohort(Embedder(options.graphs, identity=options.model), Corpus(work_dir()))
    data = written(options.model, bands)
    (MODELS_DIR / f"{options.model}.cohort.bin").write_bytes(data)
    print(f"{ {band: len(vectors) for band, vectors in bands.items()} }, {len(data)} bytes")


if __name__ == "__main__":
    main()
