"""What pydantic finds wrong, in words for people, in both languages."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from yuanli.errors import Text

LONGEST_VALUE = 80


def explain_invalid(kind: str, context: Mapping[str, Any], *, name: str, value: object) -> tuple[Text, Text]:
    """Return what is wrong with a value, and the rule it has to keep.

    Parameters
    ----------
    kind, context
        The `type` and `ctx` of a pydantic error.
    name, value
        What was given: a setting, a parameter, a field of the body.
    """
    rule = _rules().get(kind, _rules()["value_error"])
    rule = Text(_filled(rule.zh, context), _filled(rule.en, context))
    if kind == "missing":
        return Text(f"缺少 {name}。", f"{name} is missing."), rule
    shown = repr(value)
    shown = shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"
    return Text(
        f"{name} 的值 {shown} 无效：{rule.zh}", f"The value {shown} of {name} is invalid: {rule.en}"
    ), rule


def _filled(text: str, context: Mapping[str, Any]) -> str:
    for key, value in context.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


@cache
def _rules() -> Mapping[str, Text]:
    table = files("yuanli.settings").joinpath("wording.csv").read_text(encoding="utf-8")
    return {row["type"]: Text(row["zh"], row["en"]) for row in csv.DictReader(table.splitlines())}
