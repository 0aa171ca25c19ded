"""Two halves of a channel: one voice or two."""

import unittest

import numpy as np

from voiceprint_training.two_voices import factors_of, halves
from voiceprint_training.windows import unit


def windows(places: list[int], spread: float = 0.1) -> np.ndarray:
    """Around one of two directions."""
    rng = np.random.default_rng(1)
    centres = unit(np.random.default_rng(2).standard_normal((2, 64)))
    return unit(centres[places] + spread * rng.standard_normal((len(places), 64)))


class Halves(unittest.TestCase):
    def test_are_the_two_voices(self):
        places = [0, 1, 1, 0, 0, 1, 0]
        self.assertEqual(halves(windows(places)).astype(int).tolist(), places)

    def test_say_how_alike_and_how_long_they_are(self):
        two = factors_of(windows([0, 0, 0, 1]), 12.0)
        self.assertAlmostEqual(two["share"], 0.25)
        self.assertAlmostEqual(two["log_length"], np.log(2 / (1 / 9 + 1 / 3)))
        one = factors_of(windows([0, 0, 0, 0]), 12.0)
        self.assertLess(two["cosine"], one["cosine"] - 0.3)

    def test_of_equal_windows_are_one(self):
        self.assertEqual(factors_of(np.repeat(windows([0]), 3, 0), 9.0)["cosine"], 1.0)


if __name__ == "__main__":
    unittest.main()
