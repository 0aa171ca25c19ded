"""How well the ResNet34 network tells speakers apart, published or tuned: equal error rates of all pairs, by cosine.

    python -m voiceprint_training.resnet34_measure --published voxceleb_resnet34.onnx [--tuned runs/resnet34/last.pt --shares 0.5 1]
One embedding per recording (whole, at most 30 s). Sets that the tuning never saw: wuw (real telephone calls), msc, dev-so762,
and the held-out readers (lsdev) and one-word speakers (gsc). `dev, X`: an undamaged recording against another's damaged version.
A row of a network is kept in <work>/reports/resnet34.json and not computed again. --quick: the trunk in bf16, a sixth of the time.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .conditions import damaged, damages
from .corpus import RATE, Corpus, Noise, Utterance
from .metrics import all_pairs, equal_error_rate
from .paths import work_dir
from .resnet34 import read_published
from .resnet34_embed import Embed, embedder
from .resnet34_export import blended
from .train import keep_memory
from .watch import gather

LEAST_SECONDS = {"wuw": (0, 2, 4), "msc": (0, 2, 4), "dev": (0,), "lsdev": (0, 4), "gsc": (0,)}
CONDITIONS = ("8 kHz mu-law", "noise 10 dB", "reverberation")


def sets(corpus: Corpus, share: float) -> dict[str, tuple[list[Utterance], np.ndarray]]:
    """(recordings, speaker numbers) by name: up to 30 recordings of each speaker, or that `share` of them."""
    speakers = {name: corpus.of(name) for name in ("wuw", "msc")} | {"dev": corpus.development()}
    speakers |= {name: corpus.held_out(name) for name in ("lsdev", "gsc")}
    return {name: gather(people, max(2, round(30 * share))) for name, people in speakers.items()}


def measure(embed: Embed, corpus: Corpus, noise: Noise, share: float, names: list[str]) -> dict[str, float]:
    """EER in percent of the named sets, by set and least length."""
    found, ways, all_sets = {}, damages(corpus, noise), sets(corpus, share)
    for name in names:
        recordings, numbers = all_sets[name]
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
    columns = [c for c in next(iter(rows.values())) if all(c in row for row in rows.values())]
    lines = ["| network | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    return "\n".join(lines + [f"| {name} | " + " | ".join(f"{row[c]:.2f}" for c in columns) + " |" for name, row in rows.items()])


def label(tuned: Path | None, share: float) -> str:
    """What a network's row is called: by its step, since `last.pt` changes."""
    if tuned is None:
        return "published"
    step = torch.load(tuned, map_location="cpu", weights_only=True, mmap=True)["step"]
    return f"{tuned.parent.name} step {step} x {share:g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True, help="WeSpeaker's voxceleb_resnet34.onnx")
    parser.add_argument("--tuned", type=Path, nargs="*", default=[], help="checkpoints in the working folder")
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0], help="how much of the tuning is taken")
    parser.add_argument("--quick", action="store_true", help="the trunk in bf16")
    parser.add_argument("--sets", nargs="+", choices=list(LEAST_SECONDS), default=list(LEAST_SECONDS))
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
        name = label(tuned and work_dir() / tuned, share)
        name += (", bf16" if options.quick else "") + (f", {options.part:g} of the recordings" if options.part < 1 else "")
        kept = json.loads(path.read_text()) if path.is_file() else {}
        missing = [s for s in options.sets if s not in kept.get(name, {})]
        if missing:
            network = blended(read_published(options.published), tuned and work_dir() / tuned, share)
            found = measure(embedder(network, options.quick), corpus, noise, options.part, missing)
            kept[name] = kept.get(name, {}) | found
            path.write_text(json.dumps(kept, indent=1))
        rows[name] = kept[name]
    print(table(rows))


if __name__ == "__main__":
    main()
