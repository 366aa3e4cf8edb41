"""Problems of layout from our own JSON and from QAPLIB's `.dat`."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from yuanli.errors import Text
from yuanli.planning.documents import refusal, table
from yuanli.planning.layout.problem import MOST_PLACES, LayoutProblem
from yuanli.solver import Document, document_of, text_of


class LayoutDocument(Document):
    """Units that get a place each, so that flow times distance is least."""

    units: tuple[str, ...] = Field(
        max_length=MOST_PLACES, description="Names of what is placed: departments, machines, shops."
    )
    places: tuple[str, ...] = Field(
        max_length=MOST_PLACES, description="Names of where they can go; at least as many as units."
    )
    flows: tuple[tuple[float, ...], ...] = Field(
        description="From unit (row) to unit (column): walks a day, tonnes a day; negative keeps apart."
    )
    distances: tuple[tuple[float, ...], ...] = Field(
        description="From place (row) to place (column): metres or seconds of walking."
    )
    costs: tuple[tuple[float, ...], ...] | None = Field(
        None, description="Of unit (row) in place (column), in flow × distance."
    )
    fixed: dict[str, str] = Field(default_factory=dict, description="Unit → the place it has to have.")
    allowed: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Unit → places one of which it has to have."
    )


def parse_layout(data: bytes, name: str) -> LayoutProblem:
    """Return the problem of a file: our JSON, or QAPLIB (Burkard, Karisch and Rendl 1997), also packed by gzip.

    Raises
    ------
    InvalidProblemError
        It is malformed; says the line or the field.
    """
    text = text_of(data, name)
    if not text.lstrip().startswith("{"):
        return _parse_qaplib(text, name)
    given = document_of(LayoutDocument, text, name)
    return LayoutProblem(
        units=given.units, places=given.places, flows=table("flows", given.flows),
        distances=table("distances", given.distances),
        costs=None if given.costs is None else table("costs", given.costs),
        fixed=given.fixed, allowed=given.allowed,
    )  # fmt: skip


def layout_schema() -> dict[str, Any]:
    """Return the schema of our own JSON."""
    return LayoutDocument.model_json_schema()


def _parse_qaplib(text: str, name: str) -> LayoutProblem:
    """Read n, then the flows, then the distances, however they are broken into lines."""
    hint = Text(
        "QAPLIB 文件依次为 n、n × n 流量、n × n 距离。", "QAPLIB: n, then n × n flows, then n × n distances."
    )
    words = [(word, line) for line, row in enumerate(text.splitlines(), 1) for word in row.split()]
    numbers = np.empty(len(words))
    for i, (word, line) in enumerate(words):
        try:
            numbers[i] = float(word)
        except ValueError:
            raise refusal(
                f"{name}:{line}", f"“{word[:40]}”不是数", f"“{word[:40]}” is no number", hint=hint
            ) from None
    n = int(numbers[0]) if len(numbers) and np.isfinite(numbers[0]) else 0
    if not (len(numbers) and numbers[0] == n and 1 <= n <= MOST_PLACES):
        first = words[0][0][:40] if words else ""
        raise refusal(
            f"{name}:1", f"n 为“{first}”，应为 1 至 {MOST_PLACES} 的整数",
            f"n is “{first}”, not a whole number from 1 to {MOST_PLACES}", hint=hint,
        )  # fmt: skip
    if len(numbers) != 1 + 2 * n * n:
        last = words[min(len(words) - 1, 1 + 2 * n * n)][1]
        raise refusal(
            f"{name}:{last}", f"n = {n} 时应有 {2 * n * n} 个数，实有 {len(numbers) - 1} 个",
            f"n = {n} needs {2 * n * n} numbers, there are {len(numbers) - 1}", hint=hint,
        )  # fmt: skip
    flows, distances = numbers[1:].reshape(2, n, n)
    return LayoutProblem(
        units=tuple(f"u{i + 1}" for i in range(n)), places=tuple(f"p{i + 1}" for i in range(n)),
        flows=flows, distances=distances,
    )  # fmt: skip
