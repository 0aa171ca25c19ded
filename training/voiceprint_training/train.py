"""Train the network. Stops at --steps, saves every few minutes, and continues from its last checkpoint when restarted.

One process uses a GPU if there is one. On a CPU, start one process per core with
    torchrun --nproc-per-node 2 -m voiceprint_training.train --name NAME
which keeps each on one thread and averages their gradients: steadier than one process with two threads.

The learning rate warms up, stays, and falls to zero over the last --decay steps, while crops grow longer and the
margin larger. A run can therefore be stopped at any time and finished later:
    ... --name NAME --steps <last step + decay> --decay <decay>
What a batch holds follows from (seed, process, step) alone, so a resumed run goes on as if never stopped.
"""

import argparse
import copy
import ctypes
import json
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F

from .augment import Augmenter, Chances
from .corpus import Corpus, Noise
from .features import Fbank
from .loss import MarginSoftmax, PairLoss
from .network import Network, Shape
from .paths import work_dir
from .sampler import BatchPlan, Sampler
from .watch import quick_error
from .widen import widened


def keep_memory() -> None:
    """Tell glibc to keep freed blocks: training allocates the same large tensors again and again (measured 15-30 % faster)."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        for option, value in ((-4, 0), (-1, 2**31 - 1), (-2, 2**26)):
            libc.mallopt(option, value)
    except OSError:
        pass


@dataclass
class Schedule:
    """Learning rate, margin and crop length at a step."""

    steps: int
    decay: int
    peak: float
    warm_up: int = 400
    margin: float = 0.2
    final_margin: float = 0.35
    crops: tuple[float, ...] = (1.5, 2.0, 2.5)
    late_crops: tuple[float, ...] = (2.5, 3.0, 4.0)
    """Seconds a step's crops may last: one is drawn per step; the late ones in the second half of the decay."""

    def share(self, step: int) -> float:
        """How far into the decay: 0 before it, 1 at the end."""
        return min(1.0, max(0.0, (step - (self.steps - self.decay)) / max(1, self.decay)))

    def rate(self, step: int) -> float:
        warm = min(1.0, (step + 1) / self.warm_up)
        return self.peak * warm * (1 - math.sqrt(self.share(step))) + 1e-6

    def margin_at(self, step: int) -> float:
        """Grows to `margin` over the first 2,500 steps, and on to `final_margin` in the second half of the decay."""
        late = max(0.0, 2 * self.share(step) - 1)
        return self.margin * min(1.0, step / 2500) + (self.final_margin - self.margin) * late

    def seconds(self, step: int, rng: np.random.Generator) -> float:
        """This step's crop length."""
        return float(rng.choice(self.late_crops if self.share(step) > 0.5 else self.crops))


class Trainer:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(options.seed)
        folder = work_dir()
        self.folder = folder / "runs" / options.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.corpus = Corpus(folder)
        speakers = self.corpus.training(options.share_alike, options.hold_out == "yes")
        words = {int(k): v for k, v in json.loads((folder / "words.json").read_text()).items()}
        plan = BatchPlan(options.pairs, options.groups, options.group_speakers)
        self.sampler = Sampler(self.corpus, speakers, words, plan)
        noise = Noise.load(folder)
        self.generator = torch.Generator()
        clips, rooms = (torch.tensor(a, device=self.device) for a in (noise.clips, noise.rooms))
        self.augmenter = Augmenter(clips, rooms, self.generator, Chances().milder(options.damage))
        self.build(Shape(width=options.width, stem=tuple(options.stem), pooled=options.pooled))

    def build(self, shape: Shape) -> None:
        self.fbank = Fbank().to(self.device)
        self.network = Network(shape).to(self.device, memory_format=torch.channels_last)
        self.softmax = MarginSoftmax(shape.dim, self.sampler.classes).to(self.device)
        self.pair_loss = PairLoss().to(self.device)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        modules = nn.ModuleList([self.network, self.softmax, self.pair_loss])
        self.parameters = [p for p in modules.parameters()]
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.parameters if not any(p is m for m in matrices)]
        groups = [{"params": matrices, "weight_decay": self.options.weight_decay}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=1e-3, fused=True)
        late = tuple(self.options.late_crops)
        self.schedule = Schedule(self.options.steps, self.options.decay, self.options.rate, late_crops=late)
        self.step = 0
        self.cutters, self.ahead = ThreadPoolExecutor(3), {}

    def save(self, name: str = "last.pt") -> None:
        parts = {k: getattr(self, k).state_dict() for k in ("network", "softmax", "pair_loss", "average", "optimizer")}
        state = parts | {"step": self.step, "shape": self.network.shape.as_dict(), "speakers": self.sampler.names}
        state["options"] = vars(self.options)
        temporary = self.folder / (name + ".part")
        torch.save(state, temporary)
        temporary.replace(self.folder / name)

    def load(self, path: Path) -> None:
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["speakers"] != self.sampler.names or len(state["softmax"]["weight"]) != self.sampler.classes:
            if path.parent == self.folder:
                raise SystemExit("The checkpoint was trained on other speakers or speeds; choose another --name.")
            state = widened(state, self.sampler.names, self.softmax.weight.data)
        for key in ("network", "softmax", "pair_loss", "average", "optimizer"):
            getattr(self, key).load_state_dict(state[key])
        self.step = state["step"]

    def cut(self, step: int) -> tuple:
        """A step's clean crops: (samples, augmentation seed, crops, labels, speeds)."""
        rng = np.random.default_rng([self.options.seed, self.rank, step])
        shared = np.random.default_rng([self.options.seed, 10**6, step])
        seed = int(rng.integers(2**62))
        samples = int(self.schedule.seconds(step, shared) * 16000)
        return samples, seed, *self.sampler.batch(rng, samples)

    def prepare(self) -> tuple[torch.Tensor, torch.Tensor]:
        """This step's batch: (features [2 * pairs, mels, frames], labels [2 * pairs]).

        With a GPU the next steps' crops are cut in background threads meanwhile.
        """
        for step in range(self.step, self.step + (4 if self.device.type == "cuda" else 1)):
            if step not in self.ahead:
                self.ahead[step] = self.cutters.submit(self.cut, step)
        samples, seed, crops, labels, speeds = self.ahead.pop(self.step).result()
        self.generator.manual_seed(seed)
        waves = torch.from_numpy(crops).to(self.device).float() / 32768
        speed = torch.tensor(speeds, dtype=torch.float32, device=self.device)
        with torch.no_grad():
            features = self.augmenter.features(self.fbank(self.augmenter.waveforms(waves, speed, samples)))
        return features, torch.from_numpy(labels).to(self.device)

    def exchange(self) -> None:
        """Average the gradients over the processes."""
        if self.world == 1:
            return
        flat = torch.cat([p.grad.flatten() for p in self.parameters])
        dist.all_reduce(flat)
        flat /= self.world
        for p, part in zip(self.parameters, flat.split([p.numel() for p in self.parameters])):
            p.grad.copy_(part.view_as(p))

    def advance(self) -> dict[str, float]:
        """One step. Returns its losses."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(self.step)
        self.softmax.margin = self.schedule.margin_at(self.step)
        features, labels = self.prepare()
        with torch.autocast(self.device.type, torch.bfloat16):
            embeddings = self.network(features)
        embeddings = embeddings.float()
        class_loss, accuracy = self.softmax(embeddings, labels)
        pair_loss = self.pair_loss(embeddings)
        self.optimizer.zero_grad(set_to_none=False)
        (class_loss + self.options.pair_weight * pair_loss).backward()
        self.exchange()
        norm = nn.utils.clip_grad_norm_(self.parameters, 5.0)
        if torch.isfinite(norm):
            self.optimizer.step()
        self.step += 1
        self.follow()
        return {"class": class_loss.item(), "pair": pair_loss.item(), "accuracy": float(accuracy)}

    @torch.no_grad()
    def follow(self) -> None:
        """Move the averaged network a little towards the current one."""
        keep = min(self.options.average, (1 + self.step) / (10 + self.step))
        theirs = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(theirs[name], 1 - keep)

    def report(self, means: dict[str, float], started: float, first: int) -> None:
        values = " ".join(f"{k} {v:.3f}" for k, v in means.items())
        pace = (time.time() - started) / max(1, self.step - first)
        print(f"{time.strftime('%H:%M:%S')} step {self.step} {values} rate {self.schedule.rate(self.step):.5f} "
              f"margin {self.softmax.margin:.2f} {pace:.3f} s/step", flush=True)

    def run(self) -> None:
        last = self.folder / "last.pt"
        if last.is_file():
            self.load(last)
        elif self.options.start_from:
            self.load(Path(self.options.start_from))
        if self.rank == 0:
            print(f"{len(self.sampler.names)} speakers, {sum(p.numel() for p in self.network.parameters())} parameters, "
                  f"{self.device}, {self.world} processes, from step {self.step}, options {vars(self.options)}", flush=True)
        started, first, means = time.time(), self.step, {}
        while self.step < self.options.steps:
            for key, value in self.advance().items():
                means[key] = value if key not in means else 0.98 * means[key] + 0.02 * value
            if self.rank:
                continue
            if self.step % 50 == 0:
                self.report(means, started, first)
            if self.step % self.options.save_every == 0 or self.step == self.options.steps:
                self.save()
            if self.step % self.options.evaluate_every == 0 or self.step == self.options.steps:
                error = quick_error(self.average, self.corpus, self.device)
                print(f"evaluation step {self.step} {json.dumps(error)}", flush=True)
            if self.step % self.options.keep_every == 0 or self.step == self.options.steps:
                self.save(f"step-{self.step}.pt")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="name of the run's folder in the working folder")
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--decay", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=1.5e-3, help="peak learning rate")
    parser.add_argument("--late-crops", type=float, nargs="+", default=[2.5, 3.0, 4.0], help="seconds, while fine-tuning")
    parser.add_argument("--damage", type=float, default=1.0, help="how much as often as usual a crop gets a room or noise")
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--average", type=float, default=0.999, help="how slowly the averaged weights follow")
    parser.add_argument("--pairs", type=int, default=16, help="pairs of crops per process and step")
    parser.add_argument("--groups", type=int, default=1, help="same-text groups among them")
    parser.add_argument("--group-speakers", type=int, default=4)
    parser.add_argument("--pair-weight", type=float, default=0.5)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--stem", type=int, nargs="+", default=[16, 32, 32])
    parser.add_argument("--pooled", type=int, default=512)
    parser.add_argument("--share-alike", action="store_true", help="also train on the CC BY-SA speakers")
    parser.add_argument("--start-from", help="a checkpoint of another run, also of one with other speakers")
    parser.add_argument("--hold-out", choices=("yes", "no"), default="yes", help="keep the measuring speakers out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=250)
    parser.add_argument("--keep-every", type=int, default=2000)
    parser.add_argument("--evaluate-every", type=int, default=1000)
    return parser.parse_args()


def main() -> None:
    keep_memory()
    trainer_options = arguments()
    if not torch.cuda.is_available():
        torch.set_num_threads(1 if int(os.environ.get("WORLD_SIZE", 1)) > 1 else os.cpu_count() or 1)
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:
        dist.init_process_group("gloo")
    Trainer(trainer_options).run()
    if dist.is_initialized():
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
