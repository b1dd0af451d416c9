"""Edit TensorFlow Lite models, so that models from the older wheel work with MediaPipe's Tasks.

Both flatbuffers schemas come from that wheel, as generated Python modules that need only `flatbuffers`.
"""

from __future__ import annotations

import copy
import io
import struct
import zipfile
from types import ModuleType
from typing import Any

import flatbuffers

METADATA_NAME = "TFLITE_METADATA"
"""Name of the buffer from which Tasks reads how to normalize the input."""

SCORE_UNIT = 10.0
"""See `ModelEditor.embed_score`. `_SCORE_SCALE` in `analysis/detector.py` must be the same."""


class ModelEditor:
    """Reads, changes and writes models. *schema* and *metadata* are the two generated modules."""

    def __init__(self, schema: ModuleType, metadata: ModuleType) -> None:
        self.schema: Any = schema
        self.metadata_schema: Any = metadata
        self.schema.BufferT._UnPack, self.schema.BufferT.Pack = _read_buffer, _write_buffer

    def load(self, data: bytes) -> Any:
        """Return the model in *data*, a `.tflite` file, as an object that can be changed."""
        return self.schema.ModelT.InitFromObj(self.schema.Model.GetRootAsModel(data, 0))

    def dump(self, model: Any) -> bytes:
        """Return *model* as the bytes of a `.tflite` file."""
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def add_normalization(self, model: Any, mean: float, std: float) -> Any:
        """Add the metadata that Tasks needs to *model*: its input is one RGB image, (x - mean) / std for x in 0..255."""
        model.metadata = [entry for entry in model.metadata or [] if entry.name != METADATA_NAME.encode()]
        entry = self.schema.MetadataT()
        entry.name, entry.buffer = METADATA_NAME, self._buffer(model, self._make_metadata(mean, std))
        model.metadata.append(entry)
        return model

    def _make_metadata(self, mean: float, std: float) -> bytes:
        image = self.metadata_schema.ImagePropertiesT()
        image.colorSpace = self.metadata_schema.ColorSpaceType.RGB
        content = self.metadata_schema.ContentT()
        content.contentPropertiesType = self.metadata_schema.ContentProperties.ImageProperties
        content.contentProperties = image
        options = self.metadata_schema.NormalizationOptionsT()
        options.mean, options.std = [mean], [std]
        unit = self.metadata_schema.ProcessUnitT()
        unit.optionsType, unit.options = self.metadata_schema.ProcessUnitOptions.NormalizationOptions, options
        tensor = self.metadata_schema.TensorMetadataT()
        tensor.name, tensor.content, tensor.processUnits = "image", content, [unit]
        graph = self.metadata_schema.SubGraphMetadataT()
        graph.inputTensorMetadata = [tensor]
        model = self.metadata_schema.ModelMetadataT()
        model.subgraphMetadata, model.minParserVersion = [graph], "1.0.0"
        builder = flatbuffers.Builder(0)
        builder.Finish(model.Pack(builder), b"M001")
        return bytes(builder.Output())

    def merge_irises(self, model: Any) -> Any:
        """Give the attention mesh one output of 468 mesh points and 5 + 5 iris points.

        Tasks needs 478 points of x, y, z in one tensor. This model has 468, and as separate outputs the contours of both
        eyes and both irises, as x, y. The irises are appended as points 468..472 (right eye) and 473..477 (left eye). The
        eyelids of the 468 points hardly move when an eye closes; those of the contours do. They are stored as the z of
        the irises: see `_add_lid_vectors`.
        """
        graph = model.subgraphs[0]
        out = {graph.tensors[i].name: i for i in graph.outputs}
        mesh, flag = out[b"output_mesh_identity"], out[b"conv_faceflag"]
        irises = [
            self._add_depth(
                model,
                graph,
                out[b"output_%b_iris" % side],
                self._add_lid_vectors(model, graph, out[b"output_%b_eye" % side]),
            )
            for side in (b"left", b"right")
        ]
        points = self._add_result_tensor(model, graph, mesh, [1, 1, 1, 1434])
        self.add_operator(model, graph, "CONCATENATION", [mesh, *irises], points, options=self._axis(3))
        graph.outputs = [points, flag]
        return model

    def embed_score(self, model: Any, points: int, score: int, carrier: int, unit: int) -> Any:
        """Store the model's score in the z of two of its points, because Tasks does not return the score.

        Both must be z values that are not needed. Whatever scale Tasks gives to z, the ratio of the two gives the score.

        Args:
            model: The model to change.
            points: Index of the output with the points.
            score: Index of the output with the score.
            carrier: Index of the value that becomes the score (a logit).
            unit: Index of the value that becomes the constant `SCORE_UNIT`.
        """
        graph = model.subgraphs[0]
        source = graph.outputs[points]
        shape = [int(n) for n in graph.tensors[source].shape]
        count = shape[-1]
        logit = self._reshape(model, graph, self._find_logit(model, graph, graph.outputs[score]), [1] * len(shape))
        keep = [0.0 if i in (carrier, unit) else 1.0 for i in range(count)]
        result = source
        for name, other in (("MUL", keep), ("ADD", [SCORE_UNIT if i == unit else 0.0 for i in range(count)])):
            result = self._arithmetic(model, graph, name, result, self._constant(model, graph, source, shape, other))
        place = self._constant(model, graph, source, shape, [1.0 if i == carrier else 0.0 for i in range(count)])
        result = self._arithmetic(model, graph, "ADD", result, self._arithmetic(model, graph, "MUL", place, logit))
        graph.outputs = [result if i == points else int(tensor) for i, tensor in enumerate(graph.outputs)]
        return model

    def pool_feature_maps(self, model: Any, mean_of: int, peaks_of: list[int]) -> Any:
        """Make an embedding model: return the mean of one feature map and the maximum of others.

        Args:
            model: The model to cut off. Operators that are no longer needed are removed.
            mean_of: Tensor whose mean over all positions is returned.
            peaks_of: Tensors whose maximum over all positions is returned.

        Returns:
            The model, with one output [1, channels of all these tensors].
        """
        graph = model.subgraphs[0]
        parts = [self.reduce_over_positions(model, graph, "MEAN", mean_of)]
        for tensor in peaks_of:
            parts.append(self.reduce_over_positions(model, graph, "REDUCE_MAX", tensor))
        count = sum(int(graph.tensors[part].shape[1]) for part in parts)
        result = self._add_result_tensor(model, graph, parts[0], [1, count])
        self.add_operator(model, graph, "CONCATENATION", parts, result, options=self._axis(1))
        graph.outputs = [result]
        self._prune(graph)
        return model

    def reduce_over_positions(self, model: Any, graph: Any, name: str, tensor: int) -> int:
        """Add an operator that reduces a tensor over its height and width.

        Args:
            model: The model to change.
            graph: The model's graph.
            name: The operator in TensorFlow Lite's schema: `MEAN` or `REDUCE_MAX`.
            tensor: The tensor to reduce: batch, height, width, channels.

        Returns:
            The result's tensor: batch, channels.
        """
        axes = self._tensor(
            graph, tensor, "axes", [2], self._buffer(model, _int32([1, 2])), kind=self.schema.TensorType.INT32
        )
        result = self._add_result_tensor(model, graph, tensor, [1, int(graph.tensors[tensor].shape[3])])
        options = self.schema.ReducerOptionsT()
        options.keepDims = False
        self.add_operator(model, graph, name, [tensor, axes], result, options=options)
        return result

    def _prune(self, graph: Any) -> None:
        """Remove the operators that no output needs."""
        made_by = {int(tensor): operator for operator in graph.operators for tensor in operator.outputs}
        wanted, needed = [int(tensor) for tensor in graph.outputs], set()
        while wanted:
            operator = made_by.get(wanted.pop())
            if operator is not None and id(operator) not in needed:
                needed.add(id(operator))
                wanted += [int(tensor) for tensor in operator.inputs if tensor >= 0]
        graph.operators = [operator for operator in graph.operators if id(operator) in needed]

    def _find_logit(self, model: Any, graph: Any, score: int) -> int:
        """Return the tensor before the sigmoid that makes *score*, or *score* itself if there is none."""
        made_by = {int(operator.outputs[0]): operator for operator in graph.operators}
        tensor = score
        while tensor in made_by:
            operator = made_by[tensor]
            code = model.operatorCodes[operator.opcodeIndex]
            kind = max(code.builtinCode, code.deprecatedBuiltinCode)
            if kind == self.schema.BuiltinOperator.LOGISTIC:
                return int(operator.inputs[0])
            if kind != self.schema.BuiltinOperator.RESHAPE:
                break
            tensor = int(operator.inputs[0])
        return score

    def _add_lid_vectors(self, model: Any, graph: Any, eye: int) -> int:
        """Add a tensor of five numbers: 0, the vector from outer to inner eye corner, and that from upper to lower lid.

        The contour has 71 points of x, y. 0 (outer corner) to 8 (inner corner) are the lower lid, and 9 to 15 the upper
        lid. The second vector is the mean of seven places along the lids.
        """
        weights = [[0.0] * 142 for _ in range(5)]
        for axis in (0, 1):
            weights[1 + axis][2 * 8 + axis], weights[1 + axis][axis] = 1.0, -1.0
            for lower in range(1, 8):
                weights[3 + axis][2 * lower + axis], weights[3 + axis][2 * (lower + 8) + axis] = 1 / 7, -1 / 7
        flat = self._reshape(model, graph, eye, [1, 142])
        matrix = self._constant(model, graph, eye, [5, 142], [weight for row in weights for weight in row])
        vectors = self._add_result_tensor(model, graph, eye, [1, 5])
        bias = self._constant(model, graph, eye, [5], [0.0] * 5)
        self.add_operator(
            model, graph, "FULLY_CONNECTED", [flat, matrix, bias], vectors, options=self.schema.FullyConnectedOptionsT()
        )
        return self._reshape(model, graph, vectors, [1, 1, 5, 1])

    def _add_depth(self, model: Any, graph: Any, iris: int, depth: int) -> int:
        """Join each x, y of *iris* with a z from *depth*, as one row."""
        flat = self._reshape(model, graph, iris, [1, 1, 5, 2])
        deep = self._add_result_tensor(model, graph, iris, [1, 1, 5, 3])
        self.add_operator(model, graph, "CONCATENATION", [flat, depth], deep, options=self._axis(3))
        return self._reshape(model, graph, deep, [1, 1, 1, 15])

    def _constant(self, model: Any, graph: Any, like: int, shape: list[int], values: list[float]) -> int:
        buffer = self._buffer(model, struct.pack(f"<{len(values)}f", *values))
        return self._tensor(graph, like, "constant", shape, buffer)

    def _arithmetic(self, model: Any, graph: Any, name: str, first: int, second: int) -> int:
        """Add ADD or MUL of two tensors, the second as large as the first or a single value."""
        shape = [int(n) for n in graph.tensors[first].shape]
        result = self._add_result_tensor(model, graph, first, shape)
        self.add_operator(
            model, graph, name, [first, second], result, options=getattr(self.schema, name.title() + "OptionsT")()
        )
        return result

    def _axis(self, axis: int) -> Any:
        options = self.schema.ConcatenationOptionsT()
        options.axis = axis
        return options

    def _reshape(self, model: Any, graph: Any, source: int, shape: list[int]) -> int:
        wanted = self._tensor(
            graph, source, "shape", [len(shape)], self._buffer(model, _int32(shape)), kind=self.schema.TensorType.INT32
        )
        result = self._add_result_tensor(model, graph, source, shape)
        options = self.schema.ReshapeOptionsT()
        options.newShape = shape
        self.add_operator(model, graph, "RESHAPE", [source, wanted], result, options=options)
        return result

    def _buffer(self, model: Any, data: bytes | None) -> int:
        buffer = self.schema.BufferT()
        if data is not None:
            buffer.data = data
        model.buffers.append(buffer)
        return len(model.buffers) - 1

    def _add_result_tensor(self, model: Any, graph: Any, like: int, shape: list[int]) -> int:
        """Add a tensor for the result of an operator."""
        return self._tensor(graph, like, "made", shape, self._buffer(model, None))

    def _tensor(
        self, graph: Any, like: int, name: str, shape: list[int], buffer: int, *, kind: int | None = None
    ) -> int:
        tensor = copy.deepcopy(graph.tensors[like])
        tensor.name, tensor.shape, tensor.shapeSignature = f"{name}_{len(graph.tensors)}", shape, None
        tensor.buffer = buffer
        if kind is not None:
            tensor.type = kind
        graph.tensors.append(tensor)
        return len(graph.tensors) - 1

    def add_operator(self, model: Any, graph: Any, name: str, inputs: list[int], output: int, *, options: Any) -> None:
        """Add an operator to *graph*.

        Args:
            model: The model to change.
            graph: The model's graph.
            name: The operator in TensorFlow Lite's schema, such as `CONCATENATION`.
            inputs: Its input tensors.
            output: Its output tensor.
            options: Its options, an object of the schema.
        """
        code = self.schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(self.schema.BuiltinOperator, name)
        code.version = 1
        model.operatorCodes.append(code)
        operator = self.schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = len(model.operatorCodes) - 1, inputs, [output]
        kind = type(options).__name__.removesuffix("T")
        operator.builtinOptionsType, operator.builtinOptions = getattr(self.schema.BuiltinOptions, kind), options
        graph.operators.append(operator)


def _read_buffer(self: Any, buffer: Any) -> None:
    """Replace the generated method, which goes byte by byte without NumPy: 40 s for these models."""
    self.data = None
    if not buffer.DataIsNone():
        start = buffer._tab.Vector(buffer._tab.Offset(4))
        self.data = bytes(buffer._tab.Bytes[start : start + buffer.DataLength()])
    self.offset, self.size = buffer.Offset(), buffer.Size()


def _write_buffer(self: Any, builder: Any) -> Any:
    """Replace the generated method, and align to 16 bytes as the schema requires (`force_align`)."""
    data = None
    if self.data is not None:
        builder.StartVector(1, len(self.data), 16)
        builder.head -= len(self.data)
        builder.Bytes[builder.head : builder.head + len(self.data)] = self.data
        data = builder.EndVector()
    builder.StartObject(3)
    if data is not None:
        builder.PrependUOffsetTRelativeSlot(0, data, 0)
    builder.PrependUint64Slot(1, self.offset, 0)
    builder.PrependUint64Slot(2, self.size, 0)
    return builder.EndObject()


def _int32(values: list[int]) -> bytes:
    return b"".join(value.to_bytes(4, "little", signed=True) for value in values)


def make_task_file(members: dict[str, bytes]) -> bytes:
    """Return a `.task` file: an uncompressed zip, with the same bytes for the same members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return file.getvalue()
