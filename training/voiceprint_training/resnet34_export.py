"""Write the ResNet34 speaker network as two ONNX graphs of our own, trunk and head.

    python -m voiceprint_training.resnet34_export --published voxceleb_resnet34.onnx [--tuned last.pt --share 0.6] [--recordings 10]
writes models/voiceprint-resnet34-v1.trunk.onnx and .head.onnx. Where the published file comes from: resnet34.py.

trunk: `feats` float32 [1, frames, 80], kaldi log-mels whose mean over time is removed -> `features` float32 [steps, 2560] with
    steps = ceil(frames / 8), a row per 80 ms: channel c, band b at 10 c + b.
    Row i is centred on frame 8 i (a stride-2 convolution with padding 1 is centred on every second input, three times).
head: `statistics` float32 [batch, 5120], the weighted mean of rows and then their deviation -> `embedding` float32 [batch, 256],
    not of unit length, mean vector subtracted already; compare by cosine.
The caller computes, for rows x_t with weights w_t >= 0 whose sum W exceeds 1:
    mean = sum(w_t x_t) / W        deviation = sqrt(sum(w_t (x_t - mean)^2) / (W - 1) + 1e-7)

Weights are stored as float16 with a Cast to float32 beside them. Before anything is written, both graphs in a row are held against
the published file itself (or against the network in torch, if its weights are tuned): largest difference of any component of the
embedding on --recordings recordings of the working folder's dev speakers, or on made sound where there are none.
"""

import argparse
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from .corpus import Corpus
from .export import TOLERANCE, finished, session
from .kaldi import KaldiFbank
from .paths import MODELS_DIR, work_dir
from .resnet34 import ResNet34, read_published, statistics

IDENTITY = "voiceprint-resnet34-v1"
Embed = Callable[[np.ndarray], np.ndarray]
"""Frames float32 [1, frames, 80] -> embedding float32 [dim]."""


class Writer:
    """Collects the nodes and stored tensors of a graph."""

    def __init__(self):
        self.nodes, self.tensors = [], []

    def tensor(self, name: str, values: np.ndarray) -> str:
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, module: torch.nn.Conv2d, source: str, name: str) -> str:
        weight = self.tensor(f"{name}.weight", module.weight.detach().numpy())
        bias = self.tensor(f"{name}.bias", module.bias.detach().numpy())
        pads = list(module.padding) * 2
        return self.node("Conv", [source, weight, bias], name, strides=list(module.stride), pads=pads,
                         kernel_shape=list(module.kernel_size))

    def model(self, identity: str, source: tuple[str, list], target: tuple[str, list]) -> bytes:
        """The finished graph, checked and in half precision; `source` and `target` are (name, shape)."""
        origin = "Speaker embedding after WeSpeaker's ResNet34 (VoxCeleb2), CC BY 4.0; changes: see the model card"
        return finished(self.nodes, self.tensors, identity, source, target, origin, "CC BY 4.0")


def trunk_graph(network: ResNet34, identity: str = IDENTITY) -> bytes:
    """`feats` [1, frames, mels] -> `features` [ceil(frames / 8), rows]."""
    w = Writer()
    x = w.node("Transpose", ["feats"], "bands", perm=[0, 2, 1])
    x = w.node("Unsqueeze", [x, w.tensor("axis", np.array([1], np.int64))], "image")
    x = w.node("Relu", [w.convolution(network.stem, x, "stem")], "stem.relu")
    for place, block in enumerate(network.blocks):
        name = f"block{place}"
        y = w.node("Relu", [w.convolution(block.first, x, f"{name}.first")], f"{name}.first.relu")
        y = w.convolution(block.second, y, f"{name}.second")
        past = x if block.shortcut is None else w.convolution(block.shortcut, x, f"{name}.shortcut")
        x = w.node("Relu", [w.node("Add", [y, past], f"{name}.sum")], f"{name}.relu")
    x = w.node("Transpose", [x], "rows", perm=[0, 3, 1, 2])
    size = w.tensor("size", np.array([-1, network.shape.rows], np.int64))
    w.node("Reshape", [x, size], "features")
    return w.model(f"{identity}.trunk", ("feats", [1, "frames", network.shape.mels]), ("features", ["steps", network.shape.rows]))


def head_graph(network: ResNet34, identity: str = IDENTITY) -> bytes:
    """`statistics` [batch, 2 rows] -> `embedding` [batch, dim]."""
    w = Writer()
    weight = w.tensor("weight", network.head.weight.detach().numpy())
    bias = w.tensor("bias", network.head.bias.detach().numpy())
    w.node("Gemm", ["statistics", weight, bias], "embedding", transB=1)
    size = 2 * network.shape.rows
    return w.model(f"{identity}.head", ("statistics", ["batch", size]), ("embedding", ["batch", network.shape.dim]))


def graph_embedder(trunk: bytes, head: bytes) -> Embed:
    """Both graphs in a row, every frame counting alike."""
    first, second = session(trunk), session(head)

    def embed(feats: np.ndarray) -> np.ndarray:
        features = torch.from_numpy(first.run(None, {"feats": feats})[0])
        return second.run(None, {"statistics": statistics(features[None]).numpy()})[0][0]

    return embed


def published_embedder(data: bytes) -> Embed:
    """The published file as it is."""
    run = session(data)
    return lambda feats: run.run(None, {"feats": feats})[0][0]


def network_embedder(network: ResNet34) -> Embed:
    @torch.no_grad()
    def embed(feats: np.ndarray) -> np.ndarray:
        return network(torch.from_numpy(feats))[0].numpy()

    return embed


def largest_difference(one: Embed, other: Embed, frames: list[np.ndarray]) -> float:
    """Of any component of any embedding."""
    return max(float(np.abs(one(feats) - other(feats)).max()) for feats in frames)


def sample_waves(count: int) -> list[np.ndarray]:
    """`count` recordings of different dev speakers, or made sound (noise whose level wanders) where the working folder has none."""
    folder = work_dir()
    if (folder / "index.json").is_file():
        corpus = Corpus(folder)
        return [corpus.wave(utterances[0]) for utterances in list(corpus.development().values())[:count]]
    rng = np.random.default_rng(1)
    return [(rng.standard_normal(16000 * (i + 2)) * np.repeat(rng.uniform(0.001, 0.1, 10 * (i + 2)), 1600)).astype(np.float32)
            for i in range(count)]


def as_frames(waves: list[np.ndarray]) -> list[np.ndarray]:
    fbank = KaldiFbank()
    return [fbank(torch.from_numpy(wave)[None]).numpy() for wave in waves]


def blended(published: ResNet34, tuned: Path | None, share: float) -> ResNet34:
    """Published weights + share x (tuned - published); the published ones where nothing was tuned."""
    if tuned is None:
        return published
    state = torch.load(tuned, map_location="cpu", weights_only=True)["average"]
    own = published.state_dict()
    published.load_state_dict({name: own[name].lerp(state[name], share) for name in own})
    return published


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True, help="WeSpeaker's voxceleb_resnet34.onnx")
    parser.add_argument("--tuned", type=Path, help="a checkpoint of resnet34_tune.py")
    parser.add_argument("--share", type=float, default=1.0, help="how much of the tuning is taken, 0..1")
    parser.add_argument("--recordings", type=int, default=10)
    parser.add_argument("--out", type=Path, default=MODELS_DIR)
    options = parser.parse_args()
    network = blended(read_published(options.published), options.tuned, options.share)
    parts = {"trunk": trunk_graph(network), "head": head_graph(network)}
    reference = network_embedder(network) if options.tuned else published_embedder(options.published.read_bytes())
    worst = largest_difference(graph_embedder(parts["trunk"], parts["head"]), reference, as_frames(sample_waves(options.recordings)))
    print(f"largest difference of a component: {worst:.2e}")
    if worst > TOLERANCE:
        raise SystemExit(f"The graphs differ by more than {TOLERANCE}; nothing was written")
    for part, data in parts.items():
        path = options.out / f"{IDENTITY}.{part}.onnx"
        path.write_bytes(data)
        print(f"{path.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
