import hashlib
import unittest

import numpy as np
import onnx
from onnx import TensorProto

from voiceprint_training.export import session
from voiceprint_training.resnet34 import Shape
from voiceprint_training.resnet34_export import trunk_graph
from voiceprint_training.winograd import rewritten, run_beside, transforms

from .test_resnet34 import SMALL, frames, random_network

FILE = "small.trunk.onnx"
TILES = ((4, 4), (4, 4), (4, 4), (4, 2))
MIXED = (None, None, (4, 4), (4, 2))


class TransformsTest(unittest.TestCase):
    def test_give_the_correlation(self):
        rng = np.random.default_rng(2)
        for outputs in (2, 3, 4, 5, 6):
            data, weight, result = transforms(outputs)
            d, g = rng.standard_normal(outputs + 2), rng.standard_normal(3)
            expected = [d[i : i + 3] @ g for i in range(outputs)]
            np.testing.assert_allclose(result @ ((weight @ g) * (data @ d)), expected, atol=1e-12)


class RewrittenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trunk = trunk_graph(random_network())

    def assert_equal_to_trunk(self, trunk: bytes, plan: tuple, counts: tuple[int, ...], mels: int):
        graph, run = rewritten(trunk, plan, FILE), session(trunk)
        for count in counts:
            feats = frames(count, mels)
            expected = run.run(None, {"feats": feats})[0]
            found = run_beside(graph, trunk, FILE, feats)
            self.assertEqual(found.shape, expected.shape)
            self.assertLess(float(np.abs(found - expected).max()), 1e-4 * max(1.0, float(np.abs(expected).max())), (plan, count))

    def test_features_are_the_trunks_at_every_length(self):
        for plan in (TILES, MIXED):
            self.assert_equal_to_trunk(self.trunk, plan, (1, 2, 7, 8, 9, 31, 32, 33, 100, 257), SMALL.mels)

    def test_bands_that_fill_no_tile(self):
        trunk = trunk_graph(random_network(Shape(channels=(4, 6, 8), blocks=(2, 1, 2), mels=22, dim=5)))
        self.assert_equal_to_trunk(trunk, ((2, 4), (5, 4), (4, 3)), (1, 5, 50), 22)

    def test_weights_stay_in_the_trunks_file(self):
        graph = onnx.load_from_string(rewritten(self.trunk, TILES, FILE)).graph
        stored = {t.name: t for t in onnx.load_from_string(self.trunk).graph.initializer}
        outside = [t for t in graph.initializer if t.data_location == TensorProto.EXTERNAL]
        self.assertEqual({t.name for t in outside}, {name for name, t in stored.items() if t.data_type == TensorProto.FLOAT16})
        for tensor in outside:
            place = {e.key: e.value for e in tensor.external_data}
            start = int(place["offset"])
            self.assertEqual(place["location"], FILE)
            self.assertEqual(self.trunk[start : start + int(place["length"])], stored[tensor.name].raw_data)

    def test_names_the_file_its_weights_come_from(self):
        properties = {p.key: p.value for p in onnx.load_from_string(rewritten(self.trunk, TILES, FILE)).metadata_props}
        self.assertEqual(properties["weights_sha256"], hashlib.sha256(self.trunk).hexdigest())

    def test_refuses_a_plan_for_another_number_of_stages(self):
        with self.assertRaises(ValueError):
            rewritten(self.trunk, TILES[:3], FILE)

    def test_refuses_convolutions_after_tiles(self):
        with self.assertRaises(ValueError):
            rewritten(self.trunk, ((4, 4), None, None, None), FILE)
