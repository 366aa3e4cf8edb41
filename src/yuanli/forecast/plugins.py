"""Foundation models from outside: one protocol, loaded from a local folder, held to one contract."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text, UnavailableError
from yuanli.forecast.history import Floats, History

CONTEXT = 2048
FACTS = "forecaster.json"
PLUGIN = "plug-in:"
"""Methods that are plug-ins begin with this."""


class BrokenForecasterError(UnavailableError):
    """A plug-in can't be loaded, or what it says is no forecast."""


class InvalidForecasterError(InvalidInputError):
    """A folder that says nothing of a plug-in."""


class Forecaster(Protocol):
    """A model that forecasts series it has never seen."""

    def forecast(
        self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
    ) -> Floats:
        """Return quantiles of what comes next; shape `(n, horizon, n_quantiles)`, finite and ascending.

        Parameters
        ----------
        context
            Shape `(n, t)`, the newest last; not a number where missing.
        covariates
            What is known of the past and the future, shape `(n, t + horizon, n_covariates)`.
        """


def load_forecaster(folder: Path) -> Forecaster:
    """Return the plug-in of a local folder.

    Its `forecaster.json` says `{"entry": "package.module:function"}`: a function of an installed package that takes the
    folder and returns a `Forecaster`. Nothing is fetched from anywhere.

    Raises
    ------
    InvalidForecasterError
        The folder has no such file, or it names no entry.
    BrokenForecasterError
        The entry can't be imported, or the model can't be loaded.
    """
    try:
        entry = json.loads((folder / FACTS).read_text("utf-8"))["entry"]
        module, function = entry.split(":")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidForecasterError(
            Text(f"{folder} 里没有可读的 {FACTS}。", f"{folder} holds no readable {FACTS}."),
            field="folder",
            hint=Text('写入 {"entry": "包.模块:函数"}。', 'Write {"entry": "package.module:function"} into it.'),
        ) from error  # fmt: skip
    try:
        made: Callable[[Path], Forecaster] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise BrokenForecasterError(
            Text(f"插件入口 {entry} 无法导入：{error}。", f"The plug-in's entry {entry} can't be imported: {error}."),
            hint=Text("先安装这个插件的包。", "Install the plug-in's package first."),
        ) from error  # fmt: skip
    try:
        return made(folder)
    except Exception as error:  # outermost: what comes from outside may raise anything
        raise BrokenForecasterError(
            Text(f"插件 {entry} 无法从 {folder} 载入模型：{error}。",
                 f"The plug-in {entry} can't load the model of {folder}: {error}."),
            hint=Text("先安装插件的包，并检查文件夹。", "Install the plug-in's package, and check the folder."),
        ) from error  # fmt: skip


def plugin_name(folder: Path) -> str:
    """Return under which name the plug-in of a folder is tried as a method."""
    return PLUGIN + folder.name


def ask_forecaster(plugin: Forecaster, history: History, origin: int, horizon: int) -> Floats:
    """Return a plug-in's middle forecast from an origin; not a number for points without a past."""
    context = history.values[:, max(0, origin - CONTEXT) : origin]
    there = np.isfinite(context).any(axis=1)
    said = np.full((history.n_points, horizon), np.nan)
    if there.any():
        said[there] = _checked(plugin, context[there], horizon, (0.5,))[:, :, 0]
    return said


def check_forecaster(plugin: Forecaster) -> tuple[str, ...]:
    """Return what breaks the contract; any plug-in can be put through this before it is trusted.

    It asks for a few made-up series: even, missing values, a constant, a short past, one value, a long horizon; and
    whether rows are independent, the same twice, and in the units of what they came from.
    """
    hours = np.arange(24 * 21)
    wave = 100 + 30 * np.sin(2 * np.pi * hours / 24)
    gaps = np.where((hours % 50 < 7) | (hours > 24 * 20 + 12), np.nan, wave)
    context = np.stack([wave, 1000 * wave, gaps, np.full(len(hours), 7.0), np.full(len(hours), np.nan)])
    context[4, -1] = 3.0
    levels = (0.1, 0.5, 0.9)
    broken = []
    for name, rows, horizon in (
        ("plain", context, 24),
        ("short", context[:4, -30:-12], 24),
        ("long", context[:2], 200),
    ):
        try:
            _checked(plugin, rows, horizon, levels)
        except BrokenForecasterError as error:
            broken.append(f"{name}: {error.message.en}")
    if broken:
        return tuple(broken)
    said = _checked(plugin, context, 24, levels)
    if not np.allclose(said, _checked(plugin, context, 24, levels), rtol=1e-4):
        broken.append("the same question twice has two answers")
    if not np.allclose(said[:1], _checked(plugin, context[:1], 24, levels), rtol=1e-3):
        broken.append("a row's answer hangs on the other rows")
    if not np.allclose(said[1] / 1000, said[0], rtol=0.05):
        broken.append("a thousand times the values is not a thousand times the answer")
    if np.abs(said[0, :, 1] - 100).max() > 100 or np.abs(said[3, :, 1] - 7).max() > 1:
        broken.append("a plain wave or a constant is not kept in its range")
    return tuple(broken)


def _checked(
    plugin: Forecaster, context: Floats, horizon: int, quantiles: Sequence[float]
) -> NDArray[np.float64]:
    before = context.copy()
    try:
        said = np.asarray(plugin.forecast(context, horizon, quantiles, None), dtype=np.float64)
    except Exception as error:  # outermost: what comes from outside may raise anything
        raise BrokenForecasterError(
            Text(f"预测插件出错：{error!r}。", f"A plug-in failed to forecast: {error!r}."),
            hint=Text("用 check_forecaster 检查插件。", "Put the plug-in through check_forecaster."),
        ) from error
    wanted = (len(context), horizon, len(quantiles))
    if said.shape != wanted:
        wrong = Text(f"形状 {said.shape}，应为 {wanted}", f"shape {said.shape} instead of {wanted}")
    elif not np.isfinite(said).all():
        wrong = Text("有不是数的值", "values that are not finite")
    elif (np.diff(said, axis=2) < -1e-6 * np.abs(said[:, :, 1:])).any():
        wrong = Text("分位数没有递增", "quantiles that cross")
    elif not np.array_equal(before, context, equal_nan=True):
        wrong = Text("输入被改写", "a context that it wrote into")
    else:
        return said
    raise BrokenForecasterError(
        Text(
            f"预测插件给出的结果不合约定：{wrong.zh}。",
            f"A plug-in's forecast breaks the contract: {wrong.en}.",
        ),
        hint=Text("用 check_forecaster 检查插件。", "Put the plug-in through check_forecaster."),
    )
