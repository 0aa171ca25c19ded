import tempfile
import unittest
from pathlib import Path

import numpy as np

from tests.speech import write_corpus
from voiceprint_training import several
from voiceprint_training.calibration import Calibration
from voiceprint_training.corpus import RATE, Corpus

CALIBRATION = Calibration(10.0, -5.0)


def windows(*speakers: int) -> np.ndarray:
    return np.eye(3)[list(speakers)]


def is_several(*speakers: int) -> bool:
    return several.level(several.pair_llrs(windows(*speakers), 4.0, CALIBRATION)) < 0


class SeveralTest(unittest.TestCase):
    def test_one_odd_window_among_eight_is_no_second_speaker(self):
        self.assertFalse(is_several(0, 0, 0, 0, 0, 0, 0, 0))
        self.assertFalse(is_several(0, 0, 0, 1, 0, 0, 0, 0))

    def test_two_windows_of_ten_are_and_half_of_them(self):
        self.assertTrue(is_several(0, 0, 0, 1, 0, 0, 1, 0, 0, 0))
        self.assertTrue(is_several(0, 1, 0, 1, 0))

    def test_level_is_more_than_the_share_below(self):
        llrs = np.arange(8.0)
        self.assertEqual(several.level(llrs), 2.0)
        self.assertEqual((llrs < 2.0).mean(), several.SHARE)

    def test_channels_are_as_long_as_asked_and_depend_on_the_generator_only(self):
        with tempfile.TemporaryDirectory() as folder:
            write_corpus(Path(folder))
            corpus = Corpus(Path(folder))
            make = lambda seed: several.channel(corpus, corpus.development(), 4.0, 0.3, np.random.default_rng(seed))
            self.assertAlmostEqual(len(make(1)) / RATE, 4.0, delta=0.01)
            np.testing.assert_array_equal(make(1), make(1))

    def test_threshold_keeps_single_speakers_above(self):
        case = lambda levels: several.Case("x", 45.0, np.array(levels), {0.5: np.array([-9.0, 3.0])})
        self.assertEqual(several.threshold_for([case([1.0, 2.0])]), several.HIGHEST_THRESHOLD)
        self.assertAlmostEqual(several.threshold_for([case([-1.25] * 50 + [2.0])]), -1.3)
        self.assertEqual(case([1.0]).as_dict(0.0)["found"], {"0.5": 0.5})
