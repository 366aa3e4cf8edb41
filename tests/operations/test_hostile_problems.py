"""Files that nobody should send: each is refused with its place, the rule and the next step, before it fills memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.pace import within
from tests.scheduling.room_tables import CTT

from yuanli.errors import InvalidInputError
from yuanli.operations import PLANNING_KINDS, SCHEDULING_KINDS, find_problem_example, kind_of
from yuanli.solver import Search, Stop, make_plan

KINDS = [kind.name for kind in (*SCHEDULING_KINDS, *PLANNING_KINDS)]
HOSTILE: tuple[Any, ...] = (
    float("nan"), float("inf"), -1, 1e300, 10**30, 10**400, "x", "", None, True, [], {}, [[]], "9999-12-31", "\ud800",
)  # fmt: skip
SOLOMON = "VEHICLE\nNUMBER CAPACITY\n {0} 9\nCUST NO.\n 0 {1} 1 0 0 9 0\n 1 2 3 1 0 9 0\n"
VRP = "DIMENSION : 2\nVEHICLES : {0}\nNODE_COORD_SECTION\n1 0 0\n2 {1} 0\nEOF\n"


def example(kind: str) -> Any:
    return json.loads(find_problem_example(kind) or b"")


def spoilt(document: Any) -> Iterator[Any]:
    """Yield a document with one value replaced, or one list doubled, at a time; of long lists the first two items."""
    parts = document.items() if isinstance(document, dict) else enumerate(document[:2])
    for key, value in list(parts):
        others = [*HOSTILE, value + value] if isinstance(value, list) else [*HOSTILE]
        nested = spoilt(value) if isinstance(value, dict | list) else iter(())
        for other in (*others, *nested):
            changed = document.copy()
            changed[key] = other
            yield changed


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_example_is_refused_with_its_field_and_the_next_step_or_read(kind: str) -> None:
    read, refused = 0, list[InvalidInputError]()
    for document in spoilt(example(kind)):
        data = json.dumps(document).encode()
        try:
            kind_of(kind).parse(data, "spoilt.json")
        except InvalidInputError as error:
            refused.append(error)
        else:
            read += 1
    assert len(refused) > read > 0
    assert [str(error) for error in refused if not (error.field and error.hint)] == []
    assert "".join(f"{error.message}{error.field}" for error in refused).encode()


@pytest.mark.parametrize(
    ("kind", "table", "many"),
    [
        ("devices", "devices", 60_000), ("rounds", "stops", 6_000), ("rounds", "staff", 3_000),
        ("rooms", "events", 21_000),
        ("projects", "jobs", 3_000), ("rosters", "people", 21_000), ("flows", "groups", 3_000),
        ("flows", "passages", 400),
        ("spaces", "entities", 21_000), ("blocks", "blocks", 300), ("sites", "demands", 4_000),
        ("layout", "units", 3_000),
    ],
)  # fmt: skip
def test_too_many_rows_are_counted_and_refused(kind: str, table: str, many: int) -> None:
    document = example(kind)
    first, key = document[table][0], "id" if "id" in document[table][0] else "name"
    document[table] = [
        f"{first}{i}" if isinstance(first, str) else {**first, key: str(i)} for i in range(many)
    ]
    with pytest.raises(InvalidInputError, match=f"{many}.*most") as caught:
        kind_of(kind).parse(json.dumps(document).encode(), "large.json")
    assert caught.value.field == table


@pytest.mark.parametrize(
    ("kind", "name", "text", "field"),
    [
        ("rounds", "x.txt", SOLOMON.format(10**9, 1), "x.txt:3"),
        ("rounds", "x.txt", SOLOMON.format(0.5, 1), "x.txt:3"),
        ("rounds", "x.txt", SOLOMON.format(2, 1e300), "x.txt:5"),
        ("rounds", "x.txt", SOLOMON.format(2, 1) + " 2 2 3 1 0 9 0\n" * 6_000, "CUSTOMER"),
        ("rounds", "x.vrp", VRP.format(10**9, 1), "x.vrp VEHICLES"),
        ("rounds", "x.vrp", VRP.format("many", 1), "x.vrp VEHICLES"),
        ("rounds", "x.vrp", VRP.format(1, 1e300), "x.vrp:5"),
        ("rounds", "pr.txt", "5 1 1e300 4\n0 0 0 0 0 0 0 0 9\n", "pr.txt:1"),
        ("spaces", "o.txt", "NoOfEntities: nan\nENTITIES\nROOMS\nCONSTRAINTS\n", "line 1"),
        ("spaces", "o.txt", "NoOfEntities: 1\nENTITIES\ninf 0 5\nROOMS\nCONSTRAINTS\n", "line 3"),
        ("rooms", "x.ctt", CTT.replace("Days: 2", "Days: 1000000000"), "Days"),
        ("rooms", "x.ctt", CTT.replace("Days: 2", f"Days: {'9' * 5_000}"), "Days"),
        ("rooms", "x.ctt", CTT.replace("maths ada 2", "maths ada 100000000"), "lectures"),
        ("rooms", "x.csv", f"kind,name,size\nroom,a,{'9' * 5_000}\n", "size"),
        ("rooms", "x.xml", f'<problem nrDays="{"9" * 5_000}" slotsPerDay="288" nrWeeks="2"/>', "problem"),
    ],
)  # fmt: skip
def test_counts_and_numbers_beyond_all_measure_are_refused_by_their_line(
    kind: str, name: str, text: str, field: str
) -> None:
    with within(5), pytest.raises(InvalidInputError) as caught:  # not after filling memory
        kind_of(kind).parse(text.encode(), name)
    assert caught.value.field == field
    assert caught.value.hint
    assert len(caught.value.message.en) < 300


def test_a_roster_ends_before_the_calendar_does() -> None:
    with pytest.raises(InvalidInputError, match="no 7 days"):
        kind_of("rosters").parse(
            json.dumps(example("rosters") | {"first": "9999-12-31"}).encode(), "late.json"
        )


def test_orders_of_many_tasks_are_looked_at_in_time() -> None:
    document = example("devices")
    task = {"first": 0, "last": 23, "slots": 1}
    document["devices"] = [{"name": str(i), "power_kw": 1, "task": task} for i in range(2_000)]
    document["orders"] = [{"before": str(i), "after": str(i + 1)} for i in range(1_999)]
    with within(10):
        kind_of("devices").parse(json.dumps(document).encode(), "chain.json")
    document["orders"].append({"before": "1999", "after": "0"})
    with pytest.raises(InvalidInputError, match="circle") as caught:
        kind_of("devices").parse(json.dumps(document).encode(), "circle.json")
    assert len(caught.value.message.en) < 300


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_plan_is_refused_or_checked(kind: str) -> None:
    one = kind_of(kind)
    problem = one.parse(find_problem_example(kind) or b"", "x.json")
    rows = [dict(row) for row in make_plan(one, problem, Search[Any](Stop(time_s=20, rounds=20))).assignments]
    cells = (*HOSTILE, [1], ["x"], "9" * 30, "9" * 5_000, "1e300", "nan")
    refused = []
    for column in rows[0]:
        for cell in cells:
            try:
                one.check(problem, one.read_rows(problem, [{**rows[0], column: cell}, *rows[1:]]))
            except InvalidInputError as error:
                refused.append(f"{error.message}{error.field}")
    assert len(refused) > len(cells)
    assert "".join(refused).encode()


def test_what_one_more_would_save_is_told_at_the_greatest_size() -> None:
    document = example("flows")
    document["passages"][0]["capacity"] = 10**6
    flows = kind_of("flows")
    problem = flows.parse(json.dumps(document).encode(), "wide.json")
    plan = make_plan(flows, problem, Search[Any](Stop(time_s=20)))
    assert plan.explanation
    assert flows.relaxations is not None
    assert flows.relaxations(problem, flows.read_rows(problem, plan.assignments))


def test_one_more_room_is_offered_where_there_are_landmarks_and_a_room_of_that_name() -> None:
    document = example("spaces")
    document["rooms"][0]["name"] = "102 +"
    document["entities"][0]["room"] = "102 +"
    document["landmarks"] = [{"name": "desk", "seconds": [10, 20, 30]}]
    document["entities"] = [{"name": "a", "need_m2": 30, "room": "102", "locked": True}]
    document["rules"] = []
    spaces = kind_of("spaces")
    problem = spaces.parse(json.dumps(document).encode(), "x.json")
    assert spaces.relaxations is not None
    offered = spaces.relaxations(problem, spaces.read_rows(problem, [{"name": "a", "room": "102"}]))
    assert [len(one.problem.rooms) for one in offered[:2]] == [4, 3]
    assert offered[0].problem.landmarks[0].seconds == (10, 20, 30, 20)
