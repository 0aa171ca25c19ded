"""Making clean speech sound like the world: whole batches at once, on whatever device the tensors are.

All waveforms are float32 [batch, samples] at 16 kHz. Every step acts on a random part of the batch.
Randomness comes from one torch.Generator on the CPU, so a resumed run continues the same sequence.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

RATE = 16000


@dataclass(frozen=True)
class Chances:
    """How often each step is applied to a crop, 0..1, and how strongly."""

    reverb: float = 0.35
    noise: float = 0.6
    snr_db: tuple[float, float] = (0.0, 25.0)
    telephone: float = 0.35
    low_pass: float = 0.1
    companding: float = 0.5
    """Of the telephone crops: how many are also sampled at 8 kHz and coded as G.711."""
    clip: float = 0.03
    tempo: float = 0.3
    mask: float = 0.6

    def milder(self, factor: float) -> "Chances":
        """Rooms and noise `factor` times as often."""
        return replace(self, reverb=self.reverb * factor, noise=self.noise * factor)


def fast_length(samples: int) -> int:
    """The next length that is a power of two times 1, 3, 5 or 9: cheap to transform."""
    return min(m << max(0, math.ceil(math.log2(samples / m))) for m in (1, 3, 5, 9))


def resample(x: Tensor, speed: Tensor, samples: int) -> Tensor:
    """Play each row at its speed (1.1 = faster and higher): cubic interpolation. [b, n] -> [b, samples]."""
    position = torch.arange(samples, device=x.device)[None] * speed[:, None] + 1
    whole = position.floor().long().clamp(1, x.shape[1] - 3)
    t = position - whole
    a, b, c, d = (x.gather(1, whole + k) for k in (-1, 0, 1, 2))
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def convolve(x: Tensor, response: Tensor) -> Tensor:
    """Row by row, cut to x's length. [b, n], [b, m] -> [b, n]."""
    size = fast_length(x.shape[1] + response.shape[1])
    return torch.fft.irfft(torch.fft.rfft(x, size) * torch.fft.rfft(response, size), size)[:, : x.shape[1]]


def band_pass(x: Tensor, low: Tensor, high: Tensor, slope: float = 150.0) -> Tensor:
    """Keep low..high Hz per row, with soft edges `slope` Hz wide. [b, n], [b], [b] -> [b, n]."""
    size = fast_length(x.shape[1])
    hertz = torch.fft.rfftfreq(size, 1 / RATE, device=x.device)[None]
    gain = torch.sigmoid((hertz - low[:, None]) * (8 / slope)) * torch.sigmoid((high[:, None] - hertz) * (8 / slope))
    return torch.fft.irfft(torch.fft.rfft(x, size) * gain, size)[:, : x.shape[1]]


def mu_law(x: Tensor, mu: float = 255.0) -> Tensor:
    """8-bit mu-law there and back, -1..1."""
    coded = torch.sign(x) * torch.log1p(mu * x.abs().clamp(max=1.0)) / math.log1p(mu)
    coded = (coded * 127).round() / 127
    return torch.sign(coded) * torch.expm1(coded.abs() * math.log1p(mu)) / mu


def a_law(x: Tensor, a: float = 87.6) -> Tensor:
    """8-bit A-law there and back, -1..1."""
    size, knee = x.abs().clamp(max=1.0), 1 + math.log(a)
    coded = torch.where(size < 1 / a, a * size / knee, (1 + torch.log(a * size.clamp(min=1 / a))) / knee)
    coded = (coded * 127).round() / 127
    back = torch.where(coded < 1 / knee, coded * knee / a, torch.exp(coded * knee - 1) / a)
    return torch.sign(x) * back


def at_8_khz(x: Tensor, code) -> Tensor:
    """Sample every second value, code, and bring back to 16 kHz. x must hold nothing above 4 kHz. [b, n] -> [b, n]."""
    samples = x.shape[1]
    size = fast_length(samples)
    peak = x.abs().amax(1, keepdim=True) + 1e-6
    narrow = code(F.pad(x, (0, size - samples))[:, ::2] / peak * 0.7) * peak / 0.7
    spectrum = F.pad(torch.fft.rfft(narrow)[:, :-1], (0, size // 4 + 1))
    return torch.fft.irfft(spectrum, size)[:, :samples] * 2


def power(x: Tensor) -> Tensor:
    """Mean square per row, [b, 1], never zero."""
    return (x * x).mean(1, keepdim=True) + 1e-10


class Augmenter:
    """Applies the whole chain: speed, room, noise, channel, code. Then, on features: tempo and masks."""

    def __init__(self, clips: Tensor, rooms: Tensor, generator: torch.Generator, chances: Chances = Chances()):
        """`clips` float32 [count, one second] of unit RMS, `rooms` float32 [count, samples]; both on the device."""
        self.clips, self.rooms, self.generator, self.chances = clips, rooms, generator, chances
        self.device = clips.device

    def uniform(self, count: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        return (torch.rand(count, generator=self.generator) * (high - low) + low).to(self.device)

    def normal(self, *size: int) -> Tensor:
        if self.device.type != "cpu":
            return torch.randn(*size, device=self.device)
        return torch.randn(*size, generator=self.generator)

    def some(self, count: int, chance: float) -> Tensor:
        """The indices of a random part of 0..count-1."""
        return torch.nonzero(self.uniform(count) < chance).squeeze(1)

    def pick(self, count: int, among: int) -> Tensor:
        return torch.randint(among, (count,), generator=self.generator).to(self.device)

    def simulated_rooms(self, count: int) -> Tensor:
        """Exponentially decaying noise behind a direct sound: RT60 0.1-0.9 s, direct-to-reverberant 0..18 dB."""
        samples = int(0.6 * RATE)
        time = torch.arange(samples, device=self.device)[None] / RATE
        tail = self.normal(count, samples) * torch.exp(-6.9 * time / self.uniform(count, 0.1, 0.9)[:, None])
        tail = tail * (time > self.uniform(count, 0.001, 0.02)[:, None])
        tail = tail - self.uniform(count, -0.2, 0.7)[:, None] * tail.roll(1, 1)
        tail = tail / torch.sqrt((tail * tail).sum(1, keepdim=True))
        response = tail * 10 ** (-self.uniform(count, 0, 18)[:, None] / 20)
        response[:, 0] = 1.0
        return response

    def reverberate(self, x: Tensor) -> Tensor:
        rows = self.some(len(x), self.chances.reverb)
        half = len(rows) // 2
        for part, simulated in ((rows[:half], True), (rows[half:], False)):
            if len(part):
                rooms = self.simulated_rooms(len(part)) if simulated else self.rooms[self.pick(len(part), len(self.rooms))]
                x[part] = convolve(x[part], rooms)
        return x

    def coloured(self, count: int, samples: int) -> Tensor:
        """Noise whose spectrum falls as 1/f^0..1 in amplitude. [count, samples]."""
        size = fast_length(samples)
        spectrum = torch.fft.rfft(self.normal(count, size))
        step = torch.arange(1, spectrum.shape[1] + 1, device=self.device)[None]
        return torch.fft.irfft(spectrum * step ** -self.uniform(count, 0, 1.0)[:, None], size)[:, :samples]

    def recorded(self, count: int, samples: int) -> Tensor:
        """Noise clips repeated from a random start. [count, samples]."""
        clip = self.clips[self.pick(count, len(self.clips))]
        start = self.pick(count, clip.shape[1])[:, None]
        return clip.gather(1, (torch.arange(samples, device=self.device)[None] + start) % clip.shape[1])

    def babble(self, speech: Tensor, rows: Tensor) -> Tensor:
        """Three to six other pairs' speech, summed, for each of `rows`. Rows 2i and 2i+1 are one speaker."""
        pairs, voices = len(speech) // 2, int(self.pick(1, 4)) + 3
        total = 0
        for _ in range(voices):
            other = (rows // 2 + 1 + int(self.pick(1, pairs - 1))) % pairs
            total = total + speech[2 * other + self.pick(len(rows), 2)]
        return total

    def add_noise(self, x: Tensor) -> Tensor:
        rows = self.some(len(x), self.chances.noise)
        third = max(1, len(rows) // 3)
        kinds = [rows[:third], rows[third : 2 * third], rows[2 * third :]]
        speech = x.clone()
        makers = (
            lambda part: self.coloured(len(part), x.shape[1]),
            lambda part: self.recorded(len(part), x.shape[1]),
            lambda part: self.babble(speech, part),
        )
        for part, make in zip(kinds, makers):
            if len(part):
                noise = make(part)
                snr = self.uniform(len(part), *self.chances.snr_db)[:, None]
                x[part] += noise * torch.sqrt(power(speech[part]) / power(noise)) * 10 ** (-snr / 20)
        return x

    def channel(self, x: Tensor) -> Tensor:
        """Telephone band, often coded as G.711 at 8 kHz; or a plain low-pass; or clipping."""
        rows = self.some(len(x), self.chances.telephone)
        if len(rows):
            count = len(rows)
            narrow = band_pass(x[rows], self.uniform(count, 50, 350), self.uniform(count, 3100, 3700))
            coded = int(count * self.chances.companding)
            for code, start in ((mu_law, 0), (a_law, 1)):
                if coded > start:
                    narrow[start:coded:2] = at_8_khz(narrow[start:coded:2], code)
            x[rows] = narrow
        rows = self.some(len(x), self.chances.low_pass)
        if len(rows):
            x[rows] = band_pass(x[rows], self.uniform(len(rows), 0, 100), self.uniform(len(rows), 3000, 7800))
        rows = self.some(len(x), self.chances.clip)
        if len(rows):
            limit = self.uniform(len(rows), 0.15, 0.6)[:, None] * x[rows].abs().amax(1, keepdim=True)
            x[rows] = torch.minimum(torch.maximum(x[rows], -limit), limit)
        return x

    def waveforms(self, x: Tensor, speed: Tensor, samples: int) -> Tensor:
        """Clean rows (a little longer than needed) and their speeds -> [batch, samples]."""
        fast = torch.nonzero(speed != 1.0).squeeze(1)
        result = x[:, :samples].clone()
        if len(fast):
            result[fast] = resample(x[fast], speed[fast], samples)
        return self.channel(self.add_noise(self.reverberate(result)))

    def features(self, x: Tensor) -> Tensor:
        """Log-mels [batch, mels, frames]: some spoken faster or slower (whole batch alike), some with masked stripes."""
        frames = x.shape[2]
        rows = self.some(len(x), self.chances.tempo)
        if len(rows):
            part = int(frames * (0.75 + 0.25 * float(self.uniform(1))))
            start = int(self.pick(1, frames - part + 1))
            x[rows] = F.interpolate(x[rows][:, :, start : start + part], size=frames, mode="linear", align_corners=False)
        for axis, widest in ((1, 10), (2, frames // 10)):
            rows = self.some(len(x), self.chances.mask)
            size = x.shape[axis]
            width = self.uniform(len(rows), 0, widest)[:, None]
            start = self.uniform(len(rows), 0, 1)[:, None] * (size - width)
            place = torch.arange(size, device=self.device)[None]
            hidden = (place >= start) & (place < start + width)
            hidden = hidden.unsqueeze(2) if axis == 1 else hidden.unsqueeze(1)
            x[rows] = x[rows].masked_fill(hidden, 0.0)
        return x
