"""How often desks, toilets, parking spaces and lifts are short, by their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.operations.test_site_plans import WITH_TEAMS
from tests.operations.test_space_plans import OneGuide

from yuanli.campus import FeatureId
from yuanli.errors import YuanliError
from yuanli.operations import SizeCurve, SizeCurves, SizeError, SizeThing, SizeWish, UnknownDemandError
from yuanli.planning import LiftGroup, desks_for, erlang_b, lift_trip, servers_for

NOW = datetime(2026, 3, 7, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
LAB = FeatureId("room0-0")
BLOCK = FeatureId("block-a")


@dataclass(frozen=True)
class Told:
    times: tuple[datetime, ...]
    values: Mapping[FeatureId, tuple[float | None, ...]]


@dataclass(frozen=True)
class Readings:
    """A twin that tells these values at hours from Monday on, whatever it is asked."""

    values: Mapping[FeatureId, tuple[float | None, ...]]

    def history(self, *asked: Any, **more: Any) -> Told:
        del asked, more
        many = max((len(row) for row in self.values.values()), default=0)
        return Told(tuple(MONDAY + timedelta(hours=h) for h in range(many)), self.values)


def shown(thing: str, told: Mapping[str, tuple[float | None, ...]] | None = None, **wish: Any) -> SizeCurve:
    readings = Readings({FeatureId(key): row for key, row in (told or {}).items()})
    curves = SizeCurves(OneGuide(WITH_TEAMS), readings)  # type: ignore[arg-type]
    return curves.curve(WITH_TEAMS.id, SizeWish(thing=SizeThing(thing), **wish), NOW)


def test_desks_are_shared_by_the_teams_of_the_map_and_who_was_seen() -> None:
    curve = shown("desks", {"room0-0": (10.0, 20.0, 30.0, None)})
    assert "30" not in curve.sources[0].zh
    assert "50" in curve.sources[0].zh
    assert "60%" in curve.sources[1].zh
    fewest = desks_for([(40, 0.6), (10, 0.6)], 0.05)
    assert curve.enough == fewest
    assert curve.chances[fewest - 1] <= 0.05 < curve.chances[fewest - 2]
    assert "assumed" in shown("desks", people=20).sources[1].en
    assert shown("desks", people=20, presence=1.0, number=20).chances[-2:] == (1.0, 0.0)


def test_toilets_are_a_queue() -> None:
    curve = shown("toilets", arrivals_per_h=60.0, stay_min=3.0, wait_min=1.0)
    assert curve.enough == servers_for(60, 180, wait_s=60, share=0.95)
    assert curve.chances[0] == 1.0


def test_cars_are_told_by_the_spaces_that_were_free_or_typed() -> None:
    curve = shown("parking", {"room0-0": (100.0, 60.0, 40.0), "level-0": (1.0, 1.0, 1.0)})
    assert curve.number == 100
    assert curve.chances[59] == pytest.approx(erlang_b(60, 60), abs=1e-6)
    typed = shown("parking", arrivals_per_h=30.0, stay_min=120.0)
    assert typed.chances[:60] == pytest.approx(curve.chances[:60])
    assert typed.number is None


def test_lifts_are_those_of_a_building_at_the_morning_peak() -> None:
    curve = shown("lifts", place=BLOCK, people=300)
    carried = lift_trip(LiftGroup(lifts=1, capacity=13, floors=1), 300).share
    assert curve.number == 1
    assert curve.chances[0] == pytest.approx(max(0.0, 1 - carried / 0.12), abs=1e-6)
    assert curve.enough is not None


@pytest.mark.parametrize(
    ("thing", "wish", "error", "field"),
    [
        ("lifts", {}, SizeError, "place"), ("desks", {"place": LAB}, SizeError, "place"),
        ("parking", {}, UnknownDemandError, "arrivals_per_h"), ("desks", {"presence": 2.0}, SizeError, "presence"),
        ("toilets", {"stay_min": float("nan")}, SizeError, "stay_min"), ("desks", {"people": 0}, SizeError, "people"),
    ],
)  # fmt: skip
def test_what_is_not_known_or_no_number_is_told(
    thing: str, wish: dict[str, Any], error: type[YuanliError], field: str
) -> None:
    with pytest.raises(error) as told:
        shown(thing, **wish)
    assert told.value.field == field
