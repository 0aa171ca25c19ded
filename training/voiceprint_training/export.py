"""Write a trained network as one ONNX graph: waveform in, unit-length embedding out.

The front end is inside. Weights are stored as float16 with a Cast to float32 beside them (half the file; computing
stays float32), batch normalisation is folded into the convolutions before. A checkpoint average can be exported, too:
    python -m voiceprint_training.export --id voiceprint-small-v2 --checkpoint runs/a/step-20000.pt
"""

import argparse
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

from .features import Fbank
from .network import Network, Shape
from .paths import MODELS_DIR, work_dir

OPSET = 17
TOLERANCE = 1e-3


class Voiceprint(nn.Module):
    """waveform [1, samples] -> unit-length embedding [1, dim]; `centre` [dim] is subtracted before normalising."""

    def __init__(self, network: Network, centre: Tensor | None = None):
        super().__init__()
        self.fbank, self.network = Fbank(), network
        self.register_buffer("centre", torch.zeros(network.shape.dim) if centre is None else centre)

    def forward(self, waveform: Tensor) -> Tensor:
        unit = F.normalize(self.network(self.fbank(waveform)), dim=1)
        return F.normalize(unit - self.centre, dim=1)


def load_network(path: Path) -> Network:
    """The averaged weights of a checkpoint, ready for use."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    network = Network(Shape.from_dict(state["shape"]))
    network.load_state_dict(state["average"])
    return network.eval()


def average_networks(paths: list[Path]) -> Network:
    """The mean of several checkpoints' averaged weights."""
    networks = [load_network(path) for path in paths]
    state = networks[0].state_dict()
    for name, value in state.items():
        if value.dtype.is_floating_point:
            value.copy_(torch.stack([n.state_dict()[name] for n in networks]).mean(0))
    return networks[0]


def trace(model: nn.Module) -> onnx.ModelProto:
    """The module as an ONNX graph with a free number of samples; constants folded, batch norms folded into weights."""
    buffer = io.BytesIO()
    torch.onnx.export(
        model.eval(), (torch.randn(1, 48000) * 0.1,), buffer, opset_version=OPSET, dynamo=False,
        input_names=["waveform"], output_names=["embedding"], dynamic_axes={"waveform": {1: "samples"}},
    )
    return onnx.load_from_string(buffer.getvalue())


def halve(graph: onnx.GraphProto, least: int = 512) -> None:
    """Store float32 initialisers of `least` or more values as float16, each followed by a Cast to float32."""
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type == TensorProto.FLOAT and values.size >= least and np.abs(values).max() < 60000:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + ".half"))
            casts.append(helper.make_node("Cast", [name + ".half"], [name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def finished(
    nodes: list, tensors: list, identity: str, source: tuple[str, list], target: tuple[str, list], origin: str, licence: str,
) -> bytes:
    """A graph of written nodes as a file: in half precision, checked. `source` and `target` are (name, shape); `origin` says whose the weights are."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (source, target)]
    graph = helper.make_graph(nodes, identity, values[:1], values[1:], tensors)
    halve(graph)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8,
                              producer_name="n8n-nodes-voiceprint training")
    model.doc_string = origin
    helper.set_model_props(model, {"model_id": identity, "sample_rate": "16000", "licence": licence})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def describe(model: onnx.ModelProto, identity: str, dim: int) -> None:
    """Name, rate and size as metadata, so that a reader need not know the file's history."""
    facts = {"model_id": identity, "sample_rate": "16000", "dim": str(dim), "input": "mono waveform, -1..1",
             "output": "unit-length embedding; compare by cosine"}
    for key, value in facts.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    model.graph.name = identity
    model.producer_name, model.doc_string = "n8n-nodes-voiceprint training", "Speaker embedding of a 16 kHz waveform"


def session(model: bytes, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def embedder(model: bytes, threads: int = 1) -> Callable[[list[np.ndarray]], np.ndarray]:
    """A graph as a function: float32 [samples] each, one by one -> unit-length [recordings, d]."""
    run = session(model, threads)
    return lambda waves: np.concatenate([run.run(None, {"waveform": np.ascontiguousarray(w, np.float32)[None]})[0] for w in waves])


def difference(model: bytes, module: Voiceprint, seconds=(0.5, 1.0, 2.37, 10.0, 30.0)) -> float:
    """Largest absolute difference between graph and module over several lengths."""
    run, worst = session(model), 0.0
    for length in seconds:
        wave = torch.randn(1, int(16000 * length), generator=torch.Generator().manual_seed(1)) * 0.1
        with torch.no_grad():
            expected = module(wave).numpy()
        found = run.run(None, {"waveform": wave.numpy()})[0]
        worst = max(worst, float(np.abs(found - expected).max()))
    return worst


def export(module: Voiceprint, identity: str) -> bytes:
    """The finished file's bytes; raises if it differs from the module by more than TOLERANCE."""
    model = trace(module)
    halve(model.graph)
    describe(model, identity, module.network.shape.dim)
    onnx.checker.check_model(model)
    data = model.SerializeToString()
    worst = difference(data, module.eval())
    if worst > TOLERANCE:
        raise SystemExit(f"The graph differs from the network by {worst:.2e}, more than {TOLERANCE}")
    return data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--id", required=True, help="the model's name, and the file's")
    parser.add_argument("--checkpoint", required=True, nargs="+", help="in the working folder; several are averaged")
    parser.add_argument("--centre", help=".npy with a mean embedding to subtract")
    parser.add_argument("--out", type=Path, default=MODELS_DIR)
    options = parser.parse_args()
    network = average_networks([work_dir() / path for path in options.checkpoint])
    centre = torch.tensor(np.load(work_dir() / options.centre)) if options.centre else None
    data = export(Voiceprint(network, centre), options.id)
    path = options.out / f"{options.id}.onnx"
    path.write_bytes(data)
    print(f"{path.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
