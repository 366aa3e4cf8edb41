"""The foundation model of an installation, where its settings name one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yuanli.errors import Text
from yuanli.forecast import (
    BrokenForecasterError,
    Forecaster,
    check_forecaster,
    load_forecaster,
    plugin_name,
)


def open_forecasters(folder: Path | None) -> Mapping[str, Forecaster]:
    """Return the plug-in of a folder under its name, put through the contract; none without a folder.

    Raises
    ------
    InvalidForecasterError
        The folder is missing, or holds no plug-in.
    BrokenForecasterError
        Its package is missing, it can't be loaded, or it breaks the contract.
    """
    if folder is None:
        return {}
    plugin = load_forecaster(folder)
    broken = check_forecaster(plugin)
    if broken:
        told = "; ".join(broken)
        raise BrokenForecasterError(
            Text(f"{folder} 的预测插件不合约定：{told}。", f"The plug-in of {folder} breaks the contract: {told}."),
            field="forecaster",
            hint=Text("换一个文件夹，或去掉设置 forecaster。", "Name another folder, or drop the setting forecaster."),
        )  # fmt: skip
    return {plugin_name(folder): plugin}
