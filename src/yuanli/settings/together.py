"""Settings that need or exclude each other."""

from __future__ import annotations

from functools import cache

from yuanli.errors import InvalidInputError, Text
from yuanli.settings.settings import Settings

TOGETHER = (
    ("llm_url", "llm_model"),
    ("wecom_corp_id", "wecom_token", "wecom_aes_key"),
    ("dingtalk_app_key", "dingtalk_token", "dingtalk_aes_key"),
    ("feishu_app_id", "feishu_app_secret", "feishu_encrypt_key", "feishu_verification_token"),
)
"""Settings of which all are given or none."""
APART = (("llm_url", "llm_gguf"), ("speech_model", "speech_url"))
"""Settings of which one at most is given."""


class InvalidSettingsError(InvalidInputError):
    """A setting is unknown, its value breaks its rule, or it does not go with another."""


def check_together(settings: Settings) -> None:
    """Check the settings that need or exclude each other.

    Raises
    ------
    InvalidSettingsError
        One of a group is missing, or two are given of which one has to be chosen.
    """
    for group in TOGETHER:
        given = [name for name in group if getattr(settings, name) is not None]
        missing = [name for name in group if name not in given]
        if given and missing:
            raise InvalidSettingsError(
                Text(
                    f"设置了 {given[0]}，还缺少 {missing[0]}。",
                    f"{given[0]} is set, {missing[0]} is missing.",
                ),
                field=missing[0],
                hint=Text(f"请一起设置：{'、'.join(group)}。", f"Set them together: {', '.join(group)}."),
            )
    names = [gateway.name for gateway in settings.gateways]
    for name in names:
        if names.count(name) > 1:
            raise InvalidSettingsError(
                Text(f"有两个网关名为 {name}。", f"Two gateways are called {name}."),
                field="gateways",
                hint=Text("给每个网关起不同的名字。", "Give each gateway a name of its own."),
            )
    for one, other in APART:
        if getattr(settings, one) is not None and getattr(settings, other) is not None:
            raise InvalidSettingsError(
                Text(f"{one} 和 {other} 只能设置一个。", f"Only one of {one} and {other} can be set."),
                field=other,
                hint=Text("去掉其中一个。", "Remove one of them."),
            )


@cache
def secret_settings() -> frozenset[str]:
    """Return the names of the settings whose values are never shown."""
    return frozenset(
        name
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation) or name == "gateways"
    )
