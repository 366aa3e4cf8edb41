"""Plans of every kind are the start for a problem that has changed since: something is gone, something is new."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from yuanli.errors import InvalidInputError
from yuanli.operations import PLANNING_KINDS, SCHEDULING_KINDS, find_problem_example, kind_of
from yuanli.solver import Row, Search, Stop, Wish, count_changes, make_plan

Document = dict[str, Any]


def planned(name: str) -> tuple[Document, list[Row]]:
    """Return the example of a kind and the rows of a plan of it, as they come back from a file."""
    data = find_problem_example(name)
    assert data is not None
    plan = make_plan(
        kind_of(name), kind_of(name).parse(data, f"{name}.json"), Search[Any](Stop(time_s=None, rounds=30))
    )
    return json.loads(data), json.loads(json.dumps([dict(row) for row in plan.assignments]))


def drop(document: Document, table: str, name: str) -> None:
    document[table] = [one for one in document[table] if name not in (one.get("id"), one.get("name"))]


def double(document: Document, table: str, key: str, name: str) -> None:
    """Add a copy of the last row of a table under a new name."""
    document[table].append({**document[table][-1], key: name})


def smaller_sites(document: Document) -> None:
    for row in document["seconds"]:
        del row[0]
    del document["sites"][0]


def smaller_layout(document: Document) -> None:
    gone = document["units"].index("store")
    del document["units"][gone]
    del document["flows"][gone]
    for row in document["flows"]:
        del row[gone]


def smaller_blocks(document: Document) -> None:
    del document["blocks"][0], document["flows"][0]
    for row in document["flows"]:
        del row[0]


def other_projects(document: Document) -> None:
    gone = document["jobs"].pop()["id"]
    assert all(gone not in job.get("after", ()) for job in document["jobs"])
    double(document, "jobs", "id", "extra check")


def other_flows(document: Document) -> None:
    del document["groups"][0]
    double(document, "groups", "id", "new team")


def other_rosters(document: Document) -> None:
    double(document, "people", "id", "new one")
    del document["people"][0]


def other_rounds(document: Document) -> None:
    drop(document, "stops", document["stops"][0]["id"])
    double(document, "stops", "id", "new stop")


def other_rooms(document: Document) -> None:
    del document["events"][0]


def other_devices(document: Document) -> None:
    drop(document, "devices", "fan0")


def other_spaces(document: Document) -> None:
    del document["entities"][-1]
    document["entities"].append({"name": "new team", "need_m2": 2, "headcount": 1})


CHANGES: dict[str, Callable[[Document], None]] = {
    "sites": smaller_sites, "layout": smaller_layout, "blocks": smaller_blocks, "projects": other_projects,
    "flows": other_flows, "rosters": other_rosters, "rounds": other_rounds, "rooms": other_rooms,
    "devices": other_devices, "spaces": other_spaces,
}  # fmt: skip


def test_every_kind_is_tried() -> None:
    assert {kind.name for kind in (*SCHEDULING_KINDS, *PLANNING_KINDS)} == CHANGES.keys()


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_plan_is_the_start_after_a_change(name: str) -> None:
    kind = kind_of(name)
    document, rows = planned(name)
    same = kind.parse(json.dumps(document).encode(), f"{name}.json")
    as_it_was = kind.rows(same, kind.start_of(same, rows))
    assert count_changes(kind.rows(same, kind.read_rows(same, rows)), as_it_was, kind.changed_by) == 0
    assert (
        kind.check(same, kind.start_of(same, rows)).cost == kind.check(same, kind.read_rows(same, rows)).cost
    )
    CHANGES[name](document)
    problem = kind.parse(json.dumps(document).encode(), f"{name}.json")
    with pytest.raises(InvalidInputError):
        kind.read_rows(problem, rows)
    start = kind.start_of(problem, rows)
    before, after = (
        {next(iter(row.values())): row for row in some} for some in (as_it_was, kind.rows(problem, start))
    )
    columns = kind.changed_by or tuple(as_it_was[0])
    kept = before.keys() & after.keys()
    assert kept
    assert all(before[one][column] == after[one][column] for one in kept for column in columns)
    plan = make_plan(kind, problem, Search(Stop(time_s=None, rounds=30)), Wish(start=start, extra=0.005))
    assert plan.cost is not None, plan.conflicts
    assert plan.changes is not None
