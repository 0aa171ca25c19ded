"""What telephone lines and handsets do beyond a band and a code: uneven response, lost packets. Batches of waveforms [batch, samples]."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .augment import Augmenter, fast_length

PACKET = 320
"""Samples of a packet: 20 ms, as nearly all telephony over networks sends."""


def shaped(x: Tensor, decibels: Tensor) -> Tensor:
    """Through an uneven response: `decibels` [batch, anchors] at frequencies evenly spread over 0..8 kHz, straight between. [b, n] -> [b, n]."""
    size = fast_length(x.shape[1])
    gain = F.interpolate(decibels[:, None], size=size // 2 + 1, mode="linear", align_corners=True)[:, 0]
    return torch.fft.irfft(torch.fft.rfft(x, size) * 10 ** (gain / 20), size)[:, : x.shape[1]]


def with_packets_lost(x: Tensor, lost: Tensor, repeat: Tensor) -> Tensor:
    """Packets marked in `lost` [batch, samples // PACKET] become silence, or where `repeat` [batch] what came 20 ms before, fainter."""
    count = lost.shape[1]
    packets = x[:, : count * PACKET].reshape(len(x), count, PACKET)
    instead = packets.roll(1, 1) * (0.7 * repeat.float())[:, None, None]
    kept = torch.where(lost[:, :, None], instead, packets).flatten(1)
    return torch.cat([kept, x[:, count * PACKET :]], 1)


def lines(x: Tensor, augmenter: Augmenter, response: float = 0.5, loss: float = 0.15) -> Tensor:
    """An uneven response of up to 8 dB to the share `response` of the rows, 2 to 15 % of packets lost, in bursts, to the share `loss`."""
    rows = augmenter.some(len(x), response)
    if len(rows):
        x[rows] = shaped(x[rows], augmenter.uniform(len(rows) * 7, -8, 8).view(-1, 7))
    rows = augmenter.some(len(x), loss)
    if len(rows):
        count = x.shape[1] // PACKET
        chance = augmenter.uniform(len(rows), 0.02, 0.15)[:, None]
        first = augmenter.uniform(len(rows) * count).view(-1, count) < chance
        burst = first.roll(1, 1) & (augmenter.uniform(len(rows) * count).view(-1, count) < 0.5)
        x[rows] = with_packets_lost(x[rows], first | burst, augmenter.uniform(len(rows)) < 0.5)
    return x
