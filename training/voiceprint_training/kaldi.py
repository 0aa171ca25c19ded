"""Log-mel frames as Kaldi computes them and as the published ResNet34 was trained on: see `KaldiFbank`."""

import numpy as np
import torch
from torch import Tensor, nn

RATE = 16000
FRAME, HOP, POINTS = 400, 160, 512
MELS, LOW_HZ, HIGH_HZ = 80, 20.0, 8000.0
PRE_EMPHASIS = 0.97
FULL_SCALE = 32768.0
"""Kaldi works on 16-bit values; samples here are -1..1."""
FLOOR = 2.0**-23
"""The least power of a band before the logarithm (single-precision epsilon)."""


def mel_bank() -> np.ndarray:
    """Triangles that are straight on the mel scale 1127 ln(1 + f/700). float64 [POINTS/2 + 1, MELS]; the last bin stays unused."""

    def mel(hertz):
        return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)

    edges = np.linspace(mel(LOW_HZ), mel(HIGH_HZ), MELS + 2)
    bins = mel(np.arange(POINTS // 2 + 1) * RATE / POINTS)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    bank = np.maximum(0.0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))
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
