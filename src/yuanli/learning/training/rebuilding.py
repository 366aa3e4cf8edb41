"""The encoder inside an exported model, to train on: its 8-bit weights as real numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn
from transformers import AutoConfig, AutoModel

from yuanli.errors import Text, UnavailableError
from yuanli.learning.models import NETWORK

ENCODER = "network.encoder."
"""What the names of an encoder's weights begin with in an exported model."""


class NotRebuiltError(UnavailableError):
    """A model's file does not hold all weights of an encoder of its configuration."""


def rebuilt_encoder(folder: Path) -> nn.Module:
    """Return the encoder of a model folder, its weights as exact as they were written.

    Raises
    ------
    NotRebuiltError
        Weights are missing, or have other shapes: heads or neurons were taken out.
    """
    encoder = AutoModel.from_config(AutoConfig.from_pretrained(folder))
    encoder.pooler = None
    found = _weights(onnx.load(str(folder / NETWORK)).graph)
    wanted = dict(encoder.named_parameters())
    unfit = [name for name, p in wanted.items() if name not in found or found[name].shape != p.shape]
    if unfit:
        raise NotRebuiltError(
            Text(
                f"“{folder}”里的编码器不完整：{unfit[0]}。",
                f"The encoder in {folder} is not whole: {unfit[0]}.",
            ),
            field="base",
            hint=Text(
                "剪过枝的模型不能作底座；请用训练结果或预训练模型。",
                "A pruned model is no base; take the run it came from, or a pretrained encoder.",
            ),
        )
    with torch.no_grad():
        for name, parameter in wanted.items():
            parameter.copy_(torch.from_numpy(np.array(found[name])))
    return encoder


def _weights(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """Return the weights of an encoder by name: tables and biases keep theirs, matrices go by their node's place."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found = {}
    for name in stored:
        plain = name.removesuffix("_quantized")
        if plain.startswith(ENCODER) and not name.endswith(("_scale", "_zero_point")):
            found[plain.removeprefix(ENCODER)] = _real(stored, plain)
    for node in graph.node:
        if node.op_type in ("MatMul", "MatMulInteger") and node.name.startswith("/network/encoder/"):
            matrix = node.input[1].removesuffix("_quantized")
            if {matrix, f"{matrix}_quantized"} & stored.keys():
                place = node.name.removeprefix("/network/encoder/").rpartition("/")[0].replace("/", ".")
                found[f"{place}.weight"] = _real(stored, matrix).T
    return found


def _real(stored: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    if name in stored:
        return stored[name].astype(np.float32)
    steps = stored[f"{name}_quantized"].astype(np.float32) - stored[f"{name}_zero_point"].astype(np.float32)
    return np.asarray(steps * stored[f"{name}_scale"], np.float32)
