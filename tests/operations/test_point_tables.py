"""Tables of points: made or changed all or none, faults told by line and column, the same again no change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.commanding import fitted_campus

from yuanli.bootstrap import House
from yuanli.campus import Change, DataPoint, Imported
from yuanli.operations import POINT_COLUMNS, FoundPoint, found_rows, point_changes
from yuanli.telemetry import RefusedRowsError

HEAD = ("id", "name_zh", "brick_class", "unit", "device", "space", "low", "high", "gateway", "address")
GOOD = ("t-1", "室温", "Temperature_Sensor", "°C", "fcu-0", "room0-0", "10", "35", "plc", "holding:1")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = small_house(tmp_path_factory.mktemp("points"), Clock())
    opened.places.add(Imported(campus=fitted_campus()), who="test", why="devices", replace=True)
    yield opened
    opened.close()


def faults(*rows: Sequence[object]) -> list[tuple[int, str]]:
    with pytest.raises(RefusedRowsError) as caught:
        point_changes(fitted_campus(), rows)
    return [(fault.row, fault.field) for fault in caught.value.faults]


def test_a_table_makes_points_once_by_one_revision_that_can_be_undone(house: House) -> None:
    places = house.places
    revision = places.add_points(CAMPUS, [HEAD, GOOD], who="li", why="plc.csv")
    assert revision is not None
    point = places.campus(CAMPUS).get("t-1", DataPoint)
    assert (point.name, point.low, point.high, point.device_id) == ({"zh": "室温"}, 10, 35, "fcu-0")
    assert point.extra == {"gateway": "plc", "address": "holding:1"}
    assert places.add_points(CAMPUS, [HEAD, GOOD], who="li", why="plc.csv") is None
    places.undo(CAMPUS, revision.number, who="li", why="")
    assert places.campus(CAMPUS).find("t-1") is None


def test_a_missing_column_leaves_a_field_and_an_empty_cell_clears_it() -> None:
    (change,) = point_changes(
        fitted_campus(), [("id", "brick_class", "low"), ("fcu-0-set", "Temperature_Setpoint", "")]
    )
    assert isinstance(change, Change)
    assert isinstance(change.after, DataPoint)
    assert (change.after.low, change.after.high, change.after.unit) == (None, 30, "°C")
    assert change.after.brick_class == "Temperature_Setpoint"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", ""), ("id", "room0-0"), ("brick_class", ""), ("brick_class", "no class"),
        ("brick_class", "Temprature_Sensor"), ("unit", "furlong"), ("device", "room0-0"),
        ("space", "attic"), ("low", "cold"), ("low", "nan"), ("low", "inf"), ("high", "3"),
        ("address", ""),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_line_and_column(column: str, value: str) -> None:
    wrong = tuple(value if name == column else cell for name, cell in zip(HEAD, GOOD, strict=True))
    assert faults(HEAD, ("t-0", *GOOD[1:]), wrong) == [(3, column)]


def test_all_faults_are_told_at_once_and_nothing_is_made(house: House) -> None:
    rows = [HEAD, GOOD, GOOD, ("t-2", "", "?", *GOOD[3:])]
    assert faults(*rows) == [(3, "id"), (4, "brick_class")]
    before = house.places.campus(CAMPUS).revision
    with pytest.raises(RefusedRowsError):
        house.places.add_points(CAMPUS, rows, who="li", why="")
    assert house.places.campus(CAMPUS).revision == before


@pytest.mark.parametrize(
    "rows", [(), (("id",),), (("id", "brick_class", "colour"),), (("id", "id", "brick_class"),)]
)
def test_a_table_without_its_headers_is_refused(rows: tuple[tuple[str, ...], ...]) -> None:
    assert faults(*rows)[0][0] == 1


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8), st.floats()), max_size=14), max_size=4))
def test_no_table_breaks_the_reading(rows: list[list[object]]) -> None:
    with suppress(RefusedRowsError):
        point_changes(fitted_campus(), [POINT_COLUMNS, *rows])


def test_what_was_found_is_a_table_that_can_be_taken() -> None:
    found = [
        FoundPoint(address="ns=2;s=t", name="temp", device="Room 1", unit="°C", low=-20, high=60),
        FoundPoint(address="ns=2;s=t2", name="temp", device="Room 1", unit="°C", writable=True),
        FoundPoint(address="coil:1", name="温度", unit=None, writable=True),
    ]
    changes = point_changes(fitted_campus(), list(found_rows(found, gateway="plc")))
    made = [change.after for change in changes]
    assert [point.id for point in made if point is not None] == ["room-1-temp", "room-1-temp~2", "温度"]
    classes = [point.brick_class for point in made if isinstance(point, DataPoint)]
    assert classes == ["Temperature_Sensor", "Temperature_Setpoint", "Command"]
