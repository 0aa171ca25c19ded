"""What is measured on speech beside its voiceprint, as the node's engine measures it: telephone band or not, and noise.

float32 [samples] at 16 kHz, without the pauses around it.
"""

import numpy as np

RATE = 16000
POINTS = 512
"""Samples per frame of the spectrum; frames do not overlap."""
LOW_BAND, HIGH_BAND = (2500.0, 3400.0), (4300.0, 7600.0)
"""Hz. A telephone keeps the first and nothing of the second."""
LOUD = 0.95
"""The level of a band is this quantile over the frames: that of its loud sounds, such as s."""
NARROW_BELOW = -32.5
"""dB of the high band beside the low one, mean power per bin: below it, the speech came through a telephone. Wrong for 2 to 3 % of
recordings of 1 to 4 s (words without any s through a dull microphone; telephone lines with images above 4 kHz), see results.md."""
SNR_FRAME, BETWEEN_WORDS = 320, 0.05
LOWEST_SNR, HIGHEST_SNR = -10.0, 60.0

_window = np.hanning(POINTS + 1)[:-1].astype(np.float32)
_hertz = np.arange(POINTS // 2 + 1) * RATE / POINTS


def _inside(band: tuple[float, float]) -> np.ndarray:
    return (_hertz >= band[0]) & (_hertz <= band[1])


def high_band_level(wave: np.ndarray) -> float:
    """Level of HIGH_BAND beside LOW_BAND, dB. Of less than one frame: 0."""
    frames = wave[: len(wave) // POINTS * POINTS].reshape(-1, POINTS)
    if not len(frames):
        return 0.0
    power = np.abs(np.fft.rfft(frames * _window, axis=1)) ** 2
    high, low = (loud(power[:, _inside(band)].mean(1)) for band in (HIGH_BAND, LOW_BAND))
    return float(10 * np.log10((high + 1e-20) / (low + 1e-20)))


def loud(powers: np.ndarray) -> float:
    """The LOUD quantile: the value at place floor(LOUD * n) of the sorted n."""
    return float(np.sort(powers)[min(len(powers) - 1, int(LOUD * len(powers)))])


def is_narrow(level: np.ndarray | float) -> np.ndarray | bool:
    return level < NARROW_BELOW


def snr(wave: np.ndarray) -> float:
    """Signal-to-noise ratio in dB, the noise being what is left between words (5 % quantile of 20 ms frames' powers)."""
    frames = wave[: len(wave) // SNR_FRAME * SNR_FRAME].reshape(-1, SNR_FRAME).astype(np.float64)
    powers = np.sort((frames**2).mean(1))
    noise = powers[min(len(powers) - 1, int(BETWEEN_WORDS * len(powers)))]
    signal = (wave.astype(np.float64) ** 2).mean() - noise
    if noise <= 0:
        return HIGHEST_SNR
    if signal <= 0:
        return LOWEST_SNR
    return float(np.clip(10 * np.log10(signal / noise), LOWEST_SNR, HIGHEST_SNR))
