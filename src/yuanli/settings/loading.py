"""Reading the settings: whatever can't be understood is an error, with what may have been meant."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from yuanli.errors import Text
from yuanli.settings.gateways import (
    SECRET_FIELDS,
    FieldGatewaySettings,
    HttpGatewaySettings,
    MqttGatewaySettings,
    SubscriptionSettings,
)
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
        field = _field_of(first["loc"])
        if first["type"] == "extra_forbidden":
            raise _unknown(field, where=str(path), among=_names_at(first["loc"])) from None
        shown = HIDDEN if _is_secret(first["loc"]) else first["input"]
        message, hint = explain_invalid(first["type"], first.get("ctx") or {}, name=field, value=shown)
        raise InvalidSettingsError(message, field=field, hint=hint) from None
    except SettingsError as error:
        raise InvalidSettingsError(
            Text(f"环境变量不是有效的 JSON：{error}", f"A variable is not valid JSON: {error}"),
            hint=Text("列表和表写成 JSON。", "Write lists and tables as JSON."),
        ) from None
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


def _field_of(loc: Sequence[int | str]) -> str:
    """Return where a setting is, without the kind that pydantic puts into the way of a gateway."""
    return ".".join(str(part) for part in (*loc[:2], *(loc[3:] if loc[:1] == ("gateways",) else loc[2:])))


def _is_secret(loc: Sequence[int | str]) -> bool:
    if loc[:1] == ("gateways",):
        return len(loc) < 4 or not SECRET_FIELDS.isdisjoint(loc)
    return loc[0] in secret_settings()


def _names_at(loc: Sequence[int | str]) -> Iterable[str]:
    """Return the names that may stand where an unknown one does."""
    if loc[:1] != ("gateways",):
        return Settings.model_fields
    if "subscriptions" in loc[3:-1]:
        return SubscriptionSettings.model_fields
    models: dict[int | str, type[BaseModel]] = {"mqtt": MqttGatewaySettings, "http": HttpGatewaySettings}
    return models.get(loc[2], FieldGatewaySettings).model_fields


def _unknown(
    name: str, *, where: str, known: set[str] | None = None, among: Iterable[str] = ()
) -> InvalidSettingsError:
    names = sorted(known or among)
    close = get_close_matches(name.rpartition(".")[2] if known is None else name.upper(), names, n=1)
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
