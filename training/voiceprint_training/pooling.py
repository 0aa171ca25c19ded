"""How much speech a voiceprint needs, and how the ResNet34's frames are best centred and pooled: a study, nothing shipped.

    python -m voiceprint_training.pooling --graphs FOLDER
Each speaker's recordings are joined and cut into two halves of up to 60 s; voiceprints of the first halves meet those of the
second. `lsdev` readers (not in the published model's training) stand for long recordings, as telephone.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from . import metrics
from .conditions import damages
from .corpus import RATE, Corpus, Noise, Utterance
from .paths import MODELS_DIR, work_dir
from .resnet34_speech import ROW, Embedder, pooled
from .windows import unit

LONGEST = 60.0
USED = (3.0, 5.0, 10.0, 20.0, 30.0, 60.0)
WINDOW = 4.0
RUNNING = 3.0
"""Seconds of the sliding mean."""


def halves(corpus: Corpus, speakers: dict[str, list[Utterance]], longest: float = LONGEST) -> list[tuple[int, np.ndarray]]:
    """(speaker, up to `longest` seconds): of every speaker with two the earlier recordings and the later ones."""
    found = []
    for number, name in enumerate(sorted(speakers)):
        own, middle = speakers[name], len(speakers[name]) // 2
        for side in (own[:middle], own[middle:]) if middle else ():
            waves = [corpus.wave(u) for u in side]
            found.append((number, np.concatenate(waves)[: int(longest * RATE)]))
    return found


def running_rows(embedder: Embedder, wave: np.ndarray) -> np.ndarray:
    """Trunk rows of features centred by a sliding mean of RUNNING seconds."""
    with torch.no_grad():
        log_mel = embedder.fbank.log_mel(torch.from_numpy(wave)[None]).numpy()[0]
    half = int(RUNNING * 100 / 2)
    sums = np.concatenate([np.zeros((1, 80)), np.cumsum(log_mel, 0, dtype=np.float64)])
    first = np.maximum(0, np.arange(len(log_mel)) - half)
    last = np.minimum(len(log_mel), np.arange(len(log_mel)) + half)
    mean = (sums[last] - sums[first]) / (last - first)[:, None]
    return embedder.rows_of_frames((log_mel - mean)[None].astype(np.float32))


def spread(rows: int, used: float) -> np.ndarray:
    """Places of `used` seconds of rows in stretches of up to 4 s, evenly over all of them."""
    need = int(used / ROW)
    if need >= rows:
        return np.arange(rows)
    count = max(1, round(used / WINDOW))
    share, length = rows / count, need / count
    return np.concatenate([np.arange(int(i * share + (share - length) / 2), int(i * share + (share + length) / 2)) for i in range(count)])


def voices(embedder: Embedder, wave: np.ndarray, centring: bool) -> dict[str, np.ndarray]:
    """By way of making it: unit length [256]."""
    rows = embedder.rows(wave)
    seconds, statistics = len(wave) / RATE, {}
    for used in USED:
        if seconds >= used * 0.98:
            statistics[f"first {used:g} s"] = pooled(rows[: int(used / ROW)])
            statistics[f"spread {used:g} s"] = pooled(rows[spread(len(rows), used)])
    statistics["all, centred over all, pooled at once"] = pooled(rows)
    found = dict(zip(statistics, embedder.vectors(list(statistics.values()))))
    if not centring:
        return found
    count = max(1, round(seconds / WINDOW))
    edges = np.linspace(0, len(rows), count + 1).astype(int)
    parts = embedder.vectors([pooled(rows[a:b]) for a, b in zip(edges[:-1], edges[1:])])
    found["all, centred over all, mean of 4 s windows"] = unit(parts.mean(0))
    cuts = np.linspace(0, len(wave), count + 1).astype(int)
    alone = [embedder.rows(wave[a:b]) for a, b in zip(cuts[:-1], cuts[1:])]
    found["all, centred per 4 s window, pooled at once"] = embedder.vectors([pooled(np.concatenate(alone))])[0]
    found["all, centred per 4 s window, mean of windows"] = unit(embedder.vectors([pooled(r) for r in alone]).mean(0))
    found["all, centred by a running 3 s, pooled at once"] = embedder.vectors([pooled(running_rows(embedder, wave))])[0]
    return found


def figures(vectors: np.ndarray, speakers: np.ndarray) -> str:
    pairs = metrics.all_pairs(vectors, speakers)
    target, other = pairs.split()
    apart = (target.mean() - other.mean()) / np.sqrt((target.var() + other.var()) / 2)
    return f"{100 * metrics.equal_error_rate(target, other):.2f} | {metrics.min_cllr(target, other):.3f} | {apart:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=Path, default=MODELS_DIR)
    parser.add_argument("--centring", action="store_true", help="ways of centring and pooling too; three times the work")
    parser.add_argument("--speakers", type=int, default=50, help="of each corpus at most")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus, noise = Corpus(work_dir()), Noise.load(work_dir())
    embedder, known = Embedder(options.graphs), damages(corpus, noise)
    sets: list[tuple[str, dict, str]] = [
        ("wuw", corpus.of("wuw"), "clean"), ("msc", corpus.of("msc"), "clean"), ("dev", corpus.development(), "8 kHz mu-law"),
        ("lsdev", corpus.of("lsdev"), "8 kHz mu-law"),
    ]
    print("| speech | way | voiceprints | EER % | minCllr | d' |\n|---|---|---|---|---|---|")
    for title, speakers, condition in sets:
        made = []
        for place, (number, wave) in enumerate(halves(corpus, dict(sorted(speakers.items())[: options.speakers]))):
            if len(wave) >= 3 * RATE:
                made.append((number, voices(embedder, known[condition](wave, np.random.default_rng([23, place])), options.centring)))
        ways = list(dict.fromkeys(way for _, by_way in made for way in by_way))
        for way in ways:
            here = [(number, by_way[way]) for number, by_way in made if way in by_way]
            both = {n for n, _ in here if sum(m == n for m, _ in here) == 2}
            if len(both) < 15:
                continue
            report(f"{title}, {condition}", way, here)
            longest = [n for n, by_way in made if "first 20 s" in by_way]
            if way.startswith(("first", "spread")) and float(way.split()[1]) < 20 and len(longest) > 30:
                report(f"{title}, {condition}, those with 20 s", way, [(n, v[way]) for n, v in made if "first 20 s" in v])


def report(title: str, way: str, here: list[tuple[int, np.ndarray]]) -> None:
    print(f"| {title} | {way} | {len(here)} | {figures(np.stack([v for _, v in here]), np.array([n for n, _ in here]))} |", flush=True)


if __name__ == "__main__":
    main()
