"""Log-mel frames as Kaldi computes them and as the published ResNet34 was trained on: see `KaldiFbank`."""

import numpy as np
import torch
from torch import Tensor, nn

from . import features
from .features import FRAME, HOP, MELS, POINTS, PRE_EMPHASIS, RATE

LOW_HZ, HIGH_HZ = 20.0, 8000.0
FULL_SCALE = 32768.0
"""Kaldi works on 16-bit values; samples here are -1..1."""
FLOOR = 2.0**-23
"""The least power of a band before the logarithm (single-precision epsilon)."""


def mel_bank() -> np.ndarray:
    """As that of our own features, to the other bounds; Kaldi leaves the last bin unused. float64 [POINTS/2 + 1, MELS]."""
    bank = features.mel_bank(LOW_HZ, HIGH_HZ)
    bank[-1] = 0.0
    return bank


class KaldiFbank(nn.Module):
    """waveform float32 [batch, samples], -1..1 at 16 kHz -> [batch, frames, 80], frames = (samples - 400) // 160 + 1.

    Per frame of 25 ms every 10 ms: its mean removed, pre-emphasis 0.97, Hamming window, power spectrum of 512 points, 80 mel
    bands of 20 to 8000 Hz, natural logarithm. Then each band's mean over time is removed. No dither.
    """

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.from_numpy(np.hamming(FRAME)).float(), False)
        self.register_buffer("bank", torch.from_numpy(mel_bank()).float(), False)

    def log_mel(self, waveform: Tensor) -> Tensor:
        """Before the mean over time is removed. [batch, samples] -> [batch, frames, 80]."""
        frames = (waveform * FULL_SCALE).unfold(1, FRAME, HOP)
        frames = frames - frames.mean(-1, keepdim=True)
        before = torch.cat([frames[..., :1], frames[..., :-1]], -1)
        spectrum = torch.fft.rfft((frames - PRE_EMPHASIS * before) * self.window, POINTS)
        power = spectrum.real.square() + spectrum.imag.square()
        return torch.log((power @ self.bank).clamp(min=FLOOR))

    def forward(self, waveform: Tensor) -> Tensor:
        log_mel = self.log_mel(waveform)
        return log_mel - log_mel.mean(1, keepdim=True)
