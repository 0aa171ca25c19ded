import tempfile
import unittest
from pathlib import Path

import numpy as np

from tests.speech import write_corpus
from voiceprint_training.corpus import RATE, Corpus
from voiceprint_training.pieces import Piece, harmonic, joined, thinned, together, trials, whole
from voiceprint_training.windows import embed_speech, equal_spans


def seconds_of(samples: int) -> list[float]:
    return [(end - start) / RATE for start, end in equal_spans(samples, 4.0)]


class WindowsTest(unittest.TestCase):
    def test_equal_windows_that_cover_everything(self):
        spans = equal_spans(1_000_003, 4.0)
        self.assertEqual((spans[0][0], spans[-1][1], len(spans)), (0, 1_000_003, 16))
        self.assertTrue(all(before[1] == after[0] for before, after in zip(spans, spans[1:])))
        lengths = [end - start for start, end in spans]
        self.assertLessEqual(max(lengths) - min(lengths), 1)

    def test_the_number_is_rounded(self):
        self.assertEqual(seconds_of(0), [0.0])
        self.assertEqual(seconds_of(int(5.9 * RATE)), [5.9])
        self.assertEqual(seconds_of(6 * RATE), [3.0, 3.0])
        self.assertEqual(seconds_of(60 * RATE), [4.0] * 15)

    def test_the_mean_of_the_windows_has_length_one(self):
        embed = lambda waves: np.stack([[1.0, 0.0] if wave[0] > 0 else [0.0, 1.0] for wave in waves])
        wave = np.concatenate([np.ones(4 * RATE), -np.ones(4 * RATE)])
        np.testing.assert_allclose(embed_speech(embed, [wave]), [[0.5**0.5, 0.5**0.5]])


class PiecesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        write_corpus(Path(cls.folder.name))
        cls.corpus = Corpus(Path(cls.folder.name))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_joined_pieces_have_the_length_and_share_no_recording(self):
        speakers = self.corpus.development()
        short, long, longer = (joined(self.corpus, speakers, s) for s in (2.0, 3.0, 6.0))
        self.assertEqual([len(x) for x in (short, long, longer)], [24, 12, 0])
        self.assertEqual({(p.first, p.last) for p in short}, {(0, 0), (1, 1)})
        self.assertEqual({(p.first, p.last, p.seconds) for p in long}, {(0, 1, 3.0)})

    def test_whole_recordings_and_thinning(self):
        pieces = whole(self.corpus, self.corpus.development())
        self.assertEqual((len(pieces), pieces[0].seconds), (24, 2.5))
        self.assertEqual([p.speaker for p in thinned(pieces, 1)], list(range(12)))

    def test_pairs_that_share_a_recording_are_left_out(self):
        wave = np.zeros(RATE, np.float32)
        pieces = [Piece(0, 0, 1, wave), Piece(0, 1, 2, wave), Piece(0, 2, 2, wave), Piece(1, 0, 1, np.zeros(3 * RATE))]
        found = trials(pieces, np.eye(4))
        self.assertEqual((len(found), int(found.same.sum())), (4, 1))
        self.assertEqual(sorted(found.seconds.tolist()), [1.0, 1.5, 1.5, 1.5])

    def test_with_probes_each_pair_counts_both_ways(self):
        pieces = whole(self.corpus, self.corpus.development())[:4]
        found = trials(pieces, np.eye(4), np.eye(4)[[1, 0, 2, 3]])
        self.assertEqual((len(found), found.cosine.sum()), (12, 2.0))
        self.assertEqual(len(together([found, found])), 24)

    def test_harmonic(self):
        self.assertAlmostEqual(float(harmonic(np.array(2.0), np.array(6.0))), 3.0)
        self.assertAlmostEqual(float(harmonic(np.array(60.0), np.array(30.0))), 40.0)
