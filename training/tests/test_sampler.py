import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from voiceprint_training.corpus import Corpus
from voiceprint_training.sampler import SPEEDS, BatchPlan, Sampler
from tests.speech import write_corpus


class SamplerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        folder = Path(cls.scratch.name)
        write_corpus(folder)
        cls.corpus = Corpus(folder)
        cls.words = {int(k): v for k, v in json.loads((folder / "words.json").read_text()).items()}
        cls.speakers = cls.corpus.training(hold_out=False)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def sampler(self, **plan) -> Sampler:
        return Sampler(self.corpus, self.speakers, self.words, BatchPlan(**plan))

    def test_rows_come_in_pairs_of_one_speaker_at_one_speed(self):
        crops, labels, speeds = self.sampler(pairs=10, group_speakers=4).batch(np.random.default_rng(1), 16000)
        self.assertEqual(crops.shape, (20, 17604))
        np.testing.assert_array_equal(labels[::2], labels[1::2])
        np.testing.assert_array_equal(speeds[::2], speeds[1::2])

    def test_no_speaker_twice(self):
        sampler = self.sampler(pairs=10, group_speakers=4)
        for seed in range(10):
            labels = sampler.batch(np.random.default_rng(seed), 16000)[1]
            self.assertEqual(len(set(labels[::2] % 24)), 10)

    def test_a_group_shares_its_words(self):
        sampler = self.sampler(pairs=4, group_speakers=4, word_share=0.0)
        crops, speakers = sampler._group(np.random.default_rng(2), 13000)
        self.assertEqual((len(crops), len(set(speakers))), (8, 4))
        said = [self.cluster_of(crop) for crop in crops]
        self.assertEqual(len(set(said[::2])), 1)
        self.assertEqual(len(set(said[1::2])), 1)
        self.assertNotEqual(said[0], said[1])

    def cluster_of(self, crop: np.ndarray) -> int:
        for number, word in self.words.items():
            row = [u for us in self.speakers.values() for u in us if u.number == number][0]
            if (self.corpus.audio[row.offset : row.offset + 100] == crop[:100]).all():
                return word
        raise AssertionError("the crop is no word")

    def test_a_batch_can_keep_to_one_family(self):
        sampler = self.sampler(pairs=8, groups=0, family_share=1.0)
        for seed in range(10):
            labels = sampler.batch(np.random.default_rng(seed), 8000)[1]
            self.assertEqual(len(set(sampler.families[labels % 24])), 1)

    def test_words_are_capped(self):
        sampler = self.sampler(word_share=0.12)
        word = np.array([u[0].corpus == "gsc" for u in sampler.utterances])
        self.assertAlmostEqual(sampler.weights[word].sum(), 0.12)

    def test_same_seed_same_batch(self):
        sampler = self.sampler(pairs=8, group_speakers=4)
        one, two = (sampler.batch(np.random.default_rng(5), 8000) for _ in range(2))
        for a, b in zip(one, two):
            np.testing.assert_array_equal(a, b)

    def test_speed_makes_new_speakers(self):
        sampler = self.sampler(pairs=10, group_speakers=4)
        _, labels, speeds = sampler.batch(np.random.default_rng(7), 8000)
        np.testing.assert_array_equal(labels // 24, [SPEEDS.index(s) for s in speeds])


class HoldOutTest(unittest.TestCase):
    def test_held_out_speakers_are_not_trained_on(self):
        with tempfile.TemporaryDirectory() as scratch:
            write_corpus(Path(scratch))
            corpus = Corpus(Path(scratch))
            held = set(corpus.held_out())
            self.assertTrue(held)
            self.assertFalse(held & set(corpus.training()))
            self.assertTrue(held <= set(corpus.training(hold_out=False)))


if __name__ == "__main__":
    unittest.main()
