import json
import unittest

import numpy as np

from voiceprint_training import error_rates
from voiceprint_training.pieces import Trials
from voiceprint_training.tuning import by_band, text


def made_up(speakers: int = 30, seed: int = 2) -> Trials:
    """Pairs whose cosine spreads less the longer they are; the true LLR is 4 * seconds * (cosine - 0.3)."""
    rng = np.random.default_rng(seed)
    first, second = (rng.integers(0, speakers, 60_000) for _ in range(2))
    second = np.where(rng.random(60_000) < 0.4, first, second)
    same = first == second
    seconds = np.exp(rng.uniform(np.log(1), np.log(40), 60_000))
    spread = np.sqrt(0.4 / (4 * seconds))
    return Trials(rng.normal(np.where(same, 0.5, 0.1), spread), same, seconds, first, second)


class ErrorRatesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pairs = made_up()
        cls.llr = error_rates.cross_validated(cls.pairs, cls.pairs)

    def test_rates_at_thresholds(self):
        alarm, miss = error_rates.rates(np.array([0.0, 1.0, 2.0, 3.0]), np.array([-1.0, 1.0]), np.array([-2.0, 1.0, 9.0]))
        np.testing.assert_allclose(alarm, [1, 0.5, 0])
        np.testing.assert_allclose(miss, [0, 0.25, 1])

    def test_every_pair_gets_a_ratio_near_the_cost_of_the_best(self):
        found = by_band(self.pairs, self.llr)
        self.assertEqual(len(found), len(error_rates.BANDS))
        for band in found.values():
            self.assertLess(band["cllr"], band["min_cllr"] + 0.05)

    def test_table_covers_every_band_and_falls_and_rises(self):
        rows = error_rates.table(self.pairs, self.llr)
        self.assertEqual(sum(row["pairs"] for row in rows), len(self.pairs))
        self.assertIsNone(rows[-1]["longest_seconds"])
        for row in rows:
            self.assertTrue((np.diff(row["false_accept_rate"]) <= 0).all() and (np.diff(row["false_reject_rate"]) >= 0).all())

    def test_operating_points_keep_their_promise(self):
        points = error_rates.operating_points(self.pairs, self.llr)
        here = error_rates.in_band(self.pairs, error_rates.MODE_BAND)
        accepted = self.llr[here & ~self.pairs.same] >= points["few_false_accepts"]["threshold"]
        rejected = self.llr[here & self.pairs.same] < points["few_false_rejects"]["threshold"]
        self.assertLessEqual(accepted.sum(), error_rates.FALSE_ACCEPTS * len(accepted) + 1)
        self.assertLessEqual(rejected.sum(), error_rates.FALSE_REJECTS * len(rejected) + 1)
        self.assertEqual(points["balanced"]["threshold"], 0)

    def test_the_chosen_pairs_hold_every_band_and_kind(self):
        chosen = error_rates.chosen(self.pairs, 50)
        self.assertEqual(len(chosen), 50 * 2 * len(error_rates.BANDS))
        self.assertEqual(len(set(chosen.tolist())), len(chosen))

    def test_lists_of_numbers_stand_on_one_line(self):
        content = {"a": [1.5, -2e-05, 3], "b": [{"c": []}], "d": "x"}
        self.assertIn('"a": [1.5, -2e-05, 3]', text(content))
        self.assertEqual(json.loads(text(content)), content)
