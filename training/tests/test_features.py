import unittest

import numpy as np
import torch

from voiceprint_training.features import Fbank, mel_bank


def plain_fbank(wave: np.ndarray) -> np.ndarray:
    """The same features frame by frame with numpy's FFT, float64. [samples] -> [80, frames]."""
    wave = wave.astype(np.float64)
    wave = wave * 0.1 / np.sqrt((wave**2).mean() + 1e-10)
    wave = np.concatenate([wave[:1], wave[1:] - 0.97 * wave[:-1]])
    rows = []
    for frame in range(len(wave) // 160 - 2):
        piece = wave[frame * 160 : frame * 160 + 400] * np.hamming(400)
        rows.append(np.log(np.abs(np.fft.rfft(piece, 512)) ** 2 @ mel_bank() + 1e-5))
    features = np.array(rows)
    return (features - features.mean(0)).T


class FbankTest(unittest.TestCase):
    def test_agrees_with_a_plain_fft(self):
        wave = np.random.default_rng(1).standard_normal(16123).astype(np.float32) * 0.1
        found = Fbank()(torch.tensor(wave)[None])[0].numpy()
        expected = plain_fbank(wave)
        self.assertEqual(found.shape, expected.shape)
        self.assertLess(np.abs(found - expected).max(), 2e-3)

    def test_does_not_depend_on_the_level(self):
        wave = torch.randn(1, 16000, generator=torch.Generator().manual_seed(2)) * 0.1
        fbank = Fbank()
        self.assertLess((fbank(wave) - fbank(wave * 0.05)).abs().max().item(), 1e-3)

    def test_every_mel_filter_hears_something(self):
        self.assertTrue((mel_bank().sum(0) > 0).all())

    def test_a_tone_lands_in_its_band(self):
        tone = torch.sin(2 * np.pi * 1000 * torch.arange(16000) / 16000)[None]
        loudest = int(Fbank().log_mel(tone)[0].mean(0).argmax())
        centre = mel_bank()[:, loudest].argmax() * 16000 / 512
        self.assertLess(abs(centre - 1000), 60)

    def test_silence_gives_finite_features(self):
        self.assertTrue(torch.isfinite(Fbank()(torch.zeros(1, 8000))).all())


if __name__ == "__main__":
    unittest.main()
