"""The ways a recording is made harder for measuring. Each takes and gives float32 [samples] at 16 kHz.

They share no random numbers and, where possible, no method with the training's augmentation: rooms come from the
image-source method, the telephone channel from a sharper filter. A recording's damage depends on its number only, so
every model is measured on the same sounds.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import signal

from .corpus import RATE, Corpus, Noise, Utterance
from .rooms import random_room

Damage = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def mixed(speech: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    """Speech with noise (cut or repeated to its length) at a signal-to-noise ratio."""
    noise = np.resize(noise, len(speech))
    gain = np.sqrt((speech**2).mean() / ((noise**2).mean() + 1e-12)) * 10 ** (-snr_db / 20)
    return (speech + gain * noise).astype(np.float32)


class Noises:
    """A third each: pink noise, babble of five voices, recorded background."""

    def __init__(self, corpus: Corpus, clips: np.ndarray):
        self.clips = clips
        self.voices = [u for us in corpus.of("ls100").values() for u in us]
        self.corpus = corpus

    def draw(self, samples: int, rng: np.random.Generator) -> np.ndarray:
        kind = rng.integers(3)
        if kind == 0:
            spectrum = np.fft.rfft(rng.standard_normal(samples))
            return np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), samples)
        if kind == 1:
            picked = rng.choice(len(self.voices), 5, replace=False)
            return sum(np.resize(self.corpus.wave(self.voices[i]), samples) for i in picked)
        return np.resize(self.clips[rng.integers(len(self.clips))], samples)

    def at(self, snr_db: float) -> Damage:
        return lambda wave, rng: mixed(wave, self.draw(len(wave), rng), snr_db)


def telephone_band(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """300-3400 Hz by an eighth-order elliptic filter."""
    return signal.sosfilt(signal.ellip(8, 0.5, 40, (300, 3400), "bandpass", fs=RATE, output="sos"), wave).astype(np.float32)


def telephone_8k(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The telephone band sampled at 8 kHz, 8-bit mu-law, and brought back to 16 kHz."""
    narrow = signal.resample_poly(telephone_band(wave, rng), 1, 2)
    narrow = narrow / (np.abs(narrow).max() + 1e-9) * 0.5
    code = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    back = np.sign(code) * np.expm1(np.abs(code) * np.log(256)) / 255
    return signal.resample_poly(back, 2, 1)[: len(wave)].astype(np.float32)


def telephone_line(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of many lines and handsets: other edges, slopes and levels each time, half of them with hiss; 8 kHz, 8-bit mu-law, back to 16 kHz.

    Between recordings through one and the same filter the model hears the filter; real calls differ in it.
    """
    low, high = rng.uniform(100, 350), rng.uniform(3100, 3850)
    tilt = rng.uniform(-0.5, 0.3)
    band = signal.butter(int(rng.integers(1, 5)), low, "highpass", fs=RATE, output="sos")
    edge = signal.butter(int(rng.integers(4, 9)), high, "lowpass", fs=RATE, output="sos")
    narrow = signal.resample_poly(signal.sosfilt(edge, signal.sosfilt(band, wave)), 1, 2)
    narrow = signal.lfilter([1.0, tilt], [1.0], narrow)
    narrow = narrow / (np.abs(narrow).max() + 1e-9) * rng.uniform(0.1, 0.9)
    if rng.random() < 0.5:
        narrow = narrow + rng.standard_normal(len(narrow)) * narrow.std() * 10 ** (-rng.uniform(25, 45) / 20)
    code = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    back = np.sign(code) * np.expm1(np.abs(code) * np.log(256)) / 255
    return signal.resample_poly(back, 2, 1)[: len(wave)].astype(np.float32)


def reverberant(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of 32 shoebox rooms of RT60 0.3-0.7 s, 1-3 m from the speaker."""
    return signal.fftconvolve(wave, room(int(rng.integers(32))))[: len(wave)].astype(np.float32)


@lru_cache(maxsize=None)
def room(number: int) -> np.ndarray:
    return random_room(np.random.default_rng([5, number]))


def damages(corpus: Corpus, noise: Noise) -> dict[str, Damage]:
    """Every condition by name, the undamaged one first."""
    noises = Noises(corpus, noise.clips)
    return {
        "clean": lambda wave, rng: wave,
        "noise 20 dB": noises.at(20),
        "noise 10 dB": noises.at(10),
        "noise 5 dB": noises.at(5),
        "telephone band": telephone_band,
        "8 kHz mu-law": telephone_8k,
        "telephone line": telephone_line,
        "reverberation": reverberant,
    }


def damaged(corpus: Corpus, utterances: list[Utterance], damage: Damage, seed: int = 7) -> list[np.ndarray]:
    return [damage(corpus.wave(u), np.random.default_rng([seed, u.number])) for u in utterances]


def pitch(wave: np.ndarray) -> float:
    """Median fundamental frequency in Hz of the voiced 40 ms frames, by autocorrelation between 70 and 450 Hz. NaN if none."""
    frame, hop, found = 640, 320, []
    for start in range(0, len(wave) - frame, hop):
        piece = wave[start : start + frame] - wave[start : start + frame].mean()
        spectrum = np.fft.rfft(piece * np.hanning(frame), 2048)
        auto = np.fft.irfft(np.abs(spectrum) ** 2)[: frame // 2]
        lags = np.arange(RATE // 450, min(RATE // 70, len(auto)))
        best = lags[auto[lags].argmax()]
        if piece.std() > 0.02 and auto[best] > 0.45 * auto[0]:
            found.append(RATE / best)
    return float(np.median(found)) if found else float("nan")
