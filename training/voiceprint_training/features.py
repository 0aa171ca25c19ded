"""Log-mel features, written only with operations that ONNX Runtime runs natively and in WASM alike.

waveform [batch, samples] at 16 kHz -> features [batch, 80, frames], one frame per 10 ms, mean over time removed.
The level is normalised first, so the features do not depend on the recording's gain. No dither.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn

RATE = 16000
HOP = 160
FRAME = 400
POINTS = 512
MELS = 80
LOW_HZ, HIGH_HZ = 20.0, 7600.0
PRE_EMPHASIS = 0.97
TARGET_RMS = 0.1
FLOOR = 1e-5
"""Added to each mel band's power before the logarithm: about 45 dB below the mean band power of speech at TARGET_RMS."""


def mel_bank(low: float = LOW_HZ, high: float = HIGH_HZ) -> np.ndarray:
    """Triangular filters on the mel scale 1127 ln(1 + f/700), from `low` to `high` Hz. float64 [POINTS/2 + 1, MELS]."""

    def mel(hertz):
        return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)

    edges = np.linspace(mel(low), mel(high), MELS + 2)
    bins = mel(np.arange(POINTS // 2 + 1) * RATE / POINTS)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0.0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))


class Fbank(nn.Module):
    """The front end.

    The power spectrum is a matrix product with cosines and sines about the frame's centre. Around the centre the
    cosines see only the frame's even part and the sines only its odd part, so folding the frame halves the work;
    the power does not depend on where the phase is counted from. Bins that no mel filter uses are left out.
    """

    def __init__(self):
        super().__init__()
        bank = mel_bank()
        used = np.flatnonzero(bank.sum(1) > 0)
        half = FRAME // 2
        time = np.arange(half) - (FRAME - 1) / 2
        window = 0.54 - 0.46 * np.cos(2 * math.pi * np.arange(half) / (FRAME - 1))
        angle = 2 * math.pi * np.outer(time, used) / POINTS
        self.register_buffer("cosine", torch.tensor(window[:, None] * np.cos(angle), dtype=torch.float32), False)
        self.register_buffer("sine", torch.tensor(window[:, None] * np.sin(angle), dtype=torch.float32), False)
        self.register_buffer("bank", torch.tensor(bank[used], dtype=torch.float32), False)
        self.register_buffer("backwards", torch.arange(half - 1, -1, -1), False)

    def frames(self, waveform: Tensor) -> Tensor:
        """[batch, samples] -> [batch, samples // 160 - 2, 400]; built from blocks of one hop, the odd rest is dropped."""
        batch = waveform.shape[0]
        whole = waveform[:, : (waveform.shape[1] // HOP) * HOP]
        blocks = whole.reshape(batch, -1, HOP)
        return torch.cat([blocks[:, :-2], blocks[:, 1:-1], blocks[:, 2:, : FRAME - 2 * HOP]], 2)

    def log_mel(self, waveform: Tensor) -> Tensor:
        """[batch, samples] -> natural log of mel powers [batch, frames, 80], without mean normalisation."""
        rms = torch.sqrt((waveform * waveform).mean(1, keepdim=True) + 1e-10)
        x = waveform * (TARGET_RMS / rms)
        x = torch.cat([x[:, :1], x[:, 1:] - PRE_EMPHASIS * x[:, :-1]], 1)
        frames = self.frames(x)
        first = frames[:, :, : FRAME // 2]
        second = frames[:, :, FRAME // 2:].index_select(2, self.backwards)
        real = torch.matmul(first + second, self.cosine)
        imaginary = torch.matmul(first - second, self.sine)
        return torch.log(torch.matmul(real * real + imaginary * imaginary, self.bank) + FLOOR)

    def forward(self, waveform: Tensor) -> Tensor:
        log_mel = self.log_mel(waveform)
        return (log_mel - log_mel.mean(1, keepdim=True)).transpose(1, 2)
