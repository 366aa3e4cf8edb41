"""Problems of sites from our own JSON and from OR-Library's p-median files."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path

from yuanli.errors import Text
from yuanli.planning.documents import refusal, table
from yuanli.planning.sites.problem import MOST_NAMES, Aim, SitesProblem
from yuanli.solver import Document, OnMap, cut_text, document_of, text_of


class Demand(Document):
    """A place whose people need the thing."""

    name: str
    people: float = Field(1.0, description="How many, or any weight.")


class Site(Document):
    """A place where the thing can go."""

    name: str
    capacity: float | None = Field(None, description="People served at most; no limit where left out.")


class SitesDocument(Document):
    """Demands, candidate sites and walking times between them."""

    demands: tuple[Demand, ...] = Field(max_length=MOST_NAMES)
    sites: tuple[Site, ...] = Field(max_length=MOST_NAMES)
    seconds: tuple[tuple[float | None, ...], ...] = Field(
        description="Walking from demand (row) to site (column), in s; null where there is no way."
    )
    count: int = Field(description="How many sites may be chosen.")
    aim: Aim = Field(
        Aim.MEDIAN, description="What is least: all walking, the longest walk, or people out of reach."
    )
    radius_s: float | None = Field(
        None, description="A demand is covered within so many s; for the aim cover only."
    )
    limit_s: float | None = Field(None, description="No demand is sent further, in s; not for the aim cover.")
    fixed: tuple[str, ...] = Field((), description="Sites that have to be chosen.")
    forbidden: tuple[str, ...] = Field((), description="Sites that can't be chosen.")
    on_map: OnMap | None = Field(
        None, description="Where demands and sites are on a map, by name: only pictures need it."
    )


def parse_sites(data: bytes, name: str) -> SitesProblem:
    """Return the problem of a file: our JSON, or OR-Library's p-median (Beasley 1990), also packed by gzip.

    Raises
    ------
    InvalidProblemError
        It is malformed; says the line or the field.
    """
    text = text_of(data, name)
    if not text.lstrip().startswith("{"):
        return _parse_pmed(text, name)
    given = document_of(SitesDocument, text, name)
    rows = [[np.inf if value is None else value for value in row] for row in given.seconds]
    return SitesProblem(
        demands=tuple(demand.name for demand in given.demands),
        people=np.array([demand.people for demand in given.demands]),
        sites=tuple(site.name for site in given.sites),
        seconds=table("seconds", rows),
        count=given.count, aim=given.aim, radius_s=given.radius_s, limit_s=given.limit_s,
        capacity={site.name: site.capacity for site in given.sites if site.capacity is not None},
        fixed=frozenset(given.fixed), forbidden=frozenset(given.forbidden),
        on_map=given.on_map,
    )  # fmt: skip


def sites_schema() -> dict[str, Any]:
    """Return the schema of our own JSON."""
    return SitesDocument.model_json_schema()


def _parse_pmed(text: str, name: str) -> SitesProblem:
    """Read vertices, edges and p, then an edge a line; of two edges between the same ends the later one holds."""
    hint = Text(
        "首行为 顶点数 边数 p，其后每行 起点 终点 长度。",
        "First vertices, edges, p; then from, to, length a line.",
    )
    rows = [(line, row.split()) for line, row in enumerate(text.splitlines(), 1) if row.strip()]
    numbers: list[list[float]] = []
    for line, row in rows:
        try:
            numbers.append([float(word) for word in row])
        except ValueError:
            shown = cut_text(" ".join(row))
            raise refusal(
                f"{name}:{line}", f"“{shown}”不是数", f"{shown!r} is not numbers", hint=hint
            ) from None
        whole = all(value == round(value) for value in numbers[-1][:2] if np.isfinite(value))
        if len(row) != 3 or not whole or not all(0 <= value < 1e12 for value in numbers[-1]):
            raise refusal(
                f"{name}:{line}",
                "应为三个非负数",
                "it has to be three numbers that are not negative",
                hint=hint,
            )
    if not numbers or not 1 <= numbers[0][0] <= MOST_NAMES:
        raise refusal(
            f"{name}:1", f"顶点数应为 1 至 {MOST_NAMES}", f"the vertices are 1 to {MOST_NAMES}", hint=hint
        )
    n, edges, count = (int(value) for value in numbers[0])
    if len(numbers) != edges + 1:
        raise refusal(
            f"{name}:1", f"写明 {edges} 条边，实有 {len(numbers) - 1} 条",
            f"it says {edges} edges, there are {len(numbers) - 1}", hint=hint,
        )  # fmt: skip
    lengths: dict[tuple[int, int], float] = {}
    for (line, _), (one, other, length) in zip(rows[1:], numbers[1:], strict=True):
        i, j = sorted((int(one) - 1, int(other) - 1))
        if i < 0 or j >= n:
            raise refusal(
                f"{name}:{line}", f"顶点应在 1 到 {n} 之间", f"vertices go from 1 to {n}", hint=hint
            )
        lengths[i, j] = length
    ends = np.array(list(lengths), dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.array(list(lengths.values())), (ends[:, 0], ends[:, 1])), shape=(n, n))
    names = tuple(str(i + 1) for i in range(n))
    return SitesProblem(
        demands=names,
        people=np.ones(n),
        sites=names,
        seconds=shortest_path(graph.tocsr(), directed=False),
        count=count,
    )
