"""A network that reads a stretch of numbers and names a class: ONNX Runtime, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.models import open_network, softmax
from yuanli.learning.runs import require_training

Windows = NDArray[np.float32]
"""Shape `(n, n_steps, n_channels)`, about standardised; nothing is missing: a channel of its own says so."""
Facts = NDArray[np.float32]
"""What is known beside the stretch, shape `(n, n_facts)`."""
Progress = Callable[[int, int, float], None]
"""Told of epochs done, epochs in all, and the mean loss of the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowParams:
    """A small transformer (Vaswani et al. 2017) and how it is trained, by cross-entropy and AdamW.

    Parameters
    ----------
    width, heads, layers
        Of the encoder; the width is a multiple of the heads.
    noise
        Standard deviation of what is added to each number while it learns.
    averaged
        The weights of so many last epochs are averaged.
    """

    width: int = 32
    heads: int = 4
    layers: int = 2
    dropout: float = 0.2
    noise: float = 0.05
    smoothing: float = 0.05
    epochs: int = 8
    averaged: int = 3
    batch: int = 256
    rate: float = 2e-3
    weight_decay: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        sizes = (self.width, self.heads, self.layers, self.epochs, self.averaged, self.batch)
        if min(sizes) < 1 or self.width % self.heads or self.averaged > self.epochs:
            raise InvalidInputError(
                Text(f"窗口网络的参数不合适：{self}。", f"These are no parameters of a network: {self}."),
                field="width",
                hint=Text("各数至少为 1，width 是 heads 的倍数，averaged 不大于 epochs。",
                          "Each is at least 1, width a multiple of heads, averaged no more than epochs."),
            )  # fmt: skip


class WindowModel:
    """A loaded network; it may be asked from many threads."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        self._session: Any = open_network(path, threads)

    def scores(self, windows: Windows, facts: Facts, *, batch: int = 1024) -> NDArray[np.float32]:
        """Return the scores of classes before the softmax, shape `(n, n_classes)`."""
        parts = [
            self._session.run(
                None, {"windows": windows[i : i + batch], "facts": facts[i : i + batch]}
            )[0]
            for i in range(0, len(windows), batch)
        ]  # fmt: skip
        return np.concatenate(parts)

    def predict(self, windows: Windows, facts: Facts) -> NDArray[np.float32]:
        """Return the probabilities of classes, shape `(n, n_classes)`."""
        return softmax(self.scores(windows, facts))


def fit_windows(
    windows: Windows,
    facts: Facts,
    truth: NDArray[np.int64],
    path: Path,
    *,
    classes: int,
    params: WindowParams = WindowParams(),
    progress: Progress | None = None,
) -> WindowModel:
    """Train a network, write it as ONNX to `path`, and return it as it will be served.

    Raises
    ------
    TrainingPartMissingError
        `yuanli[train]` is not installed.
    InvalidInputError
        Windows, facts and truth are not as many, or not finite.
    """
    if not len(windows) == len(facts) == len(truth) > 0 or windows.ndim != 3 or facts.ndim != 2:
        raise InvalidInputError(
            Text(f"窗口 {windows.shape}、附加量 {facts.shape}、真值 {truth.shape} 不符。",
                 f"Windows {windows.shape}, facts {facts.shape} and truth {truth.shape} don't fit together."),
            field="windows", hint=Text("每个窗口一行附加量和一个真值。", "Give each window its facts and its class."),
        )  # fmt: skip
    if not np.isfinite(windows).all() or not np.isfinite(facts).all():
        raise InvalidInputError(
            Text("窗口或附加量里有 NaN 或无穷大。", "Windows or facts are not finite."),
            field="windows",
            hint=Text(
                "缺失写作 0，另用一个通道标明。",
                "Write 0 for what is missing, and say so in another channel.",
            ),
        )
    require_training()
    from yuanli.learning.training.windows import train_windows

    train_windows(windows, facts, truth, path, classes=classes, params=params, progress=progress)
    return WindowModel(path)
