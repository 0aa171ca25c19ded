import unittest

import numpy as np
import torch
from torch.nn import functional as F

from tests.test_resnet34 import random_network
from voiceprint_training.kaldi import KaldiFbank
from voiceprint_training.resnet34 import Shape, statistics
from voiceprint_training.resnet34_embed import embedder, padded
from voiceprint_training.resnet34_measure import table

TINY = Shape(channels=(2, 2, 2, 4), blocks=(1, 1, 1, 1), dim=6)


class FrameByFrame(torch.nn.Module):
    """A network whose rows see one frame each, so that nothing but the weighing can tell a recording from the same with zeros behind."""

    shape = Shape(dim=160)

    def trunk(self, feats: torch.Tensor) -> torch.Tensor:
        return feats[:, ::8]

    head = torch.nn.Identity()


class EmbedderTest(unittest.TestCase):
    def test_a_recording_gets_what_it_gets_alone_whatever_its_company(self):
        rng = np.random.default_rng(1)
        waves = [(0.1 * rng.standard_normal(n)).astype(np.float32) for n in (90000, 16000, 48000, 88000)]
        found = embedder(FrameByFrame(), quick=False)(waves)
        for wave, vector in zip(waves, found):
            rows = FrameByFrame().trunk(KaldiFbank()(torch.from_numpy(wave)[None]))
            np.testing.assert_allclose(vector, F.normalize(statistics(rows), dim=1)[0].numpy(), atol=1e-5)

    def test_through_the_network_the_edge_changes_little(self):
        network, wave = random_network(TINY), (0.1 * np.random.default_rng(2).standard_normal(48000)).astype(np.float32)
        with torch.no_grad():
            alone = F.normalize(network(KaldiFbank()(torch.from_numpy(wave)[None])), dim=1)[0].numpy()
        self.assertGreater(float(alone @ embedder(network, quick=False)([wave])[0]), 0.999)

    def test_zeros_behind_do_not_count(self):
        batch, counts = padded([torch.ones(20, 3), torch.ones(9, 3)], 16)
        self.assertEqual(batch.shape, (2, 32, 3))
        self.assertEqual(counts.tolist(), [[1, 1, 1, 0], [1, 1, 0, 0]])
        self.assertEqual(batch[1].sum().item(), 27)

    def test_table_has_a_line_per_network(self):
        self.assertEqual(table({"a": {"x": 1.0, "y": 2.345}}).splitlines(),
                         ["| network | x | y |", "|---|---|---|", "| a | 1.00 | 2.35 |"])


if __name__ == "__main__":
    unittest.main()
