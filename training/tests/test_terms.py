"""Fitting ratios of several factors: what made the pairs is found again."""

import unittest

import numpy as np

from voiceprint_training.terms import Llr, fit


class Terms(unittest.TestCase):
    def test_finds_the_weights_that_made_the_pairs(self):
        rng = np.random.default_rng(1)
        factors = {"cosine": rng.uniform(-1, 1, 60_000), "snr": rng.uniform(5, 40, 60_000)}
        truth = Llr(((), ("cosine",), ("snr",), ("cosine", "snr")), (-1.0, 4.0, 0.05, 0.1))
        same = rng.random(60_000) < 1 / (1 + np.exp(-truth.of(factors)))
        found = fit(factors, same, np.ones(60_000), truth.terms, 1e-9)
        for weight, expected in zip(found.weights, truth.weights):
            self.assertAlmostEqual(weight, expected, delta=0.15 + 0.05 * abs(expected))

    def test_weights_take_the_share_of_pairs_out(self):
        rng = np.random.default_rng(2)
        same = np.arange(20_000) < 1_000
        factors = {"cosine": rng.standard_normal(20_000) + np.where(same, 1.0, -1.0)}
        weight = np.where(same, 1 / same.sum(), 1 / (~same).sum())
        constant, slope = fit(factors, same, weight, ((), ("cosine",)), 1e-9).weights
        self.assertAlmostEqual(constant, 0.0, delta=0.1)
        self.assertAlmostEqual(slope, 2.0, delta=0.15)

    def test_is_written_as_the_node_reads_it(self):
        self.assertEqual(Llr(((), ("cosine", "log_length")), (1.0, 0.123456789)).as_list(),
                         [{"of": [], "weight": 1.0}, {"of": ["cosine", "log_length"], "weight": 0.12346}])


if __name__ == "__main__":
    unittest.main()
