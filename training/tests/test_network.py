import math
import unittest

import numpy as np
import onnx
import torch

from voiceprint_training.export import TOLERANCE, Voiceprint, difference, export, session
from voiceprint_training.loss import MarginSoftmax, PairLoss
from voiceprint_training.network import Network, Shape
from voiceprint_training.train import Schedule

SMALL = Shape(stem=(16, 16), width=32, dilations=(1, 2), pooled=48, dim=192)


def random_network() -> Network:
    """Random weights and, so that folding them is tested, random batch statistics."""
    torch.manual_seed(1)
    network = Network(SMALL)
    for module in network.modules():
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
    return network.eval()


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.module = Voiceprint(random_network(), torch.full((192,), 0.01))
        cls.data = export(cls.module, "voiceprint-test")

    def test_agrees_with_the_network_at_every_length(self):
        self.assertLess(difference(self.data, self.module), TOLERANCE)

    def test_embedding_has_unit_length(self):
        wave = np.random.default_rng(1).standard_normal((1, 24000)).astype(np.float32)
        found = session(self.data).run(None, {"waveform": wave})[0]
        self.assertEqual(found.shape, (1, 192))
        self.assertAlmostEqual(float((found**2).sum()), 1.0, places=5)

    def test_says_what_it_is(self):
        model = onnx.load_from_string(self.data)
        facts = {entry.key: entry.value for entry in model.metadata_props}
        self.assertEqual((facts["model_id"], facts["sample_rate"], facts["dim"]), ("voiceprint-test", "16000", "192"))
        self.assertLessEqual(model.opset_import[0].version, 17)

    def test_weights_are_stored_in_half_precision(self):
        model = onnx.load_from_string(self.data)
        large = [t for t in model.graph.initializer if np.prod(t.dims) >= 512]
        self.assertTrue(all(t.data_type == onnx.TensorProto.FLOAT16 for t in large if t.data_type != onnx.TensorProto.INT64))

    def test_silence_and_noise_give_finite_embeddings(self):
        for wave in (np.zeros((1, 8000), np.float32), np.ones((1, 8000), np.float32)):
            self.assertTrue(np.isfinite(session(self.data).run(None, {"waveform": wave})[0]).all())


class LossTest(unittest.TestCase):
    def test_margin_makes_the_target_harder(self):
        torch.manual_seed(2)
        loss, embeddings, labels = MarginSoftmax(8, 5), torch.randn(6, 8), torch.arange(6) % 5
        plain = loss(embeddings, labels)[0]
        loss.margin = 0.2
        self.assertGreater(loss(embeddings, labels)[0].item(), plain.item())

    def test_margin_is_an_angle(self):
        loss = MarginSoftmax(2, 2, scale=1.0)
        loss.weight.data = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
        loss.margin = 0.3
        angle = 0.4
        found = loss(torch.tensor([[math.cos(angle), math.sin(angle)]]), torch.tensor([0]))[0].item()
        expected = math.log(1 + math.exp(math.sin(angle) - math.cos(angle + 0.3)))
        self.assertAlmostEqual(found, expected, places=5)

    def test_pairs_that_agree_cost_little(self):
        together = torch.eye(4).repeat_interleave(2, 0)
        apart = torch.eye(8)
        self.assertLess(PairLoss()(together).item(), 0.01)
        self.assertGreater(PairLoss()(apart).item(), 1.5)


class ScheduleTest(unittest.TestCase):
    def test_rate_warms_up_stays_and_falls(self):
        schedule = Schedule(steps=10_000, decay=2_000, peak=1e-3)
        self.assertLess(schedule.rate(10), 1e-4)
        self.assertAlmostEqual(schedule.rate(5_000), 1e-3, delta=2e-6)
        self.assertLess(schedule.rate(9_999), 2e-5)

    def test_margin_and_crops_grow_at_the_end(self):
        schedule = Schedule(steps=10_000, decay=2_000, peak=1e-3)
        self.assertAlmostEqual(schedule.margin_at(8_000), 0.2)
        self.assertAlmostEqual(schedule.margin_at(10_000), 0.35)
        rng = np.random.default_rng(1)
        self.assertLessEqual(max(schedule.seconds(5_000, rng) for _ in range(50)), 2.5)
        self.assertGreaterEqual(min(schedule.seconds(9_900, rng) for _ in range(50)), 2.5)


if __name__ == "__main__":
    unittest.main()
