"""Who came in and went out: by registers at doors, hour by hour of a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.api.house import CAMPUS, Clock
from tests.operations.twins import twin_house

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, PointId
from yuanli.operations import Asker, Reply, Role
from yuanli.telemetry import Readings

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


def register(
    house: House, point: str, midnight: datetime, quarters: NDArray[np.int64], values: NDArray[np.floating]
) -> None:
    """Let a counter tell its register at quarters of an hour from a midnight on."""
    at = (int(midnight.timestamp()) + 900 * quarters).astype(np.int64) * 1_000_000
    number = house.readings.number_points(CAMPUS, [PointId(FeatureId(point))])[0]
    house.readings.write(
        Readings(
            point=np.full(len(at), number, np.int32), at=at, value=values.astype(np.float64), received=at + 1_000_000,
            told=np.zeros(len(at), np.uint8),
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[House]:
    """Until 10:00 the door of the building lets 60 in and 6 out each hour, by quarters."""
    house = twin_house(tmp_path_factory.mktemp("flow"), clock)
    midnight = clock.now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    quarters = np.arange(-12, 41)
    for point, each in (("in", 15.0), ("out", 1.5)):
        register(house, point, midnight, quarters, 500 + each * np.arange(len(quarters)))
    yield house
    house.close()


def test_a_day_is_told_hour_by_hour_as_far_as_it_is_over(house: House, clock: Clock) -> None:
    day = clock.now.astimezone(ZONE).date()
    flow = house.people.day(CAMPUS, day, None, clock.now)
    assert [hour.entered for hour in flow.hours[:10]] == [60.0] * 10
    assert [hour.left for hour in flow.hours[:10]] == [6.0] * 10
    assert (flow.entered, flow.left) == (600, 60)
    assert flow.end - flow.start == timedelta(days=1)


def test_an_entrance_has_its_name_and_its_sums(house: House, clock: Clock) -> None:
    flow = house.people.day(CAMPUS, clock.now.astimezone(ZONE).date(), FeatureId("block-a"), clock.now)
    (door,) = flow.entrances
    assert (door.id, door.entered, door.left, door.summed) == ("entrance-0", 600, 60, True)
    assert door.name["zh"]


def test_a_place_without_counters_has_no_entrances(house: House, clock: Clock) -> None:
    flow = house.people.day(CAMPUS, clock.now.astimezone(ZONE).date(), FeatureId("level-1"), clock.now)
    assert (flow.entrances, flow.hours, flow.entered) == ((), (), 0)


def test_nothing_is_told_of_hours_without_readings(house: House, clock: Clock) -> None:
    flow = house.people.day(CAMPUS, clock.now.astimezone(ZONE).date() - timedelta(days=3), None, clock.now)
    assert {hour.entered for hour in flow.hours} == {None}
    assert flow.entered == 0


def ask(house: House, text: str, roles: frozenset[str]) -> Reply:
    return house.assistant.ask(text, Asker(campus_id=CAMPUS, user="li", roles=roles, conversation=None))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A座今天进了多少人", "进了 600 人，出了 60 人"),
        ("今天进了多少人", "进了 600 人，出了 60 人"),
        ("今天多少人进了园区", "小园区今天（3月2日）进了 600 人，出了 60 人"),
        ("今天园区来了多少人", "进了 600 人，出了 60 人"),
        ("how many people entered the campus today", "600 people came into Small park"),
        ("how many people came into the campus today", "600 people came into Small park"),
        ("how many people came to the park today", "600 people came into Small park"),
        ("how many people left the park today", "60 people left Small park"),
        ("how many people came in through Block A today", "600 people came into Block A"),
        ("how many people went out of Block A today", "60 people left Block A today"),
        ("这周A座进了多少人", "进了 600 人"),
    ],
)
def test_who_passed_the_doors_is_answered_with_hours_and_a_map(house: House, text: str, told: str) -> None:
    reply = ask(house, text, frozenset({Role.OPERATOR}))
    assert told in f"{reply.text.zh} {reply.text.en}"
    charts = [card.chart for card in reply.cards if card.chart is not None]
    assert [line.values[3] for line in charts[0].lines] == [60.0, 6.0]
    assert [card.kind for card in reply.cards] == ["chart", "map"]


def test_groups_of_few_are_not_told_to_visitors(house: House, clock: Clock) -> None:
    reply = ask(house, "A座今天进了多少人", frozenset())
    values = next(card.chart.lines for card in reply.cards if card.chart is not None)
    assert all(value is None or value >= 5 for line in values for value in line.values)
    before = clock.now
    clock.now = before + timedelta(days=1)
    midnight = clock.now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    for point in ("in", "out"):
        register(house, point, midnight, np.arange(0, 36), 1_000 + np.arange(36) / 12)
    try:
        assert "很少" in ask(house, "A座今天出去了多少人", frozenset()).text.zh
    finally:
        clock.now = before


def test_counters_that_sent_nothing_are_not_taken_for_few_people(house: House) -> None:
    reply = ask(house, "上周五多少人进了园区", frozenset({Role.OPERATOR}))
    assert "没有上报" in reply.text.zh
    assert "sent nothing" in reply.text.en
    assert reply.cards == ()
