"""Rounds in the field's own formats: Solomon, VRPLIB, and Cordeau's for team orienteering."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.rounds.tables import (
    MOST,
    MOST_STAFF,
    MOST_STOPS,
    Ints,
    RoundsProblem,
    RoundStaff,
    RoundStop,
)
from yuanli.solver import cut_text, refuse

Floats = NDArray[np.float64]
DIMACS = 10
"""Times and distances are cut to one decimal and counted in tenths: the convention of the best known values."""
PATHS = re.compile(r"[._-]m(\d{1,3})\b")
SECTIONS = ("NODE_COORD", "DEMAND", "TIME_WINDOW", "SERVICE_TIME", "PRIZE", "EDGE_WEIGHT", "DEPOT")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    words: tuple[str, ...]

    def floats(self, name: str, least: int) -> list[float]:
        """Return the line's numbers, at least so many."""
        try:
            numbers = [float(word) for word in self.words]
        except ValueError:
            numbers = []
        if len(numbers) < least or not all(abs(x) <= MOST for x in numbers):
            said = cut_text(" ".join(self.words))
            at, at_en = (f" 第 {self.number} 行", f", line {self.number},") if self.number else ("", "")
            refuse(
                f"{name}{at} 是“{said}”，应有至少 {least} 个绝对值不超过 {MOST} 的数。",
                f"{name}{at_en} is {said!r}; it holds at least {least} numbers, none beyond {MOST}.",
                field=f"{name}:{self.number}" if self.number else name,
            )
        return numbers

    def count(self, name: str, at: int, most: int) -> int:
        """Return how many of something the line's number at this place says there are, from 1."""
        number = self.floats(name, at + 1)[at]
        if not (1 <= number <= most and number == int(number)):
            place, place_en = (f" 第 {self.number} 行", f", line {self.number}") if self.number else ("", "")
            refuse(
                f"{name}{place} 的 {number:g} 应是 1 到 {most} 的整数。",
                f"{name}{place_en}: {number:g} should be a whole number from 1 to {most}.",
                field=f"{name}:{self.number}" if self.number else name,
            )
        return int(number)


def _lines(text: str) -> list[_Line]:
    split = (_Line(i, tuple(line.split())) for i, line in enumerate(text.splitlines(), 1))
    return [line for line in split if line.words]


def parse_solomon(text: str, name: str) -> RoundsProblem:
    """Read a VRPTW of Solomon or Gehring and Homberger.

    Raises
    ------
    InvalidProblemError
        A line is wrong.
    """
    lines = _lines(text)
    heads = {line.words[0].upper(): i for i, line in enumerate(lines) if not _numeric(line.words[0])}
    if "NUMBER" not in heads or "CUST" not in heads or heads["NUMBER"] + 1 >= len(lines):
        refuse(
            f"{name} 缺少 NUMBER CAPACITY 或 CUST NO. 表头。",
            f"{name} has no heading NUMBER CAPACITY or CUST NO.",
            field="CUSTOMER",
        )
    fleet, customers = lines[heads["NUMBER"] + 1], lines[heads["CUST"] + 1 :]
    vehicles, capacity = fleet.count(name, 0, MOST_STAFF), fleet.floats(name, 2)[1]
    if not 2 <= len(customers) <= MOST_STOPS + 1:
        refuse(
            f"{name} 有 {len(customers)} 行客户（含车场），应在 2 到 {MOST_STOPS + 1} 之间。",
            f"{name} has {len(customers)} lines of customers and the depot; there can be 2 to {MOST_STOPS + 1}.",
            field="CUSTOMER",
        )
    nodes = np.array([line.floats(name, 7)[:7] for line in customers])
    _refuse_twice(customers, name)
    return _uniform(
        coordinates=nodes[:, 1:3], loads=nodes[:, 3], windows=nodes[:, 4:6], services=nodes[:, 6],
        vehicles=vehicles, capacity=capacity, decimals=DIMACS,
    )  # fmt: skip


def _refuse_twice(customers: list[_Line], name: str) -> None:
    """Refuse a customer whose number was there before."""
    known: set[float] = set()
    for line in customers:
        number = float(line.words[0])
        if number in known:
            refuse(
                f"{name} 第 {line.number} 行的客户 {number:g} 重复。",
                f"{name}, line {line.number}: customer {number:g} was there before.",
                field=f"{name}:{line.number}",
            )
        known.add(number)


def parse_vrplib(text: str, name: str) -> RoundsProblem:
    """Read VRPLIB: CVRP, VRPTW, and with prizes PCVRPTW.

    Files with time windows or prizes count in tenths like Solomon's, prizes too (PyVRP's published costs are in those);
    others round distances to whole numbers as TSPLIB does.

    Raises
    ------
    InvalidProblemError
        A line is wrong, or a section is missing or not known.
    """
    fields, sections = _vrplib_parts(text, name)
    n = int(_Line(0, (fields.get("DIMENSION", "?"),)).floats(f"{name} DIMENSION", 1)[0])
    if not 2 <= n <= MOST_STOPS + 1:
        refuse(
            f"{name} 的 DIMENSION 为 {n}，应在 2 到 {MOST_STOPS + 1} 之间。",
            f"{name}: DIMENSION is {n}; it lies from 2 to {MOST_STOPS + 1}.",
            field="DIMENSION",
        )

    def table(section: str, width: int, otherwise: Floats) -> Floats:
        if section not in sections:
            return otherwise
        rows = [line.floats(name, width + 1)[: width + 1] for line in sections[section]]
        if [row[0] for row in rows] != list(range(1, n + 1)):
            refuse(
                f"{name} 的 {section}_SECTION 应依次为 1 到 {n}。",
                f"{name}: {section}_SECTION holds 1 to {n} in order.",
                field=f"{section}_SECTION",
            )
        return np.array(rows)[:, 1:]

    depots = [int(line.floats(name, 1)[0]) for line in sections.get("DEPOT", [])]
    if depots not in ([], [1], [1, -1]):
        refuse(
            f"{name} 的 DEPOT_SECTION 为 {depots}，目前只读第 1 号为唯一车场的文件。",
            f"{name}: DEPOT_SECTION is {depots}; only files with node 1 as their depot are read.",
            field="DEPOT_SECTION",
        )
    timed = "TIME_WINDOW" in sections or "PRIZE" in sections
    scale = DIMACS if timed else 1
    if fields.get("EDGE_WEIGHT_TYPE", "EUC_2D") == "EUC_2D":
        points = table("NODE_COORD", 2, np.full((0, 2), np.nan))
        if len(points) != n:
            refuse(
                f"{name} 缺少 NODE_COORD_SECTION。",
                f"{name} has no NODE_COORD_SECTION.",
                field="NODE_COORD_SECTION",
            )
        walk = _euclidean(points, scale) if timed else np.floor(_distances(points) + 0.5).astype(np.int64)
    else:
        weights = [w for line in sections.get("EDGE_WEIGHT", []) for w in line.floats(name, 1)]
        if len(weights) != n * n or fields.get("EDGE_WEIGHT_FORMAT", "FULL_MATRIX") != "FULL_MATRIX":
            refuse(
                f"{name} 的 EDGE_WEIGHT_SECTION 应是 {n}×{n} 的 FULL_MATRIX。",
                f"{name}: EDGE_WEIGHT_SECTION is a FULL_MATRIX of {n}×{n}.",
                field="EDGE_WEIGHT_SECTION",
            )
        walk = _scaled(np.reshape(weights, (n, n)), scale)
    service = float(fields.get("SERVICE_TIME", 0))
    services = table("SERVICE_TIME", 1, np.r_[0.0, np.full(n - 1, service)][:, None])[:, 0]
    prizes = table("PRIZE", 1, np.zeros((n, 1)))[:, 0]
    vehicles = n - 1
    if "VEHICLES" in fields:
        vehicles = _Line(0, (fields["VEHICLES"],)).count(f"{name} VEHICLES", 0, MOST_STAFF)
    return _uniform(
        walk=walk, loads=table("DEMAND", 1, np.zeros((n, 1)))[:, 0],
        windows=table("TIME_WINDOW", 2, np.tile([0.0, 10**8], (n, 1))), services=services,
        vehicles=vehicles, capacity=float(fields["CAPACITY"]) if "CAPACITY" in fields else None,
        decimals=scale, prizes=[None if p == 0 else round(p * scale) for p in prizes[1:]], cost_scale=1,
    )  # fmt: skip


def parse_toptw(text: str, name: str) -> RoundsProblem:
    """Read a team orienteering problem with time windows in Cordeau's format: skip what is worth least.

    The file does not tell the number of tours: it is taken from a name such as `pr01.m2.txt`, else it is 1. Distances
    are cut to two decimals where the name begins with `pr`, else to one (Solomon's).

    Raises
    ------
    InvalidProblemError
        A line is wrong.
    """
    lines = _lines(text)
    count = lines[0].count(name, 2, MOST_STOPS)
    body = [line for line in lines[1:] if len(line.words) >= 7][-(count + 1) :]
    if len(body) != count + 1:
        refuse(
            f"{name} 第 1 行说有 {count} 个点，实际有 {len(body) - 1} 个。",
            f"{name}, line 1, tells {count} vertices, but there are {len(body) - 1}.",
            field=f"{name}:1",
        )
    rows = [line.floats(name, 7) for line in body]
    nodes = np.array([[*row[1:5], *row[-2:]] for row in rows])
    base = name.rsplit("/", 1)[-1]
    decimals = 100 if base.startswith("pr") else 10
    found = PATHS.search(base)
    return _uniform(
        coordinates=nodes[:, :2], loads=np.zeros(len(nodes)), windows=nodes[:, 4:6], services=nodes[:, 2],
        vehicles=int(found[1]) if found else 1, capacity=None, decimals=decimals,
        prizes=[int(p) for p in nodes[1:, 3]], walk_cost=0, cost_scale=1,
    )  # fmt: skip


def _vrplib_parts(text: str, name: str) -> tuple[dict[str, str], dict[str, list[_Line]]]:
    """Return the fields `KEY : value` and the lines of each section."""
    fields: dict[str, str] = {}
    sections: dict[str, list[_Line]] = {}
    current: list[_Line] | None = None
    for line in _lines(text):
        word = line.words[0].rstrip(":").upper()
        if word == "EOF":
            break
        if word.endswith("_SECTION"):
            key = word.removesuffix("_SECTION")
            if key not in SECTIONS:
                refuse(
                    f"{name} 第 {line.number} 行的 {word} 目前不读。",
                    f"{name}, line {line.number}: {word} is not read.",
                    field=word,
                )
            current = sections.setdefault(key, [])
        elif ":" in " ".join(line.words) and not _numeric(word):
            key, value = " ".join(line.words).split(":", 1)
            fields[key.strip().upper()] = value.strip()
        elif current is not None:
            current.append(line)
        else:
            refuse(
                f"{name} 第 {line.number} 行“{cut_text(' '.join(line.words))}”不属于任何字段或段。",
                f"{name}, line {line.number}: {cut_text(' '.join(line.words))!r} belongs to no field or section.",
                field=f"{name}:{line.number}",
            )
    for key in ("CAPACITY", "SERVICE_TIME"):
        if key in fields:
            _Line(0, (fields[key],)).floats(f"{name} {key}", 1)
    return fields, sections


def _uniform(
    *, loads: Floats, windows: Floats, services: Floats, vehicles: int, capacity: float | None, decimals: int,
    coordinates: Floats | None = None, walk: Ints | None = None, prizes: list[int | None] | list[int] | None = None,
    walk_cost: int = 1, cost_scale: int | None = None,
) -> RoundsProblem:  # fmt: skip
    """Return a problem of equal staff that start and end at node 0."""
    n = len(loads)
    times, works = _scaled(windows, decimals), _scaled(services, decimals)
    if walk is None:
        assert coordinates is not None
        walk = _euclidean(coordinates, decimals)
    return RoundsProblem(
        places=tuple(map(str, range(n))),
        walk=walk,
        stops=tuple(
            RoundStop(
                id=str(i), place=i, earliest=int(times[i, 0]), latest=int(times[i, 1]), service=int(works[i]),
                load=round(loads[i]), prize=None if prizes is None else prizes[i - 1],
            )
            for i in range(1, n)
        ),
        staff=tuple(
            RoundStaff(
                id=f"#{k}", start=0, end=0, earliest=int(times[0, 0]), latest=int(times[0, 1]),
                capacity=None if capacity is None else round(capacity), walk_cost=walk_cost,
            )
            for k in range(1, vehicles + 1)
        ),
        time_scale=decimals,
        cost_scale=decimals if cost_scale is None else cost_scale,
    )  # fmt: skip


def _distances(points: Floats) -> Floats:
    found: Floats = np.hypot(*(points[:, None, k] - points[None, :, k] for k in (0, 1)))
    return found


def _euclidean(points: Floats, decimals: int) -> Ints:
    return (decimals * _distances(points)).astype(np.int64)


def _scaled(values: Floats, decimals: int) -> Ints:
    return np.round(decimals * np.clip(values, -(10**8), 10**8)).astype(np.int64)


def _numeric(word: str) -> bool:
    return word.lstrip("+-").replace(".", "", 1).isdigit()
