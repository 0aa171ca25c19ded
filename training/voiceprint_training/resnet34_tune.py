"""Teach ResNet34 to hear through telephones, codecs, noise and rooms: a damaged crop is to give the clean original's embedding.

    OMP_NUM_THREADS=1 nice -n 19 python -m voiceprint_training.resnet34_tune --published voxceleb_resnet34.onnx --name resnet34
The teacher is the published network. A crop's target lies between the teacher's embedding of the undamaged crop (--own 1, the default)
and that of the speaker's undamaged recordings joined up to 12 s (--own 0: a fifth cheaper, and worse, see results.md). A fifth of the
crops stays undamaged: there the student holds on to the teacher. Loss: 1 - cosine to the target, plus half the cross-entropy of
finding it among the targets of the batch, whose speakers all differ.

Crops of 1 to 3 s, all of a step alike, as many as make about 36 s. bf16; one thread per process. `last.pt` is written every --save-every
steps with weights, averaged weights, optimiser and step; the same command goes on from there. What a batch holds follows from
(seed, step). The rate stays constant until --steps minus --decay, then falls to zero, as in train.py.
The corpora under share-alike and the dev speakers are never trained on: they choose, calibrate and judge.
"""

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .augment import Augmenter, Chances
from .corpus import RATE, Corpus, Noise, Utterance
from .kaldi import KaldiFbank
from .lines import lines
from .paths import work_dir
from .resnet34 import ResNet34, read_published, statistics
from .resnet34_embed import embedder
from .sampler import BatchPlan, Sampler
from .train import Schedule, keep_memory

LENGTHS = (1.0, 1.5, 2.0, 3.0)
"""Seconds of a step's crops; few different ones, so that the convolution library prepares few kernels."""
LENGTH_SHARES = (0.2, 0.3, 0.3, 0.2)
BATCH_SECONDS = 36.0
UNDAMAGED = 0.2
CODED = 0.3
CHANCES = Chances(reverb=0.25, noise=0.4, telephone=0.6, companding=0.6, low_pass=0.1, clip=0.05)
WORD_SHARE = 0.2
SCALE = 20.0
"""Of the cosines in the cross-entropy."""


def embed(network: ResNet34, feats: Tensor) -> Tensor:
    """Unit-length embeddings [batch, dim] in float32; the trunk in bf16."""
    with torch.autocast("cpu", torch.bfloat16):
        features = network.trunk(feats)
    return F.normalize(network.head(statistics(features.float())), dim=1)


def targets(crops: Tensor, speakers: Tensor, own: float) -> Tensor:
    """What is to come out: `own` of the crop's embedding, the rest of the speaker's. Unit vectors [batch, dim] each."""
    return F.normalize(own * crops + (1 - own) * speakers, dim=1)


def distance(student: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """(1 - cosine to the own target, cross-entropy of finding it among the batch's), both means over the batch."""
    cosines = student @ target.T
    return (1 - cosines.diagonal()).mean(), F.cross_entropy(cosines * SCALE, torch.arange(len(cosines)))


class Crops:
    """Cuts crops of different speakers, each twice: plain, and as a damaged crop starts from (sometimes through a codec)."""

    def __init__(self, corpus: Corpus, speakers: dict[str, list[Utterance]]):
        self.corpus = corpus
        self.sampler = Sampler(corpus, speakers, {}, BatchPlan(word_share=WORD_SHARE))

    def cut(self, rng: np.random.Generator, own: list[Utterance], need: int) -> tuple[np.ndarray, np.ndarray]:
        """int16 [need] twice: a random piece of a recording, followed by others of the speaker's if that is too short."""
        plain, heard, total = [], [], 0
        source = self.corpus.coded if rng.random() < CODED else self.corpus.audio
        while total < need:
            utterance = own[rng.integers(len(own))]
            start = int(rng.integers(0, max(1, utterance.samples - need + 1)))
            first = utterance.offset + start
            last = first + min(need - total, utterance.samples - start)
            plain.append(self.corpus.audio[first:last])
            heard.append(source[first:last])
            total += last - first
        return np.concatenate(plain), np.concatenate(heard)

    def batch(self, rng: np.random.Generator) -> tuple[Tensor, Tensor, np.ndarray]:
        """(plain, heard) float32 [rows, samples] -1..1 and the speakers' numbers [rows], all different."""
        seconds = rng.choice(LENGTHS, p=LENGTH_SHARES)
        rows = 2 * round(BATCH_SECONDS / seconds / 2)
        speakers = rng.choice(len(self.sampler.names), rows, replace=False, p=self.sampler.weights)
        pieces = [self.cut(rng, self.sampler.utterances[s], int(seconds * RATE)) for s in speakers]
        plain, heard = (torch.from_numpy(np.stack(part)).float() / 32768 for part in zip(*pieces))
        return plain, heard, speakers


def speaker_vectors(teacher: ResNet34, crops: Crops, seconds: float = 12.0) -> Tensor:
    """The teacher's unit-length embedding of each speaker's recordings, evenly picked and joined up to `seconds`. [speakers, dim]."""
    waves = []
    for own in crops.sampler.utterances:
        mean = sum(u.samples for u in own) / len(own)
        count = min(len(own), max(1, int(seconds * RATE / mean)))
        places = np.linspace(0, len(own) - 1, count).round().astype(int)
        waves.append(np.concatenate([crops.corpus.wave(own[p]) for p in places])[: int(seconds * RATE)])
    return torch.from_numpy(embedder(teacher, quick=True)(waves))


class Tuner:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.folder = work_dir() / "runs" / options.name
        self.folder.mkdir(parents=True, exist_ok=True)
        corpus, noise = Corpus(work_dir()), Noise.load(work_dir())
        self.crops = Crops(corpus, corpus.training(share_alike=False, hold_out=True))
        self.generator = torch.Generator()
        self.augmenter = Augmenter(torch.tensor(noise.clips), torch.tensor(noise.rooms), self.generator, CHANCES)
        self.fbank = KaldiFbank()
        self.teacher = read_published(options.published).requires_grad_(False)
        self.network = copy.deepcopy(self.teacher).requires_grad_(True)
        self.average = copy.deepcopy(self.teacher)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=options.rate, weight_decay=0.0)
        self.schedule = Schedule(options.steps, options.decay, options.rate, warm_up=20)
        self.step = 0
        self.speakers = self.known_speakers() if options.own < 1 else None

    def known_speakers(self) -> Tensor:
        """speaker_vectors, kept in the run's folder."""
        path = self.folder / "speakers.pt"
        if path.is_file():
            kept = torch.load(path, weights_only=True)
            if kept["names"] == self.crops.sampler.names:
                return kept["vectors"]
        vectors = speaker_vectors(self.teacher, self.crops)
        torch.save({"names": self.crops.sampler.names, "vectors": vectors}, path)
        return vectors

    def save(self, name: str, *parts: str) -> None:
        state = {part: getattr(self, part).state_dict() for part in parts} | {"step": self.step}
        temporary = self.folder / f"{name}.part"
        torch.save(state, temporary)
        temporary.replace(self.folder / name)

    def load(self) -> None:
        state = torch.load(self.folder / "last.pt", map_location="cpu", weights_only=True)
        for part in ("network", "average", "optimizer"):
            getattr(self, part).load_state_dict(state[part])
        self.step = state["step"]

    def damaged(self, plain: Tensor, heard: Tensor) -> Tensor:
        """What the student hears, [rows, samples]: the share UNDAMAGED of the rows is as `plain`, the rest made of `heard`."""
        own_speed = torch.ones(len(heard))
        x = lines(self.augmenter.waveforms(heard, own_speed, heard.shape[1]), self.augmenter)
        spared = int(UNDAMAGED * len(plain))
        x[:spared] = plain[:spared]
        return x

    def advance(self) -> dict[str, float]:
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(self.step)
        rng = np.random.default_rng([self.options.seed, self.step])
        plain, heard, speakers = self.crops.batch(rng)
        self.generator.manual_seed(int(rng.integers(2**62)))
        with torch.no_grad():
            crops = embed(self.teacher, self.fbank(plain)) if self.options.own > 0 else self.speakers[speakers]
            target = targets(crops, self.speakers[speakers] if self.options.own < 1 else crops, self.options.own)
            feats = self.fbank(self.damaged(plain, heard))
        far, confused = distance(embed(self.network, feats), target)
        self.optimizer.zero_grad()
        (far + 0.5 * confused).backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        if torch.isfinite(norm):
            self.optimizer.step()
        self.step += 1
        self.follow()
        return {"distance": far.item(), "confusion": confused.item()}

    @torch.no_grad()
    def follow(self) -> None:
        """Move the averaged weights a little towards the current ones."""
        keep = min(self.options.average, (1 + self.step) / (10 + self.step))
        for mean, value in zip(self.average.parameters(), self.network.parameters()):
            mean.lerp_(value, 1 - keep)

    def run(self) -> None:
        if (self.folder / "last.pt").is_file():
            self.load()
        print(f"{len(self.crops.sampler.names)} speakers, from step {self.step}, {vars(self.options)}", flush=True)
        means: dict[str, float] = {}
        began, busy, first = time.time(), time.process_time(), self.step
        while self.step < self.options.steps:
            for key, value in self.advance().items():
                means[key] = value if key not in means else 0.95 * means[key] + 0.05 * value
            if self.step % 10 == 0:
                done = self.step - first
                print(f"{time.strftime('%H:%M:%S')} step {self.step} " + " ".join(f"{k} {v:.3f}" for k, v in means.items())
                      + f" {(time.time() - began) / done:.2f} s/step, CPU {(time.process_time() - busy) / done:.2f}", flush=True)
            if self.step % self.options.save_every == 0 or self.step == self.options.steps:
                self.save("last.pt", "network", "average", "optimizer")
            if self.step % self.options.keep_every == 0 or self.step == self.options.steps:
                self.save(f"step-{self.step}.pt", "average")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True, help="WeSpeaker's voxceleb_resnet34.onnx")
    parser.add_argument("--name", default="resnet34", help="name of the run's folder in the working folder")
    parser.add_argument("--steps", type=int, default=100000)
    parser.add_argument("--decay", type=int, default=300)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--own", type=float, default=1.0, help="share of the undamaged crop's own embedding in its target, 0..1")
    parser.add_argument("--average", type=float, default=0.99, help="how slowly the averaged weights follow")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=50)
    parser.add_argument("--keep-every", type=int, default=200)
    options = parser.parse_args()
    keep_memory()
    torch.set_num_threads(1)
    Tuner(options).run()


if __name__ == "__main__":
    main()
