"""A registry with two versions of a tiny model, and a gate set."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.learning.tiny import tiny_model

from yuanli.learning import Author, Example, Registry, parse_markup, register

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
BY = Author(who="li", at=AT, why="test")
NAME = "understanding"


def example(markup: str, label: str, language: str = "zh") -> Example:
    parsed = parse_markup(markup)
    return Example(text=parsed.text, spans=parsed.spans, label=label, language=language)


GATE = (
    *(example("[北门](origin) 到 [A301](destination) 怎么走", "route") for _ in range(20)),
    *(example("toilet", "nearest", "en") for _ in range(20)),
)


class Ticks:
    """A timer that counts what it is asked: a text takes exactly one millisecond."""

    def __init__(self, step_s: float = 0.001) -> None:
        self.now, self.step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now += self.step_s
        return self.now


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Version 1 knows all words, version 2 has forgotten what a toilet is."""
    found = Registry(folder=tmp_path / "models")
    register(found, tiny_model(tmp_path / "one", version="1"), BY)
    forgetful = tiny_model(tmp_path / "two", version="2", labels={"怎么走": "route"})
    register(found, forgetful, BY)
    return found
