"""Pretrained encoders: a folder, a hub's id, or the encoder of a run or model of ours."""

from __future__ import annotations

import logging
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as library_logging

from yuanli.errors import NotFoundError, Text
from yuanli.learning.models import NETWORK
from yuanli.learning.tokens import TextTokenizer
from yuanli.learning.training.methods import merged_encoder
from yuanli.learning.training.rebuilding import rebuilt_encoder
from yuanli.learning.training.saving import load_network

LOG = logging.getLogger(__name__)
RUN_NETWORK = "network"
"""Where a run's folder keeps its network."""


class BaseNotFoundError(NotFoundError):
    """There is no such encoder in a folder or at the hub."""


def load_base(base: str, *, max_length: int) -> tuple[nn.Module, TextTokenizer]:
    """Return a pretrained encoder in full precision and its tokenizer.

    Parameters
    ----------
    base
        A folder with `config.json`, weights and `tokenizer.json`, of a training run or of a model that was
        exported from one; or the id of a model at the hub.
    """
    library_logging.set_verbosity_error()
    library_logging.disable_progress_bar()
    try:
        encoder, tokenizer = _opened(base)
    except (OSError, ValueError) as error:
        raise BaseNotFoundError(
            Text(
                f"找不到预训练模型“{base}”：{_first(error)}",
                f"No pretrained encoder {base!r}: {_first(error)}",
            ),
            field="base",
            hint=Text(
                "给出本地文件夹，或在能联网的机器上用模型库的编号。",
                "Give a local folder, or a hub's id on a machine that reaches it.",
            ),
        ) from error
    if hasattr(encoder, "pooler"):
        encoder.pooler = None
    return encoder, TextTokenizer(tokenizer, max_length=max_length)


def _opened(base: str) -> tuple[nn.Module, Tokenizer]:
    folder = Path(base)
    run = folder / RUN_NETWORK
    if (folder / NETWORK).is_file():
        return rebuilt_encoder(folder), _tokenizer(base)
    if run.is_dir():
        return merged_encoder(load_network(run)[0].encoder), _tokenizer(str(run))
    return AutoModel.from_pretrained(base, dtype=torch.float32), _tokenizer(base)


def _tokenizer(base: str) -> Tokenizer:
    path = Path(base) / "tokenizer.json"
    if path.is_file():
        return Tokenizer.from_file(str(path))
    backend: Tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
    return backend


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
