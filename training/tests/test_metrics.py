import unittest

import numpy as np
from scipy.stats import norm

from voiceprint_training import metrics
from voiceprint_training.calibration import Calibration, fit, joint_seconds


def gaussian_scores(distance: float, count: int = 40_000) -> tuple[np.ndarray, np.ndarray]:
    """Unit-variance scores at +distance/2 and -distance/2; their true LLR is distance * score."""
    rng = np.random.default_rng(3)
    return rng.normal(distance / 2, 1, count), rng.normal(-distance / 2, 1, count)


class MetricsTest(unittest.TestCase):
    def test_eer_of_two_gaussians(self):
        self.assertAlmostEqual(metrics.equal_error_rate(*gaussian_scores(3.0)), norm.cdf(-1.5), delta=0.002)

    def test_eer_at_the_ends(self):
        low, high = np.arange(5.0), np.arange(10.0, 15.0)
        self.assertEqual(metrics.equal_error_rate(high, low), 0.0)
        self.assertEqual(metrics.equal_error_rate(low, high), 1.0)
        self.assertAlmostEqual(metrics.equal_error_rate(np.ones(4), np.ones(6)), 0.5)

    def test_min_dcf_is_zero_when_separable_and_one_when_useless(self):
        self.assertEqual(metrics.min_dcf(np.array([2.0]), np.array([1.0])), 0.0)
        self.assertAlmostEqual(metrics.min_dcf(np.ones(4), np.ones(6)), 1.0)

    def test_cllr_of_no_information_is_one_bit(self):
        self.assertAlmostEqual(metrics.cllr(np.zeros(5), np.zeros(7)), 1.0)

    def test_min_cllr_equals_cllr_of_true_ratios(self):
        target, other = gaussian_scores(3.0)
        true = metrics.cllr(3.0 * target, 3.0 * other)
        self.assertAlmostEqual(metrics.min_cllr(target, other), true, delta=0.005)
        self.assertLess(metrics.min_cllr(target, other), metrics.cllr(target, other))

    def test_min_cllr_ignores_monotonic_changes(self):
        target, other = gaussian_scores(2.0, 500)
        plain = metrics.min_cllr(target, other)
        self.assertAlmostEqual(plain, metrics.min_cllr(np.tanh(target), np.tanh(other)))

    def test_pool_adjacent(self):
        fitted = metrics.pool_adjacent(np.array([1.0, 3.0, 2.0, 4.0]), np.ones(4))
        np.testing.assert_allclose(fitted, [1, 2.5, 2.5, 4])

    def test_all_pairs_never_pairs_a_recording_with_itself(self):
        unit = np.eye(4)
        self.assertEqual(len(metrics.all_pairs(unit, np.array([0, 0, 1, 1])).scores), 6)
        probed = metrics.all_pairs(unit, np.array([0, 0, 1, 1]), unit)
        self.assertEqual((len(probed.scores), probed.scores.max()), (12, 0.0))

    def test_bootstrap_surrounds_the_estimate(self):
        rng = np.random.default_rng(4)
        centres = np.repeat(rng.normal(size=(20, 8)), 6, 0)
        vectors = centres + rng.normal(size=centres.shape)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        pairs = metrics.all_pairs(vectors, np.repeat(np.arange(20), 6))
        low, high = metrics.bootstrap(pairs, metrics.equal_error_rate, rounds=50)
        self.assertLess(low, metrics.equal_error_rate(*pairs.split()))
        self.assertGreater(high, metrics.equal_error_rate(*pairs.split()))


class CalibrationTest(unittest.TestCase):
    def test_finds_the_true_ratio_of_gaussians(self):
        target, other = gaussian_scores(2.0)
        scores, same = np.concatenate([target, other]), np.repeat([True, False], len(target))
        found = fit(scores, same)
        self.assertAlmostEqual(found.slope, 2.0, delta=0.05)
        self.assertAlmostEqual(found.offset, 0.0, delta=0.05)

    def test_length_terms_follow_the_length(self):
        rng = np.random.default_rng(5)
        seconds = np.repeat([1.0, 8.0], 40_000)
        same = np.tile([True, False], 40_000)
        spread = np.where(seconds > 2, 0.5, 1.0)
        scores = rng.normal(np.where(same, 1.0, -1.0), spread)
        found = fit(scores, same, seconds)
        self.assertGreater(found.llr(1.0, 8.0), found.llr(1.0, 1.0) + 3)

    def test_joint_seconds(self):
        self.assertAlmostEqual(float(joint_seconds(np.array(2.0), np.array(6.0))), 3.0)
        self.assertEqual(float(joint_seconds(np.array(0.1), np.array(0.1))), 1.0)

    def test_as_dict_rounds(self):
        self.assertEqual(Calibration(1.23456789, 0.0).as_dict()["slope"], 1.23457)


if __name__ == "__main__":
    unittest.main()
