"""TensorFlow Lite surgery: the older wheel's models, made fit for MediaPipe's Tasks.

Both flatbuffers schemas come out of that wheel, as generated Python modules that need only `flatbuffers`.
"""

from __future__ import annotations

import copy
import io
import zipfile
from types import ModuleType
from typing import Any

import flatbuffers

NORMALISED = "TFLITE_METADATA"
"""Name of the buffer in which Tasks looks for how an input is normalised."""


class Surgeon:
    """Reads, changes and writes models. *schema* and *metadata* are the two generated modules."""

    def __init__(self, schema: ModuleType, metadata: ModuleType) -> None:
        self.s: Any = schema
        self.m: Any = metadata
        self.s.BufferT._UnPack, self.s.BufferT.Pack = _read_buffer, _write_buffer

    def load(self, data: bytes) -> Any:
        return self.s.ModelT.InitFromObj(self.s.Model.GetRootAsModel(data, 0))

    def dump(self, model: Any) -> bytes:
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def normalised(self, model: Any, mean: float, std: float) -> Any:
        """*model* with the metadata Tasks asks for: one RGB image, fed as (x - mean) / std for x in 0..255."""
        model.metadata = [entry for entry in model.metadata or [] if entry.name != NORMALISED.encode()]
        entry = self.s.MetadataT()
        entry.name, entry.buffer = NORMALISED, self._buffer(model, self._normalisation(mean, std))
        model.metadata.append(entry)
        return model

    def _normalisation(self, mean: float, std: float) -> bytes:
        image = self.m.ImagePropertiesT()
        image.colorSpace = self.m.ColorSpaceType.RGB
        content = self.m.ContentT()
        content.contentPropertiesType = self.m.ContentProperties.ImageProperties
        content.contentProperties = image
        options = self.m.NormalizationOptionsT()
        options.mean, options.std = [mean], [std]
        unit = self.m.ProcessUnitT()
        unit.optionsType, unit.options = self.m.ProcessUnitOptions.NormalizationOptions, options
        tensor = self.m.TensorMetadataT()
        tensor.name, tensor.content, tensor.processUnits = "image", content, [unit]
        graph = self.m.SubGraphMetadataT()
        graph.inputTensorMetadata = [tensor]
        model = self.m.ModelMetadataT()
        model.subgraphMetadata, model.minParserVersion = [graph], "1.0.0"
        builder = flatbuffers.Builder(0)
        builder.Finish(model.Pack(builder), b"M001")
        return bytes(builder.Output())

    def with_irises(self, model: Any) -> Any:
        """The attention mesh, with its one output made of 468 mesh points and 5 + 5 iris points.

        Tasks wants 478 points of x, y, z in one tensor; this model gives 468 and, apart, two irises of x, y. Each iris
        is given a z of 0 (reshape, pad, reshape) and joined on, so that points 468..472 and 473..477 are true irises.
        """
        graph = model.subgraphs[0]
        out = {graph.tensors[i].name: i for i in graph.outputs}
        mesh, flag = out[b"output_mesh_identity"], out[b"conv_faceflag"]
        irises = [self._with_depth(model, graph, out[name]) for name in (b"output_left_iris", b"output_right_iris")]
        points = self._tensor(graph, mesh, "landmarks", [1, 1, 1, 1434], self._buffer(model, None))
        options = self.s.ConcatenationOptionsT()
        options.axis = 3
        self._operator(model, graph, "CONCATENATION", [mesh, *irises], points, options)
        graph.outputs = [points, flag]
        return model

    def _with_depth(self, model: Any, graph: Any, iris: int) -> int:
        flat = self._reshape(model, graph, iris, [1, 1, 5, 2])
        pads = self._tensor(
            graph, iris, "depth", [4, 2], self._buffer(model, _int32([0, 0, 0, 0, 0, 0, 0, 1])), self.s.TensorType.INT32
        )
        deep = self._tensor(graph, iris, "deep", [1, 1, 5, 3], self._buffer(model, None))
        self._operator(model, graph, "PAD", [flat, pads], deep, self.s.PadOptionsT())
        return self._reshape(model, graph, deep, [1, 1, 1, 15])

    def _reshape(self, model: Any, graph: Any, source: int, shape: list[int]) -> int:
        wanted = self._tensor(
            graph, source, "shape", [len(shape)], self._buffer(model, _int32(shape)), self.s.TensorType.INT32
        )
        result = self._tensor(graph, source, "reshaped", shape, self._buffer(model, None))
        options = self.s.ReshapeOptionsT()
        options.newShape = shape
        self._operator(model, graph, "RESHAPE", [source, wanted], result, options)
        return result

    def _buffer(self, model: Any, data: bytes | None) -> int:
        buffer = self.s.BufferT()
        if data is not None:
            buffer.data = data
        model.buffers.append(buffer)
        return len(model.buffers) - 1

    def _tensor(self, graph: Any, like: int, name: str, shape: list[int], buffer: int, kind: int | None = None) -> int:
        tensor = copy.deepcopy(graph.tensors[like])
        tensor.name, tensor.shape, tensor.shapeSignature = f"{name}_{len(graph.tensors)}", shape, None
        tensor.buffer = buffer
        if kind is not None:
            tensor.type = kind
        graph.tensors.append(tensor)
        return len(graph.tensors) - 1

    def _operator(self, model: Any, graph: Any, name: str, inputs: list[int], output: int, options: Any) -> None:
        code = self.s.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(self.s.BuiltinOperator, name)
        code.version = 1
        model.operatorCodes.append(code)
        operator = self.s.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = len(model.operatorCodes) - 1, inputs, [output]
        kind = type(options).__name__.removesuffix("T")
        operator.builtinOptionsType, operator.builtinOptions = getattr(self.s.BuiltinOptions, kind), options
        graph.operators.append(operator)


def _read_buffer(self: Any, buffer: Any) -> None:
    """In place of the generated method, which goes byte by byte where numpy is absent: 40 s for these."""
    self.data = None
    if not buffer.DataIsNone():
        start = buffer._tab.Vector(buffer._tab.Offset(4))
        self.data = bytes(buffer._tab.Bytes[start : start + buffer.DataLength()])
    self.offset, self.size = buffer.Offset(), buffer.Size()


def _write_buffer(self: Any, builder: Any) -> Any:
    """The same for writing, and aligned to 16 bytes as the schema demands (`force_align`) and Python's builder forgets."""
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


def bundle(members: dict[str, bytes]) -> bytes:
    """A `.task` file: an uncompressed zip, the same bytes for the same members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return file.getvalue()
