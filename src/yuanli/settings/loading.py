"""Reading the settings: whatever can't be understood is an error, with what may have been meant."""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from yuanli.errors import Text
from yuanli.settings.settings import CONFIG_VARIABLE, PREFIX, Settings, config_path
from yuanli.settings.together import InvalidSettingsError, check_together, secret_settings
from yuanli.settings.wording import explain_invalid

HIDDEN = "…"
TEST_PREFIX = f"{PREFIX}TEST_"


def load_settings(**given: Any) -> Settings:
    """Read the settings from `given`, the environment and the TOML file, in this order.

    Raises
    ------
    InvalidSettingsError
        A name is unknown, a value is not allowed, or the file can't be read.
    """
    _check_variables()
    path = config_path(given.get("data_dir") or os.environ.get(f"{PREFIX}DATA_DIR"))
    if CONFIG_VARIABLE in os.environ and not path.is_file():
        raise InvalidSettingsError(
            Text(
                f"{CONFIG_VARIABLE} 指定的文件 {path} 不存在。",
                f"{CONFIG_VARIABLE} names {path}, which is no file.",
            ),
            field=CONFIG_VARIABLE,
            hint=Text("改正路径，或取消这个环境变量。", "Correct the path, or unset the variable."),
        )
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise _unknown(field, where=str(path)) from None
        shown = HIDDEN if field in secret_settings() else first["input"]
        message, hint = explain_invalid(first["type"], first.get("ctx") or {}, name=field, value=shown)
        raise InvalidSettingsError(message, field=field, hint=hint) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InvalidSettingsError(
            Text(f"设置文件 {path} 无法读取：{error}", f"The settings file {path} can't be read: {error}"),
            field=str(path),
            hint=Text(
                "按 TOML 语法改正，格式见 docs/settings.md。", "Correct its TOML; see docs/settings.md."
            ),
        ) from None
    check_together(settings)
    return settings


def _check_variables() -> None:
    known = {CONFIG_VARIABLE, *(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)}
    for name in sorted(os.environ):
        upper = name.upper()
        if upper.startswith(PREFIX) and not upper.startswith(TEST_PREFIX) and upper not in known:
            raise _unknown(name, where="", known=known)


def _unknown(name: str, *, where: str, known: set[str] | None = None) -> InvalidSettingsError:
    names = sorted(known or Settings.model_fields)
    close = get_close_matches(name if known is None else name.upper(), names, n=1)
    listed_zh, listed_en = "、".join(names), ", ".join(names)
    kind = Text("环境变量", "environment variable") if known else Text("设置", "setting")
    place = Text(f"（{where}）", f" in {where}") if where else Text("", "")
    return InvalidSettingsError(
        Text(f"未知的{kind.zh} {name}{place.zh}。", f"Unknown {kind.en} {name}{place.en}."),
        field=name,
        hint=Text(f"您是否想写 {close[0]}？", f"Did you mean {close[0]}?")
        if close
        else Text(f"可用：{listed_zh}。", f"Known: {listed_en}."),
    )
