"""Write pyannote's speaker segmentation 3.0 as an ONNX graph of our own.

    python -m voiceprint_training.segmentation_export --published segmentation-3.0.onnx
writes models/segmentation-3.0.onnx. The published model is pyannote/segmentation-3.0 (Hervé Bredin and others, CNRS, MIT), exported to
ONNX with opset 14 or later: https://huggingface.co/pyannote/segmentation-3.0; the file is pinned by PUBLISHED_SHA256.

Ours has one shape: `waveform` float32 [1, 1, 160000], ten seconds, 16 kHz mono -> `log_probabilities` float32 [589, 7], a row per 270
samples, centred on sample 495 + 270 i: nobody, 1, 2, 3, 1 and 2, 1 and 3, 2 and 3. So there are no branches and no shapes to compute; LSTMs
start from zero by themselves. Weights are stored as float16 with a Cast to float32 beside them.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from .export import finished, session
from .paths import MODELS_DIR

IDENTITY = "segmentation-3.0"
PUBLISHED_SHA256 = "057ee564753071c0b09b5b611648b50ac188d50846bff5f01e9f7bbf1591ea25"
SAMPLES, FRAMES, CLASSES, UNITS = 160_000, 589, 7, 128
LEAST_AGREEMENT = 0.995
"""Share of frames in which both graphs must find the same class."""


class Reader:
    """Stored tensors of the published graph, by what uses them."""

    def __init__(self, model: onnx.ModelProto):
        self.nodes = list(model.graph.node)
        self.tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}

    def used_by(self, kind: str) -> list[list[np.ndarray]]:
        """For each node of a kind, in order, the stored tensors among its inputs."""
        return [[self.tensors[name] for name in node.input if name in self.tensors] for node in self.nodes if node.op_type == kind]

    def filters(self) -> np.ndarray:
        """The first convolution stands in a branch: its kernel is the only tensor of that length."""
        return next(tensor for tensor in self.tensors.values() if tensor.shape[-1:] == (251,))


class Writer:
    def __init__(self):
        self.nodes, self.tensors = [], []

    def tensor(self, values: np.ndarray) -> str:
        name = f"t{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, source: str, *stored: np.ndarray, out: str | None = None, **attributes) -> str:
        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [source, *map(self.tensor, stored)], [out], **attributes))
        return out

    def lstm(self, source: str, weights: list[np.ndarray]) -> str:
        """[frames, 1, d] -> [frames, 1, 2 units]; both directions beside each other."""
        out = self.node("LSTM", source, *weights, direction="bidirectional", hidden_size=UNITS)
        out = self.node("Transpose", out, perm=[0, 2, 1, 3])
        return self.node("Reshape", out, np.array([0, 0, -1], np.int64))


def rebuild(published: onnx.ModelProto) -> bytes:
    """The finished file's bytes."""
    reader, w = Reader(published), Writer()
    norms, dense = reader.used_by("InstanceNormalization"), reader.used_by("MatMul")
    convolutions = [[reader.filters()], *reader.used_by("Conv")]
    x = w.node("InstanceNormalization", "waveform", *norms[0], epsilon=1e-5)
    for place, weights in enumerate(convolutions):
        x = w.node("Conv", x, *weights, strides=[10 if place == 0 else 1])
        if place == 0:
            x = w.node("Abs", x)
        x = w.node("MaxPool", x, kernel_shape=[3], strides=[3])
        x = w.node("InstanceNormalization", x, *norms[place + 1], epsilon=1e-5)
        x = w.node("LeakyRelu", x, alpha=0.01)
    x = w.node("Transpose", x, perm=[2, 0, 1])
    for weights in reader.used_by("LSTM"):
        x = w.lstm(x, weights)
    x = w.node("Reshape", x, np.array([FRAMES, 2 * UNITS], np.int64))
    biases = reader.used_by("Add")
    for place, ([weights], [bias]) in enumerate(zip(dense, biases)):
        x = w.node("Add", w.node("MatMul", x, weights), bias)
        if place < len(dense) - 1:
            x = w.node("LeakyRelu", x, alpha=0.01)
    w.node("LogSoftmax", x, out="log_probabilities", axis=-1)
    source, target = ("waveform", [1, 1, SAMPLES]), ("log_probabilities", [FRAMES, CLASSES])
    origin = "Speaker segmentation after pyannote's segmentation-3.0, MIT, Copyright (c) 2022 CNRS"
    return finished(w.nodes, w.tensors, IDENTITY, source, target, origin, "MIT")


def agreement(ours: bytes, published: bytes, waves: list[np.ndarray]) -> float:
    """Share of frames with the same class. Each wave float32 [SAMPLES]."""
    one, other = session(ours), session(published)
    name = other.get_inputs()[0].name
    same = [np.mean(one.run(None, {"waveform": wave[None, None]})[0].argmax(-1) == other.run(None, {name: wave[None, None]})[0][0].argmax(-1))
            for wave in waves]
    return float(np.mean(same))


def made_sound(seed: int) -> np.ndarray:
    """Ten seconds of two buzzing voices that take turns, over a little noise: enough for all classes of the network to move."""
    random, time = np.random.default_rng(seed), np.arange(SAMPLES) / 16000
    wave = 0.003 * random.standard_normal(SAMPLES)
    for pitch in (110 + 7 * seed, 190 + 11 * seed):
        loud = np.clip(np.sin(2 * np.pi * (0.2 + 0.02 * seed) * time + pitch), 0, 1) * (1 + np.sin(2 * np.pi * 4 * time)) / 2
        wave += 0.05 * loud * sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 20))
    return wave.astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=MODELS_DIR)
    options = parser.parse_args()
    published = options.published.read_bytes()
    if hashlib.sha256(published).hexdigest() != PUBLISHED_SHA256:
        raise SystemExit(f"{options.published} is another file than the one that this script was written for")
    data = rebuild(onnx.load_from_string(published))
    share = agreement(data, published, [made_sound(seed) for seed in range(8)])
    if share < LEAST_AGREEMENT:
        raise SystemExit(f"Only {share:.4f} of the frames have the same class")
    path = options.out / f"{IDENTITY}.onnx"
    path.write_bytes(data)
    print(f"{path.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}, same class in {share:.4f} of the frames")


if __name__ == "__main__":
    main()
