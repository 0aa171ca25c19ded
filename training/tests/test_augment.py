import unittest

import numpy as np
import torch

from voiceprint_training import augment
from voiceprint_training.rooms import shoebox


def tone(hertz: float, samples: int = 16000) -> torch.Tensor:
    return 0.3 * torch.sin(2 * np.pi * hertz * torch.arange(samples) / 16000)[None]


def loudest_hertz(x: torch.Tensor) -> float:
    return float(torch.fft.rfft(x[0]).abs().argmax()) * 16000 / x.shape[1]


def level(x: torch.Tensor) -> float:
    return float(torch.sqrt((x * x).mean()))


class StepsTest(unittest.TestCase):
    def test_speed_moves_the_pitch(self):
        fast = augment.resample(tone(400, 18000), torch.tensor([1.1]), 16000)
        self.assertAlmostEqual(loudest_hertz(fast), 440, delta=1)
        self.assertEqual(fast.shape, (1, 16000))

    def test_convolution_matches_numpy(self):
        x, h = torch.randn(2, 300), torch.randn(2, 40)
        expected = np.convolve(x[1].numpy(), h[1].numpy())[:300]
        np.testing.assert_allclose(augment.convolve(x, h)[1].numpy(), expected, atol=1e-4)

    def test_band_pass_keeps_speech_and_drops_the_rest(self):
        low, high = torch.tensor([300.0]), torch.tensor([3400.0])
        self.assertGreater(level(augment.band_pass(tone(1000), low, high)), 0.95 * level(tone(1000)))
        for outside in (60, 5000):
            self.assertLess(level(augment.band_pass(tone(outside), low, high)), 0.02)

    def test_companding_is_close_and_coarse(self):
        x = torch.linspace(-1, 1, 1001)
        for code in (augment.mu_law, augment.a_law):
            coded = code(x)
            self.assertLess((coded - x).abs().max().item(), 0.04)
            self.assertLessEqual(len(coded.unique()), 256)

    def test_8_khz_keeps_what_is_below_4_khz(self):
        there_and_back = augment.at_8_khz(tone(1000, 15000), lambda x: x)
        self.assertLess((there_and_back - tone(1000, 15000))[:, 500:-500].abs().max().item(), 0.02)

    def test_fast_length(self):
        self.assertEqual([augment.fast_length(n) for n in (5, 100, 40000)], [5, 128, 40960])

    def test_shoebox_decays_as_asked(self):
        response = shoebox(np.array([5.0, 4.0, 3.0]), np.array([1.0, 1.0, 1.5]), np.array([3.5, 2.5, 1.2]), 0.4)
        energy = np.cumsum(response[::-1] ** 2)[::-1]
        decay = 10 * np.log10(energy / energy[0])
        t30 = np.argmax(decay < -25) - np.argmax(decay < -5)
        self.assertAlmostEqual(3 * t30 / 16000, 0.4, delta=0.15)


class ChainTest(unittest.TestCase):
    def augmenter(self, **chances) -> augment.Augmenter:
        clips = torch.randn(5, 16000, generator=torch.Generator().manual_seed(9))
        rooms = torch.zeros(3, 800)
        rooms[:, 0] = 1
        return augment.Augmenter(clips, rooms, torch.Generator().manual_seed(1), augment.Chances(**chances))

    def test_noise_has_the_asked_ratio(self):
        quiet = torch.randn(8, 16000, generator=torch.Generator().manual_seed(2))
        noisy = self.augmenter(noise=1.0, snr_db=(10.0, 10.0)).add_noise(quiet.clone())
        ratio = 10 * torch.log10((quiet**2).mean(1) / ((noisy - quiet) ** 2).mean(1))
        self.assertLess((ratio - 10).abs().max().item(), 0.2)

    def test_babble_is_never_the_speaker(self):
        speech = torch.arange(4.0).repeat_interleave(2)[:, None].expand(-1, 100).clone() * 1000 + 1
        rows = torch.tensor([2, 3])
        maker = self.augmenter()
        for _ in range(20):
            self.assertTrue((maker.babble(speech, rows) % 1000 < 7).all())
            pair_one_only = torch.zeros_like(speech)
            pair_one_only[2:4] = 1
            self.assertEqual(maker.babble(pair_one_only, rows).abs().sum().item(), 0)

    def test_whole_chain_is_finite_and_repeatable(self):
        x = torch.randn(8, 17604, generator=torch.Generator().manual_seed(3)) * 0.1
        speed = torch.tensor([1.0, 1.0, 0.9, 0.9, 1.1, 1.1, 1.0, 1.0])
        every = {k: 1.0 for k in ("reverb", "noise", "telephone", "companding", "low_pass", "clip")}
        runs = [self.augmenter(**every).waveforms(x, speed, 16000) for _ in range(2)]
        self.assertEqual(runs[0].shape, (8, 16000))
        self.assertTrue(torch.isfinite(runs[0]).all())
        torch.testing.assert_close(*runs)

    def test_milder_means_fewer_rooms_and_noises_and_as_many_telephones(self):
        milder = augment.Chances().milder(0.5)
        self.assertEqual((milder.reverb, milder.noise), (augment.Chances.reverb / 2, augment.Chances.noise / 2))
        self.assertEqual(milder.telephone, augment.Chances.telephone)

    def test_masks_hide_stripes_only(self):
        features = self.augmenter(tempo=0.0, mask=1.0).features(torch.ones(6, 80, 100))
        hidden = (features == 0).float().mean((1, 2))
        self.assertTrue((hidden < 0.25).all())
        self.assertGreater(hidden.max().item(), 0)


if __name__ == "__main__":
    unittest.main()
