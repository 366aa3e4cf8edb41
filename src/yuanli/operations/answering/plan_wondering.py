"""Why a plan has something not there, or not done by somebody, asked in words: solved again with that."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yuanli.errors import InvalidInputError, Text
from yuanli.operations.solving import SolveJob, Solving
from yuanli.solver import Moves, Row

WHY_S = 4.0
"""So long another plan is sought in which the wish holds."""
NOT = re.compile(r"不|没|别|\bnot\b|n't\b|n’t\b|\bnever\b", re.I)
Choices = Callable[[Any], Sequence[str]]
CHOICES: Mapping[str, tuple[str, Choices]] = {
    "rooms": ("room", lambda problem: [room.name for room in problem.rooms]),
    "rounds": ("staff", lambda problem: [one.id for one in problem.staff]),
    "flows": ("slot", lambda problem: list(problem.slots)),
    "layout": ("place", lambda problem: list(problem.places)),
}
"""Of kinds of problems, the column in which a row may be asked to be otherwise, and by which values."""


def names_row(job: SolveJob, words: str) -> bool:
    """Say whether what a row of a plan is about is named."""
    return (
        job.plan is not None and longest_said([_name(row) for row in job.plan.assignments], words) is not None
    )


def can_wonder(kind: str) -> bool:
    """Say whether why not may be asked of a kind of problem by what a row is about, and where it should be."""
    return kind in CHOICES or kind == "sites"


def tell_why_moved(solving: Solving, job: SolveJob, words: str) -> Text:
    """Say what a plan would cost more with a row as it is asked for, or what forbids it."""
    one = job.summary
    _, problem = solving.read(one)
    forced = _wish(one.kind, problem, job.plan.assignments if job.plan else (), words)
    if forced is None:
        examples = [_name(row) for row in (job.plan.assignments[:3] if job.plan else ())]
        return Text(
            f"没听出“{one.name}”里问的是哪一项、想改成什么。"
            f"请说出方案第一列的名称（如 {'、'.join(examples)}）和想要的取值。",
            f"I can't tell what of {one.name!r} is meant and how it should be. Name a row "
            f"(such as {', '.join(examples)}) and what it should be.",
        )  # fmt: skip
    if not forced:
        return Text(f"“{one.name}”里本来就是这样。", f"It is so in {one.name!r} already.")
    try:
        told = solving.why_not(one.campus_id, one.id, forced, time_s=WHY_S)
    except InvalidInputError as error:
        return Text(f"不能这样：{error.message.zh}", f"That can't be: {error.message.en}")
    return Text(
        f"“{one.name}”：{''.join(text.zh for text in told.explanation)}",
        f"{one.name!r}: {' '.join(text.en for text in told.explanation)}",
    )


def _wish(kind: str, problem: Any, rows: Sequence[Row], words: str) -> Moves | None:
    """Return what is asked for; nothing where it is so already, None where that can't be told."""
    item = longest_said([_name(row) for row in rows], words)
    if item is None:
        return None
    row = next(row for row in rows if _name(row) == item)
    if kind == "sites":
        chosen = NOT.search(words) is not None
        return {} if row["chosen"] == chosen else {item: {"chosen": chosen}}
    column, choices = CHOICES[kind]
    to = longest_said(choices(problem), words.casefold().replace(item.casefold(), " ", 1))
    if to is None:
        return None
    return {} if str(row[column]) == to else {item: {column: to}}


def _name(row: Row) -> str:
    return str(next(iter(row.values())))


def longest_said(names: Sequence[str], words: str) -> str | None:
    """Return the longest of some names that is said, as a word where it is Latin."""
    folded = words.casefold()

    def said(name: str) -> bool:
        edges = (r"(?<![a-z0-9])", r"(?![a-z0-9])") if name.isascii() else ("", "")
        return (
            bool(name) and re.search(f"{edges[0]}{re.escape(name.casefold())}{edges[1]}", folded) is not None
        )

    return max(filter(said, names), key=len, default=None)
