import argparse
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from tests.speech import write_corpus
from tests.test_resnet34 import random_network
from voiceprint_training import resnet34_tune
from voiceprint_training.augment import Augmenter
from voiceprint_training.corpus import Corpus
from voiceprint_training.lines import lines, shaped, with_packets_lost
from voiceprint_training.resnet34 import Shape

TINY = Shape(channels=(2, 2, 2, 4), blocks=(1, 1, 1, 1), dim=6)


class LinesTest(unittest.TestCase):
    def test_a_response_lifts_its_frequencies_only(self):
        time = torch.arange(16384) / 16000
        low, high = (0.1 * torch.sin(2 * np.pi * f * time)[None] for f in (500, 7000))
        response = torch.tensor([[0.0, 0, 0, 0, 6, 6, 6]])
        self.assertAlmostEqual((shaped(low, response).std() / low.std()).item(), 1.0, delta=0.02)
        self.assertAlmostEqual((shaped(high, response).std() / high.std()).item(), 10 ** (6 / 20), delta=0.05)

    def test_lost_packets_are_silent_or_the_one_before(self):
        x = torch.arange(1.0, 5.0).repeat_interleave(320)[None].repeat(2, 1)
        x = torch.cat([x, torch.full((2, 7), 9.0)], 1)
        lost = torch.tensor([[False, True, False, False]] * 2)
        found = with_packets_lost(x, lost, torch.tensor([False, True]))
        self.assertEqual(found[0, ::320].tolist(), [1, 0, 3, 4, 9])
        torch.testing.assert_close(found[1, ::320], torch.tensor([1, 0.7, 3, 4, 9]))
        self.assertEqual(found.shape, x.shape)

    def test_happens_to_the_share_asked_for(self):
        x = torch.randn(200, 3300, generator=torch.Generator().manual_seed(1))
        maker = Augmenter(torch.ones(1, 16000), torch.ones(1, 10), torch.Generator().manual_seed(2))
        changed = (lines(x.clone(), maker, response=0.3, loss=0) != x).any(1).float().mean().item()
        self.assertAlmostEqual(changed, 0.3, delta=0.1)
        torch.testing.assert_close(lines(x.clone(), maker, response=0, loss=0), x)


class TargetTest(unittest.TestCase):
    def test_the_own_target_costs_nothing_and_another_more(self):
        target = torch.eye(5)
        near, sure = resnet34_tune.distance(target, target)
        far, confused = resnet34_tune.distance(target.roll(1, 0), target)
        self.assertAlmostEqual(near.item(), 0, places=6)
        self.assertAlmostEqual(far.item(), 1, places=6)
        self.assertGreater(confused.item(), sure.item() + 10)

    def test_lies_between_the_crop_and_its_speaker(self):
        crop, speaker = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
        torch.testing.assert_close(resnet34_tune.targets(crop, speaker, 0.5), torch.full((1, 2), 0.5**0.5))
        torch.testing.assert_close(resnet34_tune.targets(crop, speaker, 1.0), crop)
        torch.testing.assert_close(resnet34_tune.targets(crop, speaker, 0.0), speaker)


class TuningTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        write_corpus(self.folder)
        (np.random.default_rng(1).standard_normal(16000) * 3000).astype(np.int16).tofile(self.folder / "noise.i16")
        (self.folder / "noise.json").write_text("[[0, 16000]]")
        np.save(self.folder / "rooms.npy", np.eye(1, 800, dtype=np.float32))
        patches = [mock.patch.dict(os.environ, {"VOICEPRINT_TRAINING_DIR": folder.name}),
                   mock.patch.object(resnet34_tune, "read_published", lambda path: random_network(TINY)),
                   mock.patch.object(resnet34_tune, "BATCH_SECONDS", 6.0)]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)

    def tuner(self, name: str, steps: int, save_every: int = 100) -> resnet34_tune.Tuner:
        options = argparse.Namespace(name=name, published=Path("none"), rate=1e-3, steps=steps, decay=2, average=0.9, seed=1, own=0.5,
                                     save_every=save_every, keep_every=100)
        return resnet34_tune.Tuner(options)

    def test_a_run_that_was_broken_off_ends_as_one_that_was_not(self):
        whole, broken = self.tuner("whole", 4), self.tuner("broken", 4, save_every=1)
        whole.run()
        broken.advance()
        broken.save("last.pt", "network", "average", "optimizer")
        again = self.tuner("broken", 4)
        again.run()
        for one, other in zip(whole.average.parameters(), again.average.parameters()):
            torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
        start = random_network(TINY)
        self.assertFalse(torch.allclose(start.head.weight, again.network.head.weight))
        torch.testing.assert_close(start.head.weight, again.teacher.head.weight)

    def test_a_batch_holds_different_speakers_and_what_is_spared_is_plain(self):
        tuner = self.tuner("batch", 1)
        plain, heard, speakers = tuner.crops.batch(np.random.default_rng(3))
        self.assertEqual(len(set(speakers)), len(plain))
        tuner.generator.manual_seed(1)
        found = tuner.damaged(plain, heard.clone())
        spared = int(0.2 * len(plain))
        torch.testing.assert_close(found[:spared], plain[:spared])
        self.assertFalse(torch.equal(found[spared:], plain[spared:]))

    def test_dev_speakers_stay_out(self):
        names = self.tuner("names", 1).crops.sampler.names
        self.assertTrue(names)
        self.assertFalse(set(names) & set(Corpus(self.folder).development()))


if __name__ == "__main__":
    unittest.main()
