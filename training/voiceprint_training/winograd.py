"""The trunk of ResNet34 (resnet34_export.py) as graphs with fewer multiplications: same weights, same numbers, no second copy.

    python -m voiceprint_training.winograd [--trunk models/voiceprint-resnet34-v1.trunk.onnx]
writes beside the trunk one small graph per runtime: .trunk.native.onnx. Input and output are the trunk's. Where there is no native
ONNX Runtime the package has a kernel of its own (tools/build/kernels/accurateKernel.cjs).

3x3 convolutions of stride 1 are computed by Winograd's minimal filtering F(m x n, 3x3) [Lavin and Gray, Fast Algorithms for
Convolutional Neural Networks, 2015]: overlapping tiles of the image are transformed, multiplied with transformed weights (one
matrix product per element of the tile, over all tiles at once), and transformed back. F(4x4) needs a quarter of the multiplications.

An image lies as rows of channels, one row per position, so that moving positions about is copying rows (Gather), and everything
else is a matrix product. Rows are ordered as the products leave them: [m, n, tiles + 1], and nothing puts them back into an image;
the next layer's Gather finds them where they are. The one tile too many holds zeros: that is what a convolution reads beyond the edge.

The weights stay in the trunk's file: tensors in half precision are declared as external data at the place where they lie in it, to be
given to ONNX Runtime as external data under the file's name. Casts and transforms of weights are nodes; ONNX Runtime computes
nodes without inputs once, when the session is made. A graph therefore fits exactly one trunk file, whose SHA-256 it names.
"""

import argparse
import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from .export import OPSET, TOLERANCE, session
from .paths import MODELS_DIR

Tiling = tuple[int, int] | None
"""Outputs per tile over time and over bands; None: the stage stays as convolutions."""

PLANS: dict[str, tuple[Tiling, ...]] = {
    "native": (None, None, (4, 4), (4, 2)),
}
"""Per runtime the tiling of each stage. Natively ONNX Runtime's own convolution is faster where channels are few. The last stage has
10 bands, which tiles of 4 would cover with 12."""

POINTS = [Fraction(*point) for point in ((0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2))]
TAPS = 3


def transforms(outputs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Winograd's F(outputs, 3) by Toom and Cook: B^T [n, n], G [n, 3], A^T [outputs, n], n = outputs + 2.

    A^T ((G g) * (B^T d)) is the correlation of d [n] with g [3].
    """
    points = POINTS[: outputs + TAPS - 2]

    def product(roots: list[Fraction]) -> list[Fraction]:
        """Coefficients of the polynomial with these roots, lowest first."""
        found = [Fraction(1)]
        for root in roots:
            found = [a - root * b for a, b in zip([Fraction(0), *found], [*found, Fraction(0)])]
        return found

    others = [[q for q in points if q != p] for p in points]
    scale = [np.prod([p - q for q in rest], initial=Fraction(1)) for p, rest in zip(points, others)]
    data = [product(rest) + [Fraction(0)] for rest in others] + [product(points)]
    weight = [[p**i / s for i in range(TAPS)] for p, s in zip(points, scale)] + [[Fraction(0)] * (TAPS - 1) + [Fraction(1)]]
    result = [[p**i for p in points] + [Fraction(i == outputs - 1)] for i in range(outputs)]
    return tuple(np.array([[float(value) for value in row] for row in matrix]) for matrix in (data, weight, result))


@dataclass
class Weights:
    """A convolution of the trunk: the tensor's name, shape [out, in, kernel, kernel], bias, stride."""

    name: str
    shape: tuple[int, ...]
    bias: np.ndarray
    stride: int


class Trunk:
    """What the trunk's file holds: convolutions by name, and where in the file their weights lie."""

    def __init__(self, data: bytes):
        self.data = data
        model = onnx.load_from_string(data)
        self.identity = next(p.value for p in model.metadata_props if p.key == "model_id")
        self.properties = {p.key: p.value for p in model.metadata_props}
        self.licence = model.doc_string
        self.mels = model.graph.input[0].type.tensor_type.shape.dim[2].dim_value
        self.rows = model.graph.output[0].type.tensor_type.shape.dim[1].dim_value
        self.stored = {tensor.name: tensor for tensor in model.graph.initializer}
        self.halves = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Cast" and n.input[0] in self.stored}
        self.convolutions = {n.output[0]: self._read(n) for n in model.graph.node if n.op_type == "Conv"}

    def _read(self, node: onnx.NodeProto) -> Weights:
        name, bias = node.input[1:]
        tensor = self.stored[self.halves.get(name, name)]
        stride = next(helper.get_attribute_value(a)[0] for a in node.attribute if a.name == "strides")
        bias = numpy_helper.to_array(self.stored[self.halves.get(bias, bias)]).astype(np.float32)
        return Weights(name, tuple(tensor.dims), bias, stride)

    def stages(self) -> list[list[tuple[Weights, Weights, Weights | None]]]:
        """Blocks (first, second, shortcut) by stage: a stage begins where the stride is not 1."""
        found, place = [[]], 0
        while f"block{place}.first" in self.convolutions:
            block = tuple(self.convolutions.get(f"block{place}.{part}") for part in ("first", "second", "shortcut"))
            if block[0].stride != 1:
                found.append([])
            found[-1].append(block)
            place += 1
        return found


class Writer:
    """Collects nodes and stored tensors. Indices are int64 throughout."""

    def __init__(self, trunk: Trunk, file: str):
        self.trunk, self.file = trunk, file
        self.nodes, self.tensors, self.names = [], {}, 0

    def op(self, kind: str, *inputs: str, **attributes) -> str:
        self.names += 1
        output = f"{kind.lower()}{self.names}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def constant(self, values: np.ndarray) -> str:
        """Stored once, however often it is asked for."""
        values = np.ascontiguousarray(values)
        name = f"c{hashlib.sha256(values.tobytes() + str((values.shape, values.dtype)).encode()).hexdigest()[:16]}"
        self.tensors.setdefault(name, numpy_helper.from_array(values, name))
        return name

    def ints(self, values) -> str:
        return self.constant(np.asarray(values, np.int64))

    def floats(self, values) -> str:
        return self.constant(np.asarray(values, np.float32))

    def add(self, *terms: str) -> str:
        total = terms[0]
        for term in terms[1:]:
            total = self.op("Add", total, term)
        return total

    def times(self, value: str, factor: int) -> str:
        return self.op("Mul", value, self.ints(factor))

    def shaped(self, value: str, *dims: int) -> str:
        return self.op("Reshape", value, self.ints(dims))

    def upto(self, count: str) -> str:
        """0, 1, ... count - 1."""
        return self.op("Range", self.ints(0), count, self.ints(1))

    def weight(self, weights: Weights, *dims: int) -> str:
        """float32 [out, in, kernel, kernel], or `dims` of the same size: from the trunk's file, or stored here where it is in single precision there (small)."""
        tensor = self.trunk.stored[self.trunk.halves.get(weights.name, weights.name)]
        if tensor.data_type != TensorProto.FLOAT16:
            return self.floats(numpy_helper.to_array(tensor).reshape(dims or tensor.dims))
        if tensor.name not in self.tensors:
            outside = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=dims or tensor.dims, data_location=TensorProto.EXTERNAL)
            place = {"location": self.file, "offset": self.trunk.data.index(tensor.raw_data), "length": len(tensor.raw_data)}
            for key, value in place.items():
                outside.external_data.add(key=key, value=str(value))
            self.tensors[tensor.name] = outside
        return self.op("Cast", tensor.name, to=TensorProto.FLOAT)

    def model(self) -> bytes:
        trunk = self.trunk
        feats = helper.make_tensor_value_info("feats", TensorProto.FLOAT, [1, "frames", trunk.mels])
        features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["steps", trunk.rows])
        graph = helper.make_graph(self.nodes, trunk.identity, [feats], [features], list(self.tensors.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8,
                                  producer_name="n8n-nodes-voiceprint training")
        model.doc_string = trunk.licence
        helper.set_model_props(model, {**trunk.properties, "weights_sha256": hashlib.sha256(trunk.data).hexdigest()})
        return model.SerializeToString()


class Layout:
    """Where the row of a position (time, band) lies. Plain: time-major, and one row of zeros at the end."""

    def __init__(self, w: Writer, width: str, bands: int):
        self.w, self.width, self.bands = w, width, bands
        self.zero = w.times(width, bands)
        """Index of a row of zeros."""

    def place(self, time: str, band: np.ndarray) -> str:
        """Row of a position that is inside."""
        return self.w.add(self.w.times(time, self.bands), self.w.ints(band))

    def row(self, time: str, band: np.ndarray) -> str:
        """Row of a position, a row of zeros for one outside. `time` (computed) and `band` (known) broadcast against each other."""
        w = self.w
        late = w.op("And", w.op("GreaterOrEqual", time, w.ints(0)), w.op("Less", time, self.width))
        inside = w.op("And", late, w.constant((band >= 0) & (band < self.bands)))
        return w.op("Where", inside, self.place(time, np.clip(band, 0, self.bands - 1)), self.zero)


class Tiles(Layout):
    """Rows [m, n, tiles + 1] of an image in tiles of m times x n bands; the last tile is zeros.

    `mask` float32 [tiles + 1, 1] is 0 for that tile.
    """

    def __init__(self, w: Writer, width: str, bands: int, tiling: tuple[int, int]):
        self.w, self.width, self.bands = w, width, bands
        self.m, self.n = tiling
        self.high = -(-bands // self.n)
        self.wide = w.op("Div", w.add(width, w.ints(self.m - 1)), w.ints(self.m))
        self.zero = w.times(self.wide, self.high)
        self.count = w.add(self.zero, w.ints(1))
        self.mask = w.shaped(w.op("Cast", w.op("Less", w.upto(self.count), self.zero), to=TensorProto.FLOAT), -1, 1)
        self.columns = self._columns()
        self.crossings = self._crossings()

    def place(self, time: str, band: np.ndarray) -> str:
        w, m, n = self.w, self.m, self.n
        across = w.add(w.op("Mul", w.op("Mod", time, w.ints(m)), w.times(self.count, n)),
                       w.times(w.op("Div", time, w.ints(m)), self.high))
        return w.add(across, w.op("Mul", w.ints(band % n), self.count), w.ints(band // n))

    def _starts(self) -> str:
        """First time of each tile column [wide]."""
        return self.w.times(self.w.upto(self.wide), self.m)

    def _columns(self) -> str:
        """Rows of what each tile column reads, edges overlapping: flat [m + 2, wide x bands + 1], the last a row of zeros."""
        w, taps = self.w, self.m + TAPS - 1
        time = w.add(w.shaped(self._starts(), 1, -1, 1), w.ints(np.arange(taps).reshape(-1, 1, 1) - 1))
        rows = w.shaped(self.row(time, np.arange(self.bands).reshape(1, 1, -1)), taps, -1)
        return w.shaped(w.op("Concat", rows, w.op("Expand", self.zero, w.ints([taps, 1])), axis=1), -1)

    def _crossings(self) -> str:
        """The same over bands, within [wide x bands + 1] rows: flat [n + 2, tiles + 1]."""
        w, taps = self.w, self.n + TAPS - 1
        nothing = w.times(self.wide, self.bands)
        band = np.arange(taps).reshape(-1, 1, 1) - 1 + self.n * np.arange(self.high).reshape(1, 1, -1)
        column = w.times(w.shaped(w.upto(self.wide), 1, -1, 1), self.bands)
        inside = w.constant((band >= 0) & (band < self.bands))
        rows = w.shaped(w.op("Where", inside, w.add(column, w.ints(np.clip(band, 0, self.bands - 1))), nothing), taps, -1)
        return w.shaped(w.op("Concat", rows, w.op("Expand", nothing, w.ints([taps, 1])), axis=1), -1)

    def gathered(self, source: Layout, kernel: int, stride: int) -> str:
        """Rows of `source` under a kernel centred on each own position: flat [m x n x (tiles + 1), kernel (time), kernel (band)]."""
        w, taps = self.w, np.arange(kernel) - kernel // 2
        time = w.add(w.times(w.shaped(self._starts(), 1, 1, -1, 1, 1, 1), stride),
                     w.ints(stride * np.arange(self.m).reshape(-1, 1, 1, 1, 1, 1) + taps.reshape(-1, 1)))
        own = np.arange(self.n).reshape(-1, 1, 1) + self.n * np.arange(self.high)
        rows = w.shaped(source.row(time, stride * own[..., None, None] + taps), self.m * self.n, -1, kernel**2)
        nothing = w.op("Expand", source.zero, w.ints([self.m * self.n, 1, kernel**2]))
        return w.shaped(w.op("Concat", rows, nothing, axis=1), -1)


def winograd(w: Writer, tiles: Tiles, x: str, weights: Weights, bias: np.ndarray, past: str | None = None) -> str:
    """ReLU of a 3x3 convolution of stride 1, plus `past` if given: rows of `tiles` -> rows of `tiles`."""
    outside, inside = weights.shape[:2]
    (data_m, weight_m, result_m), (data_n, weight_n, result_n) = transforms(tiles.m), transforms(tiles.n)
    wide, high = tiles.m + TAPS - 1, tiles.n + TAPS - 1
    x = w.op("MatMul", w.floats(data_m), w.shaped(w.op("Gather", x, tiles.columns, axis=0), wide, -1))
    x = w.op("Gather", w.shaped(x, wide, -1, inside), tiles.crossings, axis=1)
    x = w.op("MatMul", w.floats(data_n), w.shaped(x, wide, high, -1))
    y = w.op("MatMul", w.shaped(x, wide * high, -1, inside), transformed(w, weights, weight_m, weight_n))
    back = np.einsum("jq,ip->jiqp", result_m, result_n).reshape(tiles.m * tiles.n, wide * high)
    biases = w.shaped(w.op("Mul", tiles.mask, w.floats(bias[None])), 1, -1)
    y = w.shaped(w.op("Gemm", w.floats(back), w.shaped(y, wide * high, -1), biases), -1, outside)
    return w.op("Relu", y if past is None else w.add(y, past))


def transformed(w: Writer, weights: Weights, over_time: np.ndarray, over_bands: np.ndarray) -> str:
    """G w G^T per pair of channels: [elements of a tile, in, out]. A constant to ONNX Runtime."""
    outside, inside = weights.shape[:2]
    both = np.einsum("bq,ap->abqp", over_bands, over_time).reshape(-1, TAPS * TAPS)
    return w.op("Einsum", w.weight(weights, outside, inside, TAPS * TAPS), w.floats(both), equation="oit,et->eio")


def gathering(w: Writer, tiles: Tiles, source: Layout, x: str, weights: Weights) -> str:
    """Any convolution as one matrix product, without its bias: rows of `source` -> rows of `tiles`."""
    outside, inside, kernel, _ = weights.shape
    rows = w.op("Gather", x, tiles.gathered(source, kernel, weights.stride), axis=0)
    matrix = w.shaped(w.op("Transpose", w.weight(weights), perm=[3, 2, 1, 0]), -1, outside)
    return w.op("MatMul", w.shaped(rows, -1, kernel**2 * inside), matrix)


def biased(w: Writer, tiles: Tiles, y: str, weights: Weights) -> str:
    """ReLU after the bias, which the tile of zeros does not get."""
    biases = w.op("Mul", tiles.mask, w.floats(weights.bias[None]))
    y = w.add(w.op("Reshape", y, w.op("Concat", w.ints([tiles.m * tiles.n]), w.shaped(tiles.count, 1), w.ints([-1]), axis=0)), biases)
    return w.op("Relu", w.shaped(y, -1, weights.shape[0]))


def convolution(w: Writer, x: str, weights: Weights) -> str:
    """As the trunk has it: an image [1, channels, bands, width] to an image."""
    kernel = weights.shape[2]
    return w.op("Conv", x, w.weight(weights), w.floats(weights.bias), strides=[weights.stride] * 2, pads=[kernel // 2] * 4,
                kernel_shape=[kernel] * 2)


def flat_rows(w: Writer, image: str, channels: int) -> str:
    """An image as rows in a plain layout."""
    rows = w.shaped(w.op("Transpose", image, perm=[0, 3, 2, 1]), -1, channels)
    return w.op("Pad", rows, w.ints([0, 0, 1, 0]))


class Image:
    """A stage as convolutions."""

    def __init__(self, w: Writer, width: str, bands: int):
        self.w, self.width, self.bands = w, width, bands

    def begin(self, feats: str, stem: Weights) -> str:
        axis = self.w.op("Unsqueeze", self.w.op("Transpose", feats, perm=[0, 2, 1]), self.w.ints([1]))
        return self.w.op("Relu", convolution(self.w, axis, stem))

    def enter(self, before: "Image | Rows", x: str, block: tuple) -> str:
        if isinstance(before, Rows):
            raise ValueError("A stage of convolutions cannot follow one in tiles")
        return self.block(x, block)

    def block(self, x: str, block: tuple) -> str:
        first, second, shortcut = block
        y = convolution(self.w, self.w.op("Relu", convolution(self.w, x, first)), second)
        return self.w.op("Relu", self.w.add(y, x if shortcut is None else convolution(self.w, x, shortcut)))

    def end(self, x: str, rows: int) -> str:
        return self.w.op("Transpose", x, perm=[0, 3, 1, 2])


class Rows:
    """A stage in tiles."""

    def __init__(self, w: Writer, width: str, bands: int, tiling: tuple[int, int]):
        self.w, self.width, self.bands = w, width, bands
        self.tiles = Tiles(w, width, bands, tiling)

    def begin(self, feats: str, stem: Weights) -> str:
        w = self.w
        rows = w.op("Pad", w.shaped(feats, -1, 1), w.ints([0, 0, 1, 0]))
        return biased(w, self.tiles, gathering(w, self.tiles, Layout(w, self.width, self.bands), rows, stem), stem)

    def enter(self, before: "Image | Rows", x: str, block: tuple) -> str:
        """The block in which the stride is 2. After a stage of convolutions it is still a convolution, which leaves less to move."""
        w, (first, second, shortcut) = self.w, block
        if isinstance(before, Rows):
            y = biased(w, self.tiles, gathering(w, self.tiles, before.tiles, x, first), first)
            past = gathering(w, self.tiles, before.tiles, x, shortcut)
            return winograd(w, self.tiles, y, second, second.bias + shortcut.bias, past)
        y, past = w.op("Relu", convolution(w, x, first)), convolution(w, x, shortcut)
        order = self.tiles.gathered(Layout(w, self.width, self.bands), 1, 1)
        y, past = (w.op("Gather", flat_rows(w, image, first.shape[0]), order, axis=0) for image in (y, past))
        return winograd(w, self.tiles, y, second, second.bias, past)

    def block(self, x: str, block: tuple) -> str:
        first, second, _ = block
        return winograd(self.w, self.tiles, winograd(self.w, self.tiles, x, first, first.bias), second, second.bias, x)

    def end(self, x: str, rows: int) -> str:
        time = self.w.shaped(self.w.upto(self.width), -1, 1)
        ordered = self.w.op("Gather", x, self.tiles.row(time, np.arange(self.bands)[None]), axis=0)
        return self.w.op("Transpose", ordered, perm=[0, 2, 1])


def rewritten(data: bytes, plan: tuple[Tiling, ...], file: str) -> bytes:
    """The graph for the trunk in `data`, stored under the name `file`. ValueError where the plan has not the trunk's number of stages."""
    trunk = Trunk(data)
    blocks = trunk.stages()
    if len(plan) != len(blocks):
        raise ValueError(f"{len(plan)} tilings for {len(blocks)} stages")
    w = Writer(trunk, file)
    width, bands = w.op("Gather", w.op("Shape", "feats"), w.ints(1), axis=0), trunk.mels
    before, x = None, "feats"
    for tiling, stage in zip(plan, blocks):
        now = Image(w, width, bands) if tiling is None else Rows(w, width, bands, tiling)
        if before is None:
            x = now.block(now.begin(x, trunk.convolutions["stem"]), stage[0])
        else:
            x = now.enter(before, x, stage[0])
        for block in stage[1:]:
            x = now.block(x, block)
        before, width, bands = now, w.op("Div", w.add(width, w.ints(1)), w.ints(2)), (bands + 1) // 2
    w.nodes.append(helper.make_node("Reshape", [before.end(x, trunk.rows), w.ints([-1, trunk.rows])], ["features"]))
    return w.model()


def run_beside(graph: bytes, trunk: bytes, file: str, feats: np.ndarray) -> np.ndarray:
    """Features of a rewritten graph, its weights read from the trunk in memory."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_external_initializers_from_files_in_memory([file], [trunk], [len(trunk)])
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"]).run(None, {"feats": feats})[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trunk", type=Path, default=MODELS_DIR / "voiceprint-resnet34-v1.trunk.onnx")
    path = parser.parse_args().trunk
    trunk = path.read_bytes()
    feats = np.random.default_rng(1).standard_normal((1, 333, Trunk(trunk).mels)).astype(np.float32)
    expected = session(trunk).run(None, {"feats": feats})[0]
    for runtime, plan in PLANS.items():
        graph = rewritten(trunk, plan, path.name)
        worst = float(np.abs(run_beside(graph, trunk, path.name, feats) - expected).max())
        if worst > TOLERANCE:
            raise SystemExit(f"The graph for {runtime} differs from the trunk by {worst:.2e}, more than {TOLERANCE}")
        target = path.with_suffix(f".{runtime}.onnx")
        target.write_bytes(graph)
        print(f"{target.name}: {len(graph)} bytes, largest difference {worst:.2e}, sha256 {hashlib.sha256(graph).hexdigest()}")


if __name__ == "__main__":
    main()
