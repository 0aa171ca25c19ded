"""A tiny made-up corpus for tests: tones and noise in the layout that prepare.py writes."""

import json
from pathlib import Path

import numpy as np


def write_corpus(folder: Path, seed: int = 1) -> None:
    """12 speakers each of so762 (2.5 s), gsc (0.8 s words) and dev; the words carry clusters 0..3 in words.json."""
    rng, rows, pieces, offset, words = np.random.default_rng(seed), [], [], 0, {}
    for split, corpus, seconds, count in (("train", "so762", 2.5, 3), ("train", "gsc", 0.8, 8), ("dev", "so762", 2.5, 2)):
        for speaker in range(12):
            for take in range(count):
                samples = int(16000 * seconds)
                if corpus == "gsc":
                    words[len(rows)] = take % 4
                rows.append([split, corpus, f"{split}-{corpus}-{speaker:02d}", offset, samples])
                pieces.append((rng.standard_normal(samples) * 3000).astype(np.int16))
                offset += samples
    np.concatenate(pieces).tofile(folder / "audio.i16")
    (folder / "index.json").write_text(json.dumps({"rate": 16000, "utterances": rows}))
    (folder / "words.json").write_text(json.dumps(words))
