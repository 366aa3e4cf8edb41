"""A person's word on readings holds at once and for ever, and can be taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.api.house import CAMPUS, Clock, small_campus, small_house
from tests.operations.test_telemetry import METER, START, STEP_US, take, week_of_power

from yuanli.bootstrap import House
from yuanli.campus import Campus, DataPoint, FeatureId, Imported, PointId, by_id
from yuanli.operations import BadOverruleError, Judged, PointNotFoundError, ReadingVerdict
from yuanli.telemetry import Quality, Row, touched

DOOR = PointId(FeatureId("door"))
SPIKE = START + timedelta(microseconds=500 * STEP_US)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return small_house(tmp_path, Clock())


def at_spike(house: House) -> Judged:
    (found,) = house.telemetry.series(CAMPUS, METER, SPIKE, SPIKE + MINUTE)
    return found


def test_a_word_wins_over_the_rules_at_once_and_when_it_is_judged_again(house: House) -> None:
    take(house, week_of_power())
    house.telemetry.clean(CAMPUS)
    assert at_spike(house).quality is Quality.BAD
    kept = house.overruling.overrule(
        CAMPUS, METER, SPIKE, SPIKE, verdict=ReadingVerdict.GOOD, note="真的", who="li"
    )
    for _ in range(2):
        found = at_spike(house)
        assert (found.value, found.quality, "manual" in found.reasons) == (-999.0, Quality.GOOD, True)
        house.telemetry.clean(CAMPUS)
    assert kept.flags is not None
    assert (kept.flags.readings, kept.flags.qualities, kept.flags.reasons["sentinel"]) == (1, {"bad": 1}, 1)


def test_taking_it_back_leaves_what_the_rules_say(house: House) -> None:
    take(house, week_of_power())
    house.telemetry.clean(CAMPUS)
    span = (START, START + timedelta(days=7))
    before = house.telemetry.series(CAMPUS, METER, *span)
    kept = house.overruling.overrule(
        CAMPUS,
        METER,
        SPIKE - 30 * MINUTE,
        SPIKE + 30 * MINUTE,
        verdict=ReadingVerdict.ESTIMATED,
        value=50,
        who="li",
    )
    during = house.telemetry.series(CAMPUS, METER, *span)
    changed = [i for i, (a, b) in enumerate(zip(before, during, strict=True)) if a != b]
    assert changed == list(range(494, 507))
    assert {(during[i].value, during[i].quality) for i in changed} == {(50.0, Quality.ESTIMATED)}
    house.overruling.undo(CAMPUS, METER, kept.number, who="wang")
    assert house.telemetry.series(CAMPUS, METER, *span) == before
    (undone,) = house.overruling.list(CAMPUS, METER, undone=True)
    assert (undone.who, undone.undone_by, house.overruling.list(CAMPUS, METER)) == ("li", "wang", ())


def test_of_two_words_the_later_one_holds_until_it_is_taken_back(house: House) -> None:
    take(house, week_of_power())
    span = (SPIKE - 5 * MINUTE, SPIKE + 5 * MINUTE)
    house.overruling.overrule(CAMPUS, METER, *span, verdict=ReadingVerdict.BAD, who="li")
    later = house.overruling.overrule(
        CAMPUS, METER, SPIKE, SPIKE, verdict=ReadingVerdict.ESTIMATED, value=1, who="li"
    )
    assert (at_spike(house).value, at_spike(house).quality) == (1.0, Quality.ESTIMATED)
    house.overruling.undo(CAMPUS, METER, later.number, who="li")
    assert at_spike(house).quality is Quality.BAD


def test_readings_that_come_later_are_what_the_person_said(house: House) -> None:
    rows = week_of_power()
    take(house, rows[:490] + rows[510:])
    house.telemetry.clean(CAMPUS)
    house.overruling.overrule(
        CAMPUS, METER, SPIKE - 20 * MINUTE, SPIKE + 20 * MINUTE, verdict=ReadingVerdict.BAD, who="li"
    )
    late = rows[490:510]
    take(house, late)
    house.telemetry.clean(CAMPUS, touched(np.array([row.at for row in late], np.int64)))
    found = house.telemetry.series(CAMPUS, METER, SPIKE - 20 * MINUTE, SPIKE + 21 * MINUTE)
    assert len(found) == 9
    assert {one.quality for one in found} == {Quality.BAD}


def test_a_point_that_no_rule_knows_can_be_overruled_too(tmp_path: Path) -> None:
    house = small_house(tmp_path, Clock())
    campus = small_campus()
    door = DataPoint(id=DOOR, brick_class="Strange_Thing")
    again = Campus(id=CAMPUS, name=campus.name, features=by_id([*campus.features.values(), door]))
    house.places.add(Imported(campus=again), who="test", why="test", replace=True)
    first = int(START.timestamp()) * 1_000_000
    rows = [
        Row(point="door", at=first + i * STEP_US, value=float(i), number=i, received=first + i * STEP_US)
        for i in range(10)
    ]
    take(house, rows[:5] + rows[6:])
    span = (START, START + timedelta(hours=1))
    kept = house.overruling.overrule(
        CAMPUS, DOOR, START + 10 * MINUTE, START + 25 * MINUTE, verdict=ReadingVerdict.BAD, who="li"
    )
    assert [one.quality for one in house.telemetry.series(CAMPUS, DOOR, *span)] == [0, 0, 3, 3, 3, 0, 0, 0, 0]
    take(house, rows[5:6])
    house.telemetry.clean(CAMPUS, touched(np.array([rows[5].at], np.int64)))
    bad = [one.quality for one in house.telemetry.series(CAMPUS, DOOR, *span)]
    assert bad == [0, 0, 3, 3, 3, 3, 0, 0, 0, 0]
    house.overruling.undo(CAMPUS, DOOR, kept.number, who="li")
    assert {one.quality for one in house.telemetry.series(CAMPUS, DOOR, *span)} == {Quality.GOOD}
    house.close()


def test_what_people_said_is_written_to_learn_from(house: House) -> None:
    take(house, week_of_power())
    kept = house.overruling.overrule(
        CAMPUS, METER, SPIKE, SPIKE, verdict=ReadingVerdict.GOOD, note="a\nb", who="li"
    )
    undone = house.overruling.overrule(CAMPUS, METER, SPIKE, SPIKE, verdict=ReadingVerdict.BAD, who="li")
    house.overruling.undo(CAMPUS, METER, undone.number, who="li")
    (line,) = house.overruling.export(CAMPUS)
    row = json.loads(line)
    assert line.endswith("}\n")
    assert (row["point"], row["start"], row["verdict"], row["reasons"]["sentinel"]) == (
        METER,
        SPIKE.isoformat(),
        "good",
        1,
    )
    assert (row["rules_version"], row["who"], row["note"]) == (
        kept.flags and kept.flags.version,
        "li",
        "a\nb",
    )


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"start": SPIKE + MINUTE}, "from"),
        ({"end": SPIKE + timedelta(days=367)}, "from"),
        ({"start": SPIKE.replace(year=1960), "end": SPIKE.replace(year=1960)}, "from"),
        ({"value": 1.0}, "value"),
        ({"verdict": ReadingVerdict.ESTIMATED}, "value"),
        ({"verdict": ReadingVerdict.ESTIMATED, "value": float("nan")}, "value"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(house: House, over: dict[str, object], field: str) -> None:
    asked = {"start": SPIKE, "end": SPIKE, "verdict": ReadingVerdict.GOOD, "who": "li"} | over
    with pytest.raises(BadOverruleError) as told:
        house.overruling.overrule(CAMPUS, METER, **asked)  # type: ignore[arg-type]
    assert told.value.field == field
    assert house.overruling.list(CAMPUS, METER, undone=True) == ()


def test_a_point_that_is_not_there_is_told(house: House) -> None:
    attic = PointId(FeatureId("attic"))
    with pytest.raises(PointNotFoundError):
        house.overruling.overrule(CAMPUS, attic, SPIKE, SPIKE, verdict=ReadingVerdict.GOOD, who="li")
    with pytest.raises(PointNotFoundError):
        house.overruling.list(CAMPUS, attic)
