"""What an operator fills in of a draft of spaces: the same tables, laid over those that the map tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from yuanli.errors import InvalidInputError, Text

FILLED = ("rooms", "entities", "flows", "periods", "weights", "rules", "walking")
"""The tables of a problem that may be filled in; landmarks follow from the demands in words."""
MOST_ROWS = 20_000


class SpaceTablesError(InvalidInputError):
    """Tables of a draft of spaces are filled in wrongly."""


def with_tables(drafted: Mapping[str, Any], tables: Mapping[str, Any]) -> tuple[dict[str, Any], list[Text]]:
    """Return a draft with the tables that are filled in instead of its own, and what had to be assumed.

    Walks from the map hold for the rooms that keep their names; a room that is not on it counts with the median walk.

    Raises
    ------
    SpaceTablesError
        There is no such table, or it is none.
    """
    for name, rows in tables.items():
        wanted: type[Any] = dict if name in ("weights", "walking") else list
        if (
            name not in FILLED
            or not (rows is None or isinstance(rows, wanted))
            or len(rows or ()) > MOST_ROWS
        ):
            raise SpaceTablesError(
                Text(f"表“{name}”无法使用。", f"The table {name!r} can't be used."),
                field=f"tables.{name}",
                hint=Text(
                    f"可填的表：{'、'.join(FILLED)}，格式同问题文件，每表最多 {MOST_ROWS} 行。",
                    f"Fill in {', '.join(FILLED)} as in the file of a problem, {MOST_ROWS} rows at most each.",
                ),
            )
    document = {**drafted, **{name: rows for name, rows in tables.items() if rows is not None}}
    notes: list[Text] = []
    names = [str(room.get("name", "")) for room in document["rooms"] if isinstance(room, Mapping)]
    if document.get("walking") and "walking" not in tables:
        walking, strange = _walks(document["walking"], names)
        document["walking"] = walking
        if strange:
            few = "、".join(strange[:5])
            notes.append(
                Text(f"地图上没有房间 {few}，步行按中位数计。",
                     f"{', '.join(strange[:5])} are not on the map: their walks count as the median.")
            )  # fmt: skip
    entities = [one for one in document["entities"] if isinstance(one, Mapping)]
    document["flows"] = _parted(document.get("flows") or [], entities)
    return document, notes


def _walks(walking: Mapping[str, Any], names: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the walks between the rooms there are now, and those that are not on the map."""
    at = {name: i for i, name in enumerate(walking["rooms"])}
    seconds = walking["seconds"]
    usual = median([s for i, row in enumerate(seconds) for j, s in enumerate(row) if i != j] or [0.0])

    def walk(one: str, other: str) -> float:
        if one in at and other in at:
            return float(seconds[at[one]][at[other]])
        return 0.0 if one == other else float(usual)

    table = [[walk(one, other) for other in names] for one in names]
    return {"rooms": list(names), "seconds": table}, [name for name in names if name not in at]


def _parted(flows: Sequence[Any], entities: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return flows between entities; one of a whole team is parted among its rooms by their people."""
    groups: dict[str, list[tuple[str, float]]] = {}
    for entity in entities:
        group, people = str(entity.get("group") or ""), entity.get("headcount", 1.0)
        if group:
            many = float(people) if isinstance(people, int | float) else 0.0
            groups.setdefault(group, []).append((str(entity.get("name")), many))

    def parts(name: str) -> list[tuple[str, float]]:
        members = groups.get(name)
        if members is None:
            return [(name, 1.0)]
        whole = sum(many for _, many in members)
        return [(one, many / whole if whole else 1 / len(members)) for one, many in members]

    found: list[Any] = []
    for flow in flows:
        ends = (flow.get("origin"), flow.get("destination")) if isinstance(flow, Mapping) else ("", "")
        if not any(end in groups for end in ends) or not isinstance(flow.get("trips"), int | float):
            found.append(flow)
            continue
        found += [
            {"origin": one, "destination": other, "trips": round(flow["trips"] * a * b, 3)}
            for one, a in parts(str(ends[0])) for other, b in parts(str(ends[1])) if one != other
        ]  # fmt: skip
    return found
