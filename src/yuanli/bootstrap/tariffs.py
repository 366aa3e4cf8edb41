"""The tariffs of an installation, from the file that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yuanli.errors import Text
from yuanli.operations import TariffError, parse_tariffs, read_document


def tariffs_of(path: Path | None) -> Mapping[str, Any] | None:
    """Return the document of a file of tariffs, checked; None without a file.

    Raises
    ------
    TariffError
        The file can't be read, or breaks a rule.
    """
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TariffError(
            Text(f"读不了电价文件 {path}：{error}", f"The file of tariffs {path} can't be read: {error}"),
            field="tariffs_file",
            hint=Text("检查设置 tariffs_file。", "Check the setting tariffs_file."),
        ) from error
    document = read_document(text)
    parse_tariffs(document)
    return document
