"""Intervals that programs propose, read from CSV or JSON Lines: all of a file or nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite

from yuanli.errors import InvalidInputError, Text
from yuanli.operations.intervals import IntervalSet, ProposedInterval

MOST_PROPOSALS = 50_000
LISTED = 20


class RefusedProposalsError(InvalidInputError):
    """Rows of proposed intervals have faults: nothing of them is kept."""


def parse_proposals(text: str, made: IntervalSet, source: str) -> tuple[ProposedInterval, ...]:
    """Read rows with start, end, label and perhaps score; what is outside of the set's time is left out.

    Raises
    ------
    RefusedProposalsError
        A row has a fault, or there are too many.
    """
    found: list[ProposedInterval] = []
    faults: list[Text] = []
    for number, row in _rows(text):
        if len(found) > MOST_PROPOSALS:
            faults.append(Text(f"超过 {MOST_PROPOSALS} 行", f"more than {MOST_PROPOSALS} rows"))
            break
        try:
            one = _proposal(row, made, source)
        except ValueError as error:
            faults.append(Text(f"第 {number} 行：{error}", f"row {number}: {error}"))
            continue
        if one.start < made.end and one.end > made.start:
            found.append(one)
    if faults:
        raise RefusedProposalsError(
            Text(
                f"{len(faults)} 行有错，没有保存：\n" + "\n".join(f.zh for f in faults[:LISTED]),
                f"{len(faults)} rows have faults and nothing was kept:\n"
                + "\n".join(f.en for f in faults[:LISTED]),
            ),
            field="body",
            hint=Text("列为 start、end、label、score。", "Give start, end, label and, if known, score."),
        )
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.label)))


def _rows(text: str) -> Iterator[tuple[int, object]]:
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError):
                    yield number, line[:80]
        return
    try:
        yield from enumerate(csv.DictReader(io.StringIO(text)), start=2)
    except csv.Error as error:
        yield 0, str(error)


def _proposal(row: object, made: IntervalSet, source: str) -> ProposedInterval:
    if not isinstance(row, dict):
        raise ValueError(f"{row!r} 不是一行区间 / is no row of an interval")
    start, end = _time(row, "start"), _time(row, "end")
    label, score = row.get("label"), row.get("score")
    if start >= end:
        raise ValueError(f"{start} ≥ {end}")
    if all(label != known.name for known in made.labels):
        raise ValueError(f"label {label!r}")
    if score is None or score == "":
        return ProposedInterval(source=source, start=start, end=end, label=str(label))
    try:
        sure = float(score)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"score {score!r}") from error
    if not isfinite(sure):
        raise ValueError(f"score {score!r}")
    return ProposedInterval(source=source, start=start, end=end, label=str(label), score=sure)


def _time(row: dict[str, object], name: str) -> datetime:
    value = row.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} {value!r}")
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{name} {value!r}: 不是 ISO 8601 时间 / no time of ISO 8601") from error
    if at.tzinfo is None or not 1970 < at.year < 2100:
        raise ValueError(f"{name} {value!r}: 须带时区 / needs a zone, 1971–2099")
    return at.astimezone(UTC)
