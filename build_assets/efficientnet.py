"""Convert EfficientNet-Lite0 (Tan and Le, 2019; no squeeze, ReLU6) from a PyTorch checkpoint to TensorFlow Lite.

The network recognizes a thousand kinds of things. Batch norms are folded into the convolutions, and weights are stored in
half precision. The output is the mean over all positions of the last feature map before the head: 320 channels.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from math import sqrt

from .checkpoint import Tensor
from .compose import ModelEditor

INPUT_SIDE_PX = 160
"""Side of the square input. Trained on 224, the network tells people from things as well at 160, at half the cost."""
STAGES = (
    (1, 1, 1), (2, 2, 6), (2, 2, 6), (3, 2, 6), (3, 1, 6), (4, 2, 6), (1, 1, 6),
)  # fmt: skip
"""Number of blocks, stride of the first, and factor by which they expand the channels."""
EPSILON = 1e-3
"""Epsilon of the batch norms."""


def build_embedding_model(editor: ModelEditor, weights: Mapping[str, Tensor]) -> bytes:
    """Return the model for MediaPipe's ImageEmbedder: input an RGB square of INPUT_SIDE_PX, output [1, 320]."""
    net = _Net(editor, weights)
    at = net.add_convolution(net.image, "_conv_stem", "_bn0", stride=2, capped=True)
    number = 0
    for blocks, stride, expansion in STAGES:
        for block in range(blocks):
            name, block_input = f"_blocks.{number}.", at
            if expansion > 1:
                at = net.add_convolution(at, name + "_expand_conv", name + "_bn0", capped=True)
            at = net.add_convolution(
                at, name + "_depthwise_conv", name + "_bn1", stride=1 if block else stride, capped=True, depthwise=True
            )
            at = net.add_convolution(at, name + "_project_conv", name + "_bn2")
            if block:
                at = net.add_sum(at, block_input)
            number += 1
    return net.finish(at)


class _Net:
    """Writes a model, layer by layer."""

    def __init__(self, editor: ModelEditor, weights: Mapping[str, Tensor]) -> None:
        self.editor, self.schema, self.weights = editor, editor.schema, weights
        self.model = self.schema.ModelT()
        self.model.version, self.model.description = 3, "EfficientNet-Lite0, inner map"
        self.model.operatorCodes, self.model.buffers, self.model.metadata = [], [self.schema.BufferT()], []
        self.graph = self.schema.SubGraphT()
        self.graph.name, self.graph.tensors, self.graph.operators = "main", [], []
        self.model.subgraphs = [self.graph]
        self.image = self._tensor([1, INPUT_SIDE_PX, INPUT_SIDE_PX, 3])
        self.graph.inputs = [self.image]

    def add_convolution(
        self, at: int, kernel: str, norm: str, *, stride: int = 1, capped: bool = False, depthwise: bool = False
    ) -> int:
        """Add a convolution with its batch norm; if *capped*, the output is clipped to 0..6."""
        options = self.schema.DepthwiseConv2DOptionsT() if depthwise else self.schema.Conv2DOptionsT()
        if depthwise:
            options.depthMultiplier = 1
        options.padding, options.strideW, options.strideH = self.schema.Padding.SAME, stride, stride
        kind = self.schema.ActivationFunctionType
        options.fusedActivationFunction = kind.RELU6 if capped else kind.NONE
        weight = self.weights[kernel + ".weight"]
        gain, offset, mean, variance = (
            self.weights[f"{norm}.{part}"].get_values(0) for part in ("weight", "bias", "running_mean", "running_var")
        )
        gains = [g / sqrt(v + EPSILON) for g, v in zip(gain, variance, strict=True)]
        bias = [b - m * g for b, m, g in zip(offset, mean, gains, strict=True)]
        count, inputs, height, width = weight.size
        positions = [(y, x) for y in range(height) for x in range(width)]
        if depthwise:
            shape = [1, height, width, count]
            values = [v * g for y, x in positions for v, g in zip(weight.get_values(0, 0, y, x), gains, strict=True)]
        else:
            shape = [count, height, width, inputs]
            values = [v * gains[o] for o in range(count) for y, x in positions for v in weight.get_values(1, o, y, x)]
        _, high, wide, _ = self._shape(at)
        result = self._tensor([1, -(-high // stride), -(-wide // stride), count])
        name = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
        self.editor.add_operator(
            self.model,
            self.graph,
            name,
            [at, self._weights(shape, values), self._weights([count], bias)],
            result,
            options=options,
        )
        return result

    def add_sum(self, one: int, other: int) -> int:
        result = self._tensor(self._shape(one))
        self.editor.add_operator(self.model, self.graph, "ADD", [one, other], result, options=self.schema.AddOptionsT())
        return result

    def finish(self, at: int) -> bytes:
        """Return the bytes of the model whose output is the mean of *at* over all positions."""
        self.graph.outputs = [self.editor.reduce_over_positions(self.model, self.graph, "MEAN", at)]
        return self.editor.dump(self.editor.add_normalization(self.model, 127.0, 128.0))

    def _weights(self, shape: list[int], values: list[float]) -> int:
        halves = self._tensor(shape, struct.pack(f"<{len(values)}e", *values), self.schema.TensorType.FLOAT16)
        result = self._tensor(shape)
        self.editor.add_operator(
            self.model, self.graph, "DEQUANTIZE", [halves], result, options=self.schema.DequantizeOptionsT()
        )
        return result

    def _shape(self, tensor: int) -> list[int]:
        return [int(length) for length in self.graph.tensors[tensor].shape]

    def _tensor(self, shape: list[int], content: bytes | None = None, kind: int | None = None) -> int:
        tensor, buffer = self.schema.TensorT(), self.schema.BufferT()
        buffer.data = content
        self.model.buffers.append(buffer)
        tensor.name, tensor.shape, tensor.buffer = f"t{len(self.graph.tensors)}", shape, len(self.model.buffers) - 1
        tensor.type = self.schema.TensorType.FLOAT32 if kind is None else kind
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1
