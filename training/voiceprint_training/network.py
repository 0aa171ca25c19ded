"""The embedding network: a small 2-D convolutional stem, dilated 1-D residual blocks, attentive statistics pooling.

Shapes: log-mel features [batch, 80, frames at 10 ms] -> embedding [batch, dim] (not normalised).
The first convolution halves the frame rate, so all the rest works on 20 ms frames.
Batch normalisation follows each convolution directly, so runtimes can fold it into the weights.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    """Widths and depths. `stem` = channels of the three 2-D stages, `width` = channels of the 1-D trunk."""

    mels: int = 80
    stem: tuple[int, ...] = (16, 32, 32)
    width: int = 256
    dilations: tuple[int, ...] = (1, 2, 3, 4)
    pooled: int = 512
    dim: int = 192

    def as_dict(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "Shape":
        return Shape(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


class Residual2d(nn.Module):
    """Two 3x3 convolutions with a shortcut; `stride` divides the mel axis only. [b, c, mel, t] -> [b, out, mel/stride, t]."""

    def __init__(self, channels: int, out: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride=(stride, 1), padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out)
        self.shortcut = None
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, out, 1, stride=(stride, 1), bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class Gate(nn.Module):
    """Squeeze-and-excitation: channels are scaled by what the whole utterance's mean says. [b, c, t] -> same."""

    def __init__(self, channels: int, hidden: int):
        super().__init__()
        self.down = nn.Linear(channels, hidden)
        self.up = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.sigmoid(self.up(F.relu(self.down(x.mean(2)))))
        return x * scale.unsqueeze(2)


class Residual1d(nn.Module):
    """Bottleneck 1x1 -> dilated 3 -> 1x1 with gate and shortcut. [b, c, t] -> same."""

    def __init__(self, channels: int, dilation: int):
        super().__init__()
        inner = channels // 2
        self.down = nn.Conv1d(channels, inner, 1, bias=False)
        self.norm1 = nn.BatchNorm1d(inner)
        self.mix = nn.Conv1d(inner, inner, 3, dilation=dilation, padding=dilation, bias=False)
        self.norm2 = nn.BatchNorm1d(inner)
        self.up = nn.Conv1d(inner, channels, 1, bias=False)
        self.norm3 = nn.BatchNorm1d(channels)
        self.gate = Gate(channels, channels // 4)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.down(x)))
        y = F.relu(self.norm2(self.mix(y)))
        return F.relu(x + self.gate(self.norm3(self.up(y))))


class AttentiveStatistics(nn.Module):
    """Weighted mean and deviation over time, one weight per channel and frame. [b, c, t] -> [b, 2c].

    The attention sees each frame beside the utterance's mean and deviation. Those two are constant over time,
    so they enter as a per-utterance bias: the same sum as a convolution over the concatenation, at a third of its cost.
    """

    def __init__(self, channels: int, hidden: int = 96):
        super().__init__()
        self.frame = nn.Conv1d(channels, hidden, 1)
        self.context = nn.Linear(2 * channels, hidden, bias=False)
        self.weight = nn.Conv1d(hidden, channels, 1)

    @staticmethod
    def deviation(mean: Tensor, mean_of_squares: Tensor) -> Tensor:
        return torch.sqrt((mean_of_squares - mean * mean).clamp(min=1e-4))

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(2)
        context = self.context(torch.cat([mean, self.deviation(mean, (x * x).mean(2))], 1))
        hidden = torch.tanh(self.frame(x) + context.unsqueeze(2))
        weight = torch.softmax(self.weight(hidden), 2)
        mean = (x * weight).sum(2)
        return torch.cat([mean, self.deviation(mean, (x * x * weight).sum(2))], 1)


class Network(nn.Module):
    """The whole network; see the module's docstring."""

    def __init__(self, shape: Shape = Shape()):
        super().__init__()
        self.shape = shape
        first, *rest = shape.stem
        self.entry = nn.Conv2d(1, first, 3, stride=2, padding=1, bias=False)
        self.entry_norm = nn.BatchNorm2d(first)
        stages, channels, mels = [Residual2d(first, first, 1)], first, shape.mels // 2
        for out in rest:
            stages.append(Residual2d(channels, out, 2))
            channels, mels = out, mels // 2
        self.stem = nn.Sequential(*stages)
        self.flat = nn.Conv1d(channels * mels, shape.width, 1, bias=False)
        self.flat_norm = nn.BatchNorm1d(shape.width)
        self.trunk = nn.ModuleList(Residual1d(shape.width, d) for d in shape.dilations)
        joined = shape.width * len(shape.dilations)
        self.join = nn.Conv1d(joined, shape.pooled, 1, bias=False)
        self.join_norm = nn.BatchNorm1d(shape.pooled)
        self.pool = AttentiveStatistics(shape.pooled)
        self.pool_norm = nn.BatchNorm1d(2 * shape.pooled)
        self.head = nn.Linear(2 * shape.pooled, shape.dim, bias=False)
        self.head_norm = nn.BatchNorm1d(shape.dim)

    def forward(self, features: Tensor) -> Tensor:
        x = F.relu(self.entry_norm(self.entry(features.unsqueeze(1))))
        x = self.stem(x).flatten(1, 2)
        x = F.relu(self.flat_norm(self.flat(x)))
        outputs = []
        for block in self.trunk:
            x = block(x)
            outputs.append(x)
        x = F.relu(self.join_norm(self.join(torch.cat(outputs, 1))))
        x = self.pool_norm(self.pool(x).float())
        return self.head_norm(self.head(x))
