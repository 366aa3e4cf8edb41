"""The table of settings in docs/settings.md, made from the code."""

from __future__ import annotations

from enum import Enum

from yuanli.settings.settings import PREFIX, Settings


def settings_table() -> str:
    """Return the settings as a Markdown table."""
    rows = ["| setting | environment | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "platform's data folder" if field.default_factory else _shown(field.default)
        rows.append(f"| `{name}` | `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def _shown(value: object) -> str:
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value.value if isinstance(value, Enum) else value}`"
