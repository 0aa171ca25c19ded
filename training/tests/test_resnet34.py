import os
import unittest
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from voiceprint_training.export import session
from voiceprint_training.kaldi import KaldiFbank
from voiceprint_training.paths import MODELS_DIR
from voiceprint_training.resnet34 import ResNet34, Shape, fill, read_published, statistics
from voiceprint_training.resnet34_export import (
    IDENTITY, as_frames, graph_embedder, head_graph, largest_difference, network_embedder, published_embedder, sample_waves, trunk_graph,
)

SMALL = Shape(channels=(4, 6, 8, 10), blocks=(1, 2, 1, 1), mels=16, dim=12)
PUBLISHED = os.environ.get("VOICEPRINT_RESNET34")
"""Path of the published file, where there is one."""


def random_network(shape: Shape = SMALL) -> ResNet34:
    torch.manual_seed(1)
    network = ResNet34(shape).eval()
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return network


def frames(count: int, mels: int = SMALL.mels) -> np.ndarray:
    return np.random.default_rng(count).standard_normal((1, count, mels)).astype(np.float32)


def whole_graph(network: ResNet34, mean: np.ndarray) -> onnx.GraphProto:
    """Laid out as the published file: single-precision weights, a vector taken off at the end."""
    nodes, tensors = [], []
    for place, module in enumerate(network.convolutions()):
        names = [f"{place}.weight", f"{place}.bias"]
        tensors += [numpy_helper.from_array(p.detach().numpy(), n) for p, n in zip((module.weight, module.bias), names)]
        nodes.append(helper.make_node("Conv", [f"x{place}", *names], [f"x{place + 1}"]))
    tensors.append(numpy_helper.from_array(network.head.weight.detach().numpy(), "w"))
    tensors.append(numpy_helper.from_array(network.head.bias.detach().numpy() + mean, "b"))
    tensors.append(numpy_helper.from_array(mean, "mean"))
    nodes += [helper.make_node("Gemm", ["s", "w", "b"], ["g"], transB=1), helper.make_node("Sub", ["g", "mean"], ["embs"])]
    return helper.make_graph(nodes, "whole", [helper.make_tensor_value_info("x0", TensorProto.FLOAT, None)],
                             [helper.make_tensor_value_info("embs", TensorProto.FLOAT, None)], tensors)


class GraphsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = random_network()
        cls.trunk, cls.head = trunk_graph(cls.network), head_graph(cls.network)

    def test_agree_with_the_network_at_every_length(self):
        found = largest_difference(graph_embedder(self.trunk, self.head), network_embedder(self.network),
                                   [frames(n) for n in (9, 16, 17, 100, 333)])
        self.assertLess(found, 2e-3)

    def test_a_row_comes_out_for_every_eight_frames_begun(self):
        run = session(self.trunk)
        for count, rows in ((1, 1), (8, 1), (9, 2), (16, 2), (17, 3), (200, 25)):
            self.assertEqual(run.run(None, {"feats": frames(count)})[0].shape, (rows, SMALL.rows))

    def test_rows_are_channels_times_bands_in_the_order_of_the_flattened_image(self):
        feats = torch.from_numpy(frames(40))
        with torch.no_grad():
            x = torch.relu(self.network.stem(feats.transpose(1, 2)[:, None]))
            for block in self.network.blocks:
                x = block(x)
            rows = self.network.trunk(feats)
        torch.testing.assert_close(rows[0, 3], x[0, :, :, 3].flatten())

    def test_large_tensors_are_stored_in_half_precision(self):
        kinds = {t.name: t.data_type for t in onnx.load_from_string(self.trunk).graph.initializer if np.prod(t.dims) >= 512}
        self.assertTrue(kinds)
        self.assertEqual(set(kinds.values()), {TensorProto.FLOAT16})

    def test_reading_them_back_gives_the_network(self):
        graphs = [onnx.load_from_string(data).graph for data in (self.trunk, self.head)]
        again = fill(ResNet34(SMALL), graphs)
        for name, value in self.network.state_dict().items():
            torch.testing.assert_close(again.state_dict()[name], value, atol=1e-3, rtol=1e-3)


class ReadingTest(unittest.TestCase):
    def test_the_vector_taken_off_goes_into_the_bias(self):
        network = random_network()
        again = fill(ResNet34(SMALL), [whole_graph(network, np.linspace(1, 2, SMALL.dim, dtype=np.float32))])
        for name, value in network.state_dict().items():
            torch.testing.assert_close(again.state_dict()[name], value)

    def test_another_network_is_refused(self):
        graph = whole_graph(random_network(), np.zeros(SMALL.dim, np.float32))
        with self.assertRaises(ValueError):
            fill(ResNet34(Shape(channels=(4, 6, 8, 12), blocks=SMALL.blocks, mels=16, dim=12)), [graph])
        with self.assertRaises(ValueError):
            fill(ResNet34(Shape(channels=SMALL.channels, blocks=(1, 2, 1, 2), mels=16, dim=12)), [graph])

    def test_another_file_is_refused(self):
        with self.assertRaisesRegex(ValueError, "not the published file"):
            read_published(Path(__file__))


class StatisticsTest(unittest.TestCase):
    def test_are_mean_and_unbiased_deviation(self):
        x = torch.randn(2, 7, 5, generator=torch.Generator().manual_seed(3))
        expected = torch.cat([x.mean(1), x.std(1)], 1)
        torch.testing.assert_close(statistics(x), expected, atol=1e-5, rtol=1e-5)

    def test_a_row_of_weight_two_counts_as_two_rows_and_of_none_not_at_all(self):
        x = torch.randn(1, 6, 5, generator=torch.Generator().manual_seed(4))
        weighted = statistics(x, torch.tensor([[1.0, 2.0, 1.0, 0.0, 1.0, 0.0]]))
        torch.testing.assert_close(weighted, statistics(x[:, [0, 1, 1, 2, 4]]))


class FramesTest(unittest.TestCase):
    def test_whole_frames_only_and_no_mean_left(self):
        wave = torch.randn(1, 16000, generator=torch.Generator().manual_seed(5)) * 0.1
        found = KaldiFbank()(wave)
        self.assertEqual(found.shape, (1, 98, 80))
        self.assertLess(found.mean(1).abs().max().item(), 1e-4)

    def test_a_tone_is_loudest_in_the_band_about_it(self):
        tone = 0.3 * torch.sin(2 * np.pi * 1000 * torch.arange(8000) / 16000)[None]
        band = KaldiFbank().log_mel(tone).mean(1).argmax().item()
        mel = lambda hertz: 1127 * np.log1p(hertz / 700)
        self.assertAlmostEqual(band + 1, (mel(1000) - mel(20)) / ((mel(8000) - mel(20)) / 81), delta=1)

    def test_a_frame_is_what_the_recipe_says_step_by_step(self):
        wave = np.random.default_rng(6).standard_normal(800) * 0.05 + 0.01
        frame = wave[160:560] * 32768
        frame = frame - frame.mean()
        emphasised = [0.03 * frame[0]] + [frame[i] - 0.97 * frame[i - 1] for i in range(1, 400)]
        window = [0.54 - 0.46 * np.cos(2 * np.pi * i / 399) for i in range(400)]
        angles = 2 * np.pi * np.outer(np.arange(256), np.arange(400)) / 512
        power = np.abs(np.exp(-1j * angles) @ (np.array(emphasised) * window)) ** 2
        mel = lambda hertz: 1127 * np.log(1 + hertz / 700)
        edges = [mel(20) + band * (mel(8000) - mel(20)) / 81 for band in range(82)]
        for band in (0, 40, 79):
            energy = sum(max(0, min((mel(k * 31.25) - edges[band]) / (edges[band + 1] - edges[band]),
                                    (edges[band + 2] - mel(k * 31.25)) / (edges[band + 2] - edges[band + 1]))) * power[k] for k in range(256))
            found = KaldiFbank().log_mel(torch.tensor(wave, dtype=torch.float32)[None])[0, 1, band].item()
            self.assertAlmostEqual(found, np.log(energy), places=3)

    def test_silence_is_finite(self):
        self.assertTrue(torch.isfinite(KaldiFbank()(torch.zeros(1, 800))).all())


@unittest.skipUnless(PUBLISHED, "VOICEPRINT_RESNET34 names no published file")
class PublishedTest(unittest.TestCase):
    def test_its_graphs_agree_with_it_on_ten_recordings(self):
        path = Path(PUBLISHED)
        network = read_published(path)
        found = largest_difference(graph_embedder(trunk_graph(network), head_graph(network)), published_embedder(path.read_bytes()),
                                   as_frames(sample_waves(10)))
        self.assertLess(found, 1e-3)


class ShippedTest(unittest.TestCase):
    def test_the_files_are_what_reading_and_writing_them_gives(self):
        data = [(MODELS_DIR / f"{IDENTITY}.{part}.onnx").read_bytes() for part in ("trunk", "head")]
        network = fill(ResNet34(), [onnx.load_from_string(part).graph for part in data])
        self.assertEqual(data, [trunk_graph(network), head_graph(network)])


if __name__ == "__main__":
    unittest.main()
