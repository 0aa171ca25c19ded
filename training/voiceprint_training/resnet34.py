"""The ResNet34 speaker network of the WeSpeaker project as a torch module, and reading its weights from ONNX files.

The published file is `voxceleb_resnet34.onnx`, which the WeSpeaker project (https://github.com/wenet-e2e/wespeaker) links in
its list of pretrained models (docs/pretrained.md), trained on VoxCeleb2 dev, weights under CC BY 4.0. Its SHA-256 is
`PUBLISHED_SHA256`. Batch normalisation is folded into its convolutions already, and stays so here: what is trained
further are plain convolutions with a bias.

The network comes apart at one place:
- trunk: log-mel frames (kaldi.py) [batch, frames, 80] -> features [batch, ceil(frames / 8), 2560], every 80 ms one row of 256
  channels x 10 bands (channel-major);
- statistics over any weighted choice of rows: `statistics`;
- head: statistics [batch, 5120] -> embedding [batch, 256], to be compared by cosine.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

PUBLISHED_SHA256 = "5ef208a9da1453335308a6b6f4e6dfbd7e183a38b604de0a57664f45d257fe94"
LEAST_VARIANCE = 1e-7
"""Added to the variance before its square root, as the published graph does."""


@dataclass(frozen=True)
class Shape:
    """Channels and residual blocks of each stage, mel bands that come in, numbers that go out. The default is what was published."""

    channels: tuple[int, ...] = (32, 64, 128, 256)
    blocks: tuple[int, ...] = (3, 4, 6, 3)
    mels: int = 80
    dim: int = 256

    @property
    def rows(self) -> int:
        """Numbers per row of features: channels of the last stage x the mel bands left after halving at each later stage."""
        bands = self.mels
        for _ in self.channels[1:]:
            bands = (bands + 1) // 2
        return self.channels[-1] * bands


class Block(nn.Module):
    """Two 3x3 convolutions around which the input passes; where the size changes, through a 1x1 convolution."""

    def __init__(self, inside: int, outside: int, stride: int):
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, stride, 1)
        self.second = nn.Conv2d(outside, outside, 3, 1, 1)
        changes = stride != 1 or inside != outside
        self.shortcut = nn.Conv2d(inside, outside, 1, stride) if changes else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(F.relu(self.first(x)))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


def statistics(features: Tensor, weights: Tensor | None = None) -> Tensor:
    """Weighted mean and deviation over time. [batch, rows, d], [batch, rows] >= 0 -> [batch, 2 d], the means first.

    With w_t the weights, W their sum: mean = sum(w_t x_t) / W, deviation = sqrt(sum(w_t (x_t - mean)^2) / (W - 1) + 1e-7).
    W must exceed 1. Without weights every row counts 1, and this is what the published graph computes.
    """
    if weights is None:
        weights = features.new_ones(features.shape[:2])
    share = weights[..., None]
    total = share.sum(1)
    mean = (share * features).sum(1) / total
    variance = (share * (features - mean[:, None]).square()).sum(1) / (total - 1)
    return torch.cat([mean, torch.sqrt(variance + LEAST_VARIANCE)], 1)


class ResNet34(nn.Module):
    """Frames of 80 log-mels, each band's mean over time removed [batch, frames, 80] -> embedding [batch, 256], of any length."""

    def __init__(self, shape: Shape = Shape()):
        super().__init__()
        self.shape = shape
        self.stem = nn.Conv2d(1, shape.channels[0], 3, 1, 1)
        self.blocks = nn.ModuleList()
        inside = shape.channels[0]
        for stage, (outside, count) in enumerate(zip(shape.channels, shape.blocks)):
            for place in range(count):
                self.blocks.append(Block(inside, outside, 2 if stage and not place else 1))
                inside = outside
        self.head = nn.Linear(2 * shape.rows, shape.dim)

    def convolutions(self) -> list[nn.Conv2d]:
        """In the order in which the published graph lists them: of a block the first, the second, the shortcut."""
        return [module for module in self.modules() if isinstance(module, nn.Conv2d)]

    def trunk(self, feats: Tensor) -> Tensor:
        """[batch, frames, mels] -> [batch, ceil(frames / 8), rows]."""
        x = F.relu(self.stem(feats.transpose(1, 2).unsqueeze(1).contiguous(memory_format=torch.channels_last)))
        for block in self.blocks:
            x = block(x)
        return x.permute(0, 3, 1, 2).flatten(2)

    def forward(self, feats: Tensor, weights: Tensor | None = None) -> Tensor:
        return self.head(statistics(self.trunk(feats).float(), weights))


def constants(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """Every stored tensor by name as it is used: those stored in half precision behind a Cast also by the Cast's output."""
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]].astype(np.float32)
    return found


def fill(network: ResNet34, graphs: list[onnx.GraphProto]) -> ResNet34:
    """Put the weights of a whole graph, or of a trunk and a head, into the network.

    The last matrix product's bias takes in what a following Sub takes off (the published file's `mean_vec`).
    Raises ValueError if the convolutions are not this network's.
    """
    convolutions, places = network.convolutions(), 0
    with torch.no_grad():
        for graph in graphs:
            known = constants(graph)
            for node in graph.node:
                if node.op_type == "Conv":
                    if places == len(convolutions) or known[node.input[1]].shape != tuple(convolutions[places].weight.shape):
                        raise ValueError(f"Convolution {places} of the file is none of this network's")
                    convolutions[places].weight.copy_(torch.tensor(known[node.input[1]]))
                    convolutions[places].bias.copy_(torch.tensor(known[node.input[2]]))
                    places += 1
                elif node.op_type == "Gemm":
                    network.head.weight.copy_(torch.tensor(known[node.input[1]]))
                    network.head.bias.copy_(torch.tensor(known[node.input[2]]))
                elif node.op_type == "Sub" and node.input[1] in known:
                    if known[node.input[1]].shape == tuple(network.head.bias.shape):
                        network.head.bias.sub_(torch.tensor(known[node.input[1]]))
    if places != len(convolutions):
        raise ValueError(f"The file has {places} convolutions, the network {len(convolutions)}")
    return network.eval()


def read_published(path: Path, sha256: str | None = PUBLISHED_SHA256) -> ResNet34:
    """The network with the published weights. ValueError if the file's SHA-256 is another; None takes any file."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if sha256 not in (None, found):
        raise ValueError(f"{path.name} has SHA-256 {found}, not {sha256}: this is not the published file")
    return fill(ResNet34(), [onnx.load_from_string(data).graph])
