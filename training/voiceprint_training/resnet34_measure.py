"""How well the ResNet34 network tells speakers apart, published or tuned: equal error rates of all pairs, by cosine.

    python -m voiceprint_training.resnet34_measure --published voxceleb_resnet34.onnx [--tuned runs/resnet34/last.pt --shares 0.5 1]
One embedding per recording (whole, at most 30 s). Sets that the tuning never saw: wuw (real telephone calls), msc, dev-so762,
and the held-out readers (lsdev) and one-word speakers (gsc). `dev, X`: an undamaged recording against another's damaged version.
A row of a network is kept in <work>/reports/resnet34.json and not computed again. --quick: the trunk in bf16, a sixth of the time.
"""

import argparse
import json
from collections.abc import Callable
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .conditions import damaged, damages
from .corpus import RATE, Corpus, Noise, Utterance
from .kaldi import KaldiFbank
from .metrics import all_pairs, equal_error_rate
from .paths import work_dir
from .resnet34 import ResNet34, read_published, statistics
from .resnet34_export import blended
from .train import keep_memory
from .watch import gather

LEAST_SECONDS = {"wuw": (0, 2, 4), "msc": (0, 2, 4), "dev": (0,), "lsdev": (0, 4), "gsc": (0,)}
CONDITIONS = ("8 kHz mu-law", "noise 10 dB", "reverberation")
BLOCK, BATCH = 64, 8
"""Frames by whose multiples recordings are of like length; recordings at a time."""
Embed = Callable[[list[np.ndarray]], np.ndarray]


def padded(feats: list[Tensor], multiple: int = BLOCK) -> tuple[Tensor, Tensor]:
    """Recordings' frames [frames, mels] each -> (one batch, zeros behind, of a multiple of `multiple` frames; rows that count [batch, rows])."""
    longest = max(len(f) for f in feats)
    batch = torch.zeros(len(feats), -(-longest // multiple) * multiple, feats[0].shape[1])
    counts = torch.zeros(len(feats), batch.shape[1] // 8)
    for place, f in enumerate(feats):
        batch[place, : len(f)] = f
        counts[place, : -(-len(f) // 8)] = 1
    return batch, counts


def embedder(network: ResNet34, quick: bool) -> Embed:
    """Recordings float32 [samples] each -> unit-length [recordings, dim]. Those of like length go through together, zeros behind
    (which changes the last rows a little): convolution libraries prepare anew for every size."""
    fbank = KaldiFbank()

    @torch.no_grad()
    def embed(waves: list[np.ndarray]) -> np.ndarray:
        feats = [fbank(torch.from_numpy(wave)[None])[0] for wave in waves]
        order = sorted(range(len(feats)), key=lambda place: len(feats[place]))
        found = torch.zeros(len(feats), network.shape.dim)
        for _, group in groupby(order, key=lambda place: -(-len(feats[place]) // BLOCK)):
            places = list(group)
            for start in range(0, len(places), BATCH):
                some = places[start : start + BATCH]
                batch, counts = padded([feats[place] for place in some])
                with torch.autocast("cpu", torch.bfloat16) if quick else nullcontext():
                    features = network.trunk(batch)
                found[some] = F.normalize(network.head(statistics(features.float(), counts)), dim=1)
        return found.numpy()

    return embed


def sets(corpus: Corpus, share: float) -> dict[str, tuple[list[Utterance], np.ndarray]]:
    """(recordings, speaker numbers) by name: up to 30 recordings of each speaker, or that `share` of them."""
    speakers = {name: corpus.of(name) for name in ("wuw", "msc")} | {"dev": corpus.development()}
    speakers |= {name: corpus.held_out(name) for name in ("lsdev", "gsc")}
    return {name: gather(people, max(2, round(30 * share))) for name, people in speakers.items()}


def measure(embed: Embed, corpus: Corpus, noise: Noise, share: float) -> dict[str, float]:
    """EER in percent by set and least length."""
    found, ways = {}, damages(corpus, noise)
    for name, (recordings, numbers) in sets(corpus, share).items():
        seconds = np.array([u.samples / RATE for u in recordings])
        vectors = embed([corpus.wave(u) for u in recordings])
        for least in LEAST_SECONDS[name]:
            keep = seconds >= least
            row = f"{name}, {least} s and more" if least else name
            found[row] = 100 * equal_error_rate(*all_pairs(vectors[keep], numbers[keep]).split())
        if name == "dev":
            some = np.arange(0, len(recordings), 3)
            for condition in CONDITIONS:
                probes = embed(damaged(corpus, [recordings[i] for i in some], ways[condition]))
                found[f"dev, {condition}"] = 100 * equal_error_rate(*all_pairs(vectors[some], numbers[some], probes).split())
    return found


def table(rows: dict[str, dict[str, float]]) -> str:
    """Networks downwards, sets across."""
    columns = list(next(iter(rows.values())))
    lines = ["| network | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    return "\n".join(lines + [f"| {name} | " + " | ".join(f"{row[c]:.2f}" for c in columns) + " |" for name, row in rows.items()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True, help="WeSpeaker's voxceleb_resnet34.onnx")
    parser.add_argument("--tuned", type=Path, nargs="*", default=[], help="checkpoints in the working folder")
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0], help="how much of the tuning is taken")
    parser.add_argument("--quick", action="store_true", help="the trunk in bf16")
    parser.add_argument("--part", type=float, default=1.0, help="share of each speaker's recordings that is used")
    options = parser.parse_args()
    keep_memory()
    torch.set_num_threads(1)
    corpus, noise = Corpus(work_dir()), Noise.load(work_dir())
    path = work_dir() / "reports" / "resnet34.json"
    path.parent.mkdir(exist_ok=True)
    kinds = [(None, 0.0)] + [(tuned, share) for tuned in options.tuned for share in options.shares]
    rows = {}
    for tuned, share in kinds:
        name = "published" if tuned is None else f"{tuned.parent.name}/{tuned.stem} x {share:g}"
        name += (", bf16" if options.quick else "") + (f", {options.part:g} of the recordings" if options.part < 1 else "")
        kept = json.loads(path.read_text()) if path.is_file() else {}
        if name not in kept:
            network = blended(read_published(options.published), tuned and work_dir() / tuned, share)
            kept[name] = measure(embedder(network, options.quick), corpus, noise, options.part)
            path.write_text(json.dumps(kept, indent=1))
        rows[name] = kept[name]
    print(table(rows))


if __name__ == "__main__":
    main()
