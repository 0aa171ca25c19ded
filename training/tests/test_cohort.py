"""The file of a cohort, and what is measured on speech beside its voiceprint."""

import unittest

import numpy as np

from voiceprint_training import speech_measures
from voiceprint_training.calibrate import cohort_statistics
from voiceprint_training.cohort import read, written
from voiceprint_training.conditions import telephone_line
from voiceprint_training.windows import unit


def bands(seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {"wide": unit(rng.standard_normal((9, 8))).astype(np.float32), "narrow": unit(rng.standard_normal((7, 8))).astype(np.float32)}


class Cohort(unittest.TestCase):
    def test_is_read_as_it_was_written(self):
        made = bands()
        found = read(written("mine", made))
        for band, vectors in made.items():
            np.testing.assert_allclose(found[band], vectors, atol=1e-3)
        self.assertEqual(len(written("mine", made)), 16 + 4 + 16 * 8 * 2 + 4)

    def test_is_refused_where_it_was_changed(self):
        data = bytearray(written("mine", bands()))
        data[40] ^= 1
        self.assertRaises(ValueError, read, bytes(data))

    def test_statistics_are_of_the_nearest_in_each_band(self):
        made = bands()
        vector = unit(np.random.default_rng(3).standard_normal((1, 8)))
        mean, deviation = cohort_statistics(vector, made, 4)
        for place, band in enumerate(("wide", "narrow")):
            top = np.sort((vector @ made[band].T)[0])[-4:]
            self.assertAlmostEqual(mean[0, place], top.mean())
            self.assertAlmostEqual(deviation[0, place], top.std())


class Measures(unittest.TestCase):
    def noise(self) -> np.ndarray:
        rng = np.random.default_rng(4)
        return (rng.standard_normal(32000) * np.repeat(rng.uniform(0.001, 0.1, 20), 1600)).astype(np.float32)

    def test_the_band_shows_where_sound_went_through_a_line(self):
        wave = self.noise()
        self.assertFalse(speech_measures.is_narrow(speech_measures.high_band_level(wave)))
        for seed in range(8):
            line = telephone_line(wave, np.random.default_rng(seed))
            self.assertTrue(speech_measures.is_narrow(speech_measures.high_band_level(line)), seed)

    def test_the_ratio_follows_added_noise(self):
        rng = np.random.default_rng(5)
        speech = np.where(np.arange(48000) // 1600 % 3 == 0, 0.0, np.sin(np.arange(48000) / 9.0)).astype(np.float32)
        for decibels in (10, 20, 30):
            noisy = speech + rng.standard_normal(48000).astype(np.float32) * speech.std() * 10 ** (-decibels / 20)
            self.assertAlmostEqual(speech_measures.snr(noisy), decibels, delta=1.5)


if __name__ == "__main__":
    unittest.main()
