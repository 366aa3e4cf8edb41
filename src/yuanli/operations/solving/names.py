"""What parts of costs, measures and columns of plans are called, from `names.yaml`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

from yuanli.errors import Text


@cache
def _names() -> dict[str, dict[str, Text]]:
    text = resources.files("yuanli.operations.solving").joinpath("names.yaml").read_text("utf-8")
    tables: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return {table: {name: Text(**said) for name, said in names.items()} for table, names in tables.items()}


def name_of(table: str, name: str) -> Text:
    """Return what a `part` of a cost, a `measure` or a `column` of a plan is called, itself where it has no name."""
    return _names()[table].get(name, Text(name, name))
